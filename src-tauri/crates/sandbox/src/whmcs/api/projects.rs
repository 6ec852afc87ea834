//! <https://developers.whmcs.com/api/api-index/#project-management>

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, day, day_or_zero, moment, one, refuse, success};
use crate::whmcs::model::projects::{Message, Project, Task, Timer};
use crate::whmcs::paging::{Counts, Page, counts};
use crate::whmcs::params::Params;
use crate::whmcs::registry::{Action, action};
use crate::whmcs::state::next;

pub(super) const ACTIONS: &[Action] = &[
    action("AddProjectMessage", add_project_message),
    action("AddProjectTask", add_project_task),
    action("CreateProject", create_project),
    action("DeleteProjectTask", delete_project_task),
    action("EndTaskTimer", end_task_timer),
    action("GetProject", get_project),
    action("GetProjects", get_projects),
    action("StartTaskTimer", start_task_timer),
    action("UpdateProject", update_project),
    action("UpdateProjectTask", update_project_task),
];

fn message(text: &str) -> Answer {
    Ok(success(json!({"message": text})))
}

/// The admin named by `adminid`, or the caller.
fn admin(desk: &Desk<'_>, params: &Params) -> Result<u64, Refusal> {
    match params.text("adminid") {
        None => Ok(desk.caller.admin),
        Some(_) => {
            params.id("adminid").filter(|id| desk.state.admins.get(*id).is_some()).or_refuse("Admin ID Not Found")
        }
    }
}

fn project(desk: &Desk<'_>, params: &Params) -> Result<u64, Refusal> {
    params.id("projectid").filter(|id| desk.state.projects.get(*id).is_some()).or_refuse("Project ID Not Found")
}

/// Notes a change and moves the project's last change.
fn touch(desk: &mut Desk<'_>, id: u64, what: &str) {
    let now = desk.now();
    if let Some(project) = desk.state.projects.get_mut(id) {
        project.modified = now;
    }
    desk.note(Effect::Updated, "project", id, json!({"what": what}));
}

