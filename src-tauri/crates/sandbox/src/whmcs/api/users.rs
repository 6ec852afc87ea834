//! <https://developers.whmcs.com/api/api-index/#users>

use serde_json::{Value, json};

use super::is_email;
use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, moment, refuse, success};
use crate::whmcs::model::people::{Invite, User};
use crate::whmcs::paging::{Counts, Page, counts};
use crate::whmcs::params::Params;
use crate::whmcs::registry::{Action, action, since_8};

pub(super) const ACTIONS: &[Action] = &[
    since_8("AddUser", add_user),
    since_8("CreateClientInvite", create_client_invite),
    since_8("DeleteUserClient", delete_user_client),
    action("GetPermissionsList", get_permissions_list),
    since_8("GetUserPermissions", get_user_permissions),
    since_8("GetUsers", get_users),
    action("ResetPassword", reset_password),
    since_8("UpdateUser", update_user),
    since_8("UpdateUserPermissions", update_user_permissions),
];

const PERMISSIONS: [&str; 13] = [
    "profile",
    "contacts",
    "products",
    "manageproducts",
    "productsso",
    "domains",
    "managedomains",
    "invoices",
    "quotes",
    "tickets",
    "affiliates",
    "emails",
    "orders",
];

fn is_taken(desk: &Desk<'_>, email: &str, except: u64) -> bool {
    desk.state.users.iter().any(|user| user.id != except && user.email.eq_ignore_ascii_case(email))
}

