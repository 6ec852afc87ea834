//! Currencies, gateways, products with their fields and options, add-ons, promotions, domain endings.

use std::collections::BTreeMap;

use jiff::Span;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::Plot;
use crate::seed::catalog::{IMAGES, REGIONS};
use crate::seed::names::LOCALES;
use crate::seed::offers::{GROUPS, OFFERS, Offer, Source};
use crate::whmcs::State;
use crate::whmcs::model::billing::{Currency, Gateway};
use crate::whmcs::model::catalog::{
    AddonProduct, ConfigOption, CustomField, ModuleServer, OptionChoice, Prices, Pricing, Product, ProductGroup,
    Promotion, Tld,
};
use crate::whmcs::model::services::Cycle;
use crate::whmcs::params::HALF_UP;
use crate::whmcs::state::next;

/// Fields every product that stands at the server provider should have.
pub(super) const LINK_FIELDS: [&str; 10] = [
    "contabo_resource_type",
    "contabo_instance_id",
    "contabo_object_storage_id",
    "contabo_private_network_id",
    "contabo_cloud_init_user_data",
    "contabo_cloud_init_template",
    "contabo_ssh_keys",
    "contabo_last_known_state",
    "contabo_last_request_ids",
    "contabo_action_lock",
];

/// Options of servers.
pub(super) const REGION_OPTION: u64 = 1;
pub(super) const IMAGE_OPTION: u64 = 2;
pub(super) const ADDRESS_OPTION: u64 = 3;
pub(super) const BACKUP_OPTION: u64 = 4;

const CURRENCIES: [(&str, &str, &str, u8, i64); 5] = [
    ("EUR", "€", " EUR", 2, 100_000),
    ("USD", "$", " USD", 1, 108_000),
    ("GBP", "£", " GBP", 1, 86_000),
    ("CHF", "CHF ", "", 4, 96_000),
    ("PLN", "", " zł", 3, 430_000),
];

const GATEWAYS: [(&str, &str, bool, bool); 6] = [
    ("stripe", "Credit Card", true, true),
    ("paypal", "PayPal", false, true),
    ("banktransfer", "Bank Transfer", false, true),
    ("gocardless", "SEPA Direct Debit", true, true),
    ("mailin", "Mail In Payment", false, true),
    ("authorize", "Authorize.net", true, false),
];

/// Months, and what a round of so many costs against the same months one by one, in percent.
const ROUNDS: [(i64, i64); 6] = [(1, 100), (3, 100), (6, 97), (12, 90), (24, 85), (36, 0)];

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    for (code, prefix, suffix, format, rate) in CURRENCIES {
        let (code, prefix, suffix) = (code.to_owned(), prefix.to_owned(), suffix.to_owned());
        let rate = Decimal::new(rate, 5);
        state.currencies.add(|id| Currency { id, code, prefix, suffix, format, rate });
    }
    state.gateways = GATEWAYS
        .iter()
        .map(|(module, name, card, active)| Gateway {
            module: (*module).to_owned(),
            name: (*name).to_owned(),
            card: *card,
            active: *active,
            settings: vec![("name".to_owned(), (*name).to_owned())],
        })
        .collect();
    state.tax_rates = LOCALES
        .iter()
        .filter(|locale| locale.vat > 0)
        .map(|locale| (locale.country.to_owned(), Decimal::from(locale.vat)))
        .collect();
    state.client_fields = ["Company registration no.", "How did you find us?"]
        .iter()
        .map(|name| field(next(&mut state.counters.field), name, true))
        .collect();
    products(state);
    options(state);
    addons(state);
    promotions(state, plot);
    endings(state);
    servers(state);
}

fn field(id: u64, name: &str, on_order_form: bool) -> CustomField {
    CustomField { id, name: name.to_owned(), description: String::new(), on_order_form, required: false }
}

/// Prices in every currency from euro cents per month.
pub(super) fn recurring(state: &State, cents: i64) -> Pricing {
    let prices = |currency: &Currency| {
        let mut prices = Prices::default();
        for (column, (months, percent)) in ROUNDS.iter().enumerate() {
            let full = Decimal::new(cents * months * percent, 4) * currency.rate;
            prices.price[column] = (*percent > 0).then(|| full.round_dp_with_strategy(2, HALF_UP));
        }
        prices
    };
    state.currencies.iter().map(|currency| (currency.id, prices(currency))).collect()
}

