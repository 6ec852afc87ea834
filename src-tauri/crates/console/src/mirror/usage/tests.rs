use rackdesk_contabo::{
    Quantity,
    api::object_storages::{CreateObjectStorage, UpgradeObjectStorage},
};
use rackdesk_store::{
    list::{ListQuery, Sort, Today, USAGE, window},
    mirror::storages,
};
use serde_json::json;

use super::*;
use crate::sandboxed::Sandboxed;

/// Storage, day, space used and paid for, objects, and whether it is the newest of its storage.
type Held = (String, String, Decimal, String, i64, bool);

fn held(there: &Sandboxed) -> Vec<Held> {
    let query = ListQuery { sort: Some(Sort { column: "day".into(), descending: false }), ..ListQuery::default() };
    let read = |row: &rackdesk_store::rusqlite::Row<'_>| {
        let used: String = row.get("used_tb")?;
        let used = used.parse().unwrap();
        let (id, day) = (row.get("storage_id")?, row.get("day")?);
        Ok((id, day, used, row.get("bought_tb")?, row.get("objects")?, row.get("latest")?))
    };
    there.store.read(|c| window(c, &USAGE, &query, &Today::local(), read)).unwrap().rows
}

async fn listed(there: &Sandboxed) -> Vec<ObjectStorage> {
    there.contabo.all(RetrieveObjectStorageList::new()).await.unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// With two storages at least.
async fn start(seed: u64) -> Sandboxed {
    let there = Sandboxed::start(seed).await;
    for region in ["EU", "US-central", "SIN"] {
        if listed(&there).await.len() < 2 {
            let size = Quantity::from(Decimal::new(25, 2));
            there.contabo.call(CreateObjectStorage::new(region, size)).await.ok();
        }
    }
    there.hours_pass(24);
    assert!(listed(&there).await.len() >= 2);
    there
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_latest_reading_of_a_utc_day_is_kept_and_the_days_before_stay() {
    let there = start(71).await;
    let storages = listed(&there).await;
    let read = read(&there.store, &there.contabo, at("2026-11-20T03:30:00Z")).await;
    assert_eq!((read.kept as usize, read.failed, &read.fault), (storages.len(), 0, &None));
    let first = held(&there);
    assert_eq!(first.len(), storages.len());
    let big = &storages[0];
    let of = |rows: &[Held], day: &str| rows.iter().find(|r| r.0 == big.object_storage_id && r.1 == day).cloned();

    there.hours_pass(3_000);
    let more = big.total_purchased_space_tb.unwrap().0 + Decimal::new(25, 2);
    let mut upgrade = UpgradeObjectStorage::new(big.object_storage_id.clone());
    upgrade.total_purchased_space_tb = Some(Quantity::from(more));
    there.contabo.call(upgrade).await.unwrap();
    super::read(&there.store, &there.contabo, at("2026-11-20T23:59:59Z")).await;
    let second = held(&there);
    assert_eq!(second.len(), storages.len(), "the same UTC day");
    let (before, since) = (of(&first, "2026-11-20").unwrap(), of(&second, "2026-11-20").unwrap());
    assert!(since.2 > before.2 && since.4 > before.4, "it grew: {before:?} → {since:?}");
    assert_eq!(since.3, more.normalize().to_string());

    super::read(&there.store, &there.contabo, at("2026-11-20T12:00:00Z")).await;
    assert_eq!(held(&there), second, "an earlier reading does not take a later one's place");
    super::read(&there.store, &there.contabo, at("2026-11-21T00:00:00Z")).await;
    let third = held(&there);
    assert_eq!(third.len(), 2 * storages.len(), "another UTC day");
    assert_eq!(of(&third, "2026-11-20").map(|r| (r.2, r.5)), Some((since.2, false)), "yesterday stays as it was");
    assert!(of(&third, "2026-11-21").unwrap().5, "the newest says so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_answer_for_one_storage_loses_none_of_the_others_and_is_said() {
    for (kind, code) in [("malformed", ErrorCode::Unreadable), ("500", ErrorCode::ProviderFailed)] {
        let there = start(72).await;
        let all = listed(&there).await.len();
        there.fault(json!({
            "provider": "contabo", "operation": "retrieveObjectStoragesStats", "kind": kind, "times": 1
        }));
        let read = read(&there.store, &there.contabo, at("2026-11-20T03:30:00Z")).await;
        assert_eq!((read.kept as usize, read.failed), (all - 1, 1), "{kind}: {read:?}");
        assert_eq!(read.fault.map(|fault| fault.code), Some(code), "{kind}");
        assert_eq!(held(&there).len(), all - 1, "{kind}");
        let noted = there.store.read(storages).unwrap();
        let failed: Vec<_> = noted.iter().filter(|one| one.error.is_some()).collect();
        assert_eq!((failed.len(), failed[0].read_at), (1, None), "{kind}: which one, and that it never was read");

        super::read(&there.store, &there.contabo, at("2026-11-20T03:35:00Z")).await;
        assert_eq!(held(&there).len(), all, "{kind}: the next run brings it");
        assert!(there.store.read(storages).unwrap().iter().all(|one| one.error.is_none() && one.read_at.is_some()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_storage_without_an_answer_is_passed_over_and_two_in_a_row_end_the_reading() {
    let there = start(73).await;
    for region in ["EU", "US-central", "SIN"] {
        there.contabo.call(CreateObjectStorage::new(region, Quantity::from(Decimal::new(25, 2)))).await.ok();
    }
    there.hours_pass(24);
    let all = listed(&there).await.len();
    assert!(all >= 3);
    let cut = |after: u32, times: u32| {
        there.no_faults();
        there.fault(json!({
            "provider": "contabo", "operation": "retrieveObjectStoragesStats", "kind": "cut_before",
            "after": after, "times": times
        }));
    };
    cut(0, 1);
    let once = read(&there.store, &there.contabo, at("2026-11-20T03:30:00Z")).await;
    assert_eq!((once.kept as usize, once.failed, once.fault.map(|f| f.code)), (all - 1, 1, Some(ErrorCode::Cut)));
    assert_eq!((held(&there).len(), there.arrived("retrieveObjectStoragesStats")), (all - 1, all));
    let named: Vec<_> = there.store.read(storages).unwrap().into_iter().filter(|one| one.error.is_some()).collect();
    assert_eq!((named.len(), named[0].read_at), (1, None), "it is named");

    cut(0, 100);
    let never = read(&there.store, &there.contabo, at("2026-11-20T03:35:00Z")).await;
    assert_eq!((never.kept, never.failed, never.fault.map(|f| f.code)), (0, 2, Some(ErrorCode::Cut)));
    assert_eq!(there.arrived("retrieveObjectStoragesStats"), all + 2, "after two in a row nobody else is asked");

    there.no_faults();
    there.fault(json!({
        "provider": "contabo", "operation": "retrieveObjectStorageList", "kind": "500", "times": 1
    }));
    let read = super::read(&there.store, &there.contabo, at("2026-11-20T03:40:00Z")).await;
    assert_eq!((read.kept, read.fault.map(|fault| fault.code)), (0, Some(ErrorCode::ProviderFailed)));
    assert_eq!(held(&there).len(), all - 1, "a list that was not read takes nothing away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_is_gone_keeps_its_days_and_is_the_latest_of_nothing() {
    let there = start(74).await;
    read(&there.store, &there.contabo, at("2026-11-20T03:30:00Z")).await;
    let gone = listed(&there).await[0].object_storage_id.clone();
    there.contabo.call(rackdesk_contabo::api::object_storages::CancelObjectStorage::new(gone.clone())).await.unwrap();
    there.hours_pass(24 * 40);
    assert!(listed(&there).await.iter().all(|one| one.object_storage_id != gone), "its contract has ended");
    read(&there.store, &there.contabo, at("2026-12-30T03:30:00Z")).await;
    let days: Vec<_> = held(&there).into_iter().filter(|row| row.0 == gone).collect();
    assert_eq!(days.iter().map(|row| (row.1.as_str(), row.5)).collect::<Vec<_>>(), [("2026-11-20", false)]);
    let noted = there.store.read(storages).unwrap();
    assert!(noted.iter().any(|one| one.storage_id == gone && one.gone_at.is_some()));
}

#[test]
fn figures_that_make_no_sense_are_no_row_and_name_their_place() {
    let stats = |json: serde_json::Value| serde_json::from_value::<ObjectStorageStats>(json).unwrap();
    let storage: ObjectStorage = serde_json::from_value(json!({"objectStorageId": "a", "displayName": "A"})).unwrap();
    let now = at("2026-11-20T03:30:00Z");
    let path = |json| record(&storage, &stats(json), now).map_err(|fault| fault.params["path"].clone());
    assert_eq!(path(json!({"numberOfObjects": 3})), Err("data[0].usedSpaceTB".into()));
    assert_eq!(path(json!({"usedSpaceTB": -1, "numberOfObjects": 3})), Err("data[0].usedSpaceTB".into()));
    assert_eq!(path(json!({"usedSpaceTB": 1, "numberOfObjects": -3})), Err("data[0].numberOfObjects".into()));
    let whole = path(json!({"usedSpaceTB": 0.3, "numberOfObjects": 0})).unwrap();
    assert_eq!((whole.used_tb.to_string(), whole.percent), ("0.3".into(), None), "exact, and nothing made up");
}
