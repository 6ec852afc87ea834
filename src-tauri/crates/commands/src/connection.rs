//! The connection test: not whether, but why not. Reads only; keeps nothing.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use rackdesk_console::{
    fault::{ErrorCode, Fault},
    profile::Profile,
    session::{Secrets, clients},
};
use rackdesk_wire::NoRecorder;

use crate::{
    AppError,
    profiles::{ConnectionReport, StepState, TestStep},
};

/// Steps of each side, in the order in which one needs the other. Contabo looks at the client before the user, so a
/// refused user proves that client id and client secret are right.
const WHMCS_STEPS: [&str; 4] = ["address", "credential", "rights", "data"];
const CONTABO_STEPS: [&str; 6] = ["address", "client", "user", "clock", "rights", "data"];

/// Which step an error belongs to: everything before it was good.
fn step_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::WhmcsCredential | ErrorCode::IpNotAllowed => "credential",
        ErrorCode::ContaboClient => "client",
        ErrorCode::ContaboUser => "user",
        ErrorCode::ClockSkew => "clock",
        ErrorCode::ActionNotPermitted | ErrorCode::PermissionDenied => "rights",
        _ => "address",
    }
}

/// Collects the steps of one side.
struct Side<'a> {
    provider: &'static str,
    order: &'static [&'static str],
    host: Option<&'a str>,
    begun: Instant,
    steps: Vec<TestStep>,
}

