//! Staff.

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, done, moment, success};
use crate::whmcs::model::system::Admin;
use crate::whmcs::params::Params;
use crate::whmcs::php::md5;

const PERMISSIONS: &str = "Main Homepage,My Account,List Clients,List Services,List Addons,List Domains,Add New Client,\
View Clients Summary,Edit Clients Details,View Clients Products/Services,Edit Clients Products/Services,\
View Clients Domains,Edit Clients Domains,View Clients Notes,Add/Edit Client Notes,View Orders,Delete Order,\
View Order Details,Add New Order,List Invoices,Create Invoice,Generate Due Invoices,Manage Invoice,Manage Credits,\
List Transactions,View Support Ticket,List Support Tickets,Open New Ticket,View System Activity Log,API Access";

/// <https://developers.whmcs.com/api-reference/getadmindetails/>
pub(super) fn get_admin_details(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let admin = desk
        .state
        .admins
        .get(desk.caller.admin)
        .or_refuse("You must be authenticated as an admin user to perform this action")?;
    let departments: String = admin.departments.iter().map(|id| format!(",{id}")).collect();
    let version = desk.version.number();
    Ok(success(json!({
        "adminid": admin.id.to_string(),
        "name": admin.full_name(),
        "notes": admin.notes,
        "signature": admin.signature,
        "allowedpermissions": PERMISSIONS,
        "departments": format!("{departments},"),
        "requesttime": moment(desk.now()),
        "whmcs": {"version": version, "canonicalversion": format!("{version}-release.1")},
    })))
}

/// <https://developers.whmcs.com/api-reference/getadminusers/>
pub(super) fn get_admin_users(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (role, email, all) = (params.id("roleid"), params.text("email"), params.flag("include_disabled"));
    let rows: Vec<Value> = desk
        .state
        .admins
        .iter()
        .filter(|one| all || !one.disabled)
        .filter(|one| role.is_none_or(|id| one.role == id))
        .filter(|one| email.is_none_or(|text| one.email.contains(text)))
        .map(show)
        .collect();
    // Neither `result` nor `status`, as its example shows.
    Ok(json!({"count": rows.len(), "admin_users": rows}))
}

fn show(one: &Admin) -> Value {
    let texts = |ids: &[u64]| -> Value {
        // Nothing chosen is stored as an empty text, which comes back as a list of one empty text.
        if ids.is_empty() { json!([""]) } else { ids.iter().map(ToString::to_string).collect::<Vec<_>>().into() }
    };
    json!({
        "id": one.id,
        "uuid": one.uuid,
        "roleId": one.role,
        "username": one.username,
        "twoFactorAuthModule": "",
        "firstname": one.firstname,
        "lastname": one.lastname,
        "email": one.email,
        "signature": one.signature,
        "notes": one.notes,
        "template": "blend",
        "language": "english",
        "isDisabled": u8::from(one.disabled),
        "loginAttempts": 0,
        "supportDepartmentIds": texts(&one.departments),
        "receivesTicketNotifications": texts(&one.notified),
        "homepageWidgetsConfig": "",
        "hiddenHomepageWidgets": "",
        "created_at": moment(one.created),
        "updated_at": moment(one.updated),
        "fullName": one.full_name(),
        "gravatarHash": md5::hex(one.email.as_bytes()),
    })
}

/// <https://developers.whmcs.com/api-reference/getstaffonline/>
pub(super) fn get_staff_online(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let rows: Vec<Value> = desk
        .state
        .admins
        .iter()
        .filter_map(|admin| {
            let (login, ip, visit) = admin.online.as_ref()?;
            Some(json!({
                "adminusername": admin.username,
                "logintime": moment(*login),
                "ipaddress": ip,
                "lastvisit": moment(*visit),
            }))
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "staffonline": {"staff": rows}})))
}

/// <https://developers.whmcs.com/api-reference/updateadminnotes/>
pub(super) fn update_admin_notes(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.caller.admin;
    if let Some(admin) = desk.state.admins.get_mut(id) {
        params.raw("notes").unwrap_or_default().clone_into(&mut admin.notes);
    }
    desk.note(Effect::Updated, "admin", id, json!({"notes": true}));
    done()
}
