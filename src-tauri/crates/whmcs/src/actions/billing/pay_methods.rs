//! Stored cards and bank accounts (7.8 and later).

use crate::action::actions;
use crate::actions::PayMethodType;
use crate::lenient::{Moment, record};
use crate::param::MonthYear;
use crate::secret::Secret;

record! {
    /// A stored card or bank account.
    PayMethod {
        id: Option<u64>,
        kind as "type": PayMethodType,
        description: String,
        gateway_name: String,
        /// `Client` or `Contact`.
        contact_type: String,
        contact_id: Option<u64>,
        card_last_four: String,
        /// `MM/YY`.
        expiry_date: String,
        /// `MM/YY`.
        start_date: String,
        issue_number: String,
        card_type: String,
        remote_token: Secret,
        /// In the installation's own format, so mostly without a parsed time (quirk 46).
        last_updated: Moment,
        bank_name: String,
    }
}

record! {
    /// The stored payment methods of a client.
    PayMethods {
        clientid: Option<u64>,
        paymethods bare "paymethod": Vec<PayMethod>,
    }
}

record! {
    /// The payment method that was made, changed or removed.
    PayMethodRef {
        clientid: Option<u64>,
        paymethodid: Option<u64>,
    }
}

actions! {
    Billing;

    /// The stored payment methods of a client. <https://developers.whmcs.com/api-reference/getpaymethods/>
    GetPayMethods: Read, Quick => PayMethods {
        needs { clientid: u64, }
        may {
            paymethodid: u64,
            kind as "type": PayMethodType,
        }
    }

    /// Stores a card or bank account. <https://developers.whmcs.com/api-reference/addpaymethod/>
    AddPayMethod: Once, External => PayMethodRef {
        needs { clientid: u64, }
        may {
            kind as "type": PayMethodType,
            description: String,
            /// Gateway that keeps it.
            gateway_module_name: String,
            card_number: Secret,
            card_expiry: MonthYear,
            card_start: MonthYear,
            card_issue_number: u64,
            bank_name: String,
            /// E.g. `checking` or `savings`.
            bank_account_type: String,
            /// Sort or routing code.
            bank_code: Secret,
            bank_account: Secret,
            set_as_default: bool,
        }
    }

    /// Changes a stored payment method. <https://developers.whmcs.com/api-reference/updatepaymethod/>
    UpdatePayMethod: Idempotent, External => PayMethodRef {
        needs {
            clientid: u64,
            paymethodid: u64,
        }
        may {
            card_number: Secret,
            card_expiry: MonthYear,
            card_start: MonthYear,
            card_issue_number: u64,
            bank_name: String,
            /// E.g. `checking` or `savings`.
            bank_account_type: String,
            /// Sort or routing code.
            bank_code: Secret,
            bank_account: Secret,
            set_as_default: bool,
        }
    }

    /// Removes a stored payment method. <https://developers.whmcs.com/api-reference/deletepaymethod/>
    DeletePayMethod: Destructive, External => PayMethodRef {
        needs {
            clientid: u64,
            paymethodid: u64,
        }
        may {
            /// Fail when the gateway cannot forget it.
            failonremotefailure: bool,
        }
    }
}
