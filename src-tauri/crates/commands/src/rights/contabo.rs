//! Contabo tells roles and permissions, and its lists can be asked for one row each. How it matches paths to
//! permissions is not documented, so an answer counts more than a role.

use std::sync::OnceLock;

use futures::{StreamExt, stream};
use rackdesk_contabo::{
    Client, OperationInfo, Problem, RunError,
    api::{
        roles::{ApiPermission, RetrieveApiPermissionsList, RetrieveRoleList, Role},
        users::{RetrieveUser, User},
    },
    argument::Kind,
    registry::registry,
    rights::{Right, governing, right},
};
use rackdesk_wire::Call;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::{Count, RightRow, RightSource, RightState, hopeless, word};
use crate::AppError;

const AT_ONCE: usize = 4;

#[derive(Default)]
pub(super) struct Found {
    pub(super) user: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) rows: Vec<RightRow>,
}

/// What Contabo says of the user behind the credentials.
struct Roles {
    user: User,
    all: Vec<Role>,
    known: Vec<ApiPermission>,
}

pub(super) async fn find_out(client: Option<&Client>, stop: &CancellationToken, count: &Count) -> Found {
    let Some(client) = client else { return Found::default() };
    let given_up: OnceLock<AppError> = OnceLock::new();
    let identity = client.identity().await;
    if let Err(e) = &identity {
        given_up.set(AppError::from(e)).ok();
    }
    let identity = identity.unwrap_or_default();
    // A role may be too small to read roles; then only asking is left.
    let roles = match &identity.user_id {
        Some(id) => stop.run_until_cancelled(roles(client, id)).await.and_then(Result::ok),
        None => None,
    };
    let mut asked = Vec::with_capacity(registry().len());
    for operation in registry() {
        let (roles, one) = (roles.as_ref(), of_operation(client, operation, roles.as_ref(), &given_up));
        asked.push(Box::pin(async move {
            let row = stop.run_until_cancelled(one).await;
            count.one();
            row.unwrap_or_else(|| by_role(operation, roles, None))
        }));
    }
    let rows = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let names = roles.as_ref().map(|roles| {
        let name = |role: &Role| {
            let full = roles.all.iter().find(|known| known.role_id == role.role_id);
            full.map_or_else(|| role.name.clone(), |full| full.name.clone())
        };
        roles.user.roles.iter().map(name).filter(|name| !name.is_empty()).collect()
    });
    Found { user: identity.username, roles: names.unwrap_or_default(), rows }
}

async fn roles(client: &Client, user_id: &str) -> Result<Roles, rackdesk_contabo::Error> {
    let user = client.call(RetrieveUser::new(user_id)).await?;
    let all = client.all(RetrieveRoleList::new()).await?;
    let known = client.all(RetrieveApiPermissionsList::new()).await?;
    Ok(Roles { user, all, known })
}

/// Parameters of the cheapest call that shows whether a read is permitted; `None` where one is required, or where the
/// answer would hold a secret.
fn probe(operation: &OperationInfo) -> Option<Map<String, Value>> {
    let secret = matches!(operation.id, "retrieveUserClient");
    if operation.effect.writes() || secret || operation.parameters.iter().any(|p| p.required) {
        return None;
    }
    let paged = |name: &str| operation.parameters.iter().any(|p| p.name == name && matches!(p.kind, Kind::Whole));
    let mut given = Map::new();
    for name in ["page", "size"] {
        if paged(name) {
            given.insert(name.into(), json!(1));
        }
    }
    Some(given)
}

async fn of_operation(
    client: &Client,
    operation: &'static OperationInfo,
    roles: Option<&Roles>,
    given_up: &OnceLock<AppError>,
) -> RightRow {
    if let Some(error) = given_up.get() {
        return by_role(operation, roles, Some(error.clone()));
    }
    let Some(given) = probe(operation) else { return by_role(operation, roles, None) };
    let asked = |state, error| row(operation, roles, state, RightSource::Asked, error);
    match (operation.run_json)(client, given, Call::fresh()).await {
        Ok(_) => asked(RightState::Allowed, None),
        Err(RunError::Argument(_)) => by_role(operation, roles, None),
        Err(RunError::Call(e)) => match &e.problem {
            Problem::PermissionDenied { .. } => asked(RightState::Denied, None),
            Problem::NotFound { .. }
            | Problem::Validation { .. }
            | Problem::Conflict { .. }
            | Problem::PaymentRequired { .. } => asked(RightState::Allowed, None),
            // An answer that makes no sense tells nothing about the right.
            _ => {
                let error = AppError::from(&e);
                if hopeless(&error) {
                    given_up.set(error.clone()).ok();
                }
                asked(RightState::Unknown, Some(error))
            }
        },
    }
}

