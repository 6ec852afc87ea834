//! What is sold.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::rows;
use super::services::Cycle;

/// Prices in one currency, by the columns of [`Cycle::RECURRING`]; `None` is not offered. A one-time product keeps its
/// price in the first column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices {
    /// Per round.
    pub price: [Option<Decimal>; 6],
    /// Once, at the start.
    pub setup: [Decimal; 6],
}

impl Prices {
    /// Price and set-up fee of a cycle.
    pub fn of(&self, cycle: Cycle) -> Option<(Decimal, Decimal)> {
        match cycle {
            Cycle::Free => Some((Decimal::ZERO, Decimal::ZERO)),
            Cycle::OneTime => self.price[0].map(|price| (price, self.setup[0])),
            _ => {
                let column = cycle.column()?;
                self.price[column].map(|price| (price, self.setup[column]))
            }
        }
    }
}

/// Prices by currency id.
pub type Pricing = BTreeMap<u64, Prices>;

/// A product group.
#[derive(Debug, Clone)]
pub struct ProductGroup {
    /// Group id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// In addresses.
    pub slug: String,
    /// Hidden on the order form.
    pub hidden: bool,
}

/// A product.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Product {
    pub id: u64,
    pub group: u64,
    /// `hostingaccount`, `reselleraccount`, `server` or `other`.
    pub kind: String,
    pub name: String,
    pub slug: String,
    pub description: String,
    /// Server module; empty for none.
    pub module: String,
    /// `free`, `onetime` or `recurring`.
    pub pay_type: String,
    /// 0 one only, 1 several services, 2 a quantity of one.
    pub allow_quantity: u8,
    pub stock_control: bool,
    pub stock: i64,
    pub hidden: bool,
    pub taxed: bool,
    /// Empty, `on`, `payment` or `order`.
    pub auto_setup: String,
    pub pricing: Pricing,
    pub custom_fields: Vec<CustomField>,
    /// Configurable option groups.
    pub option_groups: Vec<u64>,
}

/// A custom field of a product or of all clients.
#[derive(Debug, Clone)]
pub struct CustomField {
    /// Field id, counted over all products and clients.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What the order form says.
    pub description: String,
    /// Shown on the order form.
    pub on_order_form: bool,
    /// Must be filled in there.
    pub required: bool,
}

/// A configurable option.
#[derive(Debug, Clone)]
pub struct ConfigOption {
    /// Option id.
    pub id: u64,
    /// Group it is in.
    pub group: u64,
    /// Its name.
    pub name: String,
    /// 1 dropdown, 2 radio, 3 yes/no, 4 quantity.
    pub kind: u8,
    /// For quantities.
    pub min: u32,
    /// For quantities.
    pub max: u32,
    /// What can be chosen.
    pub choices: Vec<OptionChoice>,
}

impl ConfigOption {
    /// The word used beside a chosen value.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            1 => "dropdown",
            2 => "radio",
            3 => "yesno",
            _ => "quantity",
        }
    }
}

/// A choice of a configurable option.
#[derive(Debug, Clone)]
pub struct OptionChoice {
    /// Choice id, counted over all options.
    pub id: u64,
    /// `value|What is shown`, or just what is shown.
    pub name: String,
    /// Its prices.
    pub pricing: Pricing,
}

impl OptionChoice {
    /// What is shown: the part behind the bar.
    pub fn label(&self) -> &str {
        self.name.split_once('|').map_or(self.name.as_str(), |(_, label)| label)
    }
}

/// A catalogue add-on.
#[derive(Debug, Clone)]
pub struct AddonProduct {
    /// Add-on id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its cycle.
    pub cycle: Cycle,
    /// Tax is added.
    pub taxed: bool,
    /// Its prices.
    pub pricing: Pricing,
}

/// A promotion code.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Promotion {
    pub id: u64,
    pub code: String,
    /// `Percentage`, `Fixed Amount`, `Price Override` or `Free Setup`.
    pub kind: String,
    pub recurring: bool,
    pub value: Decimal,
    /// Comma list of cycles; empty for all.
    pub cycles: String,
    /// Product ids; empty for all.
    pub applies_to: Vec<u64>,
    pub starts: Option<Date>,
    pub expires: Option<Date>,
    /// 0 for no limit.
    pub max_uses: u64,
    pub uses: u64,
    pub new_signups: bool,
    pub existing_client: bool,
    pub once_per_client: bool,
    pub notes: String,
}

/// Prices of a domain ending: years to price, in the default currency.
#[derive(Debug, Clone, Default)]
pub struct Tld {
    /// Record id.
    pub id: u64,
    /// With its dot.
    pub extension: String,
    /// `Popular`, `ccTLD`, …
    pub categories: Vec<String>,
    /// Registrar it is registered with automatically; empty for none.
    pub registrar: String,
    /// Sold with.
    pub dns_management: bool,
    /// Sold with.
    pub email_forwarding: bool,
    /// Sold with.
    pub id_protection: bool,
    /// A transfer needs the code.
    pub epp_required: bool,
    /// ``, `HOT`, `NEW` or `SALE`.
    pub group: String,
    /// Years to price.
    pub register: BTreeMap<u32, Decimal>,
    /// Years to price.
    pub transfer: BTreeMap<u32, Decimal>,
    /// Years to price.
    pub renew: BTreeMap<u32, Decimal>,
    /// Days and fee; a negative fee switches it off.
    pub grace: Option<(u32, Decimal)>,
    /// Days and fee; a negative fee switches it off.
    pub redemption: Option<(u32, Decimal)>,
}

/// A server that a module provisions on.
#[derive(Debug, Clone)]
pub struct ModuleServer {
    /// Server id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Host name.
    pub hostname: String,
    /// Address.
    pub ip: String,
    /// Module.
    pub module: String,
    /// New services go there.
    pub active: bool,
    /// How many it takes.
    pub capacity: u64,
    /// It answers. A module call on a server that does not fails with the module's words.
    pub reachable: bool,
}

rows!(ProductGroup, Product, ConfigOption, AddonProduct, Promotion, Tld, ModuleServer);
