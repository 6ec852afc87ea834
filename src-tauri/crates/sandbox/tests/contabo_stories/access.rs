//! Getting in: tokens, headers, and everything that keeps a caller out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, TOKEN, seen, text};

/// quirk 1.5
#[tokio::test]
async fn tokens_look_like_jwts_and_carry_the_claims_that_clients_read() {
    let house = House::open().await;
    let known = house.credentials();
    let request = house.http.post(format!("{}{TOKEN}", house.base));
    let request = request.basic_auth(&known.client_id, Some(&known.client_secret));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("grant_type", "password"), ("username", &known.user), ("password", &known.password)])
        .finish();
    let answer =
        seen(request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap());
    let answer = answer.await.expect(200);
    assert_eq!((&answer.body["expires_in"], &answer.body["token_type"]), (&json!(300), &json!("Bearer")));
    let user = house.get("/v1/users?owner=true").await.one()["userId"].clone();
    for name in ["access_token", "refresh_token"] {
        let token = text(&answer.body[name]);
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims["sub"], user);
        assert_eq!(claims["preferred_username"], known.user);
        assert_eq!(claims["tenantId"], "DE");
        assert_eq!(format!("DE-{}", text(&claims["customerId"])), known.client_id);
        assert!(claims["exp"].as_i64().unwrap() > claims["iat"].as_i64().unwrap());
    }
}

#[tokio::test]
async fn a_token_expires_and_the_refresh_token_gets_another() {
    let house = House::open().await;
    let known = house.credentials();
    let form = [
        ("grant_type", "password"),
        ("client_id", known.client_id.as_str()),
        ("client_secret", &known.client_secret),
        ("username", &known.user),
        ("password", &known.password),
    ];
    let first = house.sign_in(&form).await.expect(200);
    let access = text(&first.body["access_token"]);
    let id = Uuid::new_v4().to_string();
    house.call_as(&access, &id, "GET", "/v1/tags", Value::Null).await.expect(200);
    house.wait(301);
    let late = house.call_as(&access, &id, "GET", "/v1/tags", Value::Null).await.expect(401);
    assert_eq!(late.body, json!({"statusCode": 401, "message": "Unauthorized"}));

    let refresh = text(&first.body["refresh_token"]);
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", known.client_id.as_str()),
        ("client_secret", &known.client_secret),
        ("refresh_token", &refresh),
    ];
    let second = text(&house.sign_in(&form).await.expect(200).body["access_token"]);
    house.call_as(&second, &id, "GET", "/v1/tags", Value::Null).await.expect(200);
    house.call_as(&refresh, &id, "GET", "/v1/tags", Value::Null).await.expect(401);
    house.wait(1801);
    assert_eq!(house.sign_in(&form).await.expect(400).body["error"], "invalid_grant");
}

#[tokio::test]
async fn the_token_endpoint_says_which_half_is_wrong() {
    let house = House::open().await;
    let known = house.credentials();
    let ask = async |client: &str, secret: &str, user: &str, password: &str, grant: &str| {
        let form = [
            ("grant_type", grant),
            ("client_id", client),
            ("client_secret", secret),
            ("username", user),
            ("password", password),
        ];
        let seen = house.sign_in(&form).await;
        (seen.status, text(&seen.body["error"]), text(&seen.body["error_description"]))
    };
    let (id, secret, user, password) = (&known.client_id, &known.client_secret, &known.user, &known.password);
    let (status, error, _) = ask("DE-1", secret, user, password, "password").await;
    assert_eq!((status, error.as_str()), (401, "invalid_client"));
    let (status, error, _) = ask(id, "wrong", user, password, "password").await;
    assert_eq!((status, error.as_str()), (401, "unauthorized_client"));
    for (user, password) in [(user.as_str(), "wrong"), ("nobody@nordlicht.example", password.as_str())] {
        let refused = ask(id, secret, user, password, "password").await;
        assert_eq!(refused, (401, "invalid_grant".to_owned(), "Invalid user credentials".to_owned()));
    }
    assert_eq!(ask(id, secret, user, password, "client_credentials").await.0, 400);
}

/// quirk 1.4
#[tokio::test]
async fn a_client_may_name_itself_as_basic_or_in_the_body() {
    let house = House::open().await;
    let known = house.credentials();
    let form = [("grant_type", "password"), ("username", known.user.as_str()), ("password", &known.password)];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let ask = async |id: &str, secret: &str| {
        let request = house.http.post(format!("{}{}", house.base, crate::house::TOKEN)).basic_auth(id, Some(secret));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.clone());
        crate::house::seen(request.send().await.unwrap()).await
    };
    let granted = ask(&known.client_id, &known.client_secret).await.expect(200);
    let token = text(&granted.body["access_token"]);
    house.call_as(&token, &uuid::Uuid::new_v4().to_string(), "GET", "/v1/tags", Value::Null).await.expect(200);
    assert_eq!(ask(&known.client_id, "wrong").await.expect(401).body["error"], "unauthorized_client");
    assert_eq!(ask("DE-0", &known.client_secret).await.expect(401).body["error"], "invalid_client");
}

#[tokio::test]
async fn a_rotated_client_secret_shuts_the_old_one_out() {
    let house = House::open().await;
    let old = house.credentials();
    let fresh = text(&house.put("/v1/users/client/secret", Value::Null).await.expect(200).one()["secret"]);
    assert_ne!(fresh, old.client_secret);
    let form = [
        ("grant_type", "password"),
        ("client_id", old.client_id.as_str()),
        ("client_secret", &old.client_secret),
        ("username", &old.user),
        ("password", &old.password),
    ];
    assert_eq!(house.sign_in(&form).await.expect(401).body["error"], "unauthorized_client");
    assert_eq!(house.get("/v1/users/client").await.one()["secret"], json!(fresh));
}

#[tokio::test]
async fn calls_without_token_or_request_id_are_refused_before_anything_happens() {
    let house = House::open().await;
    let (token, id) = (house.token().await, Uuid::new_v4().to_string());
    let before = house.changes();
    let body = json!({"name": "x", "color": "#0A78C3"});
    house.call_as("a.b.c", &id, "POST", "/v1/tags", body.clone()).await.expect(401);
    let forged = format!("{token}x");
    house.call_as(&forged, &id, "POST", "/v1/tags", body.clone()).await.expect(401);
    for wrong in ["", "1234", "04e0f898-37b4-98bc-a794-1a57abe6aa31"] {
        house.call_as(&token, wrong, "POST", "/v1/tags", body.clone()).await.expect(400);
    }
    let nowhere = house.call_as(&token, &id, "GET", "/v1/load-balancers", Value::Null).await.expect(404);
    assert_eq!(nowhere.body["message"], "Cannot GET /v1/load-balancers");
    house.call_as(&token, &id, "PUT", "/v1/tags", body).await.expect(404);
    assert_eq!(house.changes(), before);
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once() {
    let house = House::open().await;
    let token = house.token_by_mail("mira").await;
    let id = Uuid::new_v4().to_string();
    house.call_as(&token, &id, "GET", "/v1/tags", Value::Null).await.expect(200);
    let user = text(&house.get("/v1/users?email=mira").await.one()["userId"]);
    house.patch(&format!("/v1/users/{user}"), json!({"enabled": false})).await.expect(200);
    house.call_as(&token, &id, "GET", "/v1/tags", Value::Null).await.expect(401);
}
