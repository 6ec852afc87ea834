//! Payments, transactions and credit.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::Done;
use crate::actions::billing::Transaction;
use crate::lenient::{Day, open_enum, record};
use crate::param::{AmountOrWord, LocalDate};
use crate::secret::Secret;

open_enum! {
    /// Whether credit is given or taken; the amount is positive either way.
    CreditKind { Add = "add", Remove = "remove" }
}

record! {
    /// Transactions; this list has no pages although it says where one is.
    Transactions {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        transactions in "transaction": Vec<Transaction>,
    }
}

record! {
    /// A change of a client's credit.
    Credit {
        id: Option<u64>,
        date: Day,
        description: String,
        amount: Option<Decimal>,
        /// Invoice or transaction it belongs to; 0 is none.
        relid: Option<u64>,
    }
}

record! {
    /// The credit log of a client; this list has no pages.
    Credits {
        totalresults: Option<u64>,
        clientid: Option<u64>,
        credits in "credit": Vec<Credit>,
    }
}

record! {
    /// A credit balance after a change.
    CreditBalance {
        newbalance: Option<Decimal>,
    }
}

record! {
    /// Credit that was used for an invoice.
    AppliedCredit {
        invoiceid: Option<u64>,
        amount: Option<Decimal>,
        /// Whether nothing is left to pay.
        invoicepaid: Option<bool>,
    }
}

record! {
    /// The transaction that was changed.
    TransactionRef {
        transactionid: Option<u64>,
    }
}

actions! {
    Billing;

    /// Transactions of an invoice, a client or a gateway's id. <https://developers.whmcs.com/api-reference/gettransactions/>
    GetTransactions: Read, List => Transactions {
        may {
            invoiceid: u64,
            clientid: u64,
            /// The gateway's own id.
            transid: String,
        }
    }

    /// The credit log of a client. <https://developers.whmcs.com/api-reference/getcredits/>
    GetCredits: Read, List => Credits {
        needs { clientid: u64, }
    }

    /// Gives or takes credit. <https://developers.whmcs.com/api-reference/addcredit/>
    AddCredit: Billable, Quick => CreditBalance {
        needs {
            clientid: u64,
            description: String,
            /// Always positive.
            amount: Decimal,
        }
        may {
            date: Date,
            /// Who gives it; the credential's admin when not given.
            adminid: u64,
            kind as "type": CreditKind,
        }
    }

    /// Pays an invoice from the client's credit. <https://developers.whmcs.com/api-reference/applycredit/>
    ApplyCredit: Billable, Quick => AppliedCredit {
        needs { invoiceid: u64, }
        may {
            amount: AmountOrWord,
            noemail: bool,
        }
    }

    /// Notes a payment of an invoice. <https://developers.whmcs.com/api-reference/addinvoicepayment/>
    AddInvoicePayment: Billable, Quick => Done {
        needs {
            invoiceid: u64,
            /// The gateway's own id.
            transid: String,
            gateway: String,
            date: DateTime,
        }
        may {
            /// Everything that is open when not given.
            amount: Decimal,
            fees: Decimal,
            noemail: bool,
        }
    }

    /// Charges the stored card for an unpaid invoice. <https://developers.whmcs.com/api-reference/capturepayment/>
    CapturePayment: Billable, External => Done {
        needs { invoiceid: u64, }
        may { cvv: Secret, }
    }

    /// Notes a movement of money, with or without client and invoice.
    /// <https://developers.whmcs.com/api-reference/addtransaction/>
    AddTransaction: Billable, Quick => Done {
        needs {
            /// Gateway.
            paymentmethod: String,
        }
        may {
            /// The client, despite the name.
            userid: u64,
            invoiceid: u64,
            /// The gateway's own id.
            transid: String,
            /// In the installation's own format.
            date: LocalDate,
            /// Needed when no client is named.
            currencyid: u64,
            description: String,
            amountin: Decimal,
            fees: Decimal,
            amountout: Decimal,
            /// To the default currency.
            rate: Decimal,
            /// Add it to the client's credit as well; not together with `invoiceid`.
            credit: bool,
            allowduplicatetransid: bool,
        }
    }

    /// Changes a transaction. <https://developers.whmcs.com/api-reference/updatetransaction/>
    UpdateTransaction: Idempotent, Quick => TransactionRef {
        needs { transactionid: u64, }
        may {
            /// The transaction this one pays back.
            refundid: u64,
            /// The client, despite the name.
            userid: u64,
            invoiceid: u64,
            /// The gateway's own id.
            transid: String,
            date: Date,
            gateway: String,
            currency: u64,
            description: String,
            amountin: Decimal,
            fees: Decimal,
            amountout: Decimal,
            /// To the default currency.
            rate: Decimal,
            credit: bool,
        }
    }
}
