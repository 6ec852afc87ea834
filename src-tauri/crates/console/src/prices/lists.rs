//! Where prices are read: WHMCS's currencies, products with their configurable options, and TLDs; and the dated list of
//! Contabo's prices, whose API has none.

use rackdesk_store::mirror::PriceKey;
use rackdesk_whmcs::{
    Client,
    actions::{
        domains::GetTLDPricing,
        orders::{CyclePrices, GetProducts, Product},
        system::GetCurrencies,
    },
    lenient::{Keyed, Price},
};
use rust_decimal::Decimal;

use super::{
    PriceList,
    moves::{Reading, Said, Untold},
};
use crate::fault::{ErrorCode, Fault};

/// A currency of WHMCS, to ask for TLD prices in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// Id.
    pub id: u64,
    /// ISO code.
    pub code: String,
}

fn key(kind: &str, subject: impl Into<String>, term: impl Into<String>, currency: &str) -> PriceKey {
    PriceKey { kind: kind.into(), subject: subject.into(), term: term.into(), currency: currency.to_owned() }
}

fn part(kind: &str, subject: Option<&str>, currency: Option<&str>) -> Untold {
    Untold { kind: kind.into(), subject: subject.map(Into::into), currency: currency.map(Into::into) }
}

pub(super) fn damaged(path: &str) -> Fault {
    Fault::with(ErrorCode::Unreadable, [("provider", "WHMCS".to_owned()), ("path", path.to_owned())])
}

/// A list without pages must hold as many rows as it says, or some of them were lost on the way.
fn whole(says: Option<u64>, rows: usize) -> Result<(), Fault> {
    match says {
        Some(says) if says != rows as u64 => Err(damaged("totalresults")),
        _ => Ok(()),
    }
}

/// The rates of the currencies to the default one, and the currencies, if all of them can be told apart.
///
/// # Errors
/// When WHMCS refuses or cannot be understood.
pub async fn rates(client: &Client) -> Result<(Reading, Result<Vec<Currency>, Fault>), Fault> {
    let answer = client.call(GetCurrencies {}).await.map_err(|e| Fault::from(&e))?.value;
    whole(answer.totalresults, answer.currencies.len())?;
    let (mut reading, mut currencies) = (Reading::default(), Ok(Vec::new()));
    if answer.currencies.is_empty() {
        // Every WHMCS has one.
        return Err(damaged("currencies.currency"));
    }
    for row in answer.currencies {
        let code = row.code.trim();
        let (Some(id), false) = (row.id, code.is_empty()) else {
            reading.nameless();
            currencies = Err(damaged("currencies.currency[].id"));
            continue;
        };
        reading.say(key("rate", code, "", code), code, row.rate.map_or(Said::Unclear, Said::Costs));
        if let Ok(known) = &mut currencies {
            known.push(Currency { id, code: code.to_owned() });
        }
    }
    Ok((reading, currencies))
}

/// What the products and their configurable options cost, by cycle and currency. A product or option without prices in
/// one of the `currencies` says nothing there: WHMCS lists each of them, with -1.00 for what is not sold (quirk 27).
///
/// # Errors
/// As [`rates`].
pub async fn products(client: &Client, currencies: &[Currency]) -> Result<Reading, Fault> {
    let answer = client.call(GetProducts::default()).await.map_err(|e| Fault::from(&e))?.value;
    whole(answer.totalresults, answer.products.len())?;
    let mut reading = Reading::default();
    if answer.products.is_empty() {
        reading.empty(part("product", None, None));
    }
    // Which options a product had is not known by product; not one of all that were there is no news, but damage.
    if answer.products.iter().all(|row| row.configoptions.is_empty()) {
        reading.untold(part("option", None, None));
    }
    for row in &answer.products {
        product(row, currencies, &mut reading);
    }
    Ok(reading)
}