/// What the roles say, when they can be read.
fn by_role(operation: &OperationInfo, roles: Option<&Roles>, error: Option<AppError>) -> RightRow {
    let Some(known) = roles else { return row(operation, None, RightState::Unknown, RightSource::NotTried, error) };
    let (state, source) = match right(&known.user, &known.all, &known.known, operation) {
        Right::Allowed => (RightState::Allowed, RightSource::Role),
        Right::OnTagged { .. } => (RightState::OnTagged, RightSource::Role),
        Right::Denied { .. } => (RightState::Denied, RightSource::Role),
        Right::Unlisted => (RightState::Unknown, RightSource::NotTried),
    };
    row(operation, roles, state, source, error)
}

fn row(
    operation: &OperationInfo,
    roles: Option<&Roles>,
    state: RightState,
    source: RightSource,
    error: Option<AppError>,
) -> RightRow {
    let needs = roles.and_then(|roles| governing(&roles.known, operation)).unwrap_or_else(|| operation.needs.clone());
    RightRow {
        provider: "contabo".into(),
        operation: operation.id.into(),
        area: operation.area.to_string(),
        effect: word(&operation.effect),
        path: format!("{} {}", operation.method, operation.path),
        state,
        source,
        needs: format!("{} {}", needs.action, needs.api),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_without_parameters_are_asked() {
        let asked: Vec<_> = registry().iter().filter(|operation| probe(operation).is_some()).collect();
        assert!(asked.len() > 25, "{}", asked.len());
        for operation in asked {
            assert_eq!(operation.method.as_str(), "GET", "{}", operation.id);
            assert!(!operation.path.contains('{'), "{}", operation.path);
        }
    }

    /// What the roles of a user say of some operations.
    fn told(user: Value, roles: Value, asked: &[&str]) -> Vec<(RightState, RightSource, String)> {
        let paths = ["/v1/compute/instances", "/v1/compute/instances/{instanceId}/actions", "/v1/tags"];
        let known = paths.map(|path| json!({"apiName": path, "actions": ["CREATE", "READ", "UPDATE", "DELETE"]}));
        let roles = Roles {
            user: serde_json::from_value(user).unwrap(),
            all: serde_json::from_value(roles).unwrap(),
            known: serde_json::from_value(json!(known)).unwrap(),
        };
        let row = |id: &&str| {
            let operation = registry().iter().find(|operation| operation.id == *id).unwrap();
            let row = by_role(operation, Some(&roles), None);
            assert_eq!((row.provider.as_str(), row.operation.as_str(), row.error), ("contabo", *id, None));
            (row.state, row.source, row.needs)
        };
        asked.iter().map(row).collect()
    }

    #[test]
    fn a_row_says_what_the_roles_say_and_what_they_would_have_to() {
        use RightSource::{NotTried, Role};
        use RightState::{Allowed, Denied, OnTagged, Unknown};
        let asked = ["createInstance", "start", "createTag", "orderDomain"];
        let states = |user, roles| told(user, roles, &asked).into_iter().map(|(state, source, _)| (state, source));
        let owner = json!({"userId": "u", "owner": true});
        assert_eq!(states(owner, json!([])).collect::<Vec<_>>(), [(Allowed, Role); 4]);
        let support = || json!({"userId": "u", "roles": [{"roleId": 7}]});
        let permits = json!([{"roleId": 7, "permissions": [
            {"apiName": "/v1/compute/instances", "actions": ["READ"]},
            {"apiName": "/v1/compute/instances/{instanceId}/actions", "actions": ["CREATE"],
             "resources": [{"tagId": 5, "tagName": "sold"}]},
            {"apiName": "/v1/tags", "actions": ["CREATE"]},
        ]}]);
        assert_eq!(
            states(support(), permits.clone()).collect::<Vec<_>>(),
            [(Denied, Role), (OnTagged, Role), (Allowed, Role), (Unknown, NotTried)],
            "of a path that no role can name only a call could tell"
        );
        let needs: Vec<String> = told(support(), permits, &asked).into_iter().map(|(_, _, needs)| needs).collect();
        assert_eq!(needs[0], "CREATE /v1/compute/instances");
        assert_eq!(needs[1], "CREATE /v1/compute/instances/{instanceId}/actions");
        // Who may not read roles is told nothing by them; the reason goes with the row.
        let operation = registry().iter().find(|operation| operation.id == "createTag").unwrap();
        let row = by_role(operation, None, Some(AppError::with(crate::ErrorCode::Timeout, [])));
        assert_eq!(
            (row.state, row.source, row.error.map(|e| e.code)),
            (Unknown, NotTried, Some(crate::ErrorCode::Timeout))
        );
    }
}
