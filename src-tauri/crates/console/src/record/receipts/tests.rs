use rackdesk_store::{
    DatabaseKey,
    queue::{self, Enqueued, NewAction, NewEvent, TargetRecord},
};

use super::*;

struct Rig {
    dir: tempfile::TempDir,
    store: Store,
}

impl Rig {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        Self { dir, store }
    }

    /// Enqueues an action and takes it back: the shortest way to an end.
    fn end_one(&self, n: i64) -> i64 {
        self.store.write(move |c| end_one(c, n)).unwrap()
    }

    fn chain(&self, n: i64) {
        for i in 1..=n {
            self.end_one(i);
        }
        while self.store.write(|c| write_next(c, Timestamp::now())).unwrap() > 0 {}
    }

    fn report(&self) -> Report {
        self.store.read(verify).unwrap()
    }

    /// Changes the tables behind the triggers that forbid it.
    fn tamper(&self, sql: &'static str) {
        self.store
            .write(move |c| {
                let triggers =
                    "DROP TRIGGER receipt_stays; DROP TRIGGER receipt_remains; DROP TRIGGER action_is_sealed;";
                Ok(c.execute_batch(&format!("{triggers} {sql}"))?)
            })
            .unwrap();
    }
}

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("r.db"), &DatabaseKey::from_bytes([5; 32])).unwrap()
}

fn end_one(c: &Connection, n: i64) -> Result<i64, StoreError> {
    let new = NewAction {
        kind: "power.restart".into(),
        input: format!("{{\"instance\":{n}}}"),
        target: TargetRecord {
            kind: "instance".into(),
            id: n,
            name: format!("vps-{n}"),
            service_id: None,
            client_id: Some(17),
            client_name: Some("Dana".into()),
        },
        resource_key: format!("contabo:instance:{n}"),
        unique_key: format!("power.restart:{n}"),
        lane: "contabo".into(),
        priority: 0,
        state: "held".into(),
        step: "check".into(),
        stage: 0,
        carried: None,
        not_before: None,
        deadline: None,
        plan: None,
        by: "dana".into(),
        reason: Some("kernel".into()),
        at: Timestamp::now(),
        detail: None,
    };
    let Enqueued::New(id) = queue::enqueue(c, &new)? else { panic!("{n} is open") };
    let before = queue::action(c, id)?.unwrap();
    let mut after = before.clone();
    after.state = "cancelled".into();
    after.updated_at = Timestamp::now();
    after.ended_at = Some(after.updated_at);
    let event = NewEvent { name: "cancel".into(), by: Some("erin".into()), attempt: None, detail: None };
    queue::save(c, &before, &mut after, &event)?;
    Ok(id)
}

#[test]
fn every_action_that_ended_has_one_receipt_in_the_order_of_the_ends() {
    let rig = Rig::new();
    rig.chain(205);
    rig.chain(3);
    let rows = rig.store.read(|c| receipts::after(c, 0, 1000)).unwrap();
    assert_eq!(rows.iter().map(|r| r.id).collect::<Vec<_>>(), (1..=208).collect::<Vec<i64>>());
    assert!(rows.windows(2).all(|w| w[1].prev == w[0].hash && w[0].event_id < w[1].event_id));
    assert!(rig.report().is_whole());
    let says: serde_json::Value = serde_json::from_str(&rows[0].body).unwrap();
    assert_eq!(
        (&says["by"], &says["decisions"][1]["by"], &says["state"]),
        (&"dana".into(), &"erin".into(), &"cancelled".into())
    );
    assert_eq!(canonical(&says), rows[0].body);
}

#[test]
fn two_programs_write_one_chain() {
    let rig = Rig::new();
    let other = open(&rig.dir);
    for i in 1..=40 {
        rig.end_one(i);
    }
    std::thread::scope(|scope| {
        for store in [&rig.store, &other] {
            scope.spawn(move || {
                for i in 0..20 {
                    store.write(move |c| end_one(c, 1000 + i)).unwrap();
                    store.write(|c| write_next(c, Timestamp::now())).unwrap();
                }
            });
        }
    });
    rig.chain(0);
    let report = rig.report();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.receipts, 80);
}

