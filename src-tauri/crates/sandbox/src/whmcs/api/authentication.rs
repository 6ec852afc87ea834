//! <https://developers.whmcs.com/api/api-index/#authentication>

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::access::letters;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, refuse, success};
use crate::whmcs::model::system::OAuthCredential;
use crate::whmcs::params::Params;
use crate::whmcs::php::md5;
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[
    action("CreateOAuthCredential", create_oauth_credential),
    action("CreateSsoToken", create_sso_token),
    action("DeleteOAuthCredential", delete_oauth_credential),
    action("ListOAuthCredentials", list_oauth_credentials),
    action("UpdateOAuthCredential", update_oauth_credential),
    action("ValidateLogin", validate_login),
];

const GRANTS: [&str; 2] = ["authorization_code", "single_sign_on"];
const SCOPES: [&str; 9] = [
    "openid",
    "profile",
    "email",
    "clientarea:sso",
    "clientarea:profile",
    "clientarea:billing_info",
    "clientarea:announcements",
    "clientarea:invoices",
    "clientarea:product_details",
];

fn check_scopes(text: &str) -> Result<(), Refusal> {
    if let Some(unknown) = text.split_whitespace().find(|scope| !SCOPES.contains(scope)) {
        return refuse(format!("The requested scope \"{unknown}\" is invalid."));
    }
    Ok(())
}

/// <https://developers.whmcs.com/api-reference/createoauthcredential/>
fn create_oauth_credential(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let grant = params.text("grantType").or_refuse("A valid grant type is required.")?.to_owned();
    if !GRANTS.contains(&grant.as_str()) {
        return refuse(format!("The requested grant type \"{grant}\" is invalid."));
    }
    let name = params.string("name");
    if grant == GRANTS[0] && name.is_empty() {
        return refuse("A name for the Client Credential is required.");
    }
    let mut service = 0;
    if grant == GRANTS[1] {
        params.text("serviceId").or_refuse("A service ID is required for the single sign-on grant type.")?;
        let found = params.id("serviceId").and_then(|id| desk.state.services.get(id));
        let found = found.or_refuse("A valid Service ID is required.")?;
        desk.state.clients.get(found.client).or_refuse("Service ID not associated with valid Client.")?;
        service = found.id;
    }
    let scope = params.text("scope").or_refuse("At least one valid scope is required.")?.to_owned();
    check_scopes(&scope)?;
    let now = desk.now();
    let company: String = desk.state.company.to_uppercase().replace(' ', "-");
    let (identifier, secret) = (format!("{company}.{}", letters(desk.rng, 22)), letters(desk.rng, 64));
    let credential = OAuthCredential {
        id: 0,
        name,
        description: params.string("description"),
        grant_type: grant,
        scope,
        identifier: identifier.clone(),
        secret: secret.clone(),
        service,
        logo: params.string("logoUri"),
        redirects: params.list("redirectUri").into_iter().filter(|uri| !uri.is_empty()).map(str::to_owned).collect(),
        created: now,
        updated: now,
    };
    let id = desk.state.oauth.add(|id| OAuthCredential { id, ..credential });
    desk.note(Effect::Created, "oauth_credential", id, json!({}));
    Ok(success(json!({"credentialId": id.to_string(), "clientIdentifier": identifier, "clientSecret": secret})))
}

/// <https://developers.whmcs.com/api-reference/updateoauthcredential/>
fn update_oauth_credential(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let by_name = params.text("clientApiIdentifier");
    let id = match (params.text("credentialId"), by_name) {
        (None, None) => return refuse("A Credential ID or Client Identifier is required."),
        (Some(_), _) => {
            let id = params.id("credentialId").filter(|id| desk.state.oauth.get(*id).is_some());
            id.or_refuse("Invalid Credential ID provided.")?
        }
        (None, Some(name)) => {
            let found = desk.state.oauth.iter().find(|one| one.identifier == name);
            found.or_refuse("Invalid Client Identifier provided.")?.id
        }
    };
    if let Some(grant) = params.text("grantType").filter(|grant| !GRANTS.contains(grant)) {
        return refuse(format!("The requested grant type \"{grant}\" is invalid."));
    }
    check_scopes(params.text("scope").unwrap_or_default())?;
    let (now, new_secret) = (desk.now(), params.flag("resetSecret").then(|| letters(desk.rng, 64)));
    let Some(one) = desk.state.oauth.get_mut(id) else { return refuse("Invalid Credential ID provided.") };
    for (name, field) in [
        ("name", &mut one.name),
        ("description", &mut one.description),
        ("grantType", &mut one.grant_type),
        ("scope", &mut one.scope),
        ("logoUri", &mut one.logo),
    ] {
        if let Some(text) = params.text(name) {
            text.clone_into(field);
        }
    }
    one.service = params.id("serviceId").unwrap_or(one.service);
    if params.has("redirectUri") {
        one.redirects = params.list("redirectUri").into_iter().map(str::to_owned).collect();
    }
    one.updated = now;
    if let Some(secret) = &new_secret {
        secret.clone_into(&mut one.secret);
    }
    desk.note(Effect::Updated, "oauth_credential", id, json!({"rotated": new_secret.is_some()}));
    let mut answer = success(json!({"credentialId": id.to_string()}));
    if let Some(secret) = new_secret {
        answer["newClientSecret"] = secret.into();
    }
    Ok(answer)
}

