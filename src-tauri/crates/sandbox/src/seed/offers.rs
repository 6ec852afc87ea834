//! What the company sells, and for how much.

use super::catalog::{PLANS, Plan};

/// A product of the company, as the billing side lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Product id on the billing side.
    pub id: u64,
    /// Product group on the billing side.
    pub group: u64,
    /// Its name.
    pub name: &'static str,
    /// `hostingaccount`, `reselleraccount`, `server` or `other`.
    pub kind: &'static str,
    /// Server module; empty for none. What stands at the server provider has none: staff look after it.
    pub module: &'static str,
    /// What it is made of at the server provider.
    pub source: Source,
    /// `free`, `onetime` or `recurring`.
    pub pay_type: &'static str,
    /// Euro cents per month (or once).
    pub cents: i64,
    /// Of so many services in its family, so many are of this kind.
    pub weight: u32,
}

/// Where a product comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An instance of one of these product ids.
    Instance(&'static [&'static str]),
    /// An object storage.
    Storage,
    /// The company's own machines.
    Own,
}

/// Product groups on the billing side, from id 1.
pub const GROUPS: [&str; 8] = [
    "Cloud VPS",
    "Storage VPS",
    "Cloud VDS",
    "Object Storage",
    "Web Hosting",
    "Reseller Hosting",
    "Mail & Groupware",
    "Licences & Extras",
];

const fn instance(
    id: u64,
    group: u64,
    name: &'static str,
    plans: &'static [&'static str],
    cents: i64,
    weight: u32,
) -> Offer {
    Offer {
        id,
        group,
        name,
        kind: "server",
        module: "",
        source: Source::Instance(plans),
        pay_type: "recurring",
        cents,
        weight,
    }
}

const fn own(
    id: u64,
    group: u64,
    name: &'static str,
    (kind, module, pay_type): (&'static str, &'static str, &'static str),
    cents: i64,
    weight: u32,
) -> Offer {
    Offer { id, group, name, kind, module, source: Source::Own, pay_type, cents, weight }
}

/// All of them, by id.
pub const OFFERS: &[Offer] = &[
    instance(1, 1, "Cloud VPS S", &["V91", "V92"], 999, 30),
    instance(2, 1, "Cloud VPS M", &["V94", "V95"], 1499, 26),
    instance(3, 1, "Cloud VPS L", &["V97", "V98"], 2699, 17),
    instance(4, 1, "Cloud VPS XL", &["V100", "V101"], 4699, 8),
    instance(5, 1, "Cloud VPS 2XL", &["V103", "V104"], 6999, 4),
    instance(6, 1, "Cloud VPS 3XL", &["V106", "V107"], 9299, 2),
    instance(7, 2, "Storage VPS S", &["V93"], 999, 4),
    instance(8, 2, "Storage VPS M", &["V96"], 1499, 3),
    instance(9, 2, "Storage VPS L", &["V99"], 2699, 2),
    instance(10, 3, "Cloud VDS S", &["V8"], 7499, 2),
    instance(11, 3, "Cloud VDS M", &["V9"], 9499, 1),
    instance(12, 3, "Cloud VDS L", &["V10"], 12_999, 1),
    Offer {
        id: 13,
        group: 4,
        name: "Object Storage",
        kind: "other",
        module: "",
        source: Source::Storage,
        pay_type: "recurring",
        cents: 499,
        weight: 4,
    },
    own(14, 5, "Web Start", ("hostingaccount", "cpanel", "recurring"), 399, 30),
    own(15, 5, "Web Plus", ("hostingaccount", "cpanel", "recurring"), 799, 24),
    own(16, 5, "Web Pro", ("hostingaccount", "cpanel", "recurring"), 1499, 10),
    own(17, 6, "Reseller 25", ("reselleraccount", "plesk", "recurring"), 2499, 5),
    own(18, 6, "Reseller 100", ("reselleraccount", "plesk", "recurring"), 5999, 2),
    own(19, 7, "Mail Business", ("other", "", "recurring"), 249, 10),
    own(20, 7, "Groupware", ("other", "", "recurring"), 599, 5),
    own(21, 8, "Wildcard Certificate", ("other", "", "recurring"), 499, 5),
    own(22, 8, "Backup Space 500 GB", ("other", "", "recurring"), 599, 4),
    own(23, 8, "Migration Service", ("other", "", "onetime"), 7900, 3),
    own(24, 8, "DNS Only", ("other", "", "free"), 0, 2),
];

/// The offer with this product id.
pub fn offer_of(id: u64) -> Option<&'static Offer> {
    OFFERS.iter().find(|offer| offer.id == id)
}

impl Offer {
    /// The plan of the server provider it is first made of.
    pub fn plan(&self) -> Option<&'static Plan> {
        match self.source {
            Source::Instance(ids) => PLANS.iter().find(|plan| ids.first() == Some(&plan.product_id)),
            Source::Storage | Source::Own => None,
        }
    }
}
