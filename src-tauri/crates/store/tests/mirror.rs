//! What a sync does to the mirror: pages come in, counters and links follow, what was not named is gone but kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use jiff::{Timestamp, civil::date};
use rackdesk_store::{
    DatabaseKey, Store, StoreError, TableGroup,
    mirror::{
        ClientRecord, InstanceRecord, InvoiceRecord, Kind, ServiceRecord, SyncState, TagAssignment, TagRecord,
        TicketRecord, Upserted, client_detail, forget_unseen, replace_assignments, save_client_detail, save_sync_state,
        seen_at, settle, sync_state, sync_states, upsert_many,
    },
};
use serde_json::json;

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("rackdesk.db"), &DatabaseKey::from_bytes([7; 32])).unwrap();
    (directory, store)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn anna() -> ClientRecord {
    ClientRecord {
        id: 17,
        first_name: "Anna".into(),
        last_name: "Müller".into(),
        company: "Müller & Söhne".into(),
        email: "anna@example.com".into(),
        status: "Active".into(),
        created: Some(date(2024, 3, 1)),
        extra: json!({"id": 17}),
        ..Default::default()
    }
}

fn service(id: i64, status: &str, instance: Option<i64>) -> ServiceRecord {
    ServiceRecord {
        id,
        client_id: 17,
        product_id: 3,
        product: "Cloud VPS 20".into(),
        domain: format!("host{id}.example.com"),
        status: status.into(),
        cycle: "Monthly".into(),
        qty: 1,
        amount: "12.95".parse().unwrap(),
        next_due: Some(date(2026, 12, 1)),
        instance_id: instance,
        ..Default::default()
    }
}

fn invoice(id: i64, status: &str, due: jiff::civil::Date, total: &str, currency: &str) -> InvoiceRecord {
    InvoiceRecord {
        id,
        client_id: 17,
        client_name: "Anna Müller".into(),
        date: Some(date(2026, 11, 1)),
        due: Some(due),
        status: status.into(),
        currency: currency.into(),
        total: total.parse().unwrap(),
        ..Default::default()
    }
}

fn instance(id: i64) -> InstanceRecord {
    InstanceRecord {
        id,
        name: format!("vmd{id}"),
        status: "running".into(),
        region: "EU".into(),
        product_id: "V95".into(),
        ipv4: "62.171.140.9".into(),
        addresses: vec!["62.171.140.9".into()],
        ..Default::default()
    }
}

fn fill(store: &Store) {
    store
        .write(|tx| {
            upsert_many(tx, &[anna()], at(0))?;
            let services =
                [service(1, "Terminated", Some(900)), service(2, "Active", Some(900)), service(3, "Active", None)];
            upsert_many(tx, &services, at(0))?;
            let invoices = [
                invoice(50, "Paid", date(2026, 10, 1), "12.95", "EUR"),
                invoice(51, "Unpaid", date(2026, 11, 10), "12.95", "EUR"),
                invoice(52, "Unpaid", date(2026, 11, 20), "0.10", "EUR"),
                invoice(49, "Unpaid", date(2026, 11, 1), "999", "USD"),
            ];
            upsert_many(tx, &invoices, at(0))?;
            let ticket = TicketRecord {
                id: 70,
                tid: "ABC-123".into(),
                subject: "Server slow".into(),
                client_id: Some(17),
                waiting: true,
                extra: json!({"id": "70", "c": "opens-without-login", "replies": [{"c": "again"}]}),
                ..Default::default()
            };
            upsert_many(tx, &[ticket], at(0))?;
            upsert_many(tx, &[instance(900), instance(901)], at(0))?;
            upsert_many(tx, &[TagRecord { id: 5, name: "customer 17".into(), ..Default::default() }], at(0))?;
            replace_assignments(
                tx,
                5,
                &[TagAssignment { resource_type: "instance".into(), resource_id: "900".into() }],
            )?;
            settle(tx, date(2026, 11, 15))
        })
        .unwrap();
}

fn one<T: rusqlite_from::FromRow>(store: &Store, sql: &'static str) -> T {
    store.read(|c| Ok(c.query_row(sql, [], |row| T::from_row(row))?)).unwrap()
}

/// Rows as tuples, for short assertions.
mod rusqlite_from {
    use rackdesk_store::rusqlite::{Result, Row, types::FromSql};

