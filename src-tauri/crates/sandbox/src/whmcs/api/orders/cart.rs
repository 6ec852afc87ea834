//! Working out what an order holds before anything is written.

use rust_decimal::Decimal;

use crate::dialect::Version;
use crate::whmcs::desk::{Desk, OrRefuse, Refusal, refuse};
use crate::whmcs::ledger::pricing::{Price, discounted};
use crate::whmcs::model::catalog::Promotion;
use crate::whmcs::model::services::{Choice, Cycle, DomainStatus};
use crate::whmcs::params::{Params, is_true, to_money};
use crate::whmcs::php::serialized::Php;

/// A service to be made.
#[derive(Debug, Clone)]
pub(super) struct WantedService {
    pub(super) product: u64,
    pub(super) quantity: u32,
    pub(super) cycle: Cycle,
    pub(super) domain: String,
    pub(super) options: Vec<Choice>,
    pub(super) fields: Option<Php>,
    pub(super) password: String,
    pub(super) first: Price,
    pub(super) recurring: Decimal,
    pub(super) addons: Vec<u64>,
}

/// A domain to be made.
#[derive(Debug, Clone)]
pub(super) struct WantedDomain {
    pub(super) name: String,
    pub(super) transfer: bool,
    pub(super) years: u32,
    pub(super) price: Decimal,
    pub(super) renewal: Decimal,
    pub(super) dns: bool,
    pub(super) forwarding: bool,
    pub(super) protection: bool,
    pub(super) epp: String,
}

/// An add-on for a service there is already.
#[derive(Debug, Clone, Copy)]
pub(super) struct WantedAddon {
    pub(super) addon: u64,
    pub(super) service: u64,
    pub(super) quantity: u32,
}

/// Everything an order holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Cart {
    pub(super) services: Vec<WantedService>,
    pub(super) domains: Vec<WantedDomain>,
    pub(super) addons: Vec<WantedAddon>,
    /// Domain id, years, price.
    pub(super) domain_renewals: Vec<(u64, u32, Decimal)>,
    /// Service ids.
    pub(super) service_renewals: Vec<u64>,
    /// Service add-on ids.
    pub(super) addon_renewals: Vec<u64>,
    pub(super) promotion: Option<Promotion>,
}

/// Parameters that have been lists since 8.6, when a scalar began to be refused.
const LISTS: [&str; 9] = [
    "pid",
    "qty",
    "domain",
    "billingcycle",
    "domaintype",
    "regperiod",
    "customfields",
    "configoptions",
    "priceoverride",
];

impl Cart {
    pub(super) fn read(desk: &Desk<'_>, params: &Params, client: u64) -> Result<Self, Refusal> {
        for name in LISTS {
            if desk.version >= Version::V8 && params.text(name).is_some() && !params.is_array(name) {
                return refuse(format!("Expecting parameter '{name}' to be an array"));
            }
        }
        let currency = desk.state.currency_of(client).map_or(1, |currency| currency.id);
        let promotion = promotion(desk, params);
        let mut cart = Self { promotion, ..Self::default() };
        for (key, product) in indexed(params, "pid") {
            cart.add_service(desk, params, &key, product, currency);
        }
        for (key, kind) in indexed(params, "domaintype") {
            cart.add_domain(desk, params, &key, kind, currency);
        }
        cart.read_addons(desk, params, client)?;
        cart.read_renewals(desk, params, client, currency)?;
        if cart.is_empty() {
            return refuse("No items added to cart so order cannot proceed");
        }
        Ok(cart)
    }

    fn is_empty(&self) -> bool {
        self.services.is_empty()
            && self.domains.is_empty()
            && self.addons.is_empty()
            && self.domain_renewals.is_empty()
            && self.service_renewals.is_empty()
            && self.addon_renewals.is_empty()
    }

