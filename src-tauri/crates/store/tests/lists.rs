//! Windows put together are the whole list: each row once, in order, whatever the filter, the order and the page size.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use proptest::{prelude::*, test_runner::TestRunner};
use rackdesk_store::{
    DatabaseKey, Store, StoreError,
    list::{
        CLIENTS, Filter, FilterOp, INVOICES, ListQuery, ListSpec, SERVERS, SERVICES, Sort, TICKETS, Today, ids, totals,
        window,
    },
    mirror::{ClientRecord, InstanceRecord, InvoiceRecord, ServiceRecord, TicketRecord, settle, upsert_many},
    text::{fold, phrases, words},
};
use rust_decimal::Decimal;

const NAMES: [&str; 6] = ["Anna Müller", "anna muller", "Zoë Ångström", "Bob", "Łukasz Żak", "O'Neill & Co"];
const STATUSES: [&str; 4] = ["Paid", "Unpaid", "Cancelled", "Refunded"];

fn today() -> Today {
    Today::of("2026-11-20T10:00:00Z".parse().unwrap(), TimeZone::UTC)
}

/// Few different values, so that ties are everywhere.
fn invoices() -> Vec<InvoiceRecord> {
    (1..=300_i64)
        .map(|id| {
            let mix = |salt: i64, of: i64| (id.wrapping_mul(7919).wrapping_add(salt * 104_729) >> 3).rem_euclid(of);
            InvoiceRecord {
                id: id * 3,
                number: if mix(1, 5) == 0 { String::new() } else { format!("RD-2026-{:04}", mix(2, 120)) },
                client_id: mix(3, 9),
                client_name: NAMES[mix(4, 6) as usize].into(),
                date: (mix(5, 10) > 0).then(|| date(2026, 11, 20) - mix(6, 40).days()),
                due: Some(date(2026, 11, 20) + (mix(7, 30) - 15).days()),
                status: STATUSES[mix(8, 4) as usize].into(),
                currency: ["EUR", "USD", "JPY"][mix(9, 3) as usize].into(),
                total: Decimal::new(mix(10, 40) * 5 - 20, 2),
                method: ["paypal", "banktransfer"][mix(11, 2) as usize].into(),
                ..Default::default()
            }
        })
        .collect()
}

fn filled() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("lists.db"), &DatabaseKey::from_bytes([1; 32])).unwrap();
    store
        .write(|tx| {
            let at = Timestamp::UNIX_EPOCH;
            upsert_many(tx, &invoices(), at)?;
            let clients: Vec<_> = (0..9)
                .map(|id| ClientRecord { id, first_name: NAMES[id as usize % 6].into(), ..Default::default() })
                .collect();
            upsert_many(tx, &clients, at)?;
            let services: Vec<_> = (0..40)
                .map(|id| ServiceRecord {
                    id,
                    client_id: id % 9,
                    product: format!("Plan {}", id % 3),
                    instance_id: (id % 4 == 0).then_some(id),
                    amount: Decimal::new(id % 5, 0),
                    ..Default::default()
                })
                .collect();
            upsert_many(tx, &services, at)?;
            let instances: Vec<_> = (0..40)
                .map(|id| InstanceRecord { id, ipv4: format!("10.0.{}.{}", id % 3, id), ..Default::default() })
                .collect();
            upsert_many(tx, &instances, at)?;
            let tickets: Vec<_> = (0..40)
                .map(|id| TicketRecord {
                    id,
                    priority: ["Low", "Medium", "High", "odd"][id as usize % 4].into(),
                    last_reply: format!("2026-11-{:02} 10:00:00", 1 + id % 20),
                    waiting: id % 2 == 0,
                    ..Default::default()
                })
                .collect();
            upsert_many(tx, &tickets, at)?;
            settle(tx, today().date)
        })
        .unwrap();
    (directory, store)
}

