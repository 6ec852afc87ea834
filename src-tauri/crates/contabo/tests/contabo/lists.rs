//! Lists over several pages.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use rackdesk_contabo::api::firewalls::RetrievePresetRules;
use rackdesk_contabo::api::instances::{Instance, RetrieveInstancesList};
use rackdesk_contabo::{PAGE_SIZE, Problem};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::support::Provider;

fn asked(request: &Request, name: &str) -> i64 {
    let pair = request.url.query_pairs().find(|(key, _)| key == name);
    pair.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
}

fn rows(from: i64, to: i64) -> Vec<Value> {
    (from..to).map(|id| json!({"instanceId": id, "name": format!("vmd{id}")})).collect()
}

/// `total` servers, in pages of at most `cap`.
fn servers(total: i64, cap: i64) -> impl Fn(&Request) -> ResponseTemplate {
    move |request| {
        let (page, size) = (asked(request, "page"), asked(request, "size").min(cap));
        let from = (page - 1) * size;
        let pages = (total + size - 1) / size;
        ResponseTemplate::new(200).set_body_json(json!({
            "_pagination": {"size": size, "totalElements": total, "totalPages": pages, "page": page},
            "data": rows(from.min(total), (from + size).min(total)),
            "_links": {"first": "", "self": "", "last": ""}
        }))
    }
}

fn ids(rows: &[Instance]) -> BTreeSet<i64> {
    rows.iter().map(|row| row.instance_id).collect()
}

/// quirk 3.4
#[tokio::test]
async fn a_list_is_read_to_its_end_in_pages_of_a_hundred() {
    let provider = Provider::answering(servers(1050, 1000)).await;
    let all = provider.client.all(RetrieveInstancesList::new().name("vmd")).await.expect("all of them");
    assert_eq!((all.len(), ids(&all)), (1050, (0..1050).collect()));
    let requests = provider.requests("/v1/compute/instances").await;
    assert_eq!(requests.len(), 11);
    assert!(requests.iter().all(|request| asked(request, "size") == PAGE_SIZE));
    assert!(
        requests.iter().all(|request| request.url.query_pairs().any(|(name, value)| name == "name" && value == "vmd"))
    );
}

#[tokio::test]
async fn a_provider_that_gives_smaller_pages_loses_nothing() {
    let provider = Provider::answering(servers(55, 10)).await;
    let all = provider.client.all(RetrieveInstancesList::new()).await.expect("all of them");
    assert_eq!(ids(&all), (0..55).collect());
}

#[tokio::test]
async fn an_empty_list_is_one_page() {
    let provider = Provider::answering(servers(0, 100)).await;
    assert!(provider.client.all(RetrieveInstancesList::new()).await.expect("none").is_empty());
    assert_eq!(provider.requests("/v1/compute/instances").await.len(), 1);
}

#[tokio::test]
async fn rows_that_move_to_the_next_page_come_once() {
    let moved = |request: &Request| {
        let page = asked(request, "page");
        let data = if page == 1 { rows(0, 3) } else { rows(2, 4) };
        let pagination = json!({"size": 3, "totalElements": 5, "totalPages": 2, "page": page});
        ResponseTemplate::new(200).set_body_json(json!({"data": data, "_pagination": pagination}))
    };
    let provider = Provider::answering(moved).await;
    let pages: Vec<_> = provider.client.pages(RetrieveInstancesList::new(), 3).try_collect().await.expect("two pages");
    let counts: Vec<usize> = pages.iter().map(|page| page.data.len()).collect();
    assert_eq!((counts, pages[0].total()), (vec![3, 1], Some(5)));
}

#[tokio::test]
async fn a_list_that_stands_still_is_an_error_and_no_endless_loop() {
    let stuck = |_: &Request| {
        let pagination = json!({"size": 3, "totalElements": 9, "totalPages": 3, "page": 1});
        ResponseTemplate::new(200).set_body_json(json!({"data": rows(0, 3), "_pagination": pagination}))
    };
    let provider = Provider::answering(stuck).await;
    let error = provider.client.all(RetrieveInstancesList::new()).await.expect_err("no second page");
    assert!(matches!(error.problem, Problem::Stuck { page: 2, .. }), "{error}");
    assert_eq!(provider.requests("/v1/compute/instances").await.len(), 2);
}

#[tokio::test]
async fn a_list_without_totals_ends_when_nothing_new_comes() {
    let bare = |_: &Request| {
        ResponseTemplate::new(200)
            .set_body_json(json!({"data": [{"name": "HTTP", "macro": {}}, {"name": "SSH", "macro": {}}]}))
    };
    let provider = Provider::answering(bare).await;
    let rules = provider.client.all(RetrievePresetRules::new()).await.expect("two rules");
    assert_eq!(rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["HTTP", "SSH"]);
    assert_eq!(provider.requests("/v1/firewalls/preset-rules").await.len(), 2);
}

#[tokio::test]
async fn a_failure_in_the_middle_ends_the_list() {
    let broken = |request: &Request| {
        if asked(request, "page") == 2 { ResponseTemplate::new(403) } else { servers(300, 100)(request) }
    };
    let provider = Provider::answering(broken).await;
    let error = provider.client.all(RetrieveInstancesList::new()).await.expect_err("half a list is none");
    assert!(matches!(error.problem, Problem::PermissionDenied { .. }), "{error}");
}
