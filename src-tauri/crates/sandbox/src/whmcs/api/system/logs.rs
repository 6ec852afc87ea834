//! The activity log and what the nightly job did.

use serde_json::{Map, Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, done, local, moment, moment_or_zero, success};
use crate::whmcs::model::system::Activity;
use crate::whmcs::paging::Page;
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/getactivitylog/>
pub(super) fn get_activity_log(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = params.id("clientid").or_else(|| params.id("userid"));
    let date = params.local_date("date");
    let text = |name: &str| params.text(name).map(str::to_lowercase);
    let (user, description, ip) = (text("user"), text("description"), params.text("ipaddress"));
    let rows: Vec<&Activity> = desk
        .state
        .activity
        .iter()
        .rev()
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| date.is_none_or(|day| one.date.date() == day))
        .filter(|one| user.as_deref().is_none_or(|name| one.username.to_lowercase() == name))
        .filter(|one| description.as_deref().is_none_or(|part| one.description.to_lowercase().contains(part)))
        .filter(|one| ip.is_none_or(|address| one.ip == address))
        .collect();
    let page = Page::of(params);
    let shown: Vec<Value> = page.cut(&rows).iter().map(|one| show(one)).collect();
    Ok(success(json!({
        "totalresults": rows.len(),
        "startnumber": page.start,
        "activity": {"entry": shown},
    })))
}

fn show(one: &Activity) -> Value {
    json!({
        "id": one.id,
        "clientId": one.client,
        "userId": one.user,
        "adminId": one.admin,
        "date": moment(one.date),
        "description": one.description,
        "username": one.username,
        "ipaddress": one.ip,
        "userid": one.client,
    })
}

/// <https://developers.whmcs.com/api-reference/logactivity/>
pub(super) fn log_activity(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = params.id("clientid").or_else(|| params.id("userid")).unwrap_or(0);
    let description = params.raw("description").unwrap_or_default().to_owned();
    desk.log(client, description.as_str());
    let id = desk.state.activity.next_id() - 1;
    desk.note(Effect::Created, "activity", id, json!({"client": client, "description": description}));
    done()
}

/// <https://developers.whmcs.com/api-reference/getautomationlog/>
pub(super) fn get_automation_log(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let today = desk.today();
    let start = params.date("startdate").unwrap_or(today);
    let end = params.date("enddate").unwrap_or(today).max(start);
    let namespace = params.text("namespace").map(str::to_lowercase);
    let statistics: Map<String, Value> = desk
        .state
        .automation
        .range(start..=end)
        .map(|(day, jobs)| {
            let jobs: Map<String, Value> = jobs
                .iter()
                .filter(|(name, _)| namespace.as_deref().is_none_or(|wanted| name.to_lowercase() == wanted))
                .map(|(name, count)| ((*name).to_owned(), json!({"count": count})))
                .collect();
            (day.to_string(), jobs.into())
        })
        .collect();
    let last = desk.state.automation.keys().next_back().map(|day| day.at(0, 5, 0, 0));
    Ok(success(json!({
        "currentDatetime": moment(local(desk.at)),
        "lastDailyCronInvocationTime": moment_or_zero(last),
        "startdate": moment(start.at(0, 0, 0, 0)),
        "enddate": moment(end.at(23, 59, 59, 0)),
        "statistics": statistics,
    })))
}
