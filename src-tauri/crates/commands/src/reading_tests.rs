//! What the reading commands make of a filled store.

use jiff::{Timestamp, civil::date, tz::TimeZone};
use rackdesk_store::{
    DatabaseKey, Store,
    list::{self as store_list, CLIENTS, INVOICES, ListQuery, SERVERS, SERVICES, TICKETS, Today},
    mirror::{
        ClientRecord, ImageRecord, InstanceRecord, InvoiceRecord, ServiceRecord, TicketRecord, save_client_detail,
        settle, upsert_many,
    },
};
use serde_json::json;

use crate::{
    clients, list, palette,
    servers::{self, FactVerdict, Subject},
};

fn today() -> Today {
    Today::of("2026-11-20T10:00:00Z".parse().unwrap(), TimeZone::UTC)
}

fn filled() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("r.db"), &DatabaseKey::from_bytes([1; 32])).unwrap();
    let at: Timestamp = "2026-11-20T09:58:00Z".parse().unwrap();
    let filling = store.write(move |tx| {
        let client = ClientRecord {
            id: 17,
            first_name: "Dana".into(),
            last_name: "Okafor".into(),
            company: "Okafor Ltd".into(),
            email: "dana@example.com".into(),
            status: "Active".into(),
            created: Some(date(2024, 3, 1)),
            ..Default::default()
        };
        upsert_many(tx, &[client], at)?;
        let detail = json!({"phonenumberformatted": "+44.1234", "address1": "1 Street", "city": "Leeds", "postcode": "LS1",
            "countryname": "United Kingdom", "groupid": 0, "credit": "0.00", "notes": " pays late "});
        save_client_detail(tx, 17, "EUR", "GB", &detail, at)?;
        let service = ServiceRecord {
            id: 1042,
            client_id: 17,
            product: "VPS 20 NVMe".into(),
            domain: "vps-dana-1.example.com".into(),
            status: "Active".into(),
            cycle: "Annually".into(),
            amount: "154.80".parse().unwrap(),
            next_due: Some(date(2026, 12, 1)),
            instance_id: Some(202_718_441),
            ..Default::default()
        };
        upsert_many(tx, &[service], at)?;
        let invoice = |id, status: &str, due, total: &str| InvoiceRecord {
            id,
            client_id: 17,
            client_name: "Dana Okafor".into(),
            date: Some(date(2026, 11, 1)),
            due: Some(due),
            paid: (status == "Paid").then_some(date(2026, 11, 3)),
            status: status.into(),
            currency: "EUR".into(),
            total: total.parse().unwrap(),
            ..Default::default()
        };
        let invoices = [invoice(2207, "Paid", date(2026, 11, 5), "12.90"), invoice(2231, "Unpaid", date(2026, 11, 10), "0.10")];
        upsert_many(tx, &invoices, at)?;
        let ticket = TicketRecord {
            id: 88,
            tid: "8841".into(),
            subject: "Server slow <b>".into(),
            client_id: Some(17),
            client_name: "Dana Okafor".into(),
            status: "Customer-Reply".into(),
            priority: "High".into(),
            opened: "2026-11-18 22:14:00".into(),
            last_reply: "2026-11-20 09:12:00".into(),
            waiting: true,
            ..Default::default()
        };
        upsert_many(tx, &[ticket], at)?;
        upsert_many(tx, &[ImageRecord { id: "img-1".into(), name: "Debian 12".into(), ..Default::default() }], at)?;
        let instance = InstanceRecord {
            id: 202_718_441,
            name: "vmd1".into(),
            display_name: "vps-dana-1".into(),
            status: "running".into(),
            region: "EU".into(),
            region_name: "European Union".into(),
            product_id: "V95".into(),
            product_name: "Cloud VPS 20".into(),
            image_id: "img-1".into(),
            ipv4: "203.0.113.42".into(),
            addresses: vec!["203.0.113.42".into(), "2001:db8:42::1".into()],
            cpu: 6,
            ram_mb: 12_288,
            disk_mb: 102_400,
            created: Some(at),
            ..Default::default()
        };
        let free = InstanceRecord { id: 7, name: "orphan".into(), status: "stopped".into(), ..Default::default() };
        upsert_many(tx, &[instance, free], at)?;
        settle(tx, today().date)
    });
    filling.unwrap();
    (directory, store)
}