/// <https://developers.whmcs.com/api-reference/createproject/>
fn create_project(desk: &mut Desk<'_>, params: &Params) -> Answer {
    if !desk.state.modules.iter().any(|one| one.name == "project_management" && one.active) {
        return refuse("Project Management is not active.");
    }
    let client = match params.text("userid") {
        Some(_) => desk.client(params, "userid", "Client ID Not Found")?.id,
        None => 0,
    };
    params.text("adminid").or_refuse("Admin ID not Set")?;
    let admin = admin(desk, params)?;
    let title = params.text("title").or_refuse("Project Title is Required.")?.to_owned();
    let now = desk.now();
    let id = desk.state.projects.add(|id| Project {
        id,
        client,
        title,
        tickets: params.string("ticketids"),
        invoices: params.string("invoiceids"),
        notes: String::new(),
        admin,
        status: params.text("status").unwrap_or("Pending").to_owned(),
        created: params.date("created").unwrap_or(now.date()),
        due: params.date("duedate").or(Some(now.date())),
        completed: params.flag("completed"),
        modified: now,
        tasks: Vec::new(),
        messages: Vec::new(),
    });
    desk.note(Effect::Created, "project", id, json!({"client": client}));
    Ok(success(json!({"message": "Project has been created", "projectid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/updateproject/>
fn update_project(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("projectid").or_refuse("Project ID Not Set")?;
    let id = project(desk, params)?;
    let client = match params.text("userid") {
        Some(_) => Some(desk.client(params, "userid", "Client ID Not Found")?.id),
        None => None,
    };
    let admin = match params.text("adminid") {
        Some(_) => Some(admin(desk, params)?),
        None => None,
    };
    if let Some(project) = desk.state.projects.get_mut(id) {
        project.client = client.unwrap_or(project.client);
        project.admin = admin.unwrap_or(project.admin);
        for (name, field) in [
            ("title", &mut project.title),
            ("status", &mut project.status),
            ("ticketids", &mut project.tickets),
            ("invoiceids", &mut project.invoices),
            ("notes", &mut project.notes),
        ] {
            if let Some(text) = params.raw(name) {
                text.clone_into(field);
            }
        }
        project.created = params.date("created").unwrap_or(project.created);
        project.due = params.date("duedate").or(project.due);
        project.completed = params.set_flag("completed").unwrap_or(project.completed);
    }
    touch(desk, id, "project");
    message("Project Has Been Updated")
}

/// <https://developers.whmcs.com/api-reference/addprojectmessage/>
fn add_project_message(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("projectid").or_refuse("Project ID not Set")?;
    let id = project(desk, params)?;
    let text =
        params.raw("message").filter(|text| !text.trim().is_empty()).or_refuse("Message not Entered")?.to_owned();
    let (admin, date) = (admin(desk, params)?, desk.now());
    let number = next(&mut desk.state.counters.message);
    if let Some(project) = desk.state.projects.get_mut(id) {
        project.messages.push(Message { id: number, date, text, admin });
    }
    touch(desk, id, "message");
    message("Message has been added")
}

/// <https://developers.whmcs.com/api-reference/addprojecttask/>
fn add_project_task(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("projectid").or_refuse("Project ID not Set")?;
    let id = project(desk, params)?;
    let admin = admin(desk, params)?;
    let task = params.text("task").or_refuse("A task description must be specified")?.to_owned();
    let created = desk.now();
    let number = next(&mut desk.state.counters.task);
    if let Some(project) = desk.state.projects.get_mut(id) {
        project.tasks.push(Task {
            id: number,
            task,
            notes: params.string("notes"),
            admin,
            created,
            due: params.date("duedate"),
            completed: params.flag("completed"),
            billed: params.flag("billed"),
            timers: Vec::new(),
        });
    }
    touch(desk, id, "task");
    message("Task has been added")
}

/// A task and its project; the project may be left out.
fn task(desk: &Desk<'_>, params: &Params) -> Result<(u64, u64), Refusal> {
    let id = params.id("taskid").or_refuse("Task ID is Required")?;
    if params.has("projectid") {
        project(desk, params)?;
    }
    let wanted = params.id("projectid");
    let holds =
        |project: &&Project| wanted.is_none_or(|id| project.id == id) && project.tasks.iter().any(|task| task.id == id);
    let project = desk.state.projects.iter().find(holds).or_refuse("Task ID Not Found")?;
    Ok((project.id, id))
}

/// <https://developers.whmcs.com/api-reference/updateprojecttask/>
fn update_project_task(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (id, number) = task(desk, params)?;
    let admin = match params.text("adminid") {
        Some(_) => Some(admin(desk, params)?),
        None => None,
    };
    let tasks = desk.state.projects.get_mut(id).map(|project| &mut project.tasks);
    if let Some(task) = tasks.and_then(|tasks| tasks.iter_mut().find(|task| task.id == number)) {
        task.admin = admin.unwrap_or(task.admin);
        for (name, field) in [("task", &mut task.task), ("notes", &mut task.notes)] {
            if let Some(text) = params.raw(name) {
                text.clone_into(field);
            }
        }
        task.due = params.date("duedate").or(task.due);
        task.completed = params.set_flag("completed").unwrap_or(task.completed);
    }
    touch(desk, id, "task");
    message("Task has been updated")
}

/// <https://developers.whmcs.com/api-reference/deleteprojecttask/>
fn delete_project_task(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("projectid").or_refuse("Project ID is Required")?;
    params.text("taskid").or_refuse("Task ID is Required")?;
    let (id, number) = task(desk, params)?;
    if let Some(project) = desk.state.projects.get_mut(id) {
        project.tasks.retain(|task| task.id != number);
    }
    touch(desk, id, "task");
    message("Task has been deleted")
}

/// <https://developers.whmcs.com/api-reference/starttasktimer/>
///
/// The page says `timerid` and means the task.
fn start_task_timer(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("projectid").or_refuse("Project ID is Required")?;
    let id = project(desk, params)?;
    let number = params.id("timerid").or_else(|| params.id("taskid")).or_refuse("Timer ID Not Set")?;
    let admin = admin(desk, params)?;
    let start = params.int("start_time").unwrap_or_else(|| desk.at.as_second());
    let timer = next(&mut desk.state.counters.timer);
    let tasks = desk.state.projects.get_mut(id).map(|project| &mut project.tasks);
    let task =
        tasks.and_then(|tasks| tasks.iter_mut().find(|task| task.id == number)).or_refuse("Timer ID Not Found")?;
    task.timers.push(Timer { id: timer, admin, start, end: params.int("end_time").unwrap_or(0) });
    touch(desk, id, "timer");
    message("Start Timer Has Been Set")
}

/// <https://developers.whmcs.com/api-reference/endtasktimer/>
fn end_task_timer(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let wanted = match params.text("projectid") {
        Some(_) => Some(project(desk, params)?),
        None => None,
    };
    let number = params.id("timerid").or_refuse("Timer ID Not Set")?;
    admin(desk, params)?;
    let end = params.int("end_time").unwrap_or_else(|| desk.at.as_second());
    let found = desk
        .state
        .projects
        .iter_mut()
        .filter(|project| wanted.is_none_or(|id| project.id == id))
        .flat_map(|project| {
            let id = project.id;
            project.tasks.iter_mut().map(move |task| (id, task))
        })
        .flat_map(|(id, task)| task.timers.iter_mut().map(move |timer| (id, timer)))
        .find(|(_, timer)| timer.id == number);
    let (id, timer) = found.or_refuse("Timer ID Not Found")?;
    timer.end = end;
    touch(desk, id, "timer");
    message("Timer Has Ended")
}

/// <https://developers.whmcs.com/api-reference/getprojects/>
fn get_projects(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (client, admin) = (params.id("userid"), params.id("adminid"));
    let same = |name: &str, value: &str| params.text(name).is_none_or(|wanted| wanted == value);
    let rows: Vec<&Project> = desk
        .state
        .projects
        .iter()
        .filter(|row| client.is_none_or(|id| row.client == id) && admin.is_none_or(|id| row.admin == id))
        .filter(|row| same("title", &row.title) && same("status", &row.status) && same("notes", &row.notes))
        .filter(|row| same("ticketids", &row.tickets) && same("invoiceids", &row.invoices))
        .filter(|row| params.date("created").is_none_or(|wanted| row.created == wanted))
        .filter(|row| params.date("duedate").is_none_or(|wanted| row.due == Some(wanted)))
        .filter(|row| params.set_flag("completed").is_none_or(|wanted| row.completed == wanted))
        .collect();
    let page = Page::of(params);
    let shown: Vec<Value> = page
        .cut(&rows)
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "userid": row.client,
                "title": row.title,
                "ticketids": row.tickets,
                "invoiceids": row.invoices,
                "notes": row.notes,
                "adminid": row.admin,
                "status": row.status,
                "created": day(row.created),
                "duedate": day_or_zero(row.due),
                "completed": u8::from(row.completed),
                "lastmodified": moment(row.modified),
                "watchers": "",
            })
        })
        .collect();
    let mut fields = counts(Counts::Numbers, rows.len(), page.start, shown.len());
    fields.insert("projects".to_owned(), shown.into());
    Ok(success(Value::Object(fields)))
}

/// <https://developers.whmcs.com/api-reference/getproject/>
fn get_project(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("projectid").or_refuse("Project ID Not Set")?;
    let id = project(desk, params)?;
    let Some(row) = desk.state.projects.get(id) else { return refuse("Project ID Not Found") };
    let tasks: Vec<Value> = row.tasks.iter().enumerate().map(|(order, task)| show_task(id, order, task)).collect();
    let messages: Vec<Value> = row
        .messages
        .iter()
        .map(|one| {
            json!({
                "id": one.id.to_string(),
                "projectid": id.to_string(),
                "date": moment(one.date),
                "message": one.text,
                "attachments": "",
                "adminid": one.admin.to_string(),
            })
        })
        .collect();
    // Neither `result` nor `status`, as its example shows.
    Ok(json!({
        "projectinfo": info(row),
        "tasks": {"task": tasks},
        "messages": {"message": messages},
    }))
}

fn info(row: &Project) -> Value {
    json!({
        "id": row.id.to_string(),
        "userid": row.client.to_string(),
        "title": row.title,
        "attachments": "",
        "ticketids": row.tickets,
        "invoiceids": row.invoices,
        "notes": row.notes,
        "adminid": row.admin.to_string(),
        "status": row.status,
        "created": day(row.created),
        "duedate": day_or_zero(row.due),
        "completed": one(row.completed),
        "lastmodified": moment(row.modified),
    })
}

fn show_task(project: u64, order: usize, task: &Task) -> Value {
    let clock = |seconds: i64| match jiff::Timestamp::from_second(seconds) {
        Ok(at) if seconds > 0 => moment(crate::whmcs::desk::local(at)),
        _ => String::new(),
    };
    let timers: Vec<Value> = task
        .timers
        .iter()
        .map(|timer| {
            json!({
                "id": timer.id.to_string(),
                "projectid": project.to_string(),
                "taskid": task.id.to_string(),
                "adminid": timer.admin.to_string(),
                "start": timer.start.to_string(),
                "end": timer.end.to_string(),
                "donotbill": "0",
                "starttime": clock(timer.start),
                "endtime": clock(timer.end),
            })
        })
        .collect();
    // A task nobody has timed has a text where others have a list.
    let timelogs = if timers.is_empty() { json!("") } else { json!({"timelog": timers}) };
    json!({
        "id": task.id.to_string(),
        "projectid": project.to_string(),
        "task": task.task,
        "notes": task.notes,
        "adminid": task.admin.to_string(),
        "created": moment(task.created),
        "duedate": day_or_zero(task.due),
        "completed": one(task.completed),
        "billed": one(task.billed),
        "order": order.to_string(),
        "timelogs": timelogs,
    })
}