/// Walks a list window by window.
fn walk(store: &Store, spec: &'static ListSpec, query: &ListQuery) -> Result<Vec<i64>, StoreError> {
    let mut query = query.clone();
    let mut all = Vec::new();
    loop {
        let found = store.read(|c| window(c, spec, &query, &today(), |row| row.get::<_, i64>("_id")))?;
        assert!(found.rows.len() <= query.limit as usize);
        assert_eq!(found.next.is_some(), !found.rows.is_empty() && found.next.is_some());
        all.extend(found.rows);
        match found.next {
            Some(next) => query.after = Some(next),
            None => return Ok(all),
        }
    }
}

/// The same answer from plain Rust, written without looking at SQL.
fn model(query: &ListQuery) -> Vec<i64> {
    let mut rows: Vec<_> = invoices().into_iter().filter(|i| passes(i, query)).collect();
    let sort = query.sort.clone().unwrap_or(Sort { column: "id".into(), descending: true });
    let day = |d: Option<jiff::civil::Date>| d.map(|d| d.to_string()).unwrap_or_default();
    let number = |i: &InvoiceRecord| if i.number.is_empty() { i.id.to_string() } else { i.number.to_ascii_lowercase() };
    rows.sort_by(|a, b| {
        let order = match sort.column.as_str() {
            "number" => number(a).cmp(&number(b)),
            "client" => fold(&a.client_name).cmp(&fold(&b.client_name)),
            "date" => day(a.date).cmp(&day(b.date)),
            "due" => a.due.cmp(&b.due),
            "status" => a.status.to_ascii_lowercase().cmp(&b.status.to_ascii_lowercase()),
            "total" => a.total.cmp(&b.total),
            _ => std::cmp::Ordering::Equal,
        };
        let order = order.then(a.id.cmp(&b.id));
        if sort.descending { order.reverse() } else { order }
    });
    rows.iter().map(|i| i.id).collect()
}

fn passes(i: &InvoiceRecord, query: &ListQuery) -> bool {
    let id = i.id.to_string();
    let number = if i.number.is_empty() { &id } else { &i.number };
    let all = words([number.as_str(), &i.client_name, &id]);
    phrases(&query.text).iter().all(|phrase| all.contains(phrase.as_str()))
        && query.filters.iter().all(|f| {
            let value = f.values[0].as_str();
            let any = |text: &str| f.values.iter().any(|v| v.eq_ignore_ascii_case(text));
            match (f.field.as_str(), f.op) {
                ("status", FilterOp::Is) => any(&i.status),
                ("status", FilterOp::IsNot) => !any(&i.status),
                ("client_id", FilterOp::Is) => any(&i.client_id.to_string()),
                ("client", FilterOp::Contains) => fold(&i.client_name).contains(&fold(value)),
                ("total", FilterOp::Over) => i.total >= value.parse().unwrap(),
                ("total", FilterOp::Under) => i.total <= value.parse().unwrap(),
                ("date", FilterOp::Under) => i.date.is_some_and(|d| d <= value.parse().unwrap()),
                ("date", FilterOp::Over) => i.date.is_some_and(|d| d >= value.parse().unwrap()),
                ("date", FilterOp::Within) => {
                    i.date.is_some_and(|d| d >= date(2026, 11, 13) && d <= date(2026, 11, 20))
                }
                ("due", FilterOp::Within) => i.due.is_some_and(|d| d >= date(2026, 11, 20) && d <= date(2026, 11, 27)),
                ("overdue", FilterOp::Is) => {
                    let overdue =
                        i.status == "Unpaid" && i.total > Decimal::ZERO && i.due.unwrap() < date(2026, 11, 20);
                    overdue == (value == "true")
                }
                other => panic!("{other:?}"),
            }
        })
}

fn filter(field: &str, op: FilterOp, values: &[&str]) -> Filter {
    Filter { field: field.into(), op, values: values.iter().map(|v| (*v).to_owned()).collect() }
}