    pub(super) trait FromRow: Sized {
        fn from_row(row: &Row<'_>) -> Result<Self>;
    }
    macro_rules! tuples {
        ($(($($name:ident $at:tt),+))+) => {
            $(impl<$($name: FromSql),+> FromRow for ($($name,)+) {
                fn from_row(row: &Row<'_>) -> Result<Self> { Ok(($(row.get::<_, $name>($at)?,)+)) }
            })+
        };
    }
    tuples! { (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4) (A 0, B 1, C 2, D 3, E 4, F 5) }
}

#[test]
fn counters_and_links_follow_a_batch() {
    let (_directory, store) = store();
    fill(&store);
    let counts: (i64, i64, i64, i64, i64, i64) =
        one(&store, "SELECT services, services_all, servers, tickets, invoices, overdue_e4 FROM client");
    assert_eq!(counts, (2, 3, 1, 1, 4, 129_500), "invoice 52 is not yet due, 49 is in another currency");
    let known: (String, String, String) = one(&store, "SELECT currency, overdue_currency, name_key FROM client");
    assert_eq!(known, ("EUR".into(), "EUR".into(), "anna muller".into()), "the invoices tell the currency");
    let link: (i64, i64, String, String, String, String) = one(
        &store,
        "SELECT service_id, client_id, client_name, price, price_currency, tags FROM instance WHERE id = 900",
    );
    let wanted = (2, 17, "Anna Müller".into(), "12.95".into(), "EUR".into(), "[\"customer 17\"]".into());
    assert_eq!(link, wanted, "the living service counts, not the terminated one");
    let free: (Option<i64>, String) = one(&store, "SELECT service_id, client_name FROM instance WHERE id = 901");
    assert_eq!(free, (None, String::new()));
    let found: (i64,) =
        one(&store, "SELECT count(*) FROM instance_text WHERE instance_text MATCH '\"muller\" * AND \"62 171\" *'");
    assert_eq!(found, (1,), "an instance is found by its client's name");
    let states = store.read(sync_states).unwrap();
    assert_eq!(states.iter().map(|s| s.rows).collect::<Vec<_>>(), [1, 3, 4, 1, 2, 0, 0, 1]);
}

#[test]
fn the_order_in_which_pages_come_does_not_matter() {
    let (_directory, store) = store();
    let step = |work: fn(&rackdesk_store::rusqlite::Transaction<'_>) -> Result<Upserted, StoreError>| {
        store
            .write(move |tx| {
                work(tx)?;
                settle(tx, date(2026, 11, 15))
            })
            .unwrap();
    };
    step(|tx| upsert_many(tx, &[invoice(51, "Unpaid", date(2026, 11, 10), "12.95", "EUR")], at(0)));
    step(|tx| upsert_many(tx, &[service(2, "Active", Some(900))], at(0)));
    step(|tx| upsert_many(tx, &[anna()], at(0)));
    step(|tx| upsert_many(tx, &[instance(900)], at(0)));
    let counts: (i64, i64, i64) = one(&store, "SELECT services, servers, overdue_e4 FROM client");
    assert_eq!(counts, (1, 1, 129_500));
    let named: (String, String) =
        one(&store, "SELECT (SELECT client_name FROM service), (SELECT client_name FROM instance)");
    assert_eq!(named, ("Anna Müller".into(), "Anna Müller".into()));
    step(|tx| {
        forget_unseen(tx, Kind::Instances, at(10))?;
        Ok(Upserted::default())
    });
    assert_eq!(one::<(i64,)>(&store, "SELECT servers FROM client"), (0,), "a server that is gone no longer counts");
}

#[test]
fn an_invoice_falls_overdue_by_the_day_alone() {
    let (_directory, store) = store();
    fill(&store);
    store.write(|tx| settle(tx, date(2026, 11, 21))).unwrap();
    assert_eq!(one::<(i64,)>(&store, "SELECT overdue_e4 FROM client"), (130_500,));
    store.write(|tx| settle(tx, date(2026, 11, 10))).unwrap();
    assert_eq!(
        one::<(i64, String)>(&store, "SELECT overdue_e4, overdue_currency FROM client"),
        (9_990_000, "USD".into())
    );
}

#[test]
fn rows_seen_again_as_they_were_wake_nobody() {
    let (_directory, store) = store();
    fill(&store);
    let mut heard = store.subscribe();
    let outcome = store
        .write(|tx| {
            let outcome = upsert_many(tx, &[anna()], at(60))?;
            upsert_many(tx, &[service(2, "Active", Some(900))], at(60))?;
            upsert_many(tx, &[instance(900)], at(60))?;
            settle(tx, date(2026, 11, 15))?;
            Ok(outcome)
        })
        .unwrap();
    assert_eq!(outcome, Upserted { added: 0, changed: 0, same: 1 });
    assert!(heard.try_recv().is_err(), "nothing changed, so no view reads again");
    assert_eq!(store.read(|c| seen_at(c, Kind::Clients, 17)).unwrap(), Some(at(60)));

    let renamed = ClientRecord { last_name: "Maier".into(), ..anna() };
    store
        .write(move |tx| {
            assert_eq!(upsert_many(tx, &[renamed], at(61))?, Upserted { added: 0, changed: 1, same: 0 });
            settle(tx, date(2026, 11, 15))
        })
        .unwrap();
    let groups: Vec<_> = heard.try_recv().unwrap().groups.iter().collect();
    assert_eq!(groups, [TableGroup::Clients, TableGroup::Services, TableGroup::Servers]);
    let names: (String, String) = one(
        &store,
        "SELECT (SELECT client_name FROM service WHERE id = 2), (SELECT client_name FROM instance WHERE id = 900)",
    );
    assert_eq!(names, ("Anna Maier".into(), "Anna Maier".into()));
    assert_eq!(one::<(String,)>(&store, "SELECT currency FROM client"), ("EUR".into(),), "an untold currency stays");
}

#[test]
fn what_a_whole_sweep_does_not_name_is_gone_and_can_come_back() {
    let (_directory, store) = store();
    fill(&store);
    let forgotten = store
        .write(|tx| {
            upsert_many(tx, &[instance(900)], at(100))?;
            let forgotten = forget_unseen(tx, Kind::Instances, at(90))?;
            settle(tx, date(2026, 11, 15))?;
            Ok(forgotten)
        })
        .unwrap();
    assert_eq!(forgotten, 1);
    assert_eq!(
        one::<(i64, i64)>(&store, "SELECT id, gone_at FROM instance WHERE gone_at IS NOT NULL"),
        (901, at(90).as_microsecond())
    );
    assert_eq!(store.read(|c| sync_state(c, Kind::Instances)).unwrap().rows, 1);
    store.write(|tx| upsert_many(tx, &[instance(901)], at(200))).unwrap();
    assert_eq!(one::<(i64,)>(&store, "SELECT count(*) FROM instance WHERE gone_at IS NULL"), (2,));
}

#[test]
fn secrets_in_a_providers_row_are_not_kept() {
    let (_directory, store) = store();
    fill(&store);
    store
        .write(|tx| {
            let extra =
                json!({"id": 1, "password": "hunter2-root", "nested": {"clientSecret": "deep", "name": "stays"}});
            upsert_many(tx, &[ServiceRecord { extra, ..service(1, "Active", None) }], at(5))?;
            save_client_detail(tx, 17, "EUR", "DE", &json!({"city": "Köln", "securityqans": "dog"}), at(6))
        })
        .unwrap();
    let kept: (String,) = one(&store, "SELECT json FROM service_extra WHERE id = 1");
    assert_eq!(kept.0, r#"{"id":1,"nested":{"name":"stays"}}"#);
    assert_eq!(one::<(String,)>(&store, "SELECT json FROM ticket_extra").0, r#"{"id":"70","replies":[{}]}"#);
    assert_eq!(store.read(|c| client_detail(c, 17)).unwrap(), Some((json!({"city": "Köln"}), at(6))));
    assert_eq!(one::<(String,)>(&store, "SELECT country FROM client"), ("DE".into(),));
}

#[test]
fn the_state_of_a_sync_survives() {
    let (_directory, store) = store();
    let state = SyncState {
        last_whole: Some(at(1)),
        error_code: Some("timeout".into()),
        error: Some(json!({"message": "no answer"})),
        next_try: Some(at(9)),
        cursor: Some(json!({"page": 3})),
        ..SyncState::new(Kind::Invoices)
    };
    let saved = state.clone();
    store.write(move |tx| save_sync_state(tx, &saved)).unwrap();
    assert_eq!(store.read(|c| sync_state(c, Kind::Invoices)).unwrap(), state);
    assert_eq!(store.read(|c| sync_state(c, Kind::Tickets)).unwrap(), SyncState::new(Kind::Tickets));
}

#[test]
fn absurd_values_of_a_provider_are_kept_without_harm() {
    let (_directory, store) = store();
    let outcome: Result<_, StoreError> = store.write(|tx| {
        let huge = invoice(1, "Unpaid", date(1, 1, 1), "79228162514264337593543950335", "€\"'; DROP TABLE client");
        let odd = ClientRecord { id: i64::MIN, first_name: "\u{0}\u{202e}<script>".into(), ..Default::default() };
        upsert_many(tx, &[huge.clone(), InvoiceRecord { id: 2, ..huge }], at(0))?;
        upsert_many(tx, &[odd, anna()], at(0))?;
        settle(tx, date(2026, 11, 15))
    });
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        one::<(String,)>(&store, "SELECT total FROM invoice WHERE id = 1"),
        ("79228162514264337593543950335".into(),)
    );
}
