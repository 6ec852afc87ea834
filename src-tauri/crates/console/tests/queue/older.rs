//! A database of an earlier version, a wish that is in the queue already, and where what counts begins and ends.

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::fault::ErrorCode;
use rackdesk_store::{
    Store,
    policy::{Lately, SpendRecord, approved_since, note_spend, spent_since},
    queue::{self, Enqueued},
    rusqlite::Connection,
};
use serde_json::json;

use crate::{
    bench::Bench,
    rig::{action_of, key, new_action, step},
};

/// The schema as it was before services held the server behind them.
const BEFORE: [&str; 9] = [
    include_str!("../../../store/src/migrations/0001_mirror.sql"),
    include_str!("../../../store/src/migrations/0002_queue.sql"),
    include_str!("../../../store/src/migrations/0003_exchange.sql"),
    include_str!("../../../store/src/migrations/0004_queue_steps.sql"),
    include_str!("../../../store/src/migrations/0005_record.sql"),
    include_str!("../../../store/src/migrations/0006_module_queue.sql"),
    include_str!("../../../store/src/migrations/0007_queue_verbs.sql"),
    include_str!("../../../store/src/migrations/0008_policy.sql"),
    include_str!("../../../store/src/migrations/0009_invoice_orders.sql"),
];

/// Three services, the first two on a server; the first and the third with an action that may be started, the second with
/// one that is held.
fn older(path: &std::path::Path) {
    let c = Connection::open(path).unwrap();
    c.execute_batch(&format!("PRAGMA key = \"x'{}'\";", "07".repeat(32))).unwrap();
    for sql in BEFORE {
        c.execute_batch(sql).unwrap();
    }
    c.pragma_update(None, "user_version", 9).unwrap();
    for (service, server, state) in [(7, Some(100), "ready"), (8, Some(200), "held"), (9, None, "ready")] {
        c.execute(
            "INSERT INTO service (id, client_id, product_id, product, domain, status, cycle, qty, amount, amount_e4,
                 next_due, registered, ip, method, instance_id, fields, words)
             VALUES (?1, 1, 1, '', '', 'Active', '', 1, '0', 0, '', '', '', '', ?2, '{}', '')",
            (service, server),
        )
        .unwrap();
        c.execute(
            "INSERT INTO action (kind, input, target_kind, target_id, target_name, resource_key, unique_key, generation,
                 lane, by_operator, created_at, state, step, updated_at, target_key, words)
             VALUES ('service.suspend', '{}', 'service', ?1, 'svc', 'whmcs:service:' || ?1, 'suspend:' || ?1, 1,
                 'contabo', 'ana', 1, ?2, 'check', 1, 'svc', 'svc')",
            (service, state),
        )
        .unwrap();
    }
}

#[test]
fn an_open_action_on_a_service_of_an_older_database_holds_the_server_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rackdesk.db");
    older(&path);
    let store = Store::open(&path, &key()).unwrap();
    let (waits, before) = store
        .write(|c| {
            let keys = "SELECT also_key FROM action ORDER BY id";
            let keys: Vec<Option<String>> =
                c.prepare(keys)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let server = |id: i64| Some(format!("contabo:instance:{id}"));
            assert_eq!(keys, [server(100), server(200), None]);
            let mut ids = Vec::new();
            for server in [100, 200, 300] {
                let Enqueued::New(id) = queue::enqueue(c, &new_action("power.restart", server))? else { panic!() };
                ids.push(id);
            }
            let next = ids.iter().map(|id| queue::is_next_in_line(c, *id)).collect::<Result<Vec<_>, _>>()?;
            let first = queue::action(c, ids[0])?.unwrap();
            Ok((next, queue::line_before(c, &first)?))
        })
        .unwrap();
    assert_eq!(waits, [false, true, true], "only what may be started is waited for");
    assert_eq!(before, Some(1));
    // What such an action did is told to WHMCS under the database's own name, which it has from now on.
    let name = store.read(rackdesk_store::whmcs_locks::database_id).unwrap();
    store.close();
    let again = Store::open(&path, &key()).unwrap();
    assert_eq!(again.read(rackdesk_store::whmcs_locks::database_id).unwrap(), name, "it stays");
    let other = Store::open(&dir.path().join("other.db"), &key()).unwrap();
    assert_ne!(other.read(rackdesk_store::whmcs_locks::database_id).unwrap(), name);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_that_stands_behind_another_action_is_refused_by_its_name() {
    let bench = Bench::new(89).await;
    let service = bench.with_machines(1).await[0].0;
    let first = bench.enqueue("service.unsuspend", service, json!({}));
    let same = bench.enqueue("service.suspend", service, json!({}));
    let plan = bench.plan("service.suspend", service, json!({})).await;
    assert!(!plan.changes[0].blocked(), "the plan names the first, which it would replace: {plan:#?}");
    let refused = bench.approve(&plan).await.unwrap_err();
    assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "busy"));
    assert_eq!(refused.params["action"], same.to_string(), "{refused:?}");
    assert_eq!(bench.action(first).state, "ready", "and nothing was replaced");
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(1_800_000_000_000_000 + micros).unwrap()
}

#[test]
fn what_counts_lately_begins_and_ends_on_the_microsecond() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
    let within = |since: i64, until: i64| Lately { since: at(since), until: at(until) };
    store
        .write(move |c| {
            let plan = queue::add_plan(c, "server.create", "{}", "ana", at(0), |_| Ok("{}".to_owned()))?;
            for (row, moment) in [(0, 0), (1, 10), (2, 20)] {
                let mut new = action_of("power.restart", row + 1, json!({}));
                (new.at, new.plan) = (at(moment), Some((plan, row)));
                let Enqueued::New(id) = queue::enqueue(c, &new)? else { panic!("a fresh wish") };
                let (amount, currency) = ("4.50".to_owned(), "EUR".to_owned());
                note_spend(c, &SpendRecord { plan: (plan, row), at: at(moment), amount, currency })?;
                if row == 2 {
                    step(c, id, rackdesk_console::act::transition::Transition::Cancel, |_| {});
                }
            }
            let counts = |lately: Lately| -> Result<_, rackdesk_store::StoreError> {
                let approved = approved_since(c, &["power.restart"], lately)?;
                assert_eq!(approved_since(c, &["power.stop"], lately)?, 0, "of other kinds nothing");
                Ok((approved, spent_since(c, lately)?.into_iter().map(|one| one.plan.1).collect::<Vec<_>>()))
            };
            for (since, until, rows) in [
                (0, 10, vec![0, 1]),
                (1, 10, vec![1]),
                (0, 9, vec![0]),
                (10, 10, vec![1]),
                (11, 19, vec![]),
                (11, 30, vec![]),
                (-1, 30, vec![0, 1]),
            ] {
                let (approved, mut spent) = counts(within(since, until))?;
                spent.sort_unstable();
                assert_eq!(spent, rows, "{since} to {until}; the third was taken back");
                assert_eq!(approved as usize, rows.len(), "{since} to {until}");
            }
            Ok(())
        })
        .unwrap();
    // To the end of time, and from its beginning.
    let all = Lately { since: at(0) - SignedDuration::from_hours(24), until: Timestamp::MAX };
    assert_eq!(store.read(|c| spent_since(c, all)).unwrap().len(), 2);
}