fn any_filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        Just(filter("status", FilterOp::Is, &["unpaid"])),
        Just(filter("status", FilterOp::Is, &["Paid", "Refunded"])),
        Just(filter("status", FilterOp::IsNot, &["Paid", "Unpaid"])),
        Just(filter("client_id", FilterOp::Is, &["3", "5"])),
        Just(filter("client", FilterOp::Contains, &["ANGST"])),
        Just(filter("total", FilterOp::Over, &["0.25"])),
        Just(filter("total", FilterOp::Under, &["-0.05"])),
        Just(filter("date", FilterOp::Over, &["2026-11-01"])),
        Just(filter("date", FilterOp::Under, &["2026-11-01"])),
        Just(filter("date", FilterOp::Within, &["7d"])),
        Just(filter("due", FilterOp::Within, &["+1w"])),
        Just(filter("overdue", FilterOp::Is, &["true"])),
        Just(filter("overdue", FilterOp::Is, &["false"])),
    ]
}

fn any_query() -> impl Strategy<Value = ListQuery> {
    let sort = proptest::option::of((
        prop::sample::select(vec!["id", "number", "client", "date", "due", "status", "total"]),
        any::<bool>(),
    ));
    let text =
        prop::sample::select(vec!["", "", "", "a", "ann", "muller", "RD-2026", "rd 2026 anna", "zoe ang", "&", "9"]);
    (sort, text, proptest::collection::vec(any_filter(), 0..3), 1..60_u32).prop_map(|(sort, text, filters, limit)| {
        ListQuery {
            text: text.into(),
            filters,
            sort: sort.map(|(column, descending)| Sort { column: column.into(), descending }),
            after: None,
            limit,
        }
    })
}

fn cases(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..Default::default() })
}

#[test]
fn windows_put_together_are_the_whole_list() {
    let (_directory, store) = filled();
    let law = |query: ListQuery| {
        let wanted = if query.text == "&" { Vec::new() } else { model(&query) };
        prop_assert_eq!(&walk(&store, &INVOICES, &query).unwrap(), &wanted);
        let counted = store.read_slow(|c| totals(c, store.totals_cache(), &INVOICES, &query, &today())).unwrap();
        prop_assert_eq!(counted.matching as usize, wanted.len());
        prop_assert_eq!(counted.all, 300);
        prop_assert_eq!(store.read(|c| ids(c, &INVOICES, &query, &today())).unwrap(), wanted);
        Ok(())
    };
    cases(300).run(&any_query(), law).unwrap();
}

#[test]
fn a_foreign_cursor_is_refused_and_never_panics() {
    let (_directory, store) = filled();
    let law = |after: String| {
        let query = ListQuery { after: Some(after), limit: 10, ..Default::default() };
        let answer = store.read(|c| window(c, &INVOICES, &query, &today(), |row| row.get::<_, i64>("_id")));
        prop_assert!(matches!(answer, Err(StoreError::Input { ref field, .. }) if field == "after"), "{:?}", answer);
        Ok(())
    };
    cases(300).run(&"\\PC{0,80}", law).unwrap();
}

#[test]
fn every_column_of_every_list_can_be_asked_for() {
    let example = |kind| match kind {
        rackdesk_store::list::ColumnKind::Number => "3",
        rackdesk_store::list::ColumnKind::Amount => "3.50",
        rackdesk_store::list::ColumnKind::Flag => "true",
        rackdesk_store::list::ColumnKind::Moment => "2026-11-20T00:00:00Z",
        rackdesk_store::list::ColumnKind::Date | rackdesk_store::list::ColumnKind::LocalTime => "2026-11-20",
        _ => "x",
    };
    let (_directory, store) = filled();
    for spec in [&CLIENTS, &SERVICES, &INVOICES, &TICKETS, &SERVERS] {
        for column in spec.columns {
            let is = Filter { field: column.name.into(), op: FilterOp::Is, values: vec![example(column.kind).into()] };
            walk(&store, spec, &ListQuery { filters: vec![is], limit: 7, ..Default::default() }).unwrap();
            if column.sort.is_none() {
                continue;
            }
            for descending in [false, true] {
                let sort = Some(Sort { column: column.name.into(), descending });
                let mut found = walk(&store, spec, &ListQuery { sort, limit: 7, ..Default::default() }).unwrap();
                let length = found.len();
                found.sort_unstable();
                found.dedup();
                assert_eq!(found.len(), length, "{} by {}: a row came twice", spec.name, column.name);
                assert!(length >= 9, "{} by {}: rows are missing", spec.name, column.name);
            }
        }
        let counted =
            store.read_slow(|c| totals(c, store.totals_cache(), spec, &ListQuery::default(), &today())).unwrap();
        assert_eq!(counted.all, counted.matching);
    }
}