/// A price in every currency that is paid once.
fn once(state: &State, cents: i64) -> Pricing {
    let price = |currency: &Currency| (Decimal::new(cents, 2) * currency.rate).round_dp_with_strategy(2, HALF_UP);
    let prices = |currency: &Currency| {
        let mut prices = Prices::default();
        prices.price[0] = Some(price(currency));
        prices
    };
    state.currencies.iter().map(|currency| (currency.id, prices(currency))).collect()
}

fn slug(name: &str) -> String {
    let letters = name.to_lowercase();
    letters
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn products(state: &mut State) {
    for name in GROUPS {
        state.product_groups.add(|id| ProductGroup { id, name: name.to_owned(), slug: slug(name), hidden: false });
    }
    for offer in OFFERS {
        let pricing = match offer.pay_type {
            "recurring" => recurring(state, offer.cents),
            "onetime" => once(state, offer.cents),
            _ => Pricing::new(),
        };
        let product = product(state, offer, pricing);
        state.products.add(|id| Product { id, ..product });
    }
}

fn product(state: &mut State, offer: &Offer, pricing: Pricing) -> Product {
    let rented = offer.source != Source::Own;
    // One product was set up in a hurry: the set-up check has something to find.
    let fields = if offer.id == 12 { &LINK_FIELDS[..9] } else { &LINK_FIELDS[..] };
    let custom_fields = if rented {
        fields.iter().map(|name| field(next(&mut state.counters.field), name, false)).collect()
    } else if offer.id == 23 {
        let question =
            CustomField { required: true, ..field(next(&mut state.counters.field), "Current provider", true) };
        vec![CustomField { description: "Where do your sites live today?".to_owned(), ..question }]
    } else {
        Vec::new()
    };
    Product {
        id: offer.id,
        group: offer.group,
        kind: offer.kind.to_owned(),
        name: offer.name.to_owned(),
        slug: slug(offer.name),
        description: description(offer),
        module: offer.module.to_owned(),
        pay_type: offer.pay_type.to_owned(),
        allow_quantity: u8::from(offer.kind == "other") * 2,
        stock_control: false,
        stock: 0,
        hidden: offer.id == 24,
        taxed: true,
        auto_setup: if offer.module.is_empty() { String::new() } else { "payment".to_owned() },
        pricing,
        custom_fields,
        option_groups: if offer.kind == "server" { vec![1] } else { Vec::new() },
    }
}

fn description(offer: &Offer) -> String {
    match offer.plan() {
        Some(plan) => format!(
            "{} vCPU\r\n{} GB RAM\r\n{} GB {}\r\n{} snapshots",
            plan.cores,
            plan.ram_mb / 1024,
            plan.disk_mb / 1024,
            plan.kind.to_uppercase(),
            plan.snapshots
        ),
        None => format!("{} by the month or the year.", offer.name),
    }
}

fn choice(state: &mut State, name: String, cents: i64) -> OptionChoice {
    let pricing = recurring(state, cents);
    OptionChoice { id: next(&mut state.counters.choice), name, pricing }
}

/// Choices with their price in euro cents per month.
type Priced = Vec<(String, i64)>;

fn options(state: &mut State) {
    const SURCHARGES: [i64; 9] = [0, 105, 155, 130, 105, 250, 255, 240, 215];
    let regions =
        REGIONS.iter().zip(SURCHARGES).map(|(region, cents)| (format!("{}|{}", region.slug, region.name), cents));
    let images = IMAGES.iter().map(|image| {
        let cents = if image.os_type == "Windows" { 999 } else { 0 };
        (format!("{}|{}", image.id, image.description), cents)
    });
    let addresses = [("1|Additional IPv4 address".to_owned(), 450)];
    let backup = [("1|Daily backup".to_owned(), 299)];
    let all: [(&str, u8, u32, Priced); 4] = [
        ("region|Region", 1, 0, regions.collect()),
        ("image|Operating system", 1, 0, images.collect()),
        ("addresses|Additional IPv4", 4, 15, addresses.to_vec()),
        ("backup|Backup", 3, 0, backup.to_vec()),
    ];
    for (name, kind, max, names) in all {
        let choices = names.into_iter().map(|(name, cents)| choice(state, name, cents)).collect();
        state.options.add(|id| ConfigOption { id, group: 1, name: name.to_owned(), kind, min: 0, max, choices });
    }
}

fn addons(state: &mut State) {
    for (name, cents) in [("Managed Support", 2900), ("Malware Scan", 199), ("Priority Restore", 499)] {
        let pricing = recurring(state, cents);
        state.addon_products.add(|id| AddonProduct {
            id,
            name: name.to_owned(),
            cycle: Cycle::Monthly,
            taxed: true,
            pricing,
        });
    }
}

fn promotions(state: &mut State, plot: &Plot<'_>) {
    let all: [(&str, &str, bool, i64, &str, i64); 7] = [
        ("WELCOME10", "Percentage", false, 1000, "", -900),
        ("SOMMER26", "Percentage", false, 2500, "Annually", -160),
        ("FRIENDS5", "Percentage", true, 500, "", -700),
        ("BLACKFRIDAY", "Percentage", true, 3000, "Annually,Biennially", -20),
        ("TENOFF", "Fixed Amount", false, 1000, "", -300),
        ("VPS-499", "Price Override", true, 499, "Monthly", -400),
        ("NOSETUP", "Free Setup", false, 0, "", -1000),
    ];
    for (code, kind, recurring, value, cycles, from) in all {
        let starts = plot.today.saturating_add(Span::new().days(from));
        let expired = code == "SOMMER26";
        state.promotions.add(|id| Promotion {
            id,
            code: code.to_owned(),
            kind: kind.to_owned(),
            recurring,
            value: Decimal::new(value, 2),
            cycles: cycles.to_owned(),
            applies_to: if code == "VPS-499" { vec![1] } else { Vec::new() },
            starts: Some(starts),
            expires: expired.then(|| starts.saturating_add(Span::new().days(60))),
            max_uses: if code == "TENOFF" { 100 } else { 0 },
            uses: 3 * id,
            new_signups: code == "WELCOME10",
            existing_client: false,
            once_per_client: code != "FRIENDS5",
            notes: String::new(),
        });
    }
}

fn endings(state: &mut State) {
    let all: [(&str, &str, i64, &str); 12] = [
        (".com", "Popular", 1399, "enom"),
        (".de", "ccTLD", 799, "resellerclub"),
        (".net", "Popular", 1499, "enom"),
        (".org", "Popular", 1399, "enom"),
        (".eu", "ccTLD", 899, "resellerclub"),
        (".io", "Popular", 4499, "enom"),
        (".co.uk", "ccTLD", 899, "nominet"),
        (".fr", "ccTLD", 999, "resellerclub"),
        (".at", "ccTLD", 1799, "resellerclub"),
        (".ch", "ccTLD", 1299, "resellerclub"),
        (".shop", "Shopping", 2999, "enom"),
        (".dev", "Technology", 1599, "enom"),
    ];
    for (extension, category, cents, registrar) in all {
        let price = |years: u32| Decimal::from_u32(years).unwrap_or_default() * Decimal::new(cents, 2);
        let one = BTreeMap::from([(1, price(1))]);
        let several: BTreeMap<u32, Decimal> = (1..=5).map(|years| (years, price(years))).collect();
        state.tlds.add(|id| Tld {
            id,
            extension: extension.to_owned(),
            categories: vec![category.to_owned()],
            registrar: registrar.to_owned(),
            dns_management: true,
            email_forwarding: false,
            id_protection: !extension.ends_with("de"),
            epp_required: true,
            group: if extension == ".shop" { "SALE".to_owned() } else { String::new() },
            register: several.clone(),
            transfer: one,
            renew: several,
            grace: (extension == ".com").then_some((30, Decimal::ZERO)),
            redemption: (extension == ".com").then(|| (30, Decimal::new(9900, 2))),
        });
    }
}

fn servers(state: &mut State) {
    let all: [(&str, &str, &str, &str, bool, u64, bool); 5] = [
        ("Saturn", "saturn.nordlicht.example", "192.0.2.251", "cpanel", true, 400, true),
        ("Titan", "titan.nordlicht.example", "192.0.2.252", "cpanel", true, 400, true),
        ("Rhea", "rhea.nordlicht.example", "192.0.2.253", "cpanel", false, 200, false),
        ("Pluto", "pluto.nordlicht.example", "198.51.100.251", "plesk", true, 150, true),
        ("Charon", "charon.nordlicht.example", "198.51.100.252", "plesk", true, 150, true),
    ];
    for (name, hostname, ip, module, active, capacity, reachable) in all {
        state.servers.add(|id| ModuleServer {
            id,
            name: name.to_owned(),
            hostname: hostname.to_owned(),
            ip: ip.to_owned(),
            module: module.to_owned(),
            active,
            capacity,
            reachable,
        });
    }
}
