//! The affiliate programme.

use rust_decimal::Decimal;

use crate::action::actions;
use crate::actions::Done;
use crate::lenient::{Day, Moment, open_enum, record};
use crate::paging::paged;

open_enum! {
    /// How an affiliate is paid.
    Commission { Percentage = "percentage", Fixed = "fixedamount" }
}

record! {
    /// An affiliate.
    Affiliate {
        id: Option<u64>,
        date: Day,
        clientid: Option<u64>,
        visitors: Option<u64>,
        /// Empty is the installation's default.
        paytype: Commission,
        payamount: Option<Decimal>,
        /// Paid once and not with each payment.
        onetime: Option<bool>,
        balance: Option<Decimal>,
        withdrawn: Option<Decimal>,
        created_at: Moment,
        updated_at: Moment,
    }
}

record! {
    /// A page of affiliates.
    Affiliates {
        totalresults: Option<u64>,
        startnumber: Option<u64>,
        numreturned: Option<u64>,
        affiliates in "affiliate": Vec<Affiliate>,
    }
}

actions! {
    Affiliates;

    /// Affiliates in pages; every filter must match exactly. <https://developers.whmcs.com/api-reference/getaffiliates/>
    GetAffiliates: Read, List => Affiliates {
        may {
            /// Rows to skip.
            limitstart: u64,
            /// Rows to return; 25 when not given.
            limitnum: u64,
            /// The client, despite the name.
            userid: u64,
            visitors: u64,
            paytype: Commission,
            payamount: Decimal,
            onetime: u64,
            balance: Decimal,
            withdrawn: Decimal,
        }
    }

    /// Makes a client an affiliate. <https://developers.whmcs.com/api-reference/affiliateactivate/>
    AffiliateActivate: Idempotent, Quick => Done {
        needs {
            /// The client, despite the name.
            userid: u64,
        }
    }
}

paged! {
    GetAffiliates: affiliates of Affiliate, by id;
}
