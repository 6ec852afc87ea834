//! Instance actions: power, rescue, password. Each is answered at once and takes its time afterwards.
//!
//! The document knows no "restarting": a restart shows as `running` until the machine goes down, as `stopped` for the
//! seconds it is down, and as `running` again. What was done is in the audits of actions, whatever the status shows.

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::instance_life::{Step, plan};
use super::instances::Status;
use super::operation::{Operation, post};

const API: &str = "/v1/compute/instances/actions";

/// The instance, when something that has power stands there.
fn machine(call: &Call<'_>) -> Result<(i64, Status), Refusal> {
    let id = call.instance_id()?;
    let status = call.state.instance(id)?.status;
    if status.has_power() {
        return Ok((id, status));
    }
    Err(Refusal::conflict(format!("Instance {id} is in status {} and cannot take this action", status.name())))
}

/// Plans the steps, writes the row, answers `{instanceId, action}`.
fn act(call: &mut Call<'_>, id: i64, action: &str, steps: &[(i64, Step)], mut detail: Value) -> Outcome {
    let origin = call.origin();
    if !steps.is_empty() {
        plan(call.state, id, call.now, &origin, steps);
    }
    if let Some(map) = detail.as_object_mut() {
        map.insert("action".to_owned(), json!(action));
    }
    let subject = vec![("instanceId", json!(id))];
    call.record(Change::action("instance", id).audited(List::InstanceActions, subject).with(detail));
    let view = call.state.account.owned(json!({"instanceId": id, "action": action}));
    call.one(StatusCode::CREATED, view)
}

fn start(call: &mut Call<'_>) -> Outcome {
    let (id, status) = machine(call)?;
    let up = call.draw(1_500..5_000);
    // One that runs already stays as it is; the call counts as done all the same.
    let runs = matches!(status, Status::Running | Status::Rescue);
    let steps = if runs { vec![] } else { vec![(up, Step::to(Status::Running))] };
    act(call, id, "start", &steps, json!({"status": status.name()}))
}

fn stop(call: &mut Call<'_>) -> Outcome {
    let (id, status) = machine(call)?;
    let down = call.draw(800..3_000);
    // A restart in between shows as stopped, and a stop then keeps it down.
    act(call, id, "stop", &[(down, Step::to(Status::Stopped))], json!({"status": status.name()}))
}

fn shutdown(call: &mut Call<'_>) -> Outcome {
    let (id, status) = machine(call)?;
    let down = call.draw(3_000..10_000);
    act(call, id, "shutdown", &[(down, Step::to(Status::Stopped))], json!({"status": status.name()}))
}

fn restart(call: &mut Call<'_>) -> Outcome {
    let (id, status) = machine(call)?;
    let down = call.draw(400..1_200);
    let up = call.draw(3_000..8_000);
    let steps = [(down, Step::to(Status::Stopped)), (up, Step::to(Status::Running))];
    act(call, id, "restart", &steps, json!({"status": status.name()}))
}

fn rescue(call: &mut Call<'_>) -> Outcome {
    let (id, status) = machine(call)?;
    let login = logins(call)?;
    let down = call.draw(500..1_500);
    let up = call.draw(6_000..20_000);
    let steps = [(down, Step::to(Status::Stopped)), (up, Step::to(Status::Rescue))];
    act(call, id, "rescue", &steps, json!({"status": status.name(), "with": login}))
}

fn reset_password(call: &mut Call<'_>) -> Outcome {
    let (id, status) = machine(call)?;
    let login = logins(call)?;
    let busy = call.draw(200..800);
    let done = call.draw(5_000..15_000);
    let steps = [(busy, Step::to(Status::ResetPassword)), (done, Step::to(status))];
    act(call, id, "resetPassword", &steps, json!({"status": status.name(), "with": login}))
}

/// The three fields of rescue and password reset; none is required.
fn logins(call: &Call<'_>) -> Result<Value, Refusal> {
    let mut fields = call.fields()?;
    let login = Login::read(&mut fields);
    fields.done()?;
    login.check(call)?;
    Ok(json!({"rootPassword": login.root_password, "sshKeys": login.ssh_keys}))
}

/// How somebody gets in: secrets by id, and user data.
pub(super) struct Login {
    pub(super) root_password: Option<i64>,
    pub(super) ssh_keys: Vec<i64>,
    pub(super) user_data: Option<String>,
}

impl Login {
    pub(super) fn read(fields: &mut Fields) -> Self {
        Self {
            root_password: fields.integer("rootPassword"),
            ssh_keys: fields.ids("sshKeys").unwrap_or_default(),
            user_data: fields.text("userData", 0..=usize::MAX),
        }
    }

    /// A secret that is not there, or of the other type, makes the provider stumble: 500, not 400.
    pub(super) fn check(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let is = |id: &i64, kind: &str| call.state.secrets.get(id).is_some_and(|secret| secret.kind == kind);
        let good = self.root_password.as_ref().is_none_or(|id| is(id, "password"))
            && self.ssh_keys.iter().all(|id| is(id, "ssh"));
        if good { Ok(()) } else { Err(Refusal::internal()) }
    }
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    post("start", "/v1/compute/instances/{instanceId}/actions/start", API, start),
    post("stop", "/v1/compute/instances/{instanceId}/actions/stop", API, stop),
    post("shutdown", "/v1/compute/instances/{instanceId}/actions/shutdown", API, shutdown),
    post("restart", "/v1/compute/instances/{instanceId}/actions/restart", API, restart),
    post("rescue", "/v1/compute/instances/{instanceId}/actions/rescue", API, rescue),
    post("resetPasswordAction", "/v1/compute/instances/{instanceId}/actions/resetPassword", API, reset_password),
];