    fn add_service(&mut self, desk: &Desk<'_>, params: &Params, key: &str, product: &str, currency: u64) {
        let Some(product) = product.parse().ok().and_then(|id| desk.state.products.get(id)) else { return };
        let options = chosen(desk, product.option_groups.as_slice(), one(params, "configoptions", key));
        let wanted = one(params, "billingcycle", key).and_then(Cycle::read);
        let Some((cycle, price)) = offered(desk, product.id, &product.pay_type, wanted, currency, &options) else {
            return;
        };
        let quantity = one(params, "qty", key).and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
        let mut price = price;
        if let Some(fixed) = one(params, "priceoverride", key).and_then(to_money) {
            price = Price { setup: Decimal::ZERO, recurring: fixed };
        }
        let first = match &self.promotion {
            Some(promotion) if applies(promotion, product.id, cycle) => discounted(promotion, price),
            _ => price,
        };
        let lasting = self.promotion.as_ref().is_some_and(|promotion| promotion.recurring);
        let count = Decimal::from(quantity);
        let recurring = if lasting { first.recurring } else { price.recurring };
        let domain = one(params, "domain", key).or_else(|| one(params, "hostname", key)).unwrap_or_default();
        let addons = one(params, "addons", key).unwrap_or_default();
        self.services.push(WantedService {
            product: product.id,
            quantity,
            cycle,
            domain: domain.to_owned(),
            options,
            fields: one(params, "customfields", key).and_then(Php::from_base64),
            password: one(params, "rootpw", key).unwrap_or_default().to_owned(),
            first: Price { setup: first.setup * count, recurring: first.recurring * count },
            recurring: if cycle.months() > 0 { recurring * count } else { Decimal::ZERO },
            addons: addons.split(',').filter_map(|id| id.trim().parse().ok()).collect(),
        });
    }

    fn add_domain(&mut self, desk: &Desk<'_>, params: &Params, key: &str, kind: &str, currency: u64) {
        let Some(name) = one(params, "domain", key).map(str::to_lowercase).filter(|name| name.contains('.')) else {
            return;
        };
        let transfer = kind.eq_ignore_ascii_case("transfer");
        if kind.is_empty() || !(transfer || kind.eq_ignore_ascii_case("register")) {
            return;
        }
        let years: u32 = one(params, "regperiod", key).and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, 10);
        let tld = desk.state.tlds.iter().find(|tld| name.ends_with(tld.extension.as_str()));
        let list = tld.map(|tld| if transfer { &tld.transfer } else { &tld.register });
        let listed = list.and_then(|list| list.get(&years)).map(|euros| desk.state.convert(*euros, currency));
        let renewal = crate::whmcs::lay::renewal_price(desk.state, &name, years, currency);
        let flag = |field: &str| one(params, field, key).is_some_and(is_true);
        self.domains.push(WantedDomain {
            price: one(params, "domainpriceoverride", key).and_then(to_money).or(listed).unwrap_or_default(),
            renewal: one(params, "domainrenewoverride", key).and_then(to_money).or(renewal).unwrap_or_default(),
            transfer,
            years,
            dns: flag("dnsmanagement"),
            forwarding: flag("emailforwarding"),
            protection: flag("idprotection"),
            epp: one(params, "eppcode", key).unwrap_or_default().to_owned(),
            name,
        });
    }

    fn read_addons(&mut self, desk: &Desk<'_>, params: &Params, client: u64) -> Result<(), Refusal> {
        let mut wanted = Vec::new();
        if let Some(addon) = params.text("addonid") {
            wanted.push((addon, params.text("serviceid").unwrap_or_default(), params.text("addonidqty")));
        }
        for (key, addon) in indexed(params, "addonids") {
            wanted.push((addon, one(params, "serviceids", &key).unwrap_or_default(), one(params, "addonidsqty", &key)));
        }
        for (addon, service, quantity) in wanted {
            let addon = addon.parse().ok().filter(|id| desk.state.addon_products.get(*id).is_some());
            let addon = addon.or_refuse("Addon ID invalid")?;
            let service = service.parse().ok().and_then(|id| desk.state.services.get(id));
            let service = service.filter(|one| one.client == client);
            let service = service.or_refuse("Service ID not owned by Client ID provided")?.id;
            let quantity = quantity.and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
            self.addons.push(WantedAddon { addon, service, quantity });
        }
        Ok(())
    }

    fn read_renewals(&mut self, desk: &Desk<'_>, params: &Params, client: u64, currency: u64) -> Result<(), Refusal> {
        for (name, years) in params.map("domainrenewals") {
            let domain =
                desk.state.domains.iter().find(|one| one.client == client && one.name.eq_ignore_ascii_case(name));
            let domain = domain.or_refuse("Domain not owned by Client ID provided")?;
            use DomainStatus::{Active, Expired, Grace, Redemption};
            if !matches!(domain.status, Active | Expired | Grace | Redemption) {
                return refuse(format!("Domain status is set to '{}' and cannot be renewed", domain.status.text()));
            }
            let years = years.parse().unwrap_or(domain.period).clamp(1, 9);
            let price = crate::whmcs::lay::renewal_price(desk.state, &domain.name, years, currency);
            self.domain_renewals.push((domain.id, years, price.unwrap_or(domain.recurring)));
        }
        for id in params.list("servicerenewals") {
            let service = id.parse().ok().and_then(|id| desk.state.services.get(id)).filter(|one| one.client == client);
            match service.filter(|one| one.status.renews() && one.cycle.months() > 0) {
                Some(service) => self.service_renewals.push(service.id),
                None => return refuse(format!("Service ID {id} can not be renewed at this time.")),
            }
        }
        for id in params.list("addonrenewals") {
            let addon = id.parse().ok().and_then(|id| desk.state.addons.get(id)).filter(|one| one.client == client);
            self.addon_renewals.extend(addon.filter(|one| one.status.renews()).map(|one| one.id));
        }
        Ok(())
    }
}

