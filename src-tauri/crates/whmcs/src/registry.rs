//! Every typed action by name: for a caller that has only strings, for coverage, and for rights.

use std::collections::HashMap;
use std::sync::LazyLock;

use futures::future::BoxFuture;
use rackdesk_wire::{Call, Effect, Request, TimeoutClass};
use serde_json::Value;

use crate::action::{Action, Area};
use crate::answer::Answer;
use crate::client::Client;
use crate::error::Error;
use crate::given::{self, Given, ParamError};
use crate::lenient::{FieldInfo, Lenient};
use crate::param::ParamInfo;

/// A typed action as data.
pub struct ActionInfo {
    /// Name as WHMCS spells it.
    pub name: &'static str,
    /// Area of the documentation.
    pub area: Area,
    /// What a call does.
    pub effect: Effect,
    /// How long it may take.
    pub timeout: TimeoutClass,
    /// Whether it takes `limitstart` and `limitnum`.
    pub paged: bool,
    /// Its parameters.
    pub parameters: &'static [ParamInfo],
    /// Fields that are hidden in records.
    pub secret_fields: &'static [&'static str],
    /// The fields of its answer.
    pub fields: fn() -> Vec<FieldInfo>,
    /// Runs it typed from parameters by name; the answer is written back from the typed value, secrets hidden.
    pub run_json: RunJson,
    /// Builds its request from parameters by name, without sending it.
    pub request_json: fn(&Client, Given, &Call) -> Result<Request, Error>,
    /// Reads an answer typed and writes it back, as [`ActionInfo::run_json`] does. What is none is told as the problem
    /// and the message that a call would have ended with.
    pub read_json: fn(&[u8]) -> Result<Answer<Value>, String>,
}

/// See [`ActionInfo::run_json`].
pub type RunJson = for<'a> fn(&'a Client, Given, Call) -> BoxFuture<'a, Result<Answer<Value>, Error>>;

impl ActionInfo {
    pub(crate) fn of<A: Action>() -> Self {
        Self {
            name: A::NAME,
            area: A::AREA,
            effect: A::EFFECT,
            timeout: A::TIMEOUT,
            paged: ["limitstart", "limitnum"].iter().all(|name| A::PARAMETERS.iter().any(|p| p.name == *name)),
            parameters: A::PARAMETERS,
            secret_fields: A::SECRET_FIELDS,
            fields: || {
                let mut fields = Vec::new();
                A::Response::shape(String::new(), &mut fields);
                fields
            },
            run_json: |client, given, call| {
                Box::pin(async move {
                    let action = typed::<A>(given)?;
                    Ok(client.call_with(&action, call).await?.map(to_json))
                })
            },
            request_json: |client, given, call| Ok(client.request(&typed::<A>(given)?, call)),
            read_json: |body| {
                let answer = crate::answer::read::<A>(body, uuid::Uuid::nil());
                answer.map(|answer| answer.map(to_json)).map_err(|flaw| {
                    let (problem, message) = crate::client::explain(flaw, &crate::client::speaker::<A>());
                    format!("{problem:?}: {message}")
                })
            },
        }
    }

    /// Parameters for the cheapest call that shows whether the credential may call this action, or `None` when
    /// there is no such call: it would write, or bother somebody else. An action that asks a registrar or a server is
    /// given an id that cannot exist, so that nobody is asked; `DomainWhois`, which takes a name, has no probe.
    ///
    /// What the answer proves: success, and whatever [`Error::proves_right`] says of an error.
    pub fn probe(&self) -> Option<Given> {
        let required = || self.parameters.iter().filter(|parameter| parameter.required);
        let asks_others = self.timeout == TimeoutClass::External && !required().all(|p| p.kind == "int");
        if self.effect.writes() || asks_others {
            return None;
        }
        // Ids that cannot exist: WHMCS looks at rights first.
        let mut pairs: Vec<_> = required()
            .map(|parameter| match (parameter.kind, parameter.name) {
                ("int", _) => (parameter.name, "0"),
                (_, "type") => (parameter.name, "ticket"),
                _ => (parameter.name, "-"),
            })
            .collect();
        if self.paged {
            pairs.push(("limitnum", "1"));
        }
        // A list without pages is kept short by asking for what is not there.
        let narrow = ["pid", "invoiceid", "serviceid", "relatedId", "code", "catid"];
        if !self.paged && self.timeout == TimeoutClass::List {
            let narrow = narrow.iter().find(|name| self.parameters.iter().any(|p| p.name == **name && !p.required));
            pairs.extend(narrow.map(|name| (*name, "0")));
        }
        Given::from_pairs(pairs).ok()
    }

    /// The page of the documentation.
    pub fn documentation(&self) -> String {
        format!("https://developers.whmcs.com/api-reference/{}/", self.name.to_ascii_lowercase())
    }
}

fn to_json<R: serde::Serialize>(value: R) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn typed<A: Action>(mut given: Given) -> Result<A, Error> {
    let wrong = |error| Error::parameter(A::NAME, error);
    let action = A::from_given(&mut given).map_err(wrong);
    // A name that nobody knows explains a missing one, so it is said first.
    let unknown = given.names().find(|name| !is_known(name, A::PARAMETERS)).map(|name| ParamError::Unknown {
        action: A::NAME,
        name: name.to_owned(),
        nearest: given::nearest(name, A::PARAMETERS.iter().map(|parameter| parameter.name)),
    });
    match unknown {
        Some(error) => Err(wrong(error)),
        None => action,
    }
}

fn is_known(name: &str, parameters: &[ParamInfo]) -> bool {
    parameters.iter().any(|parameter| {
        parameter.name == name
            || parameter.names.iter().any(|numbered| {
                numbered.strip_suffix('x').is_some_and(|prefix| {
                    name.strip_prefix(prefix).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
                })
            })
    })
}

static ALL: LazyLock<Vec<ActionInfo>> = LazyLock::new(crate::actions::all);

static BY_NAME: LazyLock<HashMap<String, usize>> =
    LazyLock::new(|| ALL.iter().enumerate().map(|(at, info)| (info.name.to_ascii_lowercase(), at)).collect());

/// All typed actions, by area.
pub fn registry() -> &'static [ActionInfo] {
    &ALL
}

/// The action with this name, in whatever case.
///
/// # Errors
/// [`ParamError::UnknownAction`] with the nearest known name.
pub fn find(name: &str) -> Result<&'static ActionInfo, ParamError> {
    BY_NAME.get(&name.to_ascii_lowercase()).and_then(|at| ALL.get(*at)).ok_or_else(|| ParamError::UnknownAction {
        name: name.to_owned(),
        nearest: given::nearest(name, ALL.iter().map(|info| info.name)),
    })
}
