//! The queue: ten thousand actions enqueued and recovered, a hundred thousand on the board, what a step costs beside the
//! provider's calls, and how fast everything stops.

mod engine;
mod host;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use jiff::Timestamp;
use rackdesk_commands::{
    Core,
    list::{FilterOp, ListQuery, Sort},
    queue as commands,
};
use rackdesk_console::{
    act::{
        Deps, Engine, EngineOptions, NoMirror, kinds,
        policy::EnginePolicy,
        transition::{Move, Transition, make},
    },
    plan::{
        Target,
        kept::{Hand, new_action},
    },
    record::receipts::write_missing,
};
use rackdesk_store::{
    DatabaseKey, Store, StoreError,
    queue::{self, ActionRecord, Enqueued, Lease, NewAction, NewAttempt},
    rusqlite::{Connection, params},
};
use serde_json::{Value, json};

use super::{
    Report, Times,
    data::{CLIENTS, Dice, FIRST},
    store::{KEY, PROFILE, filter, open_core, rerun},
};

/// Actions that are enqueued, and recovered.
const MANY: i64 = 10_000;

fn finished() -> i64 {
    std::env::var("RACKDESK_BENCH_ACTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// The queue's figures, or one part of them (`RACKDESK_BENCH_PART`). The commands read their key from a credentials
/// directory, so the whole runs in a process that has one.
pub fn run(report: &mut Report) {
    let Some(credentials) = std::env::var_os("CREDENTIALS_DIRECTORY") else {
        rerun(report, "queue");
        return;
    };
    let place = PathBuf::from(credentials);
    let place = place.parent().unwrap_or(Path::new(".")).to_owned();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let part = std::env::var("RACKDESK_BENCH_PART").ok();
    let asked = |name: &str| part.as_ref().is_none_or(|part| part == name);
    if asked("enqueue") {
        enqueueing(report, &place.join("enqueue"));
    }
    if asked("recovery") {
        recovery(report, &runtime, &place.join("recovery"));
    }
    if asked("overhead") {
        runtime.block_on(engine::overhead(report, &place.join("overhead")));
    }
    if asked("kill") {
        runtime.block_on(engine::kill_switch(report, &place.join("kill")));
    }
    if asked("board") {
        board(report, &runtime, &place.join("data"));
    }
}

fn store_in(place: &Path) -> Store {
    std::fs::create_dir_all(place).expect("a place for the data");
    Store::open(&place.join("rackdesk.db"), &DatabaseKey::from_bytes(KEY)).expect("an empty store")
}

/// An action as an approved plan makes it: some 60 kinds of name, six kinds of action, one in four of a client.
fn wish(number: i64, target: i64) -> NewAction {
    let mut dice = Dice::new(number as u64 ^ 0x51ed);
    const KINDS: [&str; 6] =
        ["power.restart", "power.start", "power.stop", "server.rename", "service.suspend", "ticket.reply"];
    let kind = kinds::named(dice.pick(&KINDS)).expect("a kind");
    let card = kind.card();
    let input: Value = match card.id {
        "server.rename" => json!({ "display_name": format!("web-{number}") }),
        "ticket.reply" => json!({ "message": "Done; please have a look." }),
        _ => json!({}),
    };
    let input = kind.accept(&input).expect("an input");
    let client = dice.below(CLIENTS) as i64;
    let target = Target {
        kind: card.target.name().into(),
        id: target,
        name: format!("{}-{:04}.example.net", dice.pick(&FIRST).to_lowercase(), target % 4_000),
        service_id: Some(target * 3),
        client_id: Some(client),
        client_name: Some(format!("{} {}", dice.pick(&FIRST), client)),
    };
    let by = dice.pick(&["ana@desk", "mira@desk", "tomas@desk"]);
    NewAction {
        reason: Some("maintenance window of the week".into()),
        deadline: Some(Timestamp::now() + jiff::SignedDuration::from_hours(4)),
        ..new_action(kind, &target, &input, Hand { by, now: Timestamp::now() })
    }
}

fn enqueueing(report: &mut Report, place: &Path) {
    report.heading(&format!("Queue: {MANY} actions enqueued, one durable transaction as an approval is, turn about"));
    let (mut ours, mut bare) = (Times::default(), Times::default());
    for round in 0..3 {
        let store = store_in(&place.join(round.to_string()));
        let wishes: Vec<_> = (0..MANY).map(|n| wish(n, 200_000_000 + n)).collect();
        let rows = wishes.clone();
        bare.take(|| {
            store.write_durable(move |c| {
                c.execute_batch("CREATE TABLE bare (id INTEGER PRIMARY KEY, kind TEXT, body TEXT) STRICT;")?;
                let mut insert = c.prepare("INSERT INTO bare (kind, body) VALUES (?1, ?2)")?;
                for new in &rows {
                    insert.execute(params![new.kind, format!("{}{}{}", new.input, new.unique_key, new.target.name)])?;
                }
                Ok(())
            })
        })
        .expect("bare rows");
        ours.take(|| {
            store.write_durable(move |c| {
                for new in &wishes {
                    assert!(matches!(queue::enqueue(c, new)?, Enqueued::New(_)));
                }
                Ok(())
            })
        })
        .expect("actions");
        store.close();
    }
    report.figure("bare rows of the same texts, no index, same durability", bare.text());
    report.figure("actions, each with its first event", ours.text());
    report.limit("10,000 actions enqueued, median", ours.median() / 1_000.0, 1.0, "s");
}

fn step(c: &Connection, id: i64, transition: Transition, change: impl FnOnce(&mut ActionRecord)) {
    let mv = Move::engine(transition, Timestamp::now());
    make(c, id, None, mv, change).expect("a move").expect("a lawful one");
}

fn start(c: &Connection, id: i64) {
    step(c, id, Transition::Start, |a| {
        a.lease_token += 1;
        a.lease = Some(Lease { holder: "gone".into(), until: Timestamp::now() });
        a.step = "check".into();
    });
}

fn attempt(c: &Connection, id: i64, sent: bool) {
    let new = NewAttempt {
        action_id: id,
        number: 1,
        step: "send".into(),
        request_id: format!("00000000-0000-4000-8000-{id:012}"),
        call: "POST /v1/compute/instances/1/actions/restart".into(),
        effect: "once".into(),
        body_sha256: "0".repeat(64),
        lease_token: 1,
        at: Timestamp::now(),
    };
    assert!(queue::begin_attempt(c, &new, None).expect("journalled"));
    if sent {
        assert!(queue::mark_sent(c, id, 1, Timestamp::now()).expect("marked"));
    }
}

/// What a worker left that had all of them in its hands: a quarter each were being looked at, journalled, sent, or
/// waited for. That is far worse than what a worker can leave, whose hands hold a handful.
fn recovery(report: &mut Report, runtime: &tokio::runtime::Runtime, place: &Path) {
    report
        .heading(&format!("Queue: {MANY} open actions that a killed worker had in its hands, start-up until it works"));
    let mut times = Times::default();
    for round in 0..3 {
        let place = place.join(round.to_string());
        let store = store_in(&place);
        store
            .write(|c| {
                for n in 0..MANY {
                    let Enqueued::New(id) = queue::enqueue(c, &wish(n, 200_000_000 + n))? else { unreachable!() };
                    start(c, id);
                    match n % 4 {
                        0 => {}
                        1 => attempt(c, id, false),
                        2 => attempt(c, id, true),
                        _ => {
                            attempt(c, id, true);
                            queue::settle_attempt(c, id, 1, "applied", None, None)?;
                            step(c, id, Transition::Await, |a| a.step = "wait".into());
                        }
                    }
                }
                Ok(())
            })
            .expect("a queue");
        let deps = Deps::new(store.clone(), None, Arc::new(NoMirror));
        let policy = EnginePolicy { contabo_slots: 0, whmcs_slots: 0, ..EnginePolicy::default() };
        let options = EngineOptions { profile_dir: place, policy, seed: None };
        let engine = times.take(|| runtime.block_on(Engine::start(deps, options))).expect("the engine starts");
        runtime.block_on(engine.stop());
        let of = |state: &str| -> i64 {
            store
                .read(|c| Ok(c.query_row("SELECT count(*) FROM action WHERE state = ?1", [state], |row| row.get(0))?))
                .expect("a count")
        };
        assert_eq!((of("ready"), of("unknown"), of("running")), (MANY / 2, MANY / 4, MANY / 4), "all are in order");
        store.close();
    }
    report.figure("Engine::start", times.text());
    report.limit("start-up recovery of 10,000 open actions, median", times.median(), 300.0, "ms");
}

/// What people ask the board.
fn questions(dice: &mut Dice) -> Vec<(&'static str, ListQuery)> {
    let sort = |column: &str, descending| Some(Sort { column: column.into(), descending });
    let ask = |filters: Vec<_>, sort| ListQuery { filters, sort, limit: 100, ..ListQuery::default() };
    let text = |text: &str, sort| ListQuery { text: text.into(), ..ask(vec![], sort) };
    let is = |field: &str, value: &str| filter(field, FilterOp::Is, value);
    let client = dice.below(CLIENTS).to_string();
    let target = (200_000_000 + dice.below(MANY as u64)).to_string();
    let name = dice.pick(&FIRST).to_lowercase();
    let mut all = vec![
        ("as it opens", ask(vec![], None)),
        ("failed", ask(vec![is("state", "failed")], None)),
        ("failed, newest move", ask(vec![is("state", "failed")], sort("updated", true))),
        ("succeeded, by name", ask(vec![is("state", "succeeded")], sort("target", false))),
        ("cancelled, most tries", ask(vec![is("state", "cancelled")], sort("tries", true))),
        ("waiting, none there", ask(vec![is("state", "unknown")], sort("created", true))),
        ("one kind", ask(vec![is("kind", "power.restart")], None)),
        ("one kind, by name", ask(vec![is("kind", "power.restart")], sort("target", true))),
        ("one kind, failed", ask(vec![is("kind", "server.rename"), is("state", "failed")], sort("updated", true))),
        ("one server", ask(vec![is("target_id", &target)], None)),
        ("one client", ask(vec![is("client_id", &client)], sort("created", true))),
        ("one service", ask(vec![is("service_id", &target)], None)),
        ("one lane", ask(vec![is("lane", "whmcs")], sort("updated", true))),
        ("one operator", ask(vec![is("by", "mira@desk")], None)),
        ("one operator, by name", ask(vec![is("by", "mira@desk")], sort("target", false))),
        ("one plan", ask(vec![is("plan", "7")], None)),
        ("open ones", ask(vec![is("open", "true")], None)),
        ("ended, by kind", ask(vec![is("open", "false")], sort("kind", false))),
        ("tried more than twice", ask(vec![filter("tries", FilterOp::Over, "2")], sort("created", true))),
        ("of the last hour", ask(vec![filter("created", FilterOp::Within, "1h")], sort("target", false))),
        ("a name", text(&name, None)),
        ("a name, by name", text(&name, sort("target", false))),
        ("a number", text(&format!("A-{}", 1 + dice.below(finished() as u64)), None)),
        ("two words", text(&format!("{name} restart"), sort("created", true))),
        ("one letter", text(&name[..1], sort("updated", true))),
        ("nothing matches", text("zzyzx", None)),
    ];
    for (name, column) in [
        ("by number", "id"),
        ("by state", "state"),
        ("by kind", "kind"),
        ("by name of the target", "target"),
        ("by next try", "next_try"),
        ("by tries", "tries"),
        ("by creation", "created"),
        ("by move", "updated"),
    ] {
        all.push((name, ask(vec![], sort(column, false))));
        all.push((name, ask(vec![], sort(column, true))));
    }
    all
}

/// Actions that ended in one way or the other, as the engine writes them.
fn fill(store: &Store, from: i64, to: i64) -> Result<(), StoreError> {
    store.write(move |c| {
        for n in from..to {
            let Enqueued::New(id) = queue::enqueue(c, &wish(n, 200_000_000 + n % MANY))? else { unreachable!() };
            match n % 20 {
                0 => step(c, id, Transition::Cancel, |_| {}),
                1 => {
                    start(c, id);
                    step(c, id, Transition::Fail, |a| a.tries = 3);
                }
                _ => {
                    start(c, id);
                    step(c, id, Transition::Succeed, |a| {
                        a.tries = 1;
                        a.result = Some(r#"{"down_ms":41000,"proof":"audit"}"#.into());
                    });
                }
            }
        }
        Ok(())
    })
}

fn board(report: &mut Report, runtime: &tokio::runtime::Runtime, data: &Path) {
    let many = finished();
    report.heading(&format!("Queue: {many} finished actions on the board, through the commands"));
    let store = store_in(&data.join("profiles").join(PROFILE));
    let began = Instant::now();
    for from in (0..many).step_by(2_000) {
        fill(&store, from, (from + 2_000).min(many)).expect("finished actions");
    }
    let each = began.elapsed().as_secs_f64() * 1e6 / many as f64;
    report.figure("written, from the wish to the end", format!("{each:.0} µs each"));
    // Each leaves its receipt as it ends; what is looked at here is the board, and not a hundred thousand at once.
    let began = Instant::now();
    let receipts = runtime.block_on(write_missing(&store)).expect("receipts");
    let each = began.elapsed().as_secs_f64() * 1e6 / f64::from(receipts.max(1));
    report.figure(&format!("their {receipts} receipts"), format!("{each:.0} µs each"));
    // As the store does by itself when it is idle.
    store.write(|tx| Ok(tx.execute_batch("PRAGMA analysis_limit = 400; ANALYZE;")?)).expect("statistics");
    store.close();
    let core = runtime.block_on(open_core(data));
    let mut dice = Dice::new(31);
    let names: Vec<&str> = questions(&mut dice).iter().map(|(name, _)| *name).collect();
    let mut times = vec![Times::default(); names.len()];
    for _ in 0..12 {
        for (at, (name, query)) in questions(&mut dice).into_iter().enumerate() {
            windows(runtime, &core, &mut times[at], name, query);
        }
    }
    let mut all = Times::default();
    times.iter().for_each(|t| all.join(t));
    report.figure("all questions, three windows each", all.text());
    let mut slowest: Vec<_> = names.iter().zip(&times).collect();
    slowest.sort_by(|a, b| b.1.share(0.95).total_cmp(&a.1.share(0.95)));
    for (name, times) in slowest.iter().take(6) {
        report.figure(&format!("  slowest: {name}"), times.text());
    }
    let worst = slowest.first().map_or(0.0, |(_, times)| times.share(0.95));
    report.limit("any filter or order of the board, p95 of the slowest", worst, 50.0, "ms");
    let mut head = Times::default();
    for _ in 0..40 {
        head.take(|| runtime.block_on(commands::queue_board(&core, ()))).expect("the board's head");
    }
    report.limit("the board's head, p95", head.share(0.95), 50.0, "ms");
    runtime.block_on(core.close());
}

fn windows(runtime: &tokio::runtime::Runtime, core: &Core, times: &mut Times, name: &str, query: ListQuery) {
    let mut next = Some(query);
    for _ in 0..3 {
        let Some(query) = next.take() else { break };
        let window = times.take(|| runtime.block_on(commands::queue_window(core, query.clone())));
        let window = window.unwrap_or_else(|e| panic!("{name} failed: {e}"));
        next = window.next.map(|after| ListQuery { after: Some(after), ..query });
    }
}
