//! No parameters whatever bring an action down: nonsense is refused, or taken the way PHP would take it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::collections::BTreeMap;

use rackdesk_sandbox::dialect::Version;
use rackdesk_sandbox::journal::Call;
use rackdesk_sandbox::whmcs::access::Caller;
use rackdesk_sandbox::whmcs::desk::Desk;
use rackdesk_sandbox::whmcs::params::Params;
use rackdesk_sandbox::whmcs::php::form::{Fields, insert};
use rackdesk_sandbox::whmcs::registry;
use rackdesk_sandbox::world::World;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

const VALUES: [&str; 38] = [
    "1",
    "2",
    "3",
    "0",
    "-1",
    "7",
    "12",
    "99999999999999999999",
    "4294967296",
    "79228162514264337593543950335",
    "-0.005",
    "1e9",
    "10.00",
    "99999999999",
    "abc",
    "",
    " ",
    "on",
    "false",
    "2026-11-20",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "31/12/2026",
    "2026-11-20 10:11:12",
    "product",
    "configoptions",
    "CreditCard",
    "Active",
    "Paid",
    "paypal",
    "monthly",
    "a@b.example",
    "ünïcödé \u{202e}",
    "YToxOntpOjE7aTo5OTk7fQ==",
    "YToxOntpOjA7YToxOntzOjI6InVwIjtzOjQ6IjFlOTkiO319",
    "1,2,3",
    "'; DROP TABLE x; --",
];

#[test]
fn every_action_survives_nonsense() {
    let parameters: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("facts/whmcs_parameters.json")).unwrap();
    let start = Some("2026-11-20T12:00:00Z".parse().unwrap());
    let mut world = World::new(3, 0.1, start);
    let mut dice = ChaCha12Rng::seed_from_u64(11);
    for round in 0..25 {
        for action in registry::all() {
            let mut fields = Fields::new();
            for name in &parameters[action.name] {
                if dice.random_bool(0.25) {
                    continue;
                }
                let name = match dice.random_range(0..8) {
                    0 => format!("{name}[]"),
                    1 => format!("{name}[{}]", VALUES.choose(&mut dice).unwrap()),
                    2 => format!("{name}[1][monthly]"),
                    // The documentation writes numbered names with an x.
                    _ => name.trim_end_matches('x').to_owned() + if name.ends_with('x') { "1" } else { "" },
                };
                insert(&mut fields, &name, (*VALUES.choose(&mut dice).unwrap()).to_owned());
            }
            let shown = format!("round {round}: {} {fields:?}", action.name);
            let params = Params::new(fields);
            let at = world.clock.now();
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                world.journal.set_call(Some(Call { operation: action.name.to_owned(), ..Call::default() }));
                let caller = Caller { admin: 1, username: "api".to_owned(), ip: "127.0.0.1".to_owned() };
                let World { whmcs, journal, rng, .. } = &mut world;
                let mut desk = Desk { state: whmcs, journal, rng, at, caller, version: Version::V8 };
                (action.run)(&mut desk, &params)
            }));
            match outcome {
                Ok(Ok(answer)) => assert!(answer.is_object(), "{shown}"),
                Ok(Err(refusal)) => assert!(!refusal.0.is_empty(), "{shown}"),
                Err(_) => panic!("{shown}"),
            }
        }
        // Some of it comes due.
        world.clock.advance(jiff::SignedDuration::from_hours(24 * 17));
        world.tick();
    }
    for invoice in world.whmcs.invoices.iter() {
        assert_eq!(invoice.total, invoice.subtotal + invoice.tax + invoice.tax2 - invoice.credit, "{}", invoice.id);
    }
}
