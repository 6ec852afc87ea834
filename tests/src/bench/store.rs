//! A million invoices in windows, a million log rows searched, and what encryption costs.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use jiff::{Timestamp, civil::date};
use rackdesk_commands::{
    Core, CoreOptions, clients,
    list::{Filter, FilterOp, ListKind, ListQuery, Sort, TotalsQuery},
    log as log_commands,
};
use rackdesk_console::profile::{Environment, Policy, Profile, ProfileBook};
use rackdesk_store::{
    DatabaseKey, Store,
    list::{self, INVOICES, Today},
    log::{self, insert_many},
    mirror::{settle, upsert_many},
    rusqlite::Connection,
};

use super::{
    Report, Times,
    data::{CLIENTS, Dice, FIRST, exchange, invoices},
};

pub(super) const PROFILE: &str = "bench";
pub(super) const KEY: [u8; 32] = [0x5a; 32];

fn rows() -> i64 {
    std::env::var("RACKDESK_BENCH_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// The store's figures. The commands read their key from a credentials directory, so the whole runs in a process that
/// has one.
pub fn run(report: &mut Report) {
    let Some(credentials) = std::env::var_os("CREDENTIALS_DIRECTORY") else {
        rerun(report, "store");
        return;
    };
    let place = PathBuf::from(credentials);
    let place = place.parent().unwrap_or(Path::new(".")).to_owned();
    let rows = rows();
    let database = place.join("data/profiles").join(PROFILE).join("rackdesk.db");
    std::fs::create_dir_all(database.parent().unwrap_or(&place)).expect("a place for the data");
    report.heading(&format!("Store: {rows} invoices, {rows} log rows, SQLCipher, raw key"));
    let key = DatabaseKey::from_bytes(KEY);
    let store = Store::open(&database, &key).expect("an empty store");
    fill(report, &store, rows);
    one_by_one(report, &store, rows);
    store.close();
    let size = std::fs::metadata(&database).map_or(0, |m| m.len());
    report.figure("database file", format!("{} MiB", size >> 20));

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let core = runtime.block_on(open_core(&place.join("data")));
    windows(report, &runtime, &core);
    searches(report, &runtime, &core, rows);
    whole_lists(report, &runtime, &core);
    runtime.block_on(core.close());
    encryption(report, &database, &place.join("plain.db"));
}

/// Runs a group in a process of its own that finds the database's key among its credentials.
pub(super) fn rerun(report: &mut Report, group: &str) {
    use secrecy::ExposeSecret;
    let place = tempfile::tempdir().expect("a temporary directory");
    let credentials = place.path().join("credentials");
    std::fs::create_dir(&credentials).expect("a directory");
    let file = credentials.join(format!("rackdesk.{PROFILE}.database_key"));
    std::fs::write(&file, DatabaseKey::from_bytes(KEY).to_hex().expose_secret()).expect("a file");
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o400)).expect("its mode");
    let program = std::env::current_exe().expect("this program");
    let status = std::process::Command::new(program).arg(group).env("CREDENTIALS_DIRECTORY", credentials).status();
    if !status.is_ok_and(|status| status.success()) {
        report.limit(&format!("the figures of {group}"), 1.0, 0.0, "failures");
    }
}

fn fill(report: &mut Report, store: &Store, rows: i64) {
    let started = Instant::now();
    for from in (0..rows).step_by(5_000) {
        let batch = invoices(from + 1, (from + 5_000).min(rows) + 1, rows);
        store.write(move |tx| upsert_many(tx, &batch, Timestamp::UNIX_EPOCH)).expect("invoices are written");
    }
    let upserts = started.elapsed();
    let started = Instant::now();
    store.write(|tx| settle(tx, date(2026, 11, 20))).expect("counters are settled");
    report.figure("invoices written", format!("{:.1} µs each", each(upserts, rows)));
    report.figure("counters settled after all of them", format!("{:.1} s", started.elapsed().as_secs_f64()));
    let mut writing = Duration::ZERO;
    for from in (0..rows).step_by(512) {
        let batch: Vec<_> = (from..(from + 512).min(rows)).map(|n| exchange(n, rows)).collect();
        let started = Instant::now();
        store.write(move |tx| insert_many(tx, &batch)).expect("exchanges are written");
        writing += started.elapsed();
    }
    report.limit("one exchange into the log (in batches, off the hot path)", each(writing, rows), 100.0, "µs");
    // As the store does by itself when it is idle.
    store.write(|tx| Ok(tx.execute_batch("PRAGMA analysis_limit = 400; ANALYZE;")?)).expect("statistics");
}

