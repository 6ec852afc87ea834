//! What WHMCS and Contabo say about one server, fact by fact, and whether they agree: pure functions over plain data.

use rackdesk_store::mirror::{ClaimingService, InstanceDetail};
use rust_decimal::Decimal;

use crate::{money::Money, plan::Phrase};

/// How the two sides of a fact compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Both say the same.
    Agree,
    /// They differ: a person should look.
    Differ,
    /// Only one side has it, which is right, or nobody can compare them.
    OneSided,
}

/// A fact of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// `status`, `product`, …
    pub fact: &'static str,
    /// What WHMCS says.
    pub whmcs: Option<String>,
    /// What Contabo says.
    pub contabo: Option<String>,
    /// How they compare.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<Phrase>,
}

impl Fact {
    fn one_sided(fact: &'static str, whmcs: Option<String>, contabo: Option<String>) -> Option<Self> {
        (whmcs.is_some() || contabo.is_some()).then_some(Self {
            fact,
            whmcs,
            contabo,
            verdict: Verdict::OneSided,
            reason: None,
        })
    }
}

/// Compares an instance with the service it belongs to. `claims` are all services that name it, `service_id` is the
/// one that counts.
pub fn compare(instance: &InstanceDetail, service_id: Option<i64>, claims: &[ClaimingService]) -> Vec<Fact> {
    let service = claims.iter().find(|claim| Some(claim.id) == service_id);
    let mut facts = vec![status(instance, service)];
    facts.extend(doubled(service_id, claims));
    facts.push(product(instance, service));
    facts.extend(Fact::one_sided("region", None, some(&place(instance))));
    facts.extend(Fact::one_sided("image", None, some(&instance.image)));
    facts.extend(ipv4(instance, service));
    facts.extend(Fact::one_sided("renews", service.and_then(|s| some(&s.next_due)), None));
    facts.extend(ends(instance, service));
    facts.extend(Fact::one_sided("price", service.map(price), None));
    facts
}

fn status(instance: &InstanceDetail, service: Option<&ClaimingService>) -> Fact {
    let status = instance.status.as_str();
    let (whmcs, verdict, reason) = match service {
        None => (None, Verdict::Differ, Some(Phrase::new("differs.not_linked", []))),
        Some(service) => {
            let said = service.status.to_ascii_lowercase();
            let ended = ["terminated", "cancelled", "fraud"].contains(&said.as_str());
            let (verdict, reason) = if ended && instance.cancel_date.is_empty() {
                (Verdict::Differ, Some("differs.ended_but_there"))
            } else if said == "suspended" && status == "running" {
                (Verdict::Differ, Some("differs.suspended_but_running"))
            } else if said == "active" && status == "stopped" {
                // A customer may stop a server; only a person knows whether it should run.
                (Verdict::OneSided, Some("differs.active_but_stopped"))
            } else if said == "active" && status == "error" {
                (Verdict::Differ, Some("differs.active_but_error"))
            } else if said == "pending" {
                (Verdict::Differ, Some("differs.pending_but_there"))
            } else {
                (Verdict::Agree, None)
            };
            (Some(service.status.clone()), verdict, reason.map(|code| Phrase::new(code, [])))
        }
    };
    Fact { fact: "status", whmcs, contabo: Some(instance.status.clone()), verdict, reason }
}

/// Two living services that name one instance bill it twice.
fn doubled(service_id: Option<i64>, claims: &[ClaimingService]) -> Option<Fact> {
    let living =
        |claim: &&ClaimingService| ["active", "suspended"].contains(&claim.status.to_ascii_lowercase().as_str());
    let others: Vec<String> =
        claims.iter().filter(living).filter(|c| Some(c.id) != service_id).map(|c| c.id.to_string()).collect();
    if others.is_empty() {
        return None;
    }
    let named: Vec<String> = claims.iter().filter(living).map(|c| c.id.to_string()).collect();
    Some(Fact {
        fact: "link",
        whmcs: Some(named.join(", ")),
        contabo: None,
        verdict: Verdict::Differ,
        reason: Some(Phrase::new("differs.double_linked", [("services", others.join(", "))])),
    })
}

