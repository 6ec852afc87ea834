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
}