fn each(time: Duration, of: i64) -> f64 {
    time.as_secs_f64() * 1_000_000.0 / of as f64
}

/// What the caller of the recorder pays.
fn one_by_one(report: &mut Report, store: &Store, rows: i64) {
    let writer = store.log_writer().expect("a log writer");
    let records: Vec<_> = (0..1_000).map(|n| exchange(n, rows)).collect();
    let started = Instant::now();
    for record in records {
        writer.push(move || record);
    }
    report.limit("handing one exchange over, on the hot path", each(started.elapsed(), 1_000), 100.0, "µs");
    writer.flush();
    report.figure("exchanges dropped meanwhile", writer.dropped());
}

pub(super) async fn open_core(data_dir: &Path) -> Core {
    let profile = Profile {
        id: PROFILE.into(),
        name: "Bench".into(),
        colour: "petrol".into(),
        environment: Environment::Demo,
        whmcs: None,
        contabo: None,
        demo: None,
        policy: Policy::default(),
        session_only: false,
    };
    let book = ProfileBook { current: Some(PROFILE.into()), profiles: vec![profile] };
    book.write(data_dir).expect("the list of profiles");
    let options = CoreOptions { data_dir: data_dir.to_owned(), background: false, profile: None };
    Core::open(options).await.expect("the core opens")
}

pub(super) fn filter(field: &str, op: FilterOp, value: &str) -> Filter {
    Filter { field: field.into(), op, values: vec![value.into()] }
}

/// The questions that people ask an invoices list; each with a name.
fn questions(dice: &mut Dice) -> Vec<(&'static str, ListQuery)> {
    let sort = |column: &str, descending| Some(Sort { column: column.into(), descending });
    let ask =
        |filters: Vec<Filter>, sort: Option<Sort>| ListQuery { filters, sort, limit: 100, ..ListQuery::default() };
    let text = |text: &str, sort| ListQuery { text: text.into(), ..ask(vec![], sort) };
    let client = (dice.below(CLIENTS) + 1).to_string();
    let first = dice.pick(&FIRST).to_lowercase();
    let number = format!("RD-{}-", 2017 + dice.below(9));
    let month = format!("2026-{:02}-01", 1 + dice.below(10));
    vec![
        ("newest", ask(vec![], sort("id", true))),
        ("by date", ask(vec![], sort("date", true))),
        ("by client", ask(vec![], sort("client", false))),
        ("by total", ask(vec![], sort("total", true))),
        ("by status", ask(vec![], sort("status", false))),
        ("unpaid by due", ask(vec![filter("status", FilterOp::Is, "Unpaid")], sort("due", false))),
        ("unpaid by client", ask(vec![filter("status", FilterOp::Is, "Unpaid")], sort("client", false))),
        ("paid by total", ask(vec![filter("status", FilterOp::Is, "Paid")], sort("total", true))),
        ("rare status by number", ask(vec![filter("status", FilterOp::Is, "Collections")], sort("number", true))),
        ("not paid by date", ask(vec![filter("status", FilterOp::IsNot, "Paid")], sort("date", true))),
        ("overdue by due", ask(vec![filter("overdue", FilterOp::Is, "true")], sort("due", false))),
        ("overdue by total", ask(vec![filter("overdue", FilterOp::Is, "true")], sort("total", true))),
        ("one client by date", ask(vec![filter("client_id", FilterOp::Is, &client)], sort("date", true))),
        ("one client by total", ask(vec![filter("client_id", FilterOp::Is, &client)], sort("total", true))),
        ("over 300 by date", ask(vec![filter("total", FilterOp::Over, "300")], sort("date", true))),
        ("before a month by total", ask(vec![filter("date", FilterOp::Under, &month)], sort("total", true))),
        ("last week by total", ask(vec![filter("date", FilterOp::Within, "7d")], sort("total", true))),
        (
            "USD unpaid by date",
            ask(
                vec![filter("currency", FilterOp::Is, "USD"), filter("status", FilterOp::Is, "Unpaid")],
                sort("date", true),
            ),
        ),
        ("method by due", ask(vec![filter("method", FilterOp::Is, "stripe")], sort("due", true))),
        ("a name, newest", text(&first, sort("id", true))),
        ("a name by total", text(&first, sort("total", true))),
        ("two words by date", text(&format!("{first} oka"), sort("date", true))),
        ("a number", text(&format!("{number}{:06}", dice.below(rows() as u64)), sort("date", true))),
        ("numbers of a year", text(&number, sort("total", false))),
        ("one letter", text(&first[..1], sort("date", true))),
        ("nothing matches", text("zzyzx", sort("date", true))),
    ]
}