#[test]
fn rows_carry_what_their_tables_hold() {
    let (_directory, store) = filled();
    let all = ListQuery::default();
    let read = |c: &rackdesk_store::rusqlite::Connection| {
        let client = store_list::window(c, &CLIENTS, &all, &today(), clients::client_row)?.rows.remove(0);
        assert_eq!((client.services, client.servers, client.tickets), (1, 1, 1));
        assert_eq!(client.overdue.map(|m| m.amount.to_string()), Some("0.10".into()));
        let service = store_list::window(c, &SERVICES, &all, &today(), clients::service_row)?.rows.remove(0);
        assert_eq!(service.client_name, "Dana Okafor");
        assert_eq!((service.server_state.as_deref(), service.ipv4.as_deref()), (Some("running"), Some("203.0.113.42")));
        assert_eq!(service.price.map(|m| (m.amount.to_string(), m.currency)), Some(("154.80".into(), "EUR".into())));
        let invoices = store_list::window(c, &INVOICES, &all, &today(), clients::invoice_row)?.rows;
        assert_eq!(invoices.iter().map(|i| (i.id, i.overdue)).collect::<Vec<_>>(), [(2231, true), (2207, false)]);
        assert_eq!(invoices[1].paid.as_deref(), Some("2026-11-03"));
        let ticket = store_list::window(c, &TICKETS, &all, &today(), clients::ticket_row)?.rows.remove(0);
        assert!(ticket.waiting && ticket.client_id == Some(17));
        let servers = store_list::window(c, &SERVERS, &all, &today(), servers::server_row)?.rows;
        let linked = servers.iter().find(|s| s.name == "vps-dana-1").unwrap();
        assert_eq!((linked.service_id, linked.client_name.as_deref()), (Some(1042), Some("Dana Okafor")));
        assert_eq!(linked.as_of, "2026-11-20T09:58:00Z");
        let free = servers.iter().find(|s| s.name == "orphan").unwrap();
        assert_eq!((&free.client_name, &free.price, &free.next_due), (&None, &None, &None));
        Ok(())
    };
    store.read(read).unwrap();
}

#[test]
fn a_clients_page_sums_per_currency_and_month() {
    let (_directory, store) = filled();
    let page = store.read(|c| clients::read_page(c, 17)).unwrap().unwrap();
    assert_eq!((page.invoices, page.services_all, page.tickets_all), (2, 1, 1));
    assert_eq!(page.monthly[0].amount.to_string(), "12.90", "a twelfth of the year");
    assert_eq!(page.unpaid[0].amount.to_string(), "0.10");
    let facts: Vec<_> = page.facts.iter().map(|f| (f.code.as_str(), f.text.as_str())).collect();
    let wanted = [
        ("phone", "+44.1234"),
        ("address", "1 Street, LS1 Leeds"),
        ("country", "United Kingdom"),
        ("notes", "pays late"),
    ];
    assert_eq!(facts, wanted, "no group 0 and no credit of nothing");
    assert_eq!(store.read(|c| clients::read_page(c, 18)).unwrap(), None);
}