fn product(instance: &InstanceDetail, service: Option<&ClaimingService>) -> Fact {
    let name = if instance.product_name.is_empty() { &instance.product_id } else { &instance.product_name };
    let contabo = match (instance.product_name.is_empty(), instance.product_id.is_empty()) {
        (false, false) => format!("{name} · {}", instance.product_id),
        _ => name.clone(),
    };
    // Which product sells which is a mapping that a person makes; the same name is the only thing known here.
    let same = service.is_some_and(|s| s.product.eq_ignore_ascii_case(name));
    Fact {
        fact: "product",
        whmcs: service.map(|s| s.product.clone()),
        contabo: some(&contabo),
        verdict: if same { Verdict::Agree } else { Verdict::OneSided },
        reason: (!same && service.is_some()).then(|| Phrase::new("differs.not_mapped", [])),
    }
}

fn place(instance: &InstanceDetail) -> String {
    match (instance.region.as_str(), instance.data_center.as_str()) {
        (region, "") => region.to_owned(),
        ("", center) => center.to_owned(),
        (region, center) if center.contains(region) => center.to_owned(),
        (region, center) => format!("{region} · {center}"),
    }
}

fn ipv4(instance: &InstanceDetail, service: Option<&ClaimingService>) -> Option<Fact> {
    let whmcs = service.and_then(|s| some(&s.ip));
    let contabo = some(&instance.ipv4);
    match (&whmcs, &contabo) {
        (Some(ours), Some(_)) => {
            let same = instance.ipv4 == *ours || instance.addresses.contains(ours);
            let reason = (!same).then(|| Phrase::new("differs.ipv4", []));
            Some(Fact {
                fact: "ipv4",
                whmcs,
                contabo,
                verdict: if same { Verdict::Agree } else { Verdict::Differ },
                reason,
            })
        }
        _ => Fact::one_sided("ipv4", whmcs, contabo),
    }
}

/// A server that ends while its service is still billed, or that is cancelled together with it.
fn ends(instance: &InstanceDetail, service: Option<&ClaimingService>) -> Option<Fact> {
    let contabo = some(&instance.cancel_date)?;
    let billed = service.is_some_and(|s| s.status.eq_ignore_ascii_case("active"));
    let date = ("date", contabo.clone());
    Some(Fact {
        fact: "ends",
        whmcs: None,
        contabo: Some(contabo),
        verdict: if billed { Verdict::Differ } else { Verdict::OneSided },
        reason: billed.then(|| Phrase::new("differs.ends_but_billed", [date])),
    })
}