/// <https://developers.whmcs.com/api-reference/adduser/>
fn add_user(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let firstname = params.text("firstname").or_refuse("You did not enter a first name")?.to_owned();
    let lastname = params.text("lastname").or_refuse("You did not enter a last name")?.to_owned();
    let email = params.text("email").or_refuse("You did not enter an email address")?.to_owned();
    let password = params.raw("password2").filter(|text| !text.is_empty()).or_refuse("You did not enter a password")?;
    if !is_email(&email) {
        return refuse("The email address entered is not valid");
    }
    if is_taken(desk, &email, 0) {
        return refuse("A user already exists with that email address");
    }
    let created = desk.now();
    let id = desk.state.users.add(|id| User {
        id,
        firstname,
        lastname,
        email,
        password: password.to_owned(),
        language: params.string("language"),
        two_factor: false,
        created,
    });
    desk.note(Effect::Created, "user", id, json!({}));
    desk.log(0, format!("Created User - User ID: {id}"));
    Ok(success(json!({"user_id": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/updateuser/>
fn update_user(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.id("user_id").filter(|id| desk.state.users.get(*id).is_some());
    let id = id.or_refuse("Invalid User ID requested")?;
    if !["email", "firstname", "lastname", "language"].iter().any(|name| params.text(name).is_some()) {
        return refuse("One of `email`, `firstname`, `lastname`, or `language` is required");
    }
    if let Some(email) = params.text("email") {
        if !is_email(email) {
            return refuse("The email address entered is not valid");
        }
        if is_taken(desk, email, id) {
            return refuse("A user already exists with that email address");
        }
    }
    if let Some(user) = desk.state.users.get_mut(id) {
        for (name, field) in [
            ("email", &mut user.email),
            ("firstname", &mut user.firstname),
            ("lastname", &mut user.lastname),
            ("language", &mut user.language),
        ] {
            if let Some(text) = params.text(name) {
                text.clone_into(field);
            }
        }
    }
    desk.note(Effect::Updated, "user", id, json!({}));
    desk.log(0, format!("Modified User - User ID: {id}"));
    Ok(success(json!({"user_id": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/getusers/>
fn get_users(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let search = params.text("search").map(str::to_lowercase);
    let mut rows: Vec<&User> = state
        .users
        .iter()
        .filter(|user| {
            search.as_deref().is_none_or(|text| {
                let name = format!("{} {}", user.firstname, user.lastname);
                [&user.email, &user.firstname, &user.lastname, &name]
                    .iter()
                    .any(|field| field.to_lowercase().starts_with(text))
            })
        })
        .collect();
    if params.text("sorting").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        rows.reverse();
    }
    let page = Page::of(params);
    let shown: Vec<Value> = page
        .cut(&rows)
        .iter()
        .map(|user| {
            let clients: Vec<Value> = state
                .clients
                .iter()
                .filter_map(|client| {
                    client.members.iter().find(|one| one.user == user.id).map(|one| (client.id, one.owner))
                })
                .map(|(id, owner)| json!({"id": id, "isOwner": owner}))
                .collect();
            json!({
                "id": user.id,
                "firstname": user.firstname,
                "lastname": user.lastname,
                "email": user.email,
                "datecreated": moment(user.created),
                "validationdata": "",
                "clients": clients,
            })
        })
        .collect();
    let mut fields = counts(Counts::Numbers, rows.len(), page.start, shown.len());
    fields.insert("users".to_owned(), shown.into());
    Ok(success(Value::Object(fields)))
}

/// <https://developers.whmcs.com/api-reference/getpermissionslist/>
fn get_permissions_list(_desk: &mut Desk<'_>, _params: &Params) -> Answer {
    // One of the two actions that say `status` where others say `result`.
    Ok(json!({"status": "success", "permissions": {"permission": PERMISSIONS}}))
}

/// The user and the client of a call, both of which have to exist.
fn pair(desk: &Desk<'_>, params: &Params) -> Result<(u64, u64), Refusal> {
    let user = params.id("user_id").and_then(|id| desk.state.users.get(id)).or_refuse("Invalid user id")?.id;
    let client = desk.client(params, "client_id", "Invalid client id")?.id;
    Ok((user, client))
}

fn is_member(desk: &Desk<'_>, user: u64, client: u64) -> Option<bool> {
    let members = &desk.state.clients.get(client)?.members;
    members.iter().find(|member| member.user == user).map(|member| member.owner)
}

/// Known names of a comma list.
fn named(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|name| PERMISSIONS.contains(name)).map(str::to_owned).collect()
}

/// <https://developers.whmcs.com/api-reference/getuserpermissions/>
fn get_user_permissions(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (user, client) = pair(desk, params)?;
    let owner = is_member(desk, user, client).or_refuse("User is not associated with client")?;
    let all = || PERMISSIONS.iter().map(|name| (*name).to_owned()).collect();
    let own = || {
        let members = desk.state.clients.get(client).map(|one| one.members.as_slice()).unwrap_or_default();
        members.iter().find(|one| one.user == user).map(|one| one.permissions.clone()).unwrap_or_default()
    };
    let names: Vec<String> = if owner { all() } else { own() };
    Ok(success(json!({"permissions": {"permission": names}})))
}

/// <https://developers.whmcs.com/api-reference/updateuserpermissions/>
fn update_user_permissions(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (user, client) = pair(desk, params)?;
    let owner = is_member(desk, user, client).or_refuse("User is not associated with client")?;
    if owner {
        return refuse("Permissions cannot be set on a client owner");
    }
    let permissions = named(params.text("permissions").or_refuse("Missing permissions definition")?);
    let members = desk.state.clients.get_mut(client).map(|one| &mut one.members);
    if let Some(member) = members.and_then(|members| members.iter_mut().find(|one| one.user == user)) {
        member.permissions = permissions;
    }
    desk.note(Effect::Updated, "user", user, json!({"client": client, "permissions": true}));
    desk.log(client, format!("User Permissions Updated - User ID: {user}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/createclientinvite/>
fn create_client_invite(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let email = params.text("email").or_refuse("Email is required")?.to_owned();
    let client = desk.client(params, "client_id", "Invalid client id")?.id;
    if !is_email(&email) {
        return refuse("The email address entered is not valid");
    }
    let permissions = named(params.text("permissions").or_refuse("User permissions are required")?);
    let known = desk.state.users.iter().find(|user| user.email.eq_ignore_ascii_case(&email)).map(|user| user.id);
    if known.is_some_and(|user| is_member(desk, user, client).is_some()) {
        return refuse("User already associated with client");
    }
    let detail = json!({"client": client, "email": email});
    let id = desk.state.invites.add(|id| Invite { id, client, email, permissions });
    desk.note(Effect::Created, "invite", id, detail);
    desk.log(client, "User Invite Sent".to_owned());
    done()
}

/// <https://developers.whmcs.com/api-reference/deleteuserclient/>
fn delete_user_client(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (user, client) = pair(desk, params)?;
    if is_member(desk, user, client).or_refuse("User is not associated with client")? {
        return refuse("You cannot remove the account owner");
    }
    if let Some(one) = desk.state.clients.get_mut(client) {
        one.members.retain(|member| member.user != user);
    }
    desk.note(Effect::Updated, "user", user, json!({"removed_from": client}));
    desk.log(client, format!("User Removed - User ID: {user}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/resetpassword/>
fn reset_password(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (id, email) = (params.id("id"), params.text("email"));
    let user = match (id, email) {
        (Some(id), _) => desk.state.users.get(id),
        (None, Some(email)) if !is_email(email) => return refuse("Please provide a valid email address"),
        (None, Some(email)) => desk.state.users.iter().find(|user| user.email.eq_ignore_ascii_case(email)),
        (None, None) => return refuse("Please enter the email address or provide the id"),
    };
    let user = user.or_refuse("User Not Found")?.id;
    let client = desk.state.clients.iter().find(|client| client.owner() == user).map(|client| client.id);
    desk.note(Effect::Action, "user", user, json!({"password_reset": true}));
    if let Some(client) = client {
        desk.mail(client, "Your login details", "You asked for a new password.");
    }
    done()
}