#[test]
fn a_servers_page_shows_both_sides_and_what_can_be_done() {
    let (_directory, store) = filled();
    let page = store.read(|c| servers::read_page(c, 202_718_441)).unwrap().unwrap();
    let fact = |name: &str| page.facts.iter().find(|f| f.fact == name).unwrap();
    assert_eq!(fact("status").verdict, FactVerdict::Agree);
    assert_eq!(fact("image").contabo.as_deref(), Some("Debian 12"));
    assert_eq!(fact("price").whmcs.as_deref(), Some("154.80 EUR · Annually"));
    let machine: Vec<_> = page.machine.iter().map(|f| (f.code.as_str(), f.text.as_str())).collect();
    assert_eq!(machine, [("cpu", "6"), ("ram", "12 GB"), ("disk", "100 GB"), ("created", "2026-11-20")]);
    let allowed: Vec<_> = page.abilities.iter().filter(|a| a.allowed).map(|a| a.kind.as_str()).collect();
    assert_eq!(allowed, ["power.stop", "power.shutdown", "power.restart"]);
    assert_eq!(page.addresses.len(), 2);
    let orphan = store.read(|c| servers::read_page(c, 7)).unwrap().unwrap();
    assert_eq!(orphan.facts[0].reason.as_ref().map(|r| r.code.as_str()), Some("differs.not_linked"));
}

#[test]
fn a_clients_timeline_is_newest_first_and_keeps_foreign_text_as_text() {
    let (_directory, store) = filled();
    let entries = store.read(|c| servers::read_timeline(c, &Subject::Client { id: 17 })).unwrap();
    let told: Vec<_> = entries.iter().map(|e| (e.at.as_str(), e.title.code.as_str())).collect();
    assert_eq!(
        told,
        [
            ("2026-11-20T09:12:00Z", "timeline.ticket.waits"),
            ("2026-11-18T22:14:00Z", "timeline.ticket.opened"),
            ("2026-11-03", "timeline.invoice.paid"),
            ("2026-11-01", "timeline.invoice.written"),
            ("2026-11-01", "timeline.invoice.written"),
        ]
    );
    assert_eq!(entries[0].lines[0].params["text"], "Server slow <b>");
    assert_eq!(entries[2].lines[0].params["amount"], "12.90");
    assert!(store.read(|c| servers::read_timeline(c, &Subject::Server { id: 7 })).unwrap().is_empty());
}

#[test]
fn the_palette_finds_by_word_number_address_and_letters() {
    let (_directory, store) = filled();
    let find = |text: &str| {
        let hits = store.read(|c| palette::search(c, text, 8, &today())).unwrap();
        hits.into_iter().map(|h| (h.kind, h.id, h.hits)).collect::<Vec<_>>()
    };
    let kinds = |text: &str| find(text).into_iter().map(|(kind, id, _)| (kind, id)).collect::<Vec<_>>();
    let pair = |kind: &str, id| (kind.to_owned(), id);
    assert_eq!(kinds("2207"), [pair("invoice", 2207)]);
    assert_eq!(kinds("8841"), [pair("ticket", 88)]);
    assert!(kinds("203.0.113").contains(&pair("server", 202_718_441)));
    let okafor = kinds("okafor");
    for wanted in [pair("client", 17), pair("server", 202_718_441), pair("service", 1042), pair("ticket", 88)] {
        assert!(okafor.contains(&wanted), "{wanted:?} in {okafor:?}");
    }
    assert_eq!(okafor[0], pair("client", 17), "its name is its title");
    let (kind, id, hits) = find("vpsdana").remove(0);
    assert_eq!((kind.as_str(), id, hits), ("server", 202_718_441, vec![0, 1, 2, 4, 5, 6, 7]));
    assert_eq!(find("  "), []);
    assert_eq!(find("\" OR 1=1"), []);
}

#[test]
fn totals_cross_the_border_per_column_and_currency() {
    let (_directory, store) = filled();
    let counted = store
        .read_slow(|c| store_list::totals(c, store.totals_cache(), &INVOICES, &ListQuery::default(), &today()))
        .map(list::ListTotals::from)
        .unwrap();
    assert_eq!((counted.matching, counted.all), (2, 2));
    let total = counted.sums.iter().find(|s| s.column == "total").unwrap();
    assert_eq!(total.sums.iter().map(|m| m.amount.to_string()).collect::<Vec<_>>(), ["13.00"]);
    let status = counted.facets.iter().find(|f| f.field == "status").unwrap();
    assert_eq!(
        status.values.iter().map(|v| (v.value.as_str(), v.count)).collect::<Vec<_>>(),
        [("Paid", 1), ("Unpaid", 1)]
    );
}
