//! Ten thousand actions: the bounds are wide, for a busy machine and an unoptimised build; the figures are printed.

use jiff::{Timestamp, tz::TimeZone};
use rackdesk_console::act::{Deps, Engine, EngineOptions, NoMirror, policy::EnginePolicy, transition::Transition};
use rackdesk_store::{
    Store,
    list::{ListQuery, Today},
    queue::{self, Lease},
};

use crate::rig::{key, new_action, step, write};

const MANY: i64 = 10_000;

#[test]
fn ten_thousand_actions_are_enqueued_found_listed_and_recovered() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
    {
        write(&store, |c| {
            for instance in 0..MANY {
                queue::enqueue(c, &new_action("power.restart", instance))?;
            }
            Ok(())
        })
        .unwrap();
    }
    let now = Timestamp::now();
    {
        assert_eq!(store.read(|c| queue::due(c, "contabo", now, true, 4)).unwrap().len(), 4);
    }
    let today = Today::of(now, TimeZone::UTC);
    {
        let window = store.read(|c| queue::board_window(c, &ListQuery::default(), &today)).unwrap();
        assert_eq!((window.rows.len(), window.rows[0].id), (100, 1));
        assert!(window.next.is_some());
    }
    {
        let query = ListQuery { text: "A-4711".into(), ..ListQuery::default() };
        let window = store.read(|c| queue::board_window(c, &query, &today)).unwrap();
        assert!(window.rows.iter().any(|a| a.id == 4711));
    }
    write(&store, |c| {
        for id in 1..=MANY {
            step(c, id, Transition::Start, |a| {
                a.lease_token += 1;
                a.lease = Some(Lease { holder: "gone".into(), until: Timestamp::now() });
            });
        }
        Ok(())
    })
    .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let deps = Deps::new(store.clone(), None, std::sync::Arc::new(NoMirror));
    let policy = EnginePolicy { contabo_slots: 0, whmcs_slots: 0, ..EnginePolicy::default() };
    let options = EngineOptions { profile_dir: dir.path().to_owned(), policy, seed: None };
    let engine = runtime.block_on(Engine::start(deps, options)).unwrap();
    runtime.block_on(engine.stop());
    assert_eq!(store.read(|c| queue::due(c, "contabo", now, true, 20_000)).unwrap().len(), MANY as usize);
}
