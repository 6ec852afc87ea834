use rackdesk_sandbox::whmcs::model::catalog::Product;
use rackdesk_store::{
    list::{ListQuery, PRICES, Sort, Today, window},
    mirror::read_move,
};
use rackdesk_whmcs::actions::domains::CreateOrUpdateTLD;
use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::{prices::moves::Untold, sandboxed::Sandboxed};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn moves(there: &Sandboxed) -> Vec<MoveRecord> {
    let query =
        ListQuery { sort: Some(Sort { column: "id".into(), descending: false }), limit: 500, ..ListQuery::default() };
    there.store.read(|c| window(c, &PRICES, &query, &Today::local(), read_move)).unwrap().rows
}

async fn look(there: &Sandboxed, now: &str) -> Looked {
    super::look(&there.store, Some(&there.whmcs), Some(PriceList::shipped()), at(now)).await.unwrap()
}

/// Something that costs something each month in the default currency.
fn sold(there: &Sandboxed) -> (u64, Decimal) {
    let monthly = |product: &Product| product.pricing.get(&1).and_then(|prices| prices.price[0]);
    there.billing(|state| state.products.iter().find_map(|p| Some((p.id, monthly(p)?)))).unwrap()
}

fn set_price(there: &Sandboxed, product: u64, price: Option<Decimal>) {
    there.billing(|state| {
        state.products.get_mut(product).unwrap().pricing.get_mut(&1).unwrap().price[0] = price;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moved_price_is_kept_once_with_its_day_and_a_second_look_writes_nothing() {
    let there = Sandboxed::start(81).await;
    let first = look(&there, "2026-11-18T03:20:00Z").await;
    assert_eq!((first.moved, first.failed, first.fault), (0, 0, None));
    assert!(first.prices > 100 && moves(&there).is_empty(), "what is there at first has not moved: {}", first.prices);
    assert_eq!(look(&there, "2026-11-19T03:20:00Z").await.moved, 0);

    let (product, price) = sold(&there);
    let dearer = price + Decimal::new(150, 2);
    set_price(&there, product, Some(dearer));
    there.billing(|state| state.currencies.get_mut(2).unwrap().rate = Decimal::new(123_456, 5));
    let second = look(&there, "2026-11-20T03:20:00Z").await;
    let kept = moves(&there);
    assert_eq!(second.moved as usize, kept.len());
    let one = kept.iter().find(|m| m.key.subject == product.to_string() && m.key.term == "monthly").unwrap();
    assert_eq!((one.old, one.new, one.change(), one.at), (Some(price), Some(dearer), "up", at("2026-11-20T03:20:00Z")));
    let rate = kept.iter().find(|m| m.key.kind == "rate").unwrap();
    assert_eq!(rate.new, Some(Decimal::new(123_456, 5)), "{rate:?}");

    let third = look(&there, "2026-11-21T03:20:00Z").await;
    assert_eq!((third.moved, moves(&there)), (0, kept), "once, and as it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_begins_and_what_ends_is_a_move_and_a_tld_moves_over_the_api() {
    let there = Sandboxed::start(82).await;
    look(&there, "2026-11-18T03:20:00Z").await;
    let (product, price) = sold(&there);
    set_price(&there, product, None);
    look(&there, "2026-11-19T03:20:00Z").await;
    let ended = moves(&there);
    let monthly = ended.iter().find(|m| m.key.term == "monthly").unwrap();
    assert_eq!((monthly.old, monthly.new, monthly.change()), (Some(price), None, "ended"));
    set_price(&there, product, Some(price));
    look(&there, "2026-11-20T03:20:00Z").await;
    let began = moves(&there);
    let began = began[ended.len()..].iter().find(|m| m.key.term == "monthly").unwrap();
    assert_eq!((began.old, began.new, began.change()), (None, Some(price), "began"));

    let before = moves(&there).len();
    let mut tld = CreateOrUpdateTLD::new(".com".into());
    tld.currency_code = Some("EUR".into());
    tld.register = Some([(1, Decimal::new(9_999, 2))].into());
    there.whmcs.call(tld).await.unwrap();
    look(&there, "2026-11-21T03:20:00Z").await;
    let tlds = &moves(&there)[before..];
    assert!(!tlds.is_empty() && tlds.iter().all(|m| m.key.kind == "tld" && m.key.subject == "com"), "{tlds:?}");
    assert!(tlds.iter().any(|m| m.key.term == "register.1"), "{tlds:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_cannot_be_read_moves_nothing_is_said_and_loses_none_of_the_others() {
    let there = Sandboxed::start(83).await;
    look(&there, "2026-11-18T03:20:00Z").await;
    for (kind, code) in [("500", ErrorCode::ProviderFailed), ("truncated", ErrorCode::Unreadable)] {
        there.fault(json!({ "provider": "whmcs", "operation": "GetProducts", "kind": kind, "times": 1 }));
        let looked = look(&there, "2026-11-19T03:20:00Z").await;
        assert_eq!((looked.failed, looked.moved), (1, 0), "{kind}");
        let said = looked.fault.map(|fault| fault.code);
        assert!(said == Some(code) || said == Some(ErrorCode::NotJson), "{kind}: {said:?}");
        let state = |list: &'static str| there.store.read(move |c| price_list(c, list)).unwrap().unwrap();
        assert!(state("products").error.is_some() && state("products").read_at == Some(at("2026-11-18T03:20:00Z")));
        assert_eq!(state("tlds").read_at, Some(at("2026-11-19T03:20:00Z")), "the others were read");
    }
    there.no_faults();
    there.fault(json!({ "provider": "whmcs", "operation": "*", "kind": "cut_before" }));
    let tried = there.arrived("GetProducts");
    let looked = look(&there, "2026-11-20T03:20:00Z").await;
    assert_eq!((looked.failed, looked.fault.map(|fault| fault.code)), (1, Some(ErrorCode::Cut)));
    assert_eq!(there.arrived("GetProducts"), tried, "nobody is there, so nothing more is asked");
    assert!(looked.prices > 0, "Contabo's own list needs nobody");
    there.no_faults();
    let (product, price) = sold(&there);
    set_price(&there, product, Some(price + Decimal::ONE));
    assert_eq!(look(&there, "2026-11-21T03:20:00Z").await.failed, 0);
    let moved: Vec<_> = moves(&there).into_iter().map(|m| (m.key.term, m.old)).collect();
    assert_eq!(moved, [("monthly".to_owned(), Some(price))], "against what was known before the failures");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_list_of_contabo_shows_what_moved_and_another_name_does_not() {
    let there = Sandboxed::start(84).await;
    let look = |list: PriceList, now: &'static str| {
        let store = there.store.clone();
        async move { super::look(&store, None, Some(&list), at(now)).await.unwrap() }
    };
    let shipped = PriceList::shipped();
    look(shipped.clone(), "2026-11-19T03:20:00Z").await;
    let mut newer = shipped.clone();
    newer.version = "another".into();
    newer.as_of = "2026-11-20".parse().unwrap();
    newer.products[0].name = "Cloud VPS 10".into();
    newer.products[1].terms.get_mut("1").unwrap().monthly += Decimal::ONE;
    let looked = look(newer.clone(), "2026-11-20T03:20:00Z").await;
    let kept = moves(&there);
    assert_eq!((looked.moved, kept.len()), (1, 1), "{kept:?}");
    assert_eq!((kept[0].key.term.as_str(), &kept[0].name), ("months.1", &newer.products[1].name));
    let state = there.store.read(|c| price_list(c, "contabo")).unwrap().unwrap();
    assert_eq!(state.dated, Some(("another".into(), newer.as_of)));
    let named = there.store.read(|c| price_points(c, "contabo")).unwrap();
    assert!(named.iter().any(|(key, point)| key.subject == newer.products[0].id && point.name == "Cloud VPS 10"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_may_not_read_a_list_is_counted_and_no_failure() {
    let there = Sandboxed::start(85).await;
    let denied = Fault::with(ErrorCode::ActionNotPermitted, [("action", "GetTLDPricing".to_owned())]);
    let mut watch = Watch { store: &there.store, now: at("2026-11-20T03:20:00Z"), looked: Looked::default() };
    watch.failed("tlds", denied).await.unwrap();
    assert_eq!((watch.looked.failed, watch.looked.fault.clone()), (1, None));
    let state = there.store.read(|c| price_list(c, "tlds")).unwrap().unwrap();
    assert!(state.error.is_some_and(|why| why.contains("action_not_permitted")) && state.read_at.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_list_where_prices_are_known_is_a_fault_and_ends_none_of_them() {
    let there = Sandboxed::start(86).await;
    look(&there, "2026-11-18T03:20:00Z").await;
    let known = there.store.read(|c| price_points(c, "tlds")).unwrap();
    let (key, _) = known.first_key_value().unwrap();
    let mut watch = Watch { store: &there.store, now: at("2026-11-19T03:20:00Z"), looked: Looked::default() };
    let mut empty = Reading::default();
    empty.empty(Untold { kind: "tld".into(), subject: None, currency: Some(key.currency.clone()) });
    watch.keep("tlds", empty, None).await.unwrap();
    let fault = watch.looked.fault.clone().map(|fault| fault.code);
    assert_eq!((watch.looked.failed, watch.looked.moved, fault), (1, 0, Some(ErrorCode::Unreadable)));
    assert_eq!(there.store.read(|c| price_points(c, "tlds")).unwrap(), known);
    assert!(moves(&there).is_empty(), "nothing has ended");
    assert_eq!(look(&there, "2026-11-20T03:20:00Z").await.moved, 0, "and nothing begins the next day");
}