/// The pairs of a bracketed list; a scalar, which old versions took, is a list of one.
pub(super) fn indexed<'p>(params: &'p Params, name: &str) -> Vec<(String, &'p str)> {
    match params.text(name) {
        Some(text) => vec![("0".to_owned(), text)],
        None => params.map(name).into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    }
}

/// The element of a bracketed list under this key, not empty.
fn one<'p>(params: &'p Params, name: &str, key: &str) -> Option<&'p str> {
    let found = params.at(name, key).or_else(|| if key == "0" { params.text(name) } else { None });
    found.map(str::trim).filter(|text| !text.is_empty())
}

fn promotion(desk: &Desk<'_>, params: &Params) -> Option<Promotion> {
    let code = params.text("promocode")?;
    let today = desk.today();
    let found = desk.state.promotions.iter().find(|one| one.code.eq_ignore_ascii_case(code))?;
    let valid = found.starts.is_none_or(|day| day <= today)
        && found.expires.is_none_or(|day| day >= today)
        && (found.max_uses == 0 || found.uses < found.max_uses);
    (valid || params.flag("promooverride")).then(|| found.clone())
}

fn applies(promotion: &Promotion, product: u64, cycle: Cycle) -> bool {
    let cycles = &promotion.cycles;
    (promotion.applies_to.is_empty() || promotion.applies_to.contains(&product))
        && (cycles.is_empty() || cycles.split(',').any(|name| Cycle::read(name) == Some(cycle)))
}

/// The wanted cycle when it is offered, else the first that is.
fn offered(
    desk: &Desk<'_>,
    product: u64,
    pay_type: &str,
    wanted: Option<Cycle>,
    currency: u64,
    options: &[Choice],
) -> Option<(Cycle, Price)> {
    let order: Vec<Cycle> = match pay_type {
        "free" => vec![Cycle::Free],
        "onetime" => vec![Cycle::OneTime],
        _ => wanted.into_iter().chain(Cycle::RECURRING).filter(|cycle| cycle.months() > 0).collect(),
    };
    order.into_iter().find_map(|cycle| Some((cycle, desk.state.price_of(product, cycle, currency, options)?)))
}

/// Chosen options, and the first choice of what was not chosen.
fn chosen(desk: &Desk<'_>, groups: &[u64], sent: Option<&str>) -> Vec<Choice> {
    let sent = sent.and_then(Php::from_base64);
    let options = desk.state.options.iter().filter(|option| groups.contains(&option.group));
    options
        .filter_map(|option| {
            let first = option.choices.first()?;
            let value = sent.as_ref().and_then(|sent| sent.get(&option.id.to_string())).map(Php::text);
            let number: u64 = value.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0);
            if option.kind >= 3 {
                let quantity = u32::try_from(number).unwrap_or(0).clamp(option.min, option.max.max(1));
                return Some(Choice { option: option.id, choice: first.id, quantity });
            }
            let choice = option.choices.iter().find(|choice| choice.id == number).unwrap_or(first);
            Some(Choice { option: option.id, choice: choice.id, quantity: 1 })
        })
        .collect()
}