#[test]
fn whatever_is_done_to_the_tables_is_found_and_named() {
    let cases: [(&str, &[(i64, Damage)]); 9] = [
        ("UPDATE receipt SET body = replace(body, 'dana', 'mallory') WHERE id = 3", &[(3, Damage::Edited)]),
        ("UPDATE receipt SET by_operator = 'mallory' WHERE id = 3", &[(3, Damage::Displaced)]),
        ("DELETE FROM receipt WHERE id = 3", &[(3, Damage::Missing)]),
        ("DELETE FROM receipt WHERE id >= 5", &[(5, Damage::Missing)]),
        (
            "UPDATE receipt SET id = 99 WHERE id = 2; UPDATE receipt SET id = 2 WHERE id = 3;
             UPDATE receipt SET id = 3 WHERE id = 99",
            &[(2, Damage::Displaced), (3, Damage::Displaced)],
        ),
        (
            "INSERT INTO receipt SELECT 7, 900, 900, at, kind, state, target_kind, target_id, target_name, client_id,
                 'mallory', prev, hash, body, words FROM receipt WHERE id = 6",
            &[(7, Damage::Foreign)],
        ),
        ("UPDATE action SET by_operator = 'mallory' WHERE id = 4", &[(4, Damage::ActionChanged)]),
        (
            "UPDATE receipt_head SET last_hash = '1111111111111111111111111111111111111111111111111111111111111111'",
            &[(6, Damage::HeadMoved)],
        ),
        ("UPDATE action SET result = '{\"down_ms\":1}' WHERE id = 1", &[(1, Damage::ActionChanged)]),
    ];
    for (sql, wanted) in cases {
        let rig = Rig::new();
        rig.chain(6);
        assert!(rig.report().is_whole());
        rig.tamper(sql);
        let report = rig.report();
        for (receipt, damage) in wanted {
            let named = report.findings.iter().any(|f| f.receipt == *receipt && f.damage == *damage);
            assert!(named, "{sql}: R-{receipt} {damage:?} is not among {:?}", report.findings);
        }
        // The chain goes on; what was done stays visible.
        rig.end_one(50);
        rig.store.write(|c| write_next(c, Timestamp::now())).unwrap();
        assert!(!rig.report().is_whole(), "{sql}: hidden by the next receipt");
    }
}

#[test]
fn a_damaged_row_is_named_in_its_receipt_and_the_chain_goes_on() {
    let rig = Rig::new();
    let ids = [1, 2, 3, 4].map(|n| rig.end_one(n));
    rig.store
        .write(|c| {
            Ok(c.execute_batch(
                "DROP TRIGGER action_event_stays;
                 INSERT INTO action_attempt (action_id, number, step, request_id, call, effect, body_sha256, lease_token,
                     journalled_at, sent_at, answered_at, outcome)
                 VALUES (3, 1, 'send', '00000000-0000-4000-8000-000000000003', 'POST /x', 'once',
                     '0000000000000000000000000000000000000000000000000000000000000000', 1, 1, 2, 9000000000000000000,
                     'applied');
                 INSERT INTO evidence (action_id, attempt, at, source, speaks_for, says)
                 VALUES (3, 1, 9000000000000000000, 'audit', 'applied', '{}');
                 UPDATE action_event SET at = 9000000000000000000 WHERE action_id = 2 AND to_state = 'cancelled';",
            )?)
        })
        .unwrap();
    rig.chain(0);
    let rows = rig.store.read(|c| receipts::after(c, 0, 10)).unwrap();
    assert_eq!(rows.iter().map(|row| row.action_id).collect::<Vec<_>>(), ids, "each has its receipt");
    let says = |row: &ReceiptRecord| serde_json::from_str::<serde_json::Value>(&row.body).unwrap();
    let (second, third) = (says(&rows[1]), says(&rows[2]));
    assert_eq!(second["decisions"][1]["damaged"], "at");
    assert_eq!(second["decisions"][1]["by"], "erin", "what can be read is told");
    assert!(rows[1].at.duration_since(rows[0].at).abs() < SignedDuration::from_secs(60), "the action knows its end");
    assert_eq!(
        (&third["attempts"][0]["damaged"], &third["attempts"][0]["call"]),
        (&"answered_at".into(), &"POST /x".into())
    );
    assert_eq!(third["evidence"][0]["damaged"], "at");
    assert!(!rows[0].body.contains("damaged") && !rows[3].body.contains("damaged"));
    assert!(rig.report().is_whole(), "{:?}", rig.report());
}

#[tokio::test]
async fn receipts_follow_the_queue_by_themselves() {
    let rig = Rig::new();
    rig.end_one(1);
    let keeping = tokio::spawn(keep_writing(rig.store.clone()));
    for n in 2..=4 {
        rig.end_one(n);
    }
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if rig.report().receipts == 4 {
            keeping.abort();
            return;
        }
    }
    panic!("{:?}", rig.report());
}

#[test]
fn a_damaged_plan_is_named_in_the_receipt_and_the_chain_goes_on() {
    let rig = Rig::new();
    let ids = [1, 2].map(|n| rig.end_one(n));
    let damaged = rig.store.write(|c| {
        let plan = queue::add_plan(c, "power.restart", "{}", "dana", Timestamp::now(), |_| Ok("{}".to_owned()))?;
        c.execute_batch(&format!(
            "DROP TRIGGER action_is_sealed;
             UPDATE action SET plan_id = {plan}, change_index = 0 WHERE id = 1;
             UPDATE plan SET created_at = 9000000000000000000 WHERE id = {plan};"
        ))?;
        Ok(plan)
    });
    let plan = damaged.unwrap();
    assert!(rig.store.read(move |c| queue::plan(c, plan)).is_err(), "it cannot be read");
    rig.chain(0);
    let rows = rig.store.read(|c| receipts::after(c, 0, 10)).unwrap();
    assert_eq!(rows.iter().map(|row| row.action_id).collect::<Vec<_>>(), ids, "each has its receipt");
    let first: serde_json::Value = serde_json::from_str(&rows[0].body).unwrap();
    assert_eq!((&first["plan"]["id"], &first["plan"]["row"]), (&plan.into(), &0.into()));
    let why = first["plan"]["damaged"].as_str().unwrap();
    assert!(why.contains("not in the required range"), "what is wrong with it is said: {first}");
    assert!(rig.report().is_whole(), "{:?}", rig.report());
}
