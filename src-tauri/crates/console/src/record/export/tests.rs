use jiff::Timestamp;
use proptest::prelude::*;
use rackdesk_store::{
    DatabaseKey,
    list::{Filter, FilterOp},
    log::{ExchangeRecord, insert_many},
};
use serde_json::Value;

use super::{csv::harmless, *};

fn exchange(n: i64, body: &str) -> ExchangeRecord {
    ExchangeRecord {
        at: Timestamp::from_second(1_763_600_000 + n).unwrap(),
        provider: if n % 2 == 0 { "whmcs" } else { "contabo" }.into(),
        operation: "AddClientNote".into(),
        effect: "once".into(),
        method: "POST".into(),
        path: "AddClientNote".into(),
        url: "https://example.com/includes/api.php?page=2".into(),
        request_headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
        request_body: body.into(),
        status: (n % 5 != 0).then_some(200),
        reply_headers: vec![("content-type".into(), "application/json".into())],
        reply_body: "{\"result\":\"success\"}".into(),
        reply_bytes: 20,
        duration_us: 1_234,
        outcome: if n % 5 == 0 { "timeout" } else { "ok" }.into(),
        detail: None,
        request_id: format!("00000000-0000-4000-8000-{n:012}"),
        trace_id: None,
        action_id: (n % 3 == 0).then_some(n),
    }
}

fn filled(n: i64) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("r.db"), &DatabaseKey::from_bytes([7; 32])).unwrap();
    let body = "action=AddClientNote&secret=[hidden]&notes=%3D1%2B1";
    let records: Vec<_> = (0..n).map(|i| exchange(i, body)).collect();
    store.write(move |tx| insert_many(tx, &records)).unwrap();
    (dir, store)
}

fn written(store: &Store, query: &ListQuery, format: Format) -> (String, Exported) {
    let mut out = Vec::new();
    let done = export(store, query, format, &mut out, &CancellationToken::new(), &mut |_| {}).unwrap();
    (String::from_utf8(out).unwrap(), done)
}

#[test]
fn each_format_holds_every_entry_of_the_question_once() {
    let (_dir, store) = filled(523);
    let whmcs = ListQuery {
        filters: vec![Filter { field: "provider".into(), op: FilterOp::Is, values: vec!["whmcs".into()] }],
        ..ListQuery::default()
    };
    let (lines, done) = written(&store, &whmcs, Format::Jsonl);
    let ids: Vec<i64> =
        lines.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["id"].as_i64().unwrap()).collect();
    assert_eq!((ids.len(), done.entries), (262, 262));
    assert!(ids.windows(2).all(|w| w[0] > w[1]), "newest first, none twice");

    let (table, _) = written(&store, &whmcs, Format::Csv);
    let mut reader = ::csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 17);
    assert_eq!(reader.records().map(Result::unwrap).filter(|r| &r[2] == "whmcs").count(), 262);

    let (archive, _) = written(&store, &ListQuery::default(), Format::Har);
    let har: Value = serde_json::from_str(&archive).unwrap();
    assert_eq!(har["log"]["version"], "1.2");
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 523);
    for entry in entries {
        for member in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(!entry[member].is_null(), "{member} is wanted by the format: {entry}");
        }
        assert_eq!(entry["request"]["postData"]["params"][1]["value"], "[hidden]");
        assert_eq!(entry["request"]["queryString"][0]["name"], "page");
    }
}

#[test]
fn an_empty_answer_is_a_whole_file() {
    let (_dir, store) = filled(0);
    assert_eq!(written(&store, &ListQuery::default(), Format::Jsonl).0, "");
    assert_eq!(written(&store, &ListQuery::default(), Format::Csv).0.lines().count(), 1);
    let har: Value = serde_json::from_str(&written(&store, &ListQuery::default(), Format::Har).0).unwrap();
    assert_eq!(har["log"]["entries"], Value::Array(vec![]));
}

#[test]
fn a_stopped_export_is_whole_as_far_as_it_goes() {
    let (_dir, store) = filled(450);
    let stop = CancellationToken::new();
    let mut out = Vec::new();
    let done = export(&store, &ListQuery::default(), Format::Har, &mut out, &stop, &mut |_| stop.cancel()).unwrap();
    assert_eq!(done, Exported { entries: u64::from(PAGE), stopped: true });
    let har: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(har["log"]["entries"].as_array().unwrap().len(), PAGE as usize);
}

proptest! {
    #[test]
    fn no_cell_is_a_formula_and_none_loses_its_text(text in "[ =+@\t|-]{0,3}.{0,12}") {
        let safe = harmless(&text);
        let first = safe.trim_start().chars().next();
        prop_assert!(!matches!(first, Some('=' | '+' | '-' | '@' | '|')), "{safe:?}");
        prop_assert!(safe.ends_with(&text));
    }
}
