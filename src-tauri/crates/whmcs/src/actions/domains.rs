//! Domains at their registrars, and prices of TLDs. Errors are mostly the registrar's own words (quirk 19).

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::action::actions;
use crate::actions::{DomainStatus, Done};
use crate::lenient::{Fit, Keyed, Lenient, Price, open_enum, record};
use crate::secret::Secret;

open_enum! {
    /// How a domain came.
    RegistrationType { Register = "Register", Transfer = "Transfer" }
}

open_enum! {
    /// Label of a TLD in the shop.
    TldGroup { Hot = "HOT", New = "NEW", Sale = "SALE" }
}

/// A section of the contact data a registrar holds: an object, or text that looks like JSON and is not always
/// (quirk 50).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhoisSection(pub Value);

impl WhoisSection {
    /// Names and values as far as they can be told.
    pub fn fields(&self) -> IndexMap<String, String> {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let of = |map: &serde_json::Map<String, Value>| {
            map.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), plain(value))).collect()
        };
        match &self.0 {
            Value::Object(map) => of(map),
            Value::String(text) => match serde_json::from_str::<Value>(text) {
                Ok(Value::Object(map)) => of(&map),
                _ => loose_fields(text),
            },
            _ => IndexMap::new(),
        }
    }
}

/// `"name":"value"` and `"name":value` in a row, whatever stands between them.
fn loose_fields(text: &str) -> IndexMap<String, String> {
    let mut fields = IndexMap::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('"') {
        let Some((name, after)) = after.split_once('"') else { break };
        let Some(value) = after.trim_start().strip_prefix(':').map(str::trim_start) else {
            rest = after;
            continue;
        };
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_at(value.find([',', '}']).unwrap_or(value.len())),
        };
        if value.trim() != "null" {
            fields.insert(name.to_owned(), value.trim().to_owned());
        }
        rest = after;
    }
    fields
}

impl Lenient for WhoisSection {
    const KIND: &'static str = "any";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        Ok(Value::read(source)?.map(Self))
    }

    fn is_absent(&self) -> bool {
        self.0.is_null()
    }
}

impl Serialize for WhoisSection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

record! {
    /// Contact data at the registrar.
    WhoisInfo {
        registrant as "Registrant": WhoisSection,
        admin as "Admin": WhoisSection,
        tech as "Tech": WhoisSection,
        billing as "Billing": WhoisSection,
    }
}

record! {
    /// Whether transfers are locked.
    LockStatus {
        /// `locked`, `unlocked`, or the registrar's own word.
        lockstatus: String,
    }
}

record! {
    /// Nameservers at the registrar.
    Nameservers {
        ns1: String,
        ns2: String,
        ns3: String,
        ns4: String,
        ns5: String,
    }
}

record! {
    /// The code that allows a transfer.
    EppCode {
        /// Empty when it was mailed to the owner. May hold HTML entities (quirk 48).
        eppcode: Secret,
    }
}

record! {
    /// What WHOIS says about a name.
    Whois {
        /// `available` or `unavailable`.
        status: String,
        whois: String,
    }
}

record! {
    /// A registrar module.
    Registrar {
        module: String,
        display_name as "display_name": String,
    }
}

record! {
    /// Registrar modules; sent bare or wrapped (quirk 32).
    Registrars {
        registrars bare "registrar": Vec<Registrar>,
    }
}

record! {
    /// A currency of a price list.
    PriceCurrency {
        id: Option<u64>,
        code: String,
        prefix: String,
        suffix: String,
        format: Option<u64>,
        /// To the default currency.
        rate: Option<Decimal>,
    }
}

record! {
    /// What can be had with a TLD.
    TldAddons {
        dns: Option<bool>,
        email: Option<bool>,
        idprotect: Option<bool>,
    }
}

record! {
    /// Prices of a TLD by years. Years that are not priced are left out (quirk 71).
    TldPrices {
        tld: String,
        categories: Vec<String>,
        addons: Option<TldAddons>,
        /// `hot`, `new`, `sale` or nothing.
        group: String,
        register: Keyed<Price>,
        transfer: Keyed<Price>,
        renew: Keyed<Price>,
        grace_period: Value,
        redemption_period: Value,
    }
}

record! {
    /// Prices of TLDs in one currency.
    TldPricing {
        currency: Option<PriceCurrency>,
        /// By TLD, without the point.
        pricing: Keyed<TldPrices>,
    }
}

record! {
    /// The TLD that was made or changed.
    TldRef {
        extension: String,
        id: Option<u64>,
    }
}

record! {
    /// The domain that was changed.
    DomainRef {
        domainid: Option<u64>,
    }
}