#[test]
fn sums_are_exact_and_per_currency_and_follow_the_table() {
    let (_directory, store) = filled();
    let query = ListQuery { filters: vec![filter("status", FilterOp::Is, &["Paid"])], ..Default::default() };
    let counted = store.read_slow(|c| totals(c, store.totals_cache(), &INVOICES, &query, &today())).unwrap();
    for currency in ["EUR", "USD", "JPY"] {
        let wanted: Decimal =
            invoices().iter().filter(|i| i.status == "Paid" && i.currency == currency).map(|i| i.total).sum();
        let sum = counted.sums.iter().find(|(column, c, _)| *column == "total" && c == currency).unwrap();
        assert_eq!(sum.2, wanted);
    }
    let statuses = &counted.facets.iter().find(|f| f.field == "status").unwrap().values;
    assert_eq!(statuses.iter().map(|(_, n)| n).sum::<u32>(), 300, "facets are over the whole list");
}

#[test]
fn wrong_questions_are_told_by_field() {
    let (_directory, store) = filled();
    let ask = |query: ListQuery| match store
        .read(|c| window(c, &INVOICES, &query, &today(), |row| row.get::<_, i64>("_id")))
    {
        Err(StoreError::Input { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let by = |f: Filter| ask(ListQuery { filters: vec![f], ..Default::default() });
    assert_eq!(ask(ListQuery { limit: 501, ..Default::default() }), "limit");
    let sort = |column: &str| Some(Sort { column: column.into(), descending: false });
    assert_eq!(ask(ListQuery { sort: sort("1; DROP TABLE invoice"), ..Default::default() }), "sort");
    assert_eq!(ask(ListQuery { sort: sort("overdue"), ..Default::default() }), "sort");
    assert_eq!(by(filter("nothing", FilterOp::Is, &["x"])), "nothing");
    assert_eq!(by(filter("status", FilterOp::Is, &[])), "status");
    assert_eq!(by(filter("total", FilterOp::Over, &["twelve"])), "total");
    assert_eq!(by(filter("date", FilterOp::Under, &["20.11.2026"])), "date");
    assert_eq!(by(filter("date", FilterOp::Within, &["soon"])), "date");
    assert_eq!(by(filter("status", FilterOp::Over, &["Paid"])), "status");
    assert_eq!(ask(ListQuery { text: "x".repeat(501), ..Default::default() }), "text");
    // What looks like SQL or a pattern is only text.
    for odd in ["' OR 1=1 --", "%", "_", "\\", "\u{0}"] {
        let query =
            ListQuery { filters: vec![filter("number", FilterOp::Contains, &[odd])], limit: 9, ..Default::default() };
        assert_eq!(walk(&store, &INVOICES, &query).unwrap(), Vec::<i64>::new(), "{odd}");
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let sorted = |column: &str, after| ListQuery {
        sort: Some(Sort { column: column.into(), descending: false }),
        after,
        limit: 5,
        ..Default::default()
    };
    let (_directory, store) = filled();
    let ask = |query: &ListQuery| store.read(|c| window(c, &INVOICES, query, &today(), |row| row.get::<_, i64>("_id")));
    let next = ask(&sorted("date", None)).unwrap().next;
    assert!(ask(&sorted("date", next.clone())).is_ok());
    assert!(matches!(ask(&sorted("due", next)), Err(StoreError::Input { .. })));
}