fn product(row: &Product, currencies: &[Currency], into: &mut Reading) {
    let mut cycles = |kind: &str, subject: &str, name: &str, pricing: &Keyed<CyclePrices>| {
        if pricing.0.is_empty() {
            into.untold(part(kind, Some(subject), None));
        }
        for currency in currencies.iter().filter(|currency| !pricing.0.contains_key(&currency.code)) {
            into.untold(part(kind, Some(subject), Some(&currency.code)));
        }
        cycles(kind, subject, name, pricing, into);
    };
    let mut nameless = 0;
    match row.pid {
        Some(id) => cycles("product", &id.to_string(), &row.name, &row.pricing),
        None => nameless += 1,
    }
    for option in &row.configoptions {
        for choice in &option.options {
            let name = format!("{}: {}", option.name, choice.name);
            match choice.id {
                Some(id) => cycles("option", &id.to_string(), &name, &choice.pricing),
                None => nameless += 1,
            }
        }
    }
    (0..nameless).for_each(|_| into.nameless());
}

fn cycles(kind: &str, subject: &str, name: &str, pricing: &Keyed<CyclePrices>, into: &mut Reading) {
    for (currency, prices) in &pricing.0 {
        let of = |term: String| key(kind, subject, term, currency);
        for (cycle, price, setup) in [
            ("monthly", prices.monthly, prices.msetupfee),
            ("quarterly", prices.quarterly, prices.qsetupfee),
            ("semiannually", prices.semiannually, prices.ssetupfee),
            ("annually", prices.annually, prices.asetupfee),
            ("biennially", prices.biennially, prices.bsetupfee),
            ("triennially", prices.triennially, prices.tsetupfee),
        ] {
            into.say(of(cycle.to_owned()), name, said(price));
            // WHMCS names a fee of 0.00 also for a cycle that cannot be bought.
            let fee = if price == Price::NotOffered { Said::NotSold } else { said(setup) };
            into.say(of(format!("setup.{cycle}")), name, fee);
        }
    }
}

const fn said(price: Price) -> Said {
    match price {
        Price::Amount(amount) => Said::Costs(amount),
        Price::NotOffered => Said::NotSold,
        Price::Unknown => Said::Unclear,
    }
}

/// What TLDs cost in each currency. What is not priced is left out there (quirk 71), so it has ended; of a TLD that is
/// named without any price nothing is said.
///
/// # Errors
/// As [`rates`], for any of the currencies: a part of the list would take the rest for gone.
pub async fn tlds(client: &Client, currencies: &[Currency]) -> Result<Reading, Fault> {
    let mut reading = Reading::default();
    for currency in currencies {
        let asked = GetTLDPricing { currencyid: Some(currency.id), ..GetTLDPricing::default() };
        let answer = client.call(asked).await.map_err(|e| Fault::from(&e))?.value;
        // It falls back to another currency without a word.
        if answer.currency.is_some_and(|c| !c.code.trim().is_empty() && c.code.trim() != currency.code) {
            return Err(damaged("currency.code"));
        }
        if answer.pricing.0.is_empty() {
            reading.empty(part("tld", None, Some(&currency.code)));
        }
        for (tld, prices) in &answer.pricing.0 {
            if [&prices.register, &prices.transfer, &prices.renew].iter().all(|years| years.0.is_empty()) {
                reading.untold(part("tld", Some(tld), Some(&currency.code)));
            }
            let name = format!(".{}", tld.trim_start_matches('.'));
            for (what, years) in
                [("register", &prices.register), ("transfer", &prices.transfer), ("renew", &prices.renew)]
            {
                for (years, price) in &years.0 {
                    let key = key("tld", tld.as_str(), format!("{what}.{years}"), &currency.code);
                    reading.say(key, &name, said(*price));
                }
            }
        }
    }
    Ok(reading)
}

/// The prices of a dated list of Contabo's.
pub fn contabo(list: &PriceList) -> Reading {
    let mut reading = Reading::default();
    for product in &list.products {
        let mut say = |term: String, amount: Decimal| {
            reading.say(key("contabo", &product.id, term, &list.currency), &product.name, Said::Costs(amount));
        };
        for (months, term) in &product.terms {
            say(format!("months.{months}"), term.monthly);
            say(format!("once.{months}"), term.setup);
        }
        product.regions.iter().for_each(|(region, amount)| say(format!("region.{region}"), *amount));
        product.add_ons.iter().for_each(|(add_on, amount)| say(format!("add_on.{add_on}"), *amount));
    }
    reading
}
