//! WHMCS tells nobody what a role may call: each reading action is called once, as cheaply as it can be.

use std::sync::OnceLock;

use futures::{StreamExt, stream};
use rackdesk_whmcs::{ActionInfo, Client, registry};
use rackdesk_wire::Call;
use tokio_util::sync::CancellationToken;

use super::{Count, RightRow, RightSource, RightState, hopeless, word};
use crate::AppError;

/// As many as the budget lets through at the same time.
const AT_ONCE: usize = 4;

pub(super) async fn find_out(client: Option<&Client>, stop: &CancellationToken, count: &Count) -> Vec<RightRow> {
    let Some(client) = client else { return Vec::new() };
    let given_up: OnceLock<AppError> = OnceLock::new();
    let mut asked = Vec::with_capacity(registry().len());
    for action in registry() {
        let one = of_action(client, action, &given_up);
        asked.push(Box::pin(async move {
            let row = stop.run_until_cancelled(one).await;
            count.one();
            row.unwrap_or_else(|| row_of(action, RightState::Unknown, RightSource::NotTried, None))
        }));
    }
    stream::iter(asked).buffered(AT_ONCE).collect().await
}

async fn of_action(client: &Client, action: &'static ActionInfo, given_up: &OnceLock<AppError>) -> RightRow {
    let row = |state, source, error| row_of(action, state, source, error);
    let Some(given) = action.probe() else { return row(RightState::Unknown, RightSource::NotTried, None) };
    if let Some(error) = given_up.get() {
        return row(RightState::Unknown, RightSource::NotTried, Some(error.clone()));
    }
    match (action.run_json)(client, given, Call::fresh()).await {
        Ok(_) => row(RightState::Allowed, RightSource::Asked, None),
        Err(e) => match e.proves_right() {
            Some(false) => row(RightState::Denied, RightSource::Asked, None),
            // Rights are looked at first: whoever hears that there is no such record was let in.
            Some(true) => row(RightState::Allowed, RightSource::Asked, None),
            // A refusal without a known reason, or an answer that makes no sense, tells nothing about the right.
            None => {
                let error = AppError::from(&e);
                if hopeless(&error) {
                    given_up.set(error.clone()).ok();
                }
                row(RightState::Unknown, RightSource::Asked, Some(error))
            }
        },
    }
}

fn row_of(action: &ActionInfo, state: RightState, source: RightSource, error: Option<AppError>) -> RightRow {
    RightRow {
        provider: "whmcs".into(),
        operation: action.name.into(),
        area: area(&format!("{:?}", action.area)),
        effect: word(&action.effect),
        path: String::new(),
        state,
        source,
        needs: action.name.into(),
        error,
    }
}

/// `ProjectManagement` as people write it.
fn area(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(c.to_ascii_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_words() {
        assert_eq!(area("ProjectManagement"), "Project management");
        assert_eq!(area("Billing"), "Billing");
    }

    #[test]
    fn nothing_that_writes_is_ever_tried() {
        let tried: Vec<_> = registry().iter().filter(|action| action.probe().is_some()).collect();
        assert!(tried.len() > 40, "{}", tried.len());
        for action in tried {
            assert!(!action.effect.writes(), "{}", action.name);
        }
    }

    /// A sandbox whose credential may call these alone.
    async fn small_role(permissions: &[&str]) -> (rackdesk_sandbox::Running, Client) {
        use rackdesk_sandbox::world::{World, lock};
        use rackdesk_wire::{NoRecorder, Retries, Wire, WireOptions};
        let options = rackdesk_sandbox::Options { seed: 3, scale: 0.1, ..rackdesk_sandbox::Options::default() };
        let sandbox = rackdesk_sandbox::start(options).await.unwrap();
        let identifier = &sandbox.line.whmcs.identifier;
        let change = serde_json::json!({ "set": { "identifier": identifier, "permissions": permissions } });
        {
            let mut world = lock(sandbox.world());
            let World { whmcs, rng, .. } = &mut *world;
            whmcs.access_mut().change(serde_json::from_value(change).unwrap(), rng);
        }
        let there = &sandbox.line.whmcs;
        let (identifier, secret) = (there.identifier.clone().into(), there.secret.clone().into());
        let mut config = rackdesk_whmcs::Config::new(there.url.parse().unwrap(), identifier, secret);
        config.access_key = Some(there.access_key.clone().into());
        let retries = Retries { attempts: 1, ..Retries::default() };
        let wire = Wire::new(WireOptions { retries, ..WireOptions::default() }, std::sync::Arc::new(NoRecorder));
        (sandbox, Client::new(wire, config).unwrap())
    }

    #[tokio::test]
    async fn a_row_says_what_whmcs_answered_and_never_more() {
        use RightSource::{Asked, NotTried};
        use RightState::{Allowed, Denied, Unknown};
        let (sandbox, client) = small_role(&["GetClients", "GetInvoice", "GetOrders", "AddOrder"]).await;
        let rule = serde_json::json!({ "provider": "whmcs", "operation": "GetOrders", "kind": "500" });
        rackdesk_sandbox::world::lock(sandbox.world()).faults.add(serde_json::from_value(rule).unwrap());
        let given_up = OnceLock::new();
        let mut told = Vec::new();
        for name in ["GetClients", "GetInvoice", "GetTickets", "GetOrders", "AddOrder"] {
            let action = registry().iter().find(|action| action.name == name).unwrap();
            let row = of_action(&client, action, &given_up).await;
            assert_eq!((row.provider.as_str(), row.operation.as_str(), row.needs.as_str()), ("whmcs", name, name));
            told.push((row.state, row.source, row.error.is_some()));
        }
        assert_eq!(
            told,
            [
                (Allowed, Asked, false),
                // There is no invoice 0: who is told so was let in.
                (Allowed, Asked, false),
                (Denied, Asked, false),
                (Unknown, Asked, true),
                (Unknown, NotTried, false),
            ]
        );
        assert!(given_up.get().is_none());
        // What the next call would meet as well ends the asking.
        let rule = serde_json::json!({ "provider": "whmcs", "operation": "*", "kind": "ip_denied" });
        rackdesk_sandbox::world::lock(sandbox.world()).faults.add(serde_json::from_value(rule).unwrap());
        let of = |name: &str| registry().iter().find(|action| action.name == name).unwrap();
        let refused = of_action(&client, of("GetClients"), &given_up).await;
        assert_eq!((refused.state, refused.source), (Unknown, Asked));
        let next = of_action(&client, of("GetInvoice"), &given_up).await;
        assert_eq!((next.state, next.source, next.error), (Unknown, NotTried, refused.error));
    }
}
