//! Lists: pages, order, and every filter.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::house::{House, Seen, text};

/// Follows `next` to the end.
async fn walk(house: &House, first: &str) -> Vec<Value> {
    let mut gathered = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let page = house.get(&path).await.expect(200);
        gathered.extend(page.all().iter().cloned());
        next = page.body["_links"]["next"].as_str().map(str::to_owned);
    }
    gathered
}

#[tokio::test]
async fn the_pages_one_behind_the_other_are_the_whole() {
    let house = House::open().await;
    let whole = house.get("/v1/compute/instances?size=1000").await;
    for size in [1_usize, 7, 10, 59, 60, 61] {
        let walked = walk(&house, &format!("/v1/compute/instances?size={size}")).await;
        assert_eq!(walked, whole.all(), "size {size}");
    }
    let filtered =
        walk(&house, "/v1/compute/instances?size=3&region=EU&orderBy=name:desc&status=running,stopped").await;
    let names: Vec<String> = filtered.iter().map(|one| text(&one["name"])).collect();
    assert!(names.len() > 3 && names.is_sorted_by(|left, right| left >= right), "{names:?}");
    assert!(filtered.iter().all(|one| one["region"] == "EU"), "the links keep the filters");
}

#[tokio::test]
async fn the_envelope_counts_and_links() {
    let house = House::open().await;
    let total = house.get("/v1/compute/instances").await.total();
    let page = house.get("/v1/compute/instances?page=2&size=25&search=vmi").await;
    let pagination = &page.body["_pagination"];
    assert_eq!((pagination["page"].as_u64(), pagination["size"].as_u64()), (Some(2), Some(25)));
    assert_eq!(pagination["totalPages"].as_u64(), Some(total.div_ceil(25)));
    let links = &page.body["_links"];
    assert_eq!(links["self"], "/v1/compute/instances?page=2&size=25&search=vmi");
    assert_eq!(links["previous"], "/v1/compute/instances?page=1&size=25&search=vmi");
    assert_eq!(links["last"], "/v1/compute/instances?page=3&size=25&search=vmi");
    let first = house.get("/v1/compute/instances").await;
    assert!(first.body["_links"].get("previous").is_none());
    for wrong in
        ["page=0", "size=0", "page=x", "orderBy=shoeSize:asc", "orderBy=name:up", "status=restarting", "ipConfig=maybe"]
    {
        house.get(&format!("/v1/compute/instances?{wrong}")).await.expect(400);
    }
}

#[tokio::test]
async fn every_filter_of_instances_finds_what_it_names_and_nothing_else() {
    let house = House::of_size(1.0).await;
    let all = house.get("/v1/compute/instances?size=1000").await;
    let ask = async |query: &str| house.get(&format!("/v1/compute/instances?size=1000&{query}")).await.expect(200);
    let same = |seen: &Seen, test: &dyn Fn(&Value) -> bool, what: &str| {
        let expected: BTreeSet<String> =
            all.all().iter().filter(|one| test(one)).map(|one| text(&one["instanceId"])).collect();
        let found: BTreeSet<String> = seen.column("instanceId").into_iter().collect();
        assert!(!expected.is_empty() && expected.len() < all.all().len(), "{what} tells nothing apart");
        assert_eq!(found, expected, "{what}");
    };
    let one = &all.all()[5];
    let (id, name, ip) = (text(&one["instanceId"]), text(&one["name"]), text(&one["ipConfig"]["v4"]["ip"]));
    same(&ask(&format!("name={name}")).await, &|one| text(&one["name"]).contains(&name), "name");
    same(
        &ask("displayName=SVC-").await,
        &|one| text(&one["displayName"]).to_lowercase().contains("svc-"),
        "displayName",
    );
    same(&ask("dataCenter=European%20Union%202").await, &|one| one["dataCenter"] == "European Union 2", "dataCenter");
    same(&ask("region=US-central").await, &|one| one["region"] == "US-central", "region");
    same(&ask(&format!("instanceId={id}")).await, &|one| text(&one["instanceId"]) == id, "instanceId");
    let other = text(&all.all()[9]["instanceId"]);
    let either = |one: &Value| [&id, &other].contains(&&text(&one["instanceId"]));
    same(&ask(&format!("instanceIds={id},%20{other}")).await, &either, "instanceIds");
    same(&ask("status=stopped").await, &|one| one["status"] == "stopped", "status");
    let several = |one: &Value| one["status"] == "stopped" || one["status"] == "provisioning";
    same(&ask("status=provisioning,stopped").await, &several, "statuses");
    same(&ask("productIds=V91,V94").await, &|one| one["productId"] == "V91" || one["productId"] == "V94", "productIds");
    let backed_up = |one: &Value| one["addOns"].as_array().unwrap().iter().any(|bought| bought["id"] == 2015);
    same(&ask("addOnIds=2015").await, &backed_up, "addOnIds");
    same(&ask("productTypes=ssd").await, &|one| one["productType"] == "ssd", "productTypes");
    let at =
        |one: &Value| text(&one["ipConfig"]["v4"]["ip"]).contains(&ip) || text(&one["additionalIps"]).contains(&ip);
    same(&ask(&format!("search={ip}")).await, &at, "search");
    assert_eq!(ask("ipConfig=true").await.total(), all.total());
    assert_eq!(ask("customerId=1").await.total(), 0);
    assert_eq!(ask("tenantId=DE").await.total(), all.total());
    let days = ask("orderBy=createdDate:DESC").await.column("createdDate");
    assert!(days.is_sorted_by(|left, right| left >= right));
}

