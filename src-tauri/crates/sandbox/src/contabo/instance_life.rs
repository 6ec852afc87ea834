//! What an instance goes through by itself once something was asked of it.

use serde_json::json;

use super::State;
use super::agenda::{Due, Origin, Passing, after};
use super::instances::Status;
use super::private_networks;
use crate::journal::Effect;

/// The next state of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) to: Status,
    /// From here on its addresses show.
    pub(super) addresses: bool,
}

impl Step {
    pub(super) fn to(status: Status) -> Self {
        Self { to: status, addresses: false }
    }
}

/// Plans what happens to an instance after so many milliseconds each; what was planned before is void.
pub(super) fn plan(state: &mut State, id: i64, from: jiff::Timestamp, origin: &Origin, steps: &[(i64, Step)]) {
    let Some(instance) = state.instances.get_mut(&id) else { return };
    instance.epoch += 1;
    let epoch = instance.epoch;
    for (milliseconds, step) in steps {
        state.agenda.at(after(from, *milliseconds), Due::Instance { id, epoch, step: *step }, origin.clone());
    }
}

/// A step is due.
pub(super) fn turn(state: &mut State, passing: &mut Passing<'_>, id: i64, epoch: u32, step: Step) {
    let Some(instance) = state.instances.get_mut(&id).filter(|instance| instance.epoch == epoch) else { return };
    let before = std::mem::replace(&mut instance.status, step.to);
    if step.addresses {
        instance.addressed = true;
    }
    if before != step.to {
        let detail = json!({"status": {"from": before.name(), "to": step.to.name()}});
        passing.note(Effect::Updated, "instance", id, detail);
    }
    if step.to == Status::Running {
        private_networks::came_up(state, passing, id, before == Status::Installing);
    }
}