fn windows(report: &mut Report, runtime: &tokio::runtime::Runtime, core: &Core) {
    let mut dice = Dice::new(7);
    let names: Vec<&str> = questions(&mut dice).iter().map(|(name, _)| *name).collect();
    let mut times = vec![Times::default(); names.len()];
    for round in 0..25 {
        for (at, (_, query)) in questions(&mut dice).into_iter().enumerate() {
            // The first round fills the page caches; it is what a person meets after a start.
            let mut next = Some(query);
            for _ in 0..3 {
                let Some(query) = next.take() else { break };
                let window = times[at].take(|| runtime.block_on(clients::invoices_window(core, query.clone())));
                let window = window.unwrap_or_else(|e| panic!("{} failed: {e}", names[at]));
                next = window.next.map(|after| ListQuery { after: Some(after), ..query });
            }
        }
        if round == 0 {
            let mut cold = Times::default();
            times.iter().for_each(|t| cold.join(t));
            report.figure("windows right after opening", cold.text());
        }
    }
    let mut all = Times::default();
    times.iter().for_each(|t| all.join(t));
    report.limit("a window of 100 invoices through the commands, p95", all.share(0.95), 20.0, "ms");
    report.figure("  of all questions", all.text());
    let mut slowest: Vec<_> = names.iter().zip(&times).collect();
    slowest.sort_by(|a, b| b.1.share(0.95).total_cmp(&a.1.share(0.95)));
    for (name, times) in slowest.iter().take(6) {
        report.figure(&format!("  slowest: {name}"), times.text());
    }
}

fn searches(report: &mut Report, runtime: &tokio::runtime::Runtime, core: &Core, rows: i64) {
    let mut dice = Dice::new(11);
    let with = |text: String, filters: Vec<Filter>| ListQuery { text, filters, limit: 100, ..ListQuery::default() };
    let failed = || filter("outcome", FilterOp::Is, "failed");
    type Ask = Box<dyn Fn(&mut Dice) -> ListQuery>;
    let asks: Vec<(&str, Ask)> = vec![
        ("a word in every row", Box::new(move |_| with("success".into(), vec![]))),
        ("its beginnings, typed", Box::new(move |d| with("success"[..2 + d.below(5) as usize].into(), vec![]))),
        ("a common name", Box::new(move |d| with(d.pick(&FIRST).into(), vec![]))),
        ("two common words", Box::new(move |d| with(format!("{} running", d.pick(&FIRST)), vec![]))),
        (
            "an operation typed",
            Box::new(move |d| with("retrieveinstancesactions"[..6 + d.below(18) as usize].into(), vec![])),
        ),
        ("an address", Box::new(move |d| with(format!("62.171.{}.{}", d.below(256), d.below(256)), vec![]))),
        ("an instance", Box::new(move |d| with((202_000_000 + d.below(30_000)).to_string(), vec![]))),
        ("one row of all", Box::new(move |d| with(format!("serial{}", d.below(rows as u64)), vec![]))),
        ("nothing", Box::new(move |_| with("zzyzx".into(), vec![]))),
        ("a common word, failed only", Box::new(move |_| with("success".into(), vec![failed()]))),
        (
            "a name, one operation, failed",
            Box::new(move |d| with(d.pick(&FIRST).into(), vec![failed(), filter("call", FilterOp::Is, "GetTickets")])),
        ),
        ("no words, failed only", Box::new(move |_| with(String::new(), vec![failed()]))),
        ("no words, slow calls", Box::new(move |_| with(String::new(), vec![filter("ms", FilterOp::Over, "930")]))),
        (
            "no words, one action",
            Box::new(move |d| {
                with(String::new(), vec![filter("action_id", FilterOp::Is, &d.below(20_000).to_string())])
            }),
        ),
        ("no words", Box::new(move |_| with(String::new(), vec![]))),
    ];
    let mut all = Times::default();
    let mut lines = Vec::new();
    for (name, ask) in &asks {
        let mut times = Times::default();
        for _ in 0..40 {
            let mut next = Some(ask(&mut dice));
            for _ in 0..2 {
                let Some(query) = next.take() else { break };
                let window = times.take(|| runtime.block_on(log_commands::log_window(core, query.clone())));
                let window = window.unwrap_or_else(|e| panic!("{name} failed: {e}"));
                next = window.next.map(|after| ListQuery { after: Some(after), ..query });
            }
        }
        all.join(&times);
        lines.push((*name, times));
    }
    report.limit("a search of the log through the commands, p95", all.share(0.95), 50.0, "ms");
    report.figure("  of all searches", all.text());
    lines.sort_by(|a, b| b.1.share(0.95).total_cmp(&a.1.share(0.95)));
    for (name, times) in lines.iter().take(6) {
        report.figure(&format!("  slowest: {name}"), times.text());
    }
}