impl<'a> Side<'a> {
    fn new(provider: &'static str, order: &'static [&'static str], host: Option<&'a str>) -> Self {
        Self { provider, order, host, begun: Instant::now(), steps: Vec::new() }
    }

    /// Somebody answered at the address, whatever was said: where, and after how long.
    fn answered(&mut self) {
        let ms = self.begun.elapsed().as_millis().to_string();
        let host = self.host.unwrap_or_default().to_owned();
        self.push("address", StepState::Passed, [("host", host), ("milliseconds", ms)], None);
    }

    fn push<const N: usize>(
        &mut self,
        step: &str,
        state: StepState,
        params: [(&str, String); N],
        error: Option<AppError>,
    ) {
        let params: BTreeMap<_, _> = params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        self.steps.push(TestStep { provider: self.provider.into(), step: step.into(), state, params, error });
    }

    fn has(&self, step: &str) -> bool {
        self.steps.iter().any(|s| s.step == step)
    }

    /// Marks what came before the failed step as good and what comes after as not tried.
    fn fail(mut self, fault: Fault) -> Vec<TestStep> {
        let fault = fault.at(self.host);
        let failed = step_of(fault.code);
        let at = self.order.iter().position(|s| *s == failed).unwrap_or(0);
        if at > 0 && !self.has("address") {
            self.answered();
        }
        for step in &self.order[..at] {
            if !self.has(step) {
                self.push(step, StepState::Passed, [], None);
            }
        }
        self.push(failed, StepState::Failed, [], Some(fault.into()));
        for step in &self.order[at + 1..] {
            if !self.has(step) {
                self.push(step, StepState::Skipped, [], None);
            }
        }
        self.steps
    }
}

/// Tests both sides at once.
pub(crate) async fn test(profile: &Profile, secrets: &Secrets) -> Result<ConnectionReport, AppError> {
    let clients = clients(profile, secrets, Arc::new(NoRecorder))?;
    let whmcs_host = profile.whmcs.as_ref().and_then(|w| w.url.host_str());
    let contabo_host = profile.contabo.as_ref().and_then(|c| c.token_url.host_str());
    let (whmcs, contabo) = tokio::join!(
        async {
            match &clients.whmcs {
                Some(client) => whmcs(client, whmcs_host).await,
                None => Vec::new(),
            }
        },
        async {
            match &clients.contabo {
                Some(client) => contabo(client, contabo_host).await,
                None => Vec::new(),
            }
        }
    );
    let steps: Vec<_> = whmcs.into_iter().chain(contabo).collect();
    Ok(ConnectionReport { ok: !steps.is_empty() && steps.iter().all(|s| s.state != StepState::Failed), steps })
}

/// What the console reads of WHMCS. One cheap call each, never a write.
async fn whmcs(client: &rackdesk_whmcs::Client, host: Option<&str>) -> Vec<TestStep> {
    use rackdesk_whmcs::actions::{billing::GetInvoices, client as clients, tickets::GetTickets};
    let mut side = Side::new("whmcs", &WHMCS_STEPS, host);
    let total = match client.page(&clients::GetClients::default(), 0, 1).await {
        Ok(page) => page.total,
        Err(e) => return side.fail(Fault::from(&e)),
    };
    side.answered();
    side.push("credential", StepState::Passed, [], None);
    let others = [
        client.page(&clients::GetClientsProducts::default(), 0, 1).await.err(),
        client.page(&GetInvoices::default(), 0, 1).await.err(),
        client.page(&GetTickets::default(), 0, 1).await.err(),
    ];
    let faults: Vec<Fault> = others.iter().flatten().map(Fault::from).collect();
    if let Some(fault) = together(faults, ErrorCode::ActionNotPermitted, "action") {
        return side.fail(fault);
    }
    side.push("rights", StepState::Passed, [], None);
    side.push("data", StepState::Passed, [("clients", total.unwrap_or_default().to_string())], None);
    side.steps
}

/// The first fault that is something else than a missing right, or all missing rights in one.
fn together(faults: Vec<Fault>, missing: ErrorCode, named: &str) -> Option<Fault> {
    if let Some(other) = faults.iter().find(|fault| fault.code != missing) {
        return Some(other.clone());
    }
    let names: Vec<_> = faults.iter().filter_map(|fault| fault.params.get(named).cloned()).collect();
    let mut first = faults.into_iter().next()?;
    first.params.insert(named.to_owned(), names.join(", "));
    Some(first)
}

async fn contabo(client: &rackdesk_contabo::Client, host: Option<&str>) -> Vec<TestStep> {
    use rackdesk_contabo::api::{
        audits::RetrieveInstancesActionsAuditsList, data_centers::RetrieveDataCenterList, images::RetrieveImageList,
        instances::RetrieveInstancesList, tags::RetrieveTagList,
    };
    let mut side = Side::new("contabo", &CONTABO_STEPS, host);
    let identity = match client.sign_in().await {
        Ok(identity) => identity,
        Err(e) => return side.fail(Fault::from(&e)),
    };
    side.answered();
    side.push("client", StepState::Passed, [], None);
    side.push("user", StepState::Passed, [("user", identity.username.unwrap_or_default())], None);
    let skew = client.clock_skew().unwrap_or(0);
    let clock = if skew.abs() > 60 { StepState::Warned } else { StepState::Passed };
    let fault = (skew.abs() > 60).then(|| Fault::with(ErrorCode::ClockSkew, [("seconds", skew.to_string())]).into());
    side.push("clock", clock, [("seconds", skew.to_string())], fault);
    let page = match client.call(first(RetrieveInstancesList::new())).await {
        Ok(page) => page,
        Err(e) => return side.fail(Fault::from(&e)),
    };
    // Without the audits an unknown outcome cannot be settled by evidence, without the others pages stay empty: better
    // known now than in the night.
    let others = [
        client.call(first(RetrieveInstancesActionsAuditsList::new())).await.err(),
        client.call(first(RetrieveImageList::new())).await.err(),
        client.call(first(RetrieveDataCenterList::new())).await.err(),
        client.call(first(RetrieveTagList::new())).await.err(),
    ];
    let faults: Vec<Fault> = others.iter().flatten().map(Fault::from).collect();
    match together(faults, ErrorCode::PermissionDenied, "permission") {
        None => side.push("rights", StepState::Passed, [], None),
        Some(fault) => side.push("rights", StepState::Warned, [], Some(fault.into())),
    }
    side.push("data", StepState::Passed, [("instances", page.total().unwrap_or_default().to_string())], None);
    side.steps
}

/// The smallest page of a list: whether it may be read at all.
fn first<O: rackdesk_contabo::Paged>(mut list: O) -> O {
    list.turn_to(1, 1);
    list
}
