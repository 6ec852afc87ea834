//! Drawing what the clients have bought.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;

use super::offers::{OFFERS, Offer, Source};
use super::people::{Person, Standing};
use super::today;

/// State of a service, as the billing side spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Ordered, not delivered.
    Pending,
    /// In use.
    Active,
    /// Switched off for non-payment.
    Suspended,
    /// Ended by the company.
    Terminated,
    /// Ended by the client.
    Cancelled,
    /// Never paid for honestly.
    Fraud,
    /// Delivered, a one-time thing.
    Completed,
}

/// What the billing side's custom fields say about the resource at the server provider. All may be empty, and some are
/// wrong: that is what the console is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// `instance` or `object-storage`.
    pub resource_type: String,
    /// Instance id.
    pub instance_id: String,
    /// Object storage id.
    pub storage_id: String,
    /// Private network id.
    pub network_id: String,
    /// The state somebody last saw.
    pub last_state: String,
    /// Request ids of the last calls made for it.
    pub request_ids: String,
    /// Cloud-init template used.
    pub template: String,
    /// The address the billing side shows.
    pub ip: String,
}

/// A service somebody bought.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Service id on the billing side.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// What was bought.
    pub offer: &'static Offer,
    /// Months per round; 0 for one-time and free things.
    pub months: i32,
    /// First day.
    pub started: Date,
    /// Day it ended, for those that have.
    pub ended: Option<Date>,
    /// State.
    pub phase: Phase,
    /// Host or domain name.
    pub domain: String,
    /// What the custom fields say.
    pub link: Link,
}

/// Draws `count` services, of which `at_provider` come from the server provider; oldest first.
pub(super) fn draw(
    rng: &mut ChaCha12Rng,
    people: &[Person],
    (count, at_provider): (u64, u64),
    now: Timestamp,
) -> Vec<Contract> {
    let (rented, own): (Vec<&Offer>, Vec<&Offer>) = OFFERS.iter().partition(|offer| offer.source != Source::Own);
    let mut drawn: Vec<Contract> = (0..count)
        .filter_map(|number| {
            let family = if number < at_provider { &rented } else { &own };
            let offer = family.choose_weighted(rng, |offer| offer.weight).ok().copied()?;
            Some(contract(rng, people, offer, number, now))
        })
        .collect();
    drawn.sort_by_key(|contract| contract.started);
    for (contract, id) in drawn.iter_mut().zip(1..) {
        contract.id = id;
    }
    drawn
}

fn contract(rng: &mut ChaCha12Rng, people: &[Person], offer: &'static Offer, number: u64, now: Timestamp) -> Contract {
    let today = today(now);
    // A few clients have many services, many have one: the first lap gives everybody something.
    let at = if number.is_multiple_of(3) {
        usize::try_from(number / 3).unwrap_or(0) % people.len()
    } else {
        let share: f64 = rng.random();
        (share.powf(2.2) * people.len() as f64) as usize
    };
    let mut at = at.min(people.len() - 1);
    // Servers cost the company money every month: few are left with clients who have gone.
    if offer.source != Source::Own && people[at].standing != Standing::Active && rng.random_bool(0.8) {
        at = (0..people.len())
            .map(|step| (at + step) % people.len())
            .find(|at| people[*at].standing == Standing::Active)
            .unwrap_or(at);
    }
    let person = &people[at];
    let days = (today - person.since).get_days().max(1);
    let started = person.since.saturating_add(rng.random_range(0..days).days());
    let phase = phase(rng, offer, person.standing);
    let ended = matches!(phase, Phase::Terminated | Phase::Cancelled | Phase::Fraud).then(|| {
        let lived = (today - started).get_days().max(1);
        started.saturating_add(rng.random_range(0..lived).days())
    });
    Contract {
        id: 0,
        client: person.id,
        offer,
        months: months(rng, offer),
        started: if phase == Phase::Pending { today.saturating_sub(rng.random_range(0..4).days()) } else { started },
        ended,
        phase,
        domain: domain(rng, person, offer),
        link: Link::default(),
    }
}

fn phase(rng: &mut ChaCha12Rng, offer: &Offer, standing: Standing) -> Phase {
    let dice = rng.random_range(0..1000);
    if standing != Standing::Active {
        return if dice < 600 { Phase::Terminated } else { Phase::Cancelled };
    }
    if offer.pay_type == "onetime" {
        return if dice < 850 { Phase::Completed } else { Phase::Pending };
    }
    // What costs the company money every month is ended with more care.
    let (suspended, ended) = if offer.source == Source::Own { (55, 160) } else { (60, 45) };
    match dice {
        0..25 => Phase::Pending,
        25..32 => Phase::Fraud,
        _ if dice < 32 + suspended => Phase::Suspended,
        _ if dice < 32 + suspended + ended => {
            if dice % 2 == 0 {
                Phase::Terminated
            } else {
                Phase::Cancelled
            }
        }
        _ => Phase::Active,
    }
}

fn months(rng: &mut ChaCha12Rng, offer: &Offer) -> i32 {
    if offer.pay_type != "recurring" {
        return 0;
    }
    let (monthly, quarterly, half) = if offer.source == Source::Own { (24, 14, 10) } else { (52, 15, 12) };
    match rng.random_range(0..100) {
        dice if dice < monthly => 1,
        dice if dice < monthly + quarterly => 3,
        dice if dice < monthly + quarterly + half => 6,
        99 => 24,
        _ => 12,
    }
}

fn domain(rng: &mut ChaCha12Rng, person: &Person, offer: &Offer) -> String {
    const ROLES: [&str; 12] =
        ["web", "db", "app", "mail", "node", "shop", "git", "build", "stage", "vpn", "game", "srv"];
    let role = ROLES.choose(rng).copied().unwrap_or("srv");
    let handle = &person.handle;
    match offer.source {
        Source::Instance(_) => format!("{role}{}.{handle}.example", rng.random_range(1..40)),
        Source::Storage => format!("{handle}-archive"),
        Source::Own if offer.kind == "other" => format!("{handle}.example"),
        Source::Own => format!("{handle}{}.example.com", rng.random_range(1..9)),
    }
}