/// Not limited: they have readers of their own.
fn whole_lists(report: &mut Report, runtime: &tokio::runtime::Runtime, core: &Core) {
    for (name, list, text) in [
        ("all invoices", ListKind::Invoices, ""),
        ("invoices of a name", ListKind::Invoices, "anna"),
        ("a word in the log", ListKind::Log, "success"),
    ] {
        let query = ListQuery { text: text.into(), ..ListQuery::default() };
        let mut times = [Times::default(), Times::default()];
        for times in &mut times {
            let input = TotalsQuery { list, query: query.clone() };
            times.take(|| runtime.block_on(rackdesk_commands::list::list_totals(core, input))).expect("totals");
        }
        report.figure(
            &format!("totals of {name}"),
            format!("{:.0} ms, asked again {:.1} ms", times[0].median(), times[1].median()),
        );
    }
    let mut times = Times::default();
    times.take(|| runtime.block_on(log_commands::log_histogram(core, ListQuery::default()))).expect("a histogram");
    report.figure("histogram of the whole log", format!("{:.0} ms", times.median()));
}

/// The same windows and searches on the same rows without encryption.
fn encryption(report: &mut Report, database: &Path, plain: &Path) {
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    let encrypted = Connection::open(database).expect("the database");
    encrypted.execute_batch(&format!("PRAGMA key = \"x'{key}'\";")).expect("its key");
    encrypted
        .execute_batch(&format!(
            "ATTACH DATABASE '{}' AS plain KEY ''; SELECT sqlcipher_export('plain'); DETACH DATABASE plain;",
            plain.display()
        ))
        .or_else(|_| {
            // The statement returns a row, which a batch takes for an error on some versions.
            encrypted.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(()))
        })
        .expect("a plain copy");
    let open = Connection::open(plain).expect("the plain copy");
    for connection in [&encrypted, &open] {
        connection
            .execute_batch("PRAGMA cache_size = -131072; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;")
            .expect("the same settings");
        connection.set_prepared_statement_cache_capacity(256);
    }
    let today = Today::local();
    let (mut with, mut without) = (Times::default(), Times::default());
    for _ in 0..2 {
        // Turn about, so that neither side has the warmer disk.
        for (connection, times) in [(&encrypted, &mut with), (&open, &mut without)] {
            let mut dice = Dice::new(23);
            for _ in 0..10 {
                for (_, query) in questions(&mut dice) {
                    let query = query.into();
                    times
                        .take(|| list::window(connection, &INVOICES, &query, &today, |row| row.get::<_, i64>("_id")))
                        .expect("a window");
                }
                for text in ["success", "anna running", "62.171.7.9", "serial4711"] {
                    let query = list::ListQuery { text: text.into(), ..list::ListQuery::default() };
                    times.take(|| log::search(connection, &query, &today)).expect("a search");
                }
            }
        }
    }
    report.figure("windows and searches, encrypted", with.text());
    report.figure("windows and searches, plain", without.text());
    report.limit("encrypted against plain, median", with.median() / without.median(), 1.5, "×");
    report.limit("encrypted against plain, p95", with.share(0.95) / without.share(0.95), 1.5, "×");
}
