//! The staff's to-do list.

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, day, day_or_zero, success};
use crate::whmcs::model::system::Todo;
use crate::whmcs::paging::Page;
use crate::whmcs::params::Params;

const STATUSES: [&str; 5] = ["New", "Pending", "In Progress", "Completed", "Postponed"];

/// <https://developers.whmcs.com/api-reference/gettodoitemstatuses/>
pub(super) fn get_todo_item_statuses(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let today = desk.today();
    let rows: Vec<Value> = STATUSES
        .iter()
        .map(|status| {
            let mine = || desk.state.todos.iter().filter(|one| one.status == *status);
            let overdue = mine().filter(|one| *status != "Completed" && one.due.is_some_and(|due| due < today));
            json!({"type": status, "count": mine().count(), "overdue": overdue.count()})
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "todoitemstatuses": {"status": rows}})))
}

/// <https://developers.whmcs.com/api-reference/gettodoitems/>
pub(super) fn get_todo_items(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let status = params.text("status");
    let rows: Vec<&Todo> = desk
        .state
        .todos
        .iter()
        .filter(|one| match status {
            None => true,
            Some("Incomplete") => one.status != "Completed",
            Some(wanted) => one.status.eq_ignore_ascii_case(wanted),
        })
        .collect();
    let page = Page::of(params);
    let shown: Vec<Value> = page
        .cut(&rows)
        .iter()
        .map(|one| {
            json!({
                "id": one.id.to_string(),
                "date": day(one.date),
                "title": one.title,
                "description": one.description,
                "admin": one.admin.to_string(),
                "status": one.status,
                "duedate": day_or_zero(one.due),
            })
        })
        .collect();
    Ok(success(json!({
        "totalresults": rows.len().to_string(),
        "startnumber": page.start.to_string(),
        "items": {"item": shown},
    })))
}

/// <https://developers.whmcs.com/api-reference/updatetodoitem/>
pub(super) fn update_todo_item(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id =
        params.id("itemid").filter(|id| desk.state.todos.get(*id).is_some()).or_refuse("TODO Item ID Not Found")?;
    let admin =
        params.id("adminid").filter(|id| desk.state.admins.get(*id).is_some()).or_refuse("Admin ID Not Found")?;
    if let Some(todo) = desk.state.todos.get_mut(id) {
        todo.admin = admin;
        for (name, field) in
            [("status", &mut todo.status), ("title", &mut todo.title), ("description", &mut todo.description)]
        {
            if let Some(text) = params.raw(name) {
                text.clone_into(field);
            }
        }
        todo.date = params.local_date("date").unwrap_or(todo.date);
        todo.due = params.local_date("duedate").or(todo.due);
    }
    desk.note(Effect::Updated, "todo", id, json!({"admin": admin}));
    Ok(success(json!({"itemid": id.to_string()})))
}