/// <https://developers.whmcs.com/api-reference/deleteoauthcredential/>
fn delete_oauth_credential(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let found = params.id("credentialId").and_then(|id| desk.state.oauth.remove(id));
    let id = found.or_refuse("Invalid Credential ID provided.")?.id;
    desk.note(Effect::Deleted, "oauth_credential", id, json!({}));
    Ok(success(json!({"credentialId": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/listoauthcredentials/>
fn list_oauth_credentials(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let grant = params.text("grantType");
    let mut rows: Vec<&OAuthCredential> =
        desk.state.oauth.iter().filter(|one| grant.is_none_or(|wanted| one.grant_type == wanted)).collect();
    if params.text("sortField").is_some_and(|field| field.eq_ignore_ascii_case("name")) {
        rows.sort_by_key(|one| one.name.as_str());
    }
    if params.text("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        rows.reverse();
    }
    if let Some(limit) = params.int("limit").and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0) {
        rows.truncate(limit);
    }
    let rows: Vec<Value> = rows.into_iter().map(show).collect();
    Ok(success(json!({"clients": rows})))
}

fn show(one: &OAuthCredential) -> Value {
    let date = |at: jiff::civil::DateTime| {
        let day = at.day();
        let suffix = match (day % 10, day / 10) {
            (1, 0 | 2 | 3) => "st",
            (2, 0 | 2) => "nd",
            (3, 0 | 2) => "rd",
            _ => "th",
        };
        format!("{day}{suffix} {}", at.strftime("%B %Y %-I:%M:%S%P"))
    };
    json!({
        "credentialId": one.id,
        "name": one.name,
        "description": one.description,
        "grantTypes": one.grant_type,
        "scope": one.scope,
        "clientIdentifier": one.identifier,
        "clientSecret": one.secret,
        "uuid": null,
        "serviceId": one.service,
        "logoUri": one.logo,
        "redirectUri": one.redirects,
        "rsaKeyPairId": 1,
        "createdAt": date(one.created),
        "updatedAt": date(one.updated),
    })
}

/// <https://developers.whmcs.com/api-reference/createssotoken/>
fn create_sso_token(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = match params.text("client_id") {
        Some(_) => Some(desk.client(params, "client_id", "Invalid client_id")?),
        None => None,
    };
    let user = match params.text("user_id") {
        Some(_) => {
            let user = params.id("user_id").filter(|id| desk.state.users.get(*id).is_some());
            let user = user.or_refuse("Invalid user_id")?;
            if client.is_some_and(|client| !client.members.iter().any(|member| member.user == user)) {
                return refuse("Invalid user_id for client");
            }
            user
        }
        None => client.or_refuse("A valid client_id or user_id is required")?.owner(),
    };
    if let Some(client) = client.filter(|client| !client.sso) {
        return refuse(format!("SSO authentication blocked for client {}", client.id));
    }
    if let Some(place) = params.text("destination") {
        let known = place.starts_with("clientarea:") || place.starts_with("sso:");
        if !known || (place == "sso:custom_redirect" && params.text("sso_redirect_path").is_none()) {
            return refuse("Invalid destination");
        }
    }
    let client = client.map_or(0, |client| client.id);
    let token = md5::hex(letters(desk.rng, 40).as_bytes()) + &md5::hex(letters(desk.rng, 8).as_bytes())[..8];
    let url = format!("{}oauth/singlesignon.php?access_token={token}", desk.state.url);
    desk.note(Effect::Created, "sso_token", user, json!({"client": client}));
    desk.log(client, format!("SSO Token Created - User ID: {user}"));
    Ok(success(json!({"access_token": token, "redirect_url": url})))
}

/// <https://developers.whmcs.com/api-reference/validatelogin/>
fn validate_login(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (email, password) = (params.text("email").unwrap_or_default(), params.raw("password2").unwrap_or_default());
    let user = desk.state.users.iter().find(|user| user.email.eq_ignore_ascii_case(email) && user.password == password);
    let user = user.or_refuse("Email or Password Invalid")?;
    let (id, two_factor) = (user.id, user.two_factor);
    let session = md5::hex(format!("{id}{password}").as_bytes());
    let mut answer = success(json!({"userid": id.to_string()}));
    if !two_factor {
        answer["passwordhash"] = format!("{session}{}", &session[..8]).into();
    }
    answer["twoFactorEnabled"] = if two_factor { "true" } else { "false" }.into();
    desk.note(Effect::Action, "user", id, json!({"login": true}));
    Ok(answer)
}
