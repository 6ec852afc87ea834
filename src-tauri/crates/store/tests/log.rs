//! The request log: written in batches, found by words, filters and time, forgotten from its old end.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;
use rackdesk_store::{
    DatabaseKey, Store, StoreError, TableGroup,
    list::{Filter, FilterOp, ListQuery, Sort, Today},
    log::{ExchangeRecord, entry, going, histogram, ids, insert_many, kept, prune, search, totals},
    text::{phrases, unescaped, words},
};

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn today() -> Today {
    Today::of(now(), TimeZone::UTC)
}

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("log.db"), &DatabaseKey::from_bytes([1; 32])).unwrap();
    (directory, store)
}

fn exchange(n: i64) -> ExchangeRecord {
    let whmcs = n % 3 != 0;
    let failed = n % 7 == 0;
    ExchangeRecord {
        at: now() - SignedDuration::from_secs(1_000 - n),
        provider: if whmcs { "whmcs" } else { "contabo" }.into(),
        operation: if whmcs { "GetClients" } else { "retrieveInstancesList" }.into(),
        effect: "read".into(),
        method: if whmcs { "POST" } else { "GET" }.into(),
        path: if whmcs { "GetClients".into() } else { format!("/v1/compute/instances?page={n}") },
        url: "https://example.com/includes/api.php".into(),
        request_headers: vec![("x-request-id".into(), format!("id-{n}"))],
        request_body: "action=GetClients&search=M%C3%BCller".into(),
        status: (n % 11 != 0).then_some(if failed { 500 } else { 200 }),
        reply_headers: vec![],
        reply_body: format!(r#"{{"client":"S\u00f8ren {n}","word{}":1}}"#, n % 5),
        reply_bytes: 40,
        duration_us: (n * 37 % 900) as u64 * 1_000,
        outcome: if failed { "failed" } else { "ok" }.into(),
        detail: failed.then(|| "the provider failed".into()),
        request_id: format!("0000-{n:04}"),
        trace_id: None,
        action_id: (n % 10 == 0).then_some(n / 10),
    }
}

fn fill(store: &Store, count: i64) {
    let records: Vec<_> = (1..=count).map(exchange).collect();
    store.write(move |tx| insert_many(tx, &records)).unwrap();
}

fn found(store: &Store, query: &ListQuery) -> Vec<i64> {
    store.read(|c| search(c, query, &today())).unwrap().rows.iter().map(|row| row.id).collect()
}

fn text(text: &str) -> ListQuery {
    ListQuery { text: text.into(), limit: 5, ..Default::default() }
}

fn with(field: &str, op: FilterOp, values: &[&str], query: ListQuery) -> ListQuery {
    let filter = Filter { field: field.into(), op, values: values.iter().map(|v| (*v).to_owned()).collect() };
    ListQuery { filters: [query.filters.clone(), vec![filter]].concat(), ..query }
}

#[tokio::test]
async fn what_is_pushed_is_found_soon_and_views_are_told() {
    let (_directory, store) = store();
    let mut heard = store.subscribe();
    let writer = store.log_writer().unwrap();
    for n in 1..=50 {
        writer.push(move || exchange(n));
    }
    writer.flush();
    assert!(heard.recv().await.unwrap().groups.contains(TableGroup::Log));
    assert_eq!(found(&store, &ListQuery { limit: 3, ..Default::default() }), [50, 49, 48]);
    let whole = store.read(|c| entry(c, 49)).unwrap();
    assert_eq!((whole.row.request_id.as_str(), whole.request_headers[0].1.as_str()), ("0000-0049", "id-49"));
    assert_eq!(whole.detail.as_deref(), Some("the provider failed"));
    assert_eq!(store.read(|c| entry(c, 51)), Err(StoreError::NotFound));
    assert_eq!(writer.dropped(), 0);
    store.close();
    writer.push(move || exchange(51));
    assert_eq!(writer.dropped(), 1, "after the end it is counted, not waited for");
}

#[test]
fn a_flood_never_blocks_and_every_loss_is_counted() {
    let (_directory, store) = store();
    let writer = store.log_writer().unwrap();
    let started = std::time::Instant::now();
    for n in 1..=20_000 {
        writer.push(move || exchange(n));
    }
    let pushing = started.elapsed();
    writer.flush();
    let rows = store.read(kept).unwrap().rows;
    assert_eq!(rows + writer.dropped(), 20_000);
    assert!(rows >= 2_000, "{rows}");
    assert!(pushing.as_millis() < 5_000, "{pushing:?}");
}

#[test]
fn words_are_found_as_they_were_meant_with_a_snippet() {
    let (_directory, store) = store();
    fill(&store, 60);
    assert_eq!(found(&store, &text("muller")).len(), 5, "percent-encoded in a form");
    assert_eq!(found(&store, &text("søren 42")), [42], "escaped in JSON");
    assert_eq!(found(&store, &text("0000-0017")), [17]);
    assert_eq!(found(&store, &text("word3 instances?page=33")), [33]);
    assert_eq!(found(&store, &text("zebra")), Vec::<i64>::new());
    assert_eq!(found(&store, &text("( \" *")), Vec::<i64>::new());
    let rows = store.read(|c| search(c, &text("SOREN 42"), &today())).unwrap().rows;
    assert_eq!(rows[0].snippet.as_deref(), Some(r#"{"client":"Søren 42","word2":1}"#));
}

#[test]
fn filters_narrow_with_and_without_words() {
    let (_directory, store) = store();
    fill(&store, 60);
    for words in ["", "søren"] {
        let base = ListQuery { limit: 100, ..text(words) };
        let count = |query: ListQuery| found(&store, &query).len();
        assert_eq!(count(with("provider", FilterOp::Is, &["contabo"], base.clone())), 20);
        assert_eq!(count(with("call", FilterOp::IsNot, &["GetClients"], base.clone())), 20);
        assert_eq!(count(with("outcome", FilterOp::Is, &["failed"], base.clone())), 8);
        assert_eq!(count(with("outcome", FilterOp::Is, &["failed", "ok"], base.clone())), 60);
        assert_eq!(count(with("status", FilterOp::Is, &["500"], base.clone())), 8);
        assert_eq!(count(with("status", FilterOp::Over, &["500"], base.clone())), 8);
        assert_eq!(count(with("ms", FilterOp::Under, &["0"], base.clone())), 0);
        assert_eq!(count(with("ms", FilterOp::Over, &["0"], base.clone())), 60);
        assert_eq!(found(&store, &with("action_id", FilterOp::Is, &["3"], base.clone())), [30]);
        // 1000 - n seconds ago: the last 16 minutes are 41 to 60, give or take nothing.
        assert_eq!(count(with("at", FilterOp::Within, &["16m"], base.clone())), 21);
        assert_eq!(count(with("at", FilterOp::Over, &["2027-01-01"], base.clone())), 0);
        assert_eq!(count(with("at", FilterOp::Under, &["2026-11-20T09:43:50Z"], base.clone())), 30);
        assert_eq!(count(with("at", FilterOp::Under, &["2026-11-19"], base.clone())), 0);
        let between = with("at", FilterOp::Over, &["2026-11-20T09:43:41Z"], base.clone());
        assert_eq!(count(with("at", FilterOp::Under, &["2026-11-20T09:43:50Z"], between)), 10);
    }
    assert!(matches!(
        store.read(|c| search(c, &with("nothing", FilterOp::Is, &["x"], text("a")), &today())),
        Err(StoreError::Input { .. })
    ));
}

#[test]
fn totals_facets_and_ids_agree_with_the_windows() {
    let (_directory, store) = store();
    fill(&store, 60);
    let counted = store.read(|c| totals(c, &text("word3"), &today())).unwrap();
    assert_eq!((counted.matching, counted.all), (12, 60));
    let providers = &counted.facets.iter().find(|f| f.field == "provider").unwrap().values;
    assert_eq!(providers, &[("whmcs".to_owned(), 40), ("contabo".to_owned(), 20)]);
    assert_eq!(store.read(|c| ids(c, &text("word3"), &today())).unwrap().len(), 12);
    let failed = with("outcome", FilterOp::Is, &["failed"], ListQuery::default());
    assert_eq!(store.read(|c| totals(c, &failed, &today())).unwrap().matching, 8);
    assert_eq!(store.read(|c| ids(c, &failed, &today())).unwrap().len(), 8);
}

#[test]
fn the_histogram_covers_the_question_without_gaps() {
    let (_directory, store) = store();
    assert!(store.read(|c| histogram(c, &ListQuery::default(), &today())).unwrap().bars.is_empty());
    fill(&store, 600);
    for query in [ListQuery::default(), text("søren")] {
        let drawn = store.read(|c| histogram(c, &query, &today())).unwrap();
        assert_eq!(drawn.seconds, 10);
        assert!(drawn.bars.len() <= 90);
        assert_eq!(drawn.bars.iter().map(|b| b.calls).sum::<u32>(), 600);
        assert_eq!(drawn.bars.iter().map(|b| b.failed).sum::<u32>(), 600 / 7);
        assert!(
            drawn.bars.windows(2).all(|pair| pair[1].from - pair[0].from == jiff::Span::new().seconds(10).fieldwise())
        );
    }
    let none = with("provider", FilterOp::Is, &["nobody"], ListQuery::default());
    assert!(store.read(|c| histogram(c, &none, &today())).unwrap().bars.is_empty());
}

#[test]
fn the_old_end_is_forgotten_by_age_and_by_size_and_the_file_shrinks() {
    let (_directory, store) = store();
    let records: Vec<_> =
        (1..=6_000).map(|n| ExchangeRecord { reply_body: "word ".repeat(200), ..exchange(n % 900 + 1) }).collect();
    // Six rows from the day before, as the oldest.
    let old: Vec<_> =
        (1..=6).map(|n| ExchangeRecord { at: now() - SignedDuration::from_hours(30), ..exchange(n) }).collect();
    store.write(move |tx| insert_many(tx, &old).and_then(|()| insert_many(tx, &records))).unwrap();
    let day = now() - SignedDuration::from_hours(24);
    let told = store.read(|c| going(c, Some(day), None)).unwrap();
    assert!(told.rows == 6 && told.until.is_some_and(|until| until < day), "{told:?}");
    let pruned = store.write(move |tx| prune(tx, Some(day), None)).unwrap();
    assert_eq!((pruned.rows, pruned.more), (6, false));
    assert_eq!(store.read(|c| going(c, Some(day), None)).unwrap().rows, 0);
    assert_eq!(store.write(move |tx| prune(tx, Some(day), None)).unwrap().rows, 0);

    let pages =
        |store: &Store| store.read(|c| Ok(c.query_row("PRAGMA page_count", [], |r| r.get::<_, i64>(0))?)).unwrap();
    let (before, size) = (store.read(kept).unwrap(), pages(&store));
    let half = before.bytes / 2;
    let told = store.read(|c| going(c, None, Some(half))).unwrap();
    while store.write(move |tx| prune(tx, None, Some(half))).unwrap().more {}
    let after = store.read(kept).unwrap();
    assert_eq!((told.rows, told.bytes), (before.rows - after.rows, before.bytes - after.bytes), "as it was foretold");
    assert!(after.bytes <= half && after.bytes > half - 5_000, "{after:?}");
    assert!(pages(&store) < size * 3 / 4, "{} of {size} pages", pages(&store));
    assert_eq!(
        store.read(|c| totals(c, &text("word"), &today())).unwrap().matching,
        u32::try_from(after.rows).unwrap()
    );
    let counted = store.read(|c| totals(c, &ListQuery::default(), &today())).unwrap();
    assert_eq!(u64::from(counted.all), after.rows);
    for facet in ["provider", "call", "outcome"] {
        let values = &counted.facets.iter().find(|f| f.field == facet).unwrap().values;
        assert_eq!(u64::from(values.iter().map(|v| v.1).sum::<u32>()), after.rows, "{facet}");
    }
    while store.write(move |tx| prune(tx, None, Some(0))).unwrap().more {}
    assert_eq!(store.read(kept).unwrap().rows, 0);
    assert_eq!(found(&store, &text("word")), Vec::<i64>::new());
}

fn any_query() -> impl Strategy<Value = ListQuery> {
    let words = prop::sample::select(vec![
        "",
        "s",
        "sor",
        "søren 1",
        "word2",
        "muller word4",
        "provider failed",
        "page 3",
        "!",
    ]);
    let sort = proptest::option::of((prop::sample::select(vec!["at", "id", "ms", "status", "call"]), any::<bool>()));
    let filter = prop_oneof![
        Just(None),
        Just(Some(("outcome", FilterOp::Is, "failed"))),
        Just(Some(("provider", FilterOp::IsNot, "whmcs"))),
        Just(Some(("ms", FilterOp::Over, "400"))),
        Just(Some(("at", FilterOp::Within, "15m"))),
    ];
    (words, sort, filter, 1..40_u32).prop_map(|(words, sort, filter, limit)| {
        let sort = sort.map(|(column, descending)| Sort { column: column.into(), descending });
        let query = ListQuery { sort, limit, ..text(words) };
        match filter {
            Some((field, op, value)) => with(field, op, &[value], query),
            None => query,
        }
    })
}

/// The same answer from plain Rust.
fn model(query: &ListQuery, count: i64) -> Vec<i64> {
    let wanted = phrases(&query.text);
    let mut rows: Vec<(i64, ExchangeRecord)> = (1..=count)
        .map(|n| (n, exchange(n)))
        .filter(|(_, e)| {
            let plain = [&e.path, &e.url, &e.request_body, &e.reply_body].map(|t| unescaped(t));
            let more = [Some(e.operation.as_str()), Some(e.request_id.as_str()), e.detail.as_deref()];
            let all = format!("{} ", words(plain.iter().map(AsRef::as_ref).chain(more.into_iter().flatten())));
            let count = wanted.len();
            // The last word may be unfinished.
            let there = |(at, phrase): (usize, &String)| match at + 1 == count {
                true => all.contains(phrase.as_str()),
                false => all.contains(&format!("{phrase} ")),
            };
            (query.text != "!") && wanted.iter().enumerate().all(there)
        })
        .filter(|(_, e)| {
            query.filters.iter().all(|f| match f.field.as_str() {
                "outcome" => e.outcome == "failed",
                "provider" => e.provider != "whmcs",
                "ms" => e.duration_us >= 400_000,
                _ => e.at >= now() - SignedDuration::from_mins(15),
            })
        })
        .collect();
    let sort = query.sort.clone().unwrap_or(Sort { column: "at".into(), descending: true });
    rows.sort_by(|(a, x), (b, y)| {
        let order = match sort.column.as_str() {
            "ms" => x.duration_us.cmp(&y.duration_us),
            "status" => x.status.unwrap_or(0).cmp(&y.status.unwrap_or(0)),
            "call" => x.operation.to_ascii_lowercase().cmp(&y.operation.to_ascii_lowercase()),
            _ => std::cmp::Ordering::Equal,
        };
        let order = order.then(a.cmp(b));
        if sort.descending { order.reverse() } else { order }
    });
    rows.into_iter().map(|(n, _)| n).collect()
}

#[test]
fn windows_of_the_log_put_together_are_the_whole_log() {
    let (_directory, store) = store();
    fill(&store, 250);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..Default::default()
    });
    runner
        .run(&any_query(), |query| {
            let mut all = Vec::new();
            let mut next = query.clone();
            loop {
                let window = store.read(|c| search(c, &next, &today())).unwrap();
                all.extend(window.rows.iter().map(|row| row.id));
                match window.next {
                    Some(after) => next.after = Some(after),
                    None => break,
                }
            }
            let wanted = model(&query, 250);
            prop_assert_eq!(&all, &wanted);
            prop_assert_eq!(store.read(|c| totals(c, &query, &today())).unwrap().matching as usize, wanted.len());
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_an_open_action_sent_is_not_forgotten() {
    let (_directory, store) = store();
    fill(&store, 300);
    // Exchange 50 belongs to action 5, exchange 60 to action 6; of these only the first is still open.
    store
        .write(|tx| {
            for (id, state, ended) in [(5, "ready", None), (6, "cancelled", Some(1))] {
                tx.execute_batch("DROP TRIGGER IF EXISTS action_starts_open")?;
                tx.execute(
                    "INSERT INTO action (id, kind, input, target_kind, target_id, target_name, resource_key, unique_key,
                         generation, lane, by_operator, created_at, state, step, updated_at, ended_at, target_key, words)
                     VALUES (?1, 'k', '{}', 't', 1, 'n', ?1, ?1, 1, 'contabo', 'dana', 1, ?2, 'check', 1, ?3, 'n', 'n')",
                    rackdesk_store::rusqlite::params![id, state, ended],
                )?;
            }
            Ok(())
        })
        .unwrap();
    let pruned = store.write(|tx| prune(tx, Some(now()), None)).unwrap();
    assert_eq!(pruned.rows, 299);
    let mine = ListQuery {
        filters: vec![Filter { field: "action_id".into(), op: FilterOp::Is, values: vec!["5".into()] }],
        ..ListQuery::default()
    };
    assert_eq!(found(&store, &mine), [50]);
    assert_eq!(
        found(&store, &ListQuery { text: "søren".into(), ..ListQuery::default() }),
        [50],
        "still found by words"
    );
    assert!(store.read(|c| entry(c, 50)).is_ok(), "with its bodies");
    assert_eq!(store.read(kept).unwrap().rows, 1);
    let again = store.write(|tx| prune(tx, Some(now()), Some(0))).unwrap();
    assert_eq!((again.rows, again.more), (0, false), "neither age nor size takes it");
}