fn price(service: &ClaimingService) -> String {
    let money = Money::new(service.amount, service.currency.clone());
    format!("{:.*} {} · {}", money.digits() as usize, money.amount, money.currency, service.cycle).trim().to_owned()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Months of a WHMCS billing cycle; `None` for what does not recur.
pub fn months(cycle: &str) -> Option<u32> {
    Some(match cycle.to_ascii_lowercase().replace(['-', ' '], "").as_str() {
        "monthly" => 1,
        "quarterly" => 3,
        "semiannually" => 6,
        "annually" => 12,
        "biennially" => 24,
        "triennially" => 36,
        _ => return None,
    })
}

/// Recurring amounts as amounts per month, one per currency, rounded only at the end to the currency's digits.
pub fn monthly(recurring: &[(String, String, Decimal)]) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for (cycle, currency, amount) in recurring {
        let Some(share) = months(cycle).and_then(|months| amount.checked_div(Decimal::from(months))) else { continue };
        match sums.iter_mut().find(|sum| sum.currency == *currency) {
            Some(sum) => sum.amount = sum.amount.saturating_add(share),
            None => sums.push(Money::new(share, currency.clone())),
        }
    }
    for sum in &mut sums {
        sum.amount = sum.amount.round_dp(sum.digits());
    }
    sums.retain(|sum| !sum.amount.is_zero());
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(status: &str, cancel: &str) -> InstanceDetail {
        InstanceDetail {
            id: 900,
            status: status.into(),
            error_message: String::new(),
            region: "European Union".into(),
            data_center: "European Union 1".into(),
            product_id: "V95".into(),
            product_name: "Cloud VPS 20".into(),
            product_type: "nvme".into(),
            image: "Debian 12".into(),
            os_type: "Linux".into(),
            ipv4: "203.0.113.42".into(),
            addresses: vec!["203.0.113.42".into(), "203.0.113.43".into()],
            mac: String::new(),
            cpu: 4,
            ram_mb: 8192,
            disk_mb: 102_400,
            host: String::new(),
            default_user: "root".into(),
            created: String::new(),
            cancel_date: cancel.into(),
        }
    }

    fn service(id: i64, status: &str, ip: &str) -> ClaimingService {
        ClaimingService {
            id,
            status: status.into(),
            product: "VPS 20 NVMe".into(),
            domain: String::new(),
            ip: ip.into(),
            cycle: "Monthly".into(),
            amount: "12.9".parse().unwrap(),
            currency: "EUR".into(),
            next_due: "2026-12-01".into(),
        }
    }

    fn verdict(facts: &[Fact], name: &str) -> (Verdict, Option<String>) {
        let fact = facts.iter().find(|f| f.fact == name).unwrap_or_else(|| panic!("no fact {name}"));
        (fact.verdict, fact.reason.as_ref().map(|r| r.code.clone()))
    }

    #[test]
    fn an_orphan_of_any_kind_differs_and_says_how() {
        let differs = |code: &str| (Verdict::Differ, Some(code.to_owned()));
        let status = |facts: &[Fact]| verdict(facts, "status");
        assert_eq!(status(&compare(&instance("running", ""), None, &[])), differs("differs.not_linked"));
        for (whmcs, contabo, code) in [
            ("Terminated", "running", "differs.ended_but_there"),
            ("cancelled", "stopped", "differs.ended_but_there"),
            ("Suspended", "running", "differs.suspended_but_running"),
            ("Pending", "running", "differs.pending_but_there"),
            ("Active", "error", "differs.active_but_error"),
        ] {
            let facts = compare(&instance(contabo, ""), Some(1), &[service(1, whmcs, "")]);
            assert_eq!(status(&facts), differs(code), "{whmcs} / {contabo}");
        }
        let ending = compare(&instance("running", "2026-12-20"), Some(1), &[service(1, "Active", "")]);
        assert_eq!(verdict(&ending, "ends"), differs("differs.ends_but_billed"));
        assert_eq!(status(&ending), (Verdict::Agree, None));
        let both_end = compare(&instance("running", "2026-12-20"), Some(1), &[service(1, "Cancelled", "")]);
        assert_eq!((status(&both_end).0, verdict(&both_end, "ends").0), (Verdict::Agree, Verdict::OneSided));
        let twice = [service(1, "Active", ""), service(2, "Active", ""), service(3, "Terminated", "")];
        let facts = compare(&instance("running", ""), Some(1), &twice);
        assert_eq!(verdict(&facts, "link"), differs("differs.double_linked"));
    }

    #[test]
    fn a_sound_pair_agrees() {
        let facts = compare(&instance("running", ""), Some(1), &[service(1, "Active", "203.0.113.43")]);
        assert!(facts.iter().all(|f| f.verdict != Verdict::Differ), "{facts:?}");
        assert_eq!(verdict(&facts, "ipv4").0, Verdict::Agree, "any of its addresses is right");
        assert!(!facts.iter().any(|f| f.fact == "ends" || f.fact == "link"));
        let price = facts.iter().find(|f| f.fact == "price").unwrap();
        assert_eq!(price.whmcs.as_deref(), Some("12.90 EUR · Monthly"));
        let elsewhere = compare(&instance("running", ""), Some(1), &[service(1, "Active", "198.51.100.1")]);
        assert_eq!(verdict(&elsewhere, "ipv4").0, Verdict::Differ);
    }

    #[test]
    fn a_month_is_rounded_once_and_only_recurring_cycles_count() {
        let row = |cycle: &str, currency: &str, amount: &str| {
            (cycle.to_owned(), currency.to_owned(), amount.parse().unwrap())
        };
        let sums = monthly(&[
            row("Annually", "EUR", "100"),
            row("Semi-Annually", "EUR", "50"),
            row("Monthly", "EUR", "1.005"),
            row("One Time", "EUR", "500"),
            row("Free Account", "EUR", "0"),
            row("Quarterly", "JPY", "1000"),
        ]);
        let text: Vec<_> = sums.iter().map(|m| format!("{} {}", m.amount, m.currency)).collect();
        assert_eq!(text, ["17.67 EUR", "333 JPY"]);
    }
}
