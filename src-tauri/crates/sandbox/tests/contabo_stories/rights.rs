//! Who may do what, and on which resources.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, Seen, text};

struct Guest<'h> {
    house: &'h House,
    token: String,
}

impl Guest<'_> {
    async fn call(&self, method: &str, path: &str, body: Value) -> Seen {
        self.house.call_as(&self.token, &Uuid::new_v4().to_string(), method, path, body).await
    }

    async fn get(&self, path: &str) -> Seen {
        self.call("GET", path, Value::Null).await
    }
}

#[tokio::test]
async fn a_reader_reads_everything_and_writes_nothing() {
    let house = House::open().await;
    let jonas = Guest { house: &house, token: house.token_by_mail("jonas").await };
    let id = house.running().await;
    jonas.get("/v1/compute/instances").await.expect(200);
    jonas.get("/v1/users").await.expect(200);
    let before = house.changes();
    let refused =
        jonas.call("POST", &format!("/v1/compute/instances/{id}/actions/restart"), Value::Null).await.expect(403);
    assert_eq!(refused.body["message"], "You are not allowed to CREATE /v1/compute/instances/actions");
    jonas.call("PATCH", &format!("/v1/compute/instances/{id}"), json!({"displayName": "x"})).await.expect(403);
    jonas.call("DELETE", "/v1/tags/1", Value::Null).await.expect(403);
    assert_eq!(house.changes(), before);
}

#[tokio::test]
async fn a_role_with_tags_reaches_only_what_carries_them() {
    let house = House::open().await;
    let ana = Guest { house: &house, token: house.token_by_mail("ana").await };
    let tag = text(&house.get("/v1/tags?name=managed").await.one()["tagId"]);
    let managed = house.get(&format!("/v1/tags/{tag}/assignments?size=500&resourceType=instance")).await;
    let mut reached = ana.get("/v1/compute/instances?size=500").await.column("instanceId");
    let mut expected = managed.column("resourceId");
    reached.sort();
    expected.sort();
    assert_eq!(reached, expected);
    assert!(!reached.is_empty() && (reached.len() as u64) < house.get("/v1/compute/instances").await.total());

    let all = house.get("/v1/compute/instances?size=500").await.column("instanceId");
    let other = all.iter().find(|id| !reached.contains(id)).unwrap();
    ana.get(&format!("/v1/compute/instances/{}", reached[0])).await.expect(200);
    ana.get(&format!("/v1/compute/instances/{other}")).await.expect(403);
    ana.call("POST", &format!("/v1/compute/instances/{other}/actions/restart"), Value::Null).await.expect(403);
    ana.get("/v1/secrets").await.expect(403);
    ana.get("/v1/compute/instances/1").await.expect(404);
    let rows = ana.get("/v1/compute/instances/audits?size=500").await.column("instanceId");
    assert!(!rows.is_empty() && rows.iter().all(|id| reached.contains(id)), "{rows:?}");
    assert!(ana.get("/v1/compute/images?size=50").await.column("standardImage").iter().all(|one| one == "true"));

    house.delete(&format!("/v1/tags/{tag}/assignments/instance/{}", reached[0])).await.expect(204);
    ana.get(&format!("/v1/compute/instances/{}", reached[0])).await.expect(403);
}

#[tokio::test]
async fn a_user_is_made_confirms_by_mail_and_gets_exactly_what_its_role_says() {
    let house = House::open().await;
    let apis = house.get("/v1/roles/api-permissions?size=100").await;
    let actions = apis.all().iter().find(|one| one["apiName"] == "/v1/compute/instances/actions").unwrap();
    assert_eq!(actions["actions"], json!(["CREATE", "READ"]));

    let unknown = json!({
        "name": "r", "admin": false, "accessAllResources": true,
        "permissions": [{"apiName": "/v1/kittens", "actions": ["READ"]}],
    });
    house.post("/v1/roles", unknown).await.expect(400);
    let role = json!({
        "name": "tag keeper", "admin": false, "accessAllResources": true,
        "permissions": [{"apiName": "/v1/tags", "actions": ["READ", "CREATE"]}],
    });
    let role_id = house.post("/v1/roles", role.clone()).await.expect(201).one()["roleId"].clone();
    house.post("/v1/roles", role).await.expect(409);
    let user = json!({
        "firstName": "Lee", "lastName": "Park", "email": "lee@nordlicht.example", "enabled": true, "totp": false,
        "locale": "en", "roles": [role_id],
    });
    let user_id = text(&house.post("/v1/users", user.clone()).await.expect(201).one()["userId"]);
    house.post("/v1/users", user).await.expect(409);
    let set = format!("/v1/users/is-password-set?userId={user_id}");
    assert_eq!(house.get(&set).await.one()["isPasswordSet"], false);
    house.wait(6);
    assert_eq!(house.get(&set).await.one()["isPasswordSet"], true);
    assert_eq!(house.get(&format!("/v1/users/{user_id}")).await.one()["emailVerified"], true);

    let lee = Guest { house: &house, token: house.token_by_mail("lee").await };
    lee.get("/v1/tags").await.expect(200);
    lee.call("POST", "/v1/tags", json!({"name": "lees", "color": "#123"})).await.expect(201);
    let tag = text(&lee.get("/v1/tags?name=lees").await.one()["tagId"]);
    lee.call("DELETE", &format!("/v1/tags/{tag}"), Value::Null).await.expect(403);
    lee.get("/v1/compute/instances").await.expect(403);

    let role_path = format!("/v1/roles/{role_id}");
    house.delete(&role_path).await.expect(409);
    house.patch(&format!("/v1/users/{user_id}"), json!({"roles": []})).await.expect(200);
    lee.get("/v1/tags").await.expect(403);
    house.delete(&role_path).await.expect(204);
    house.delete(&format!("/v1/users/{user_id}")).await.expect(204);
    lee.get("/v1/tags").await.expect(401);
}

#[tokio::test]
async fn default_roles_and_the_owner_stay() {
    let house = House::open().await;
    let role = text(&house.get("/v1/roles?type=default&name=read").await.one()["roleId"]);
    let body = json!({"name": "x", "admin": true, "accessAllResources": true});
    house.put(&format!("/v1/roles/{role}"), body).await.expect(403);
    house.delete(&format!("/v1/roles/{role}")).await.expect(403);
    let owner = text(&house.get("/v1/users?owner=true").await.one()["userId"]);
    house.delete(&format!("/v1/users/{owner}")).await.expect(403);
    assert_eq!(house.get("/v1/roles?tagName=managed").await.column("name"), ["Managed servers"]);
    assert_eq!(house.get("/v1/roles?apiName=snapshots&type=custom").await.total(), 1);
}