actions! {
    Domains;

    /// Registers a domain at its registrar. <https://developers.whmcs.com/api-reference/domainregister/>
    DomainRegister: Billable, External => Done {
        may {
            /// Or `domain`.
            domainid: u64,
            domain: String,
            idnlanguage: String,
        }
    }

    /// Begins a transfer. <https://developers.whmcs.com/api-reference/domaintransfer/>
    DomainTransfer: Billable, External => Done {
        may {
            /// Or `domain`.
            domainid: u64,
            domain: String,
            /// Letters and digits, although documented as a number (quirk 59).
            eppcode: Secret,
        }
    }

    /// Renews a domain. <https://developers.whmcs.com/api-reference/domainrenew/>
    DomainRenew: Billable, External => Done {
        may {
            /// Or `domain`.
            domainid: u64,
            domain: String,
            /// Years.
            regperiod: u64,
        }
    }

    /// Gives a domain to another registrar. <https://developers.whmcs.com/api-reference/domainrelease/>
    DomainRelease: Destructive, External => Done {
        needs {
            /// The registrar that takes it.
            newtag: String,
        }
        may {
            /// Or `domain`.
            domainid: u64,
            domain: String,
        }
    }

    /// Whether transfers are locked. <https://developers.whmcs.com/api-reference/domaingetlockingstatus/>
    DomainGetLockingStatus: Read, External => LockStatus {
        needs { domainid: u64, }
    }

    /// Locks or unlocks transfers. <https://developers.whmcs.com/api-reference/domainupdatelockingstatus/>
    DomainUpdateLockingStatus: Idempotent, External => Done {
        needs { domainid: u64, }
        may { lockstatus: bool, }
    }

    /// Nameservers at the registrar. <https://developers.whmcs.com/api-reference/domaingetnameservers/>
    DomainGetNameservers: Read, External => Nameservers {
        needs { domainid: u64, }
    }

    /// Sets the nameservers. <https://developers.whmcs.com/api-reference/domainupdatenameservers/>
    DomainUpdateNameservers: Idempotent, External => Done {
        needs {
            ns1: String,
            ns2: String,
        }
        may {
            /// Or `domain`.
            domainid: u64,
            domain: String,
            ns3: String,
            ns4: String,
            ns5: String,
        }
    }

    /// Contact data at the registrar. <https://developers.whmcs.com/api-reference/domaingetwhoisinfo/>
    DomainGetWhoisInfo: Read, External => WhoisInfo {
        needs { domainid: u64, }
    }

    /// Sets the contact data. <https://developers.whmcs.com/api-reference/domainupdatewhoisinfo/>
    DomainUpdateWhoisInfo: Idempotent, External => Done {
        needs {
            domainid: u64,
            /// XML of the sections.
            xml: String,
        }
    }

    /// Asks for the code that allows a transfer; it may come by mail. <https://developers.whmcs.com/api-reference/domainrequestepp/>
    DomainRequestEPP: Once, External => EppCode {
        needs { domainid: u64, }
    }

    /// Hides or shows the owner in WHOIS. <https://developers.whmcs.com/api-reference/domaintoggleidprotect/>
    DomainToggleIdProtect: Idempotent, External => Done {
        needs { domainid: u64, }
        may { idprotect: bool, }
    }

    /// What WHOIS says about a name. <https://developers.whmcs.com/api-reference/domainwhois/>
    DomainWhois: Read, External => Whois {
        needs { domain: String, }
    }

    /// Registrar modules that are switched on (8.1 and later). <https://developers.whmcs.com/api-reference/getregistrars/>
    GetRegistrars: Read, Quick, root "registrars" => Registrars {}

    /// Prices of TLDs. <https://developers.whmcs.com/api-reference/gettldpricing/>
    GetTLDPricing: Read, List => TldPricing {
        may {
            /// Or `clientid`.
            currencyid: u64,
            /// Counts more than `currencyid`.
            clientid: u64,
        }
    }

    /// Makes or changes a TLD and its prices (7.10 and later). <https://developers.whmcs.com/api-reference/createorupdatetld/>
    CreateOrUpdateTLD: Idempotent, Quick => TldRef {
        needs {
            /// With the point.
            extension: String,
        }
        may {
            id_protection: bool,
            dns_management: bool,
            email_forwarding: bool,
            epp_required: bool,
            auto_registrar: String,
            group: TldGroup,
            /// Needed with any price; others are converted from it.
            currency_code: String,
            grace_period_days: u64,
            /// -1 switches it off.
            grace_period_fee: Decimal,
            redemption_period_days: u64,
            /// -1 switches it off.
            redemption_period_fee: Decimal,
            /// Price by years, 1 to 10.
            register: BTreeMap<u64, Decimal>,
            /// Price by years, 1 to 9.
            renew: BTreeMap<u64, Decimal>,
            /// One price, under its years.
            transfer: BTreeMap<u64, Decimal>,
            /// The TLD it is listed behind.
            display_after: String,
        }
    }

    /// Changes a domain in WHMCS, and with `updatens` at the registrar.
    /// <https://developers.whmcs.com/api-reference/updateclientdomain/>
    UpdateClientDomain: Idempotent, External => DomainRef {
        needs { domainid: u64, }
        may {
            dnsmanagement: bool,
            emailforwarding: bool,
            idprotection: bool,
            donotrenew: bool,
            kind as "type": RegistrationType,
            regdate: Date,
            nextduedate: Date,
            expirydate: Date,
            domain: String,
            firstpaymentamount: Decimal,
            recurringamount: Decimal,
            registrar: String,
            /// Years.
            regperiod: u64,
            /// Gateway.
            paymentmethod: String,
            subscriptionid: String,
            status: DomainStatus,
            notes: String,
            /// Promotion.
            promoid: u64,
            /// Compute the recurring amount anew; the given one is ignored.
            autorecalc: bool,
            /// Send the nameservers to the registrar.
            updatens: bool,
            ns1: String,
            ns2: String,
            ns3: String,
            ns4: String,
            ns5: String,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// quirk 50
    #[test]
    fn contact_data_is_read_even_when_it_is_not_quite_json() {
        let broken = r#"{"First_Name":"Test","Organisation_Name":null,"Country":GB,"Phone":"+44.1"}"#;
        let fields = WhoisSection(broken.into()).fields();
        let expected = [("First_Name", "Test"), ("Country", "GB"), ("Phone", "+44.1")];
        assert_eq!(fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
        assert_eq!(WhoisSection(serde_json::json!({"a": "b", "n": null})).fields().len(), 1);
        assert_eq!(WhoisSection(r#"{"a":"b"}"#.into()).fields()["a"], "b");
        for hostile in ["", "\"", "\"a", "\"a\"", "\"a\":", "\"a\":\"", "{{{{", "\"a\"\"b\":1"] {
            WhoisSection(hostile.into()).fields();
        }
    }
}