#[tokio::test]
async fn literal_paths_win_over_parameters() {
    let house = House::open().await;
    for path in [
        "/v1/compute/instances/audits",
        "/v1/compute/instances/actions/audits",
        "/v1/compute/images/stats",
        "/v1/compute/images/audits",
        "/v1/firewalls/preset-rules",
        "/v1/firewalls/audits",
        "/v1/users/client",
        "/v1/users/is-password-set",
        "/v1/users/audits",
        "/v1/roles/api-permissions",
        "/v1/roles/audits",
        "/v1/domains/handles",
        "/v1/domains/handles/audits",
        "/v1/domains/audits",
        "/v1/tags/assignments/audits",
        "/v1/dns/zones/audits",
        "/v1/vips/audits",
        "/v1/private-networks/audits",
        "/v1/object-storages/audits",
        "/v1/secrets/audits",
    ] {
        house.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn lists_that_lack_a_part_in_the_document_lack_it_here() {
    let house = House::open().await;
    for path in ["/v1/roles/api-permissions", "/v1/roles/audits", "/v1/firewalls/preset-rules"] {
        assert!(house.get(path).await.body.get("_pagination").is_none(), "{path}");
    }
    assert!(house.get("/v1/roles/api-permissions?size=5").await.body["_links"].get("next").is_some());
    assert!(house.get("/v1/firewalls/preset-rules").await.body["_links"].get("last").is_none());
}

#[tokio::test]
async fn images_and_data_centers_can_be_searched() {
    let house = House::open().await;
    let windows = house.get("/v1/compute/images?search=windows").await;
    assert!(windows.total() >= 2 && windows.column("osType").iter().all(|os| os == "Windows"));
    assert_eq!(house.get("/v1/compute/images?name=debian&standardImage=true").await.total(), 2);
    assert_eq!(house.get("/v1/compute/images?standardImage=false").await.column("name"), ["golden-debian-12"]);
    assert_eq!(house.get("/v1/data-centers?slug=EU2").await.column("name"), ["European Union 2"]);
    assert_eq!(house.get("/v1/data-centers?regionSlug=EU").await.total(), 3);
    assert_eq!(house.get("/v1/data-centers?regionName=singapore").await.column("slug"), ["SIN1"]);
    assert_eq!(house.get("/v1/data-centers?name=japan&size=5").await.total(), 1);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_company() {
    let (one, other) = (House::open().await, House::open().await);
    for path in
        ["/v1/compute/instances?size=1000", "/v1/tags?size=100", "/v1/users", "/v1/vips?size=100", "/v1/domains"]
    {
        assert_eq!(one.get(path).await.body, other.get(path).await.body, "{path}");
    }
    assert_eq!(one.credentials(), other.credentials());
}

#[tokio::test]
async fn odd_paths_and_pages_are_refused_in_the_same_words_as_everything() {
    let house = House::open().await;
    for (path, status) in [
        ("/v1/tags/%ff", 400),
        ("/v1/tags/%00", 400),
        ("/v1/dns/zones/%ff", 404),
        ("/v1/tags/99999999999999999999", 400),
        ("/v1/compute/instances/-1", 404),
        ("/v1/compute/instances/", 404),
        ("/V1/Tags", 404),
        ("/v1/tags?size=0", 400),
        ("/v1/tags?page=-1", 400),
        ("/v1/tags?page=99999999999999999999", 400),
        ("/v1/tags?orderBy=nothing", 400),
        ("/v1/tags?orderBy=name:sideways", 400),
    ] {
        let refused = house.get(path).await.expect(status);
        assert_eq!(refused.body["statusCode"], status, "{path}");
        assert!(!refused.body["message"].is_null(), "{path}");
    }
    let all = house.get("/v1/tags?size=1000&strange=1&orderBy=name:DESC&orderBy=tagId:asc").await.expect(200);
    assert_eq!(
        all.total() as usize,
        all.all().len(),
        "no largest size is documented, and what is not known is ignored"
    );
}
