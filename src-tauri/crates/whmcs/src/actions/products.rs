//! The catalogue's write side. An existing product's price cannot be changed through the API.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::action::actions;
use crate::lenient::{open_enum, record};
use crate::param::Csv;
use crate::php::PhpValue;

open_enum! {
    /// Kind of a product.
    ProductKind {
        Hosting = "hostingaccount",
        Reseller = "reselleraccount",
        Server = "server",
        Generic = "other",
    }
}

open_enum! {
    /// How a product is paid.
    PayType { Free = "free", OneTime = "onetime", Recurring = "recurring" }
}

open_enum! {
    /// When a product is provisioned by itself.
    AutoSetup { Accepted = "on", Paid = "payment", Ordered = "order" }
}

record! {
    /// The product that was made.
    ProductRef {
        pid: Option<u64>,
    }
}

actions! {
    Products;

    /// Adds a product to a group. <https://developers.whmcs.com/api-reference/addproduct/>
    AddProduct: Once, Quick => ProductRef {
        needs {
            name: String,
            /// Product group.
            gid: u64,
        }
        may {
            /// Made from the name when not given.
            slug: String,
            kind as "type": ProductKind,
            stockcontrol: bool,
            /// In stock.
            qty: u64,
            paytype: PayType,
            hidden: bool,
            showdomainoptions: bool,
            tax: bool,
            is_featured as "isFeatured": bool,
            proratabilling: bool,
            description: String,
            shortdescription: String,
            tagline: String,
            /// Hexadecimal.
            color: String,
            /// Template of the welcome mail.
            welcomeemail: u64,
            /// Day of the month.
            proratadate: u64,
            /// Day of the month.
            proratachargenextmonth: u64,
            /// Each with a point in front.
            subdomain: Csv<String>,
            /// Empty is never.
            autosetup: AutoSetup,
            module: String,
            servergroupid: u64,
            configoption1: String,
            configoption2: String,
            configoption3: String,
            configoption4: String,
            configoption5: String,
            configoption6: String,
            /// Place in its group.
            order: u64,
            /// By currency id and cycle; set-up fees are `msetupfee`, `qsetupfee`, …
            pricing: BTreeMap<u64, BTreeMap<String, Decimal>>,
            /// A list of `id` and `order`.
            recommendations: PhpValue,
            ondemandrenewalconfigurationoverride: bool,
            ondemandrenewalsenabled: bool,
            ondemandrenewalperiodmonthly: u64,
            ondemandrenewalperiodquarterly: u64,
            ondemandrenewalperiodsemiannually: u64,
            ondemandrenewalperiodannually: u64,
            ondemandrenewalperiodbiennially: u64,
            ondemandrenewalperiodtriennially: u64,
        }
    }
}
