use std::sync::Arc;

use rackdesk_wire::{Body, Call, Effect, Redaction, Request, Response, Sent, TimeoutClass, Wire};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::action::Action;
use crate::actions::system::{GetAdminDetails, Version, WhmcsDetails};
use crate::answer::{self, Answer, Flaw};
use crate::classify::{self, Speaker};
use crate::config::{Config, ConfigError, Credentials};
use crate::error::{Error, Problem};
use crate::form::Form;
use crate::given::{Given, ParamError};
use crate::registry;

/// Parameters that only the client sets (quirk 6).
const RESERVED: [&str; 8] =
    ["action", "identifier", "secret", "username", "password", "accesskey", "responsetype", "api_access_key"];

/// Longest message of WHMCS that is kept, in characters.
const LONGEST_MESSAGE: usize = 2_000;

/// A WHMCS installation. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    wire: Wire,
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Url,
    credentials: Credentials,
    access_key: Option<SecretString>,
    max_reply: u64,
    /// Hidden wherever they appear.
    literals: Arc<[SecretString]>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.inner.endpoint)
    }
}

impl Client {
    /// A client for one installation and one credential. Sends nothing yet.
    ///
    /// # Errors
    /// An address or access key that cannot be used.
    pub fn new(wire: Wire, config: Config) -> Result<Self, ConfigError> {
        let endpoint = config.endpoint()?;
        let Config { credentials, access_key, max_reply, .. } = config;
        let own = match &credentials {
            Credentials::Api { identifier, secret } => vec![identifier.clone(), secret.clone()],
            Credentials::Admin { password_md5, .. } => vec![password_md5.clone()],
        };
        let literals = own.into_iter().chain(access_key.clone()).collect();
        Ok(Self { wire, inner: Arc::new(Inner { endpoint, credentials, access_key, max_reply, literals }) })
    }

    /// The endpoint that is called.
    pub fn endpoint(&self) -> &Url {
        &self.inner.endpoint
    }

    /// Calls an action.
    ///
    /// # Errors
    /// See [`Problem`]; [`Error::sent`] says whether it may have happened.
    pub async fn call<A: Action>(&self, action: A) -> Result<Answer<A::Response>, Error> {
        self.call_with(&action, Call::fresh()).await
    }

    /// Calls an action under ids that the caller has noted before.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_with<A: Action>(&self, action: &A, call: Call) -> Result<Answer<A::Response>, Error> {
        let mut response = self.send(action, &call).await?;
        // Some set-ups lose an answer now and then (quirk 18). A read may ask again, once.
        if A::EFFECT == Effect::Read && response.body.trim_ascii().is_empty() {
            response = self.send(action, &Call { request_id: Uuid::new_v4(), ..call }).await?;
        }
        answer::read::<A>(&response.body, response.request_id)
            .map_err(|flaw| self.flawed(flaw, &speaker::<A>(), A::EFFECT, &response))
    }

    /// Version of WHMCS, from wherever the credential may read it (quirk 73).
    ///
    /// # Errors
    /// As [`Client::call`], when neither WhmcsDetails nor GetAdminDetails says it.
    pub async fn version(&self) -> Result<Version, Error> {
        let first = match self.call(WhmcsDetails::default()).await {
            Ok(answer) => match answer.value.whmcs {
                Some(version) => return Ok(version),
                None => None,
            },
            Err(error) => match error.problem {
                // Unknown before 8.0, and often not permitted.
                Problem::ActionNotPermitted { .. } | Problem::UnknownAction => Some(error),
                _ => return Err(error),
            },
        };
        let answer = self.call(GetAdminDetails::default()).await.map_err(|second| first.unwrap_or(second))?;
        let request_id = answer.request_id;
        answer.value.whmcs.ok_or_else(|| Error {
            problem: Problem::Unreadable { path: "whmcs".to_owned() },
            action: GetAdminDetails::NAME.to_owned(),
            message: "the answer names no version".to_owned(),
            status: None,
            request_id,
            sent: Sent::Unreadable,
        })
    }

    /// Builds the request of an action without sending it.
    pub fn request<A: Action>(&self, action: &A, call: &Call) -> Request {
        let mut form = self.start(A::NAME);
        action.fields(&mut form);
        self.finish(A::NAME, form, A::EFFECT, A::TIMEOUT, A::SECRET_FIELDS, call)
    }

    /// Calls an action by name with parameters as they are, for actions that are not typed here: those of addons and
    /// of newer versions. The caller says what the call does.
    ///
    /// # Errors
    /// As [`Client::call`], and [`Problem::Parameter`] for names that only the client sets.
    pub async fn raw(&self, name: &str, parameters: Given, effect: Effect, call: Call) -> Result<Answer<Value>, Error> {
        let request = self.raw_request(name, parameters, effect, &call)?;
        let response = self.exchange(request, &Speaker { action: "", parameters: &[] }, effect).await;
        let response = response.map_err(|mut error| {
            error.action = name.to_owned();
            error
        })?;
        let known = registry::find(name).ok();
        let speaker = Speaker {
            action: known.map_or("", |info| info.name),
            parameters: known.map_or(&[], |info| info.parameters),
        };
        let read = if effect.writes() {
            answer::read::<Untyped<true>>(&response.body, response.request_id)
        } else {
            answer::read::<Untyped<false>>(&response.body, response.request_id)
        };
        match read {
            Ok(answer) => Ok(answer.map(|loose| serde_json::to_value(loose).unwrap_or(Value::Null))),
            Err(flaw) => {
                let mut error = self.flawed(flaw, &speaker, effect, &response);
                error.action = name.to_owned();
                Err(error)
            }
        }
    }

    /// Builds the request of [`Client::raw`] without sending it.
    ///
    /// # Errors
    /// [`Problem::Parameter`] for names that only the client sets.
    pub fn raw_request(&self, name: &str, parameters: Given, effect: Effect, call: &Call) -> Result<Request, Error> {
        let mut form = self.start(name);
        for (field, node) in parameters.into_nodes() {
            if RESERVED.iter().any(|reserved| field.trim().eq_ignore_ascii_case(reserved)) {
                return Err(Error::parameter(name, ParamError::Reserved { name: field }));
            }
            match node {
                crate::given::Node::Leaf(text) => form.text(&field, &text),
                branch => form.nested(&field, &branch.into_php()),
            }
        }
        let timeout = registry::find(name).map_or(TimeoutClass::External, |info| info.timeout);
        let secrets = registry::find(name).map_or(crate::secret::SECRET_FIELDS, |info| info.secret_fields);
        Ok(self.finish(name, form, effect, timeout, secrets, call))
    }

    fn start(&self, action: &str) -> Form {
        let mut form = Form::new();
        form.text("action", action);
        match &self.inner.credentials {
            Credentials::Api { identifier, secret } => {
                form.text("identifier", identifier.expose_secret());
                form.text("secret", secret.expose_secret());
            }
            Credentials::Admin { username, password_md5 } => {
                form.text("username", username);
                form.text("password", password_md5.expose_secret());
            }
        }
        if let Some(key) = &self.inner.access_key {
            form.text("accesskey", key.expose_secret());
        }
        form.text("responsetype", "json");
        form
    }

    fn finish(
        &self,
        action: &str,
        form: Form,
        effect: Effect,
        timeout: TimeoutClass,
        secret_fields: &'static [&'static str],
        call: &Call,
    ) -> Request {
        let inner = &*self.inner;
        let literals = if form.secrets().is_empty() {
            Arc::clone(&inner.literals)
        } else {
            let given = form.secrets().iter().map(|secret| SecretString::from(secret.expose()));
            inner.literals.iter().cloned().chain(given).collect()
        };
        Request {
            provider: "whmcs",
            operation: action.to_owned(),
            method: http::Method::POST,
            url: inner.endpoint.clone(),
            headers: http::HeaderMap::new(),
            body: Body::Form(form.into_string().into()),
            effect,
            timeout,
            max_reply: inner.max_reply,
            redaction: Redaction { fields: secret_fields, whole_reply: false, literals },
            call: call.clone(),
        }
    }

    async fn send<A: Action>(&self, action: &A, call: &Call) -> Result<Response, Error> {
        self.exchange(self.request(action, call), &speaker::<A>(), A::EFFECT).await
    }

    async fn exchange(&self, request: Request, speaker: &Speaker, effect: Effect) -> Result<Response, Error> {
        let sent = self.wire.send(request).await;
        sent.map_err(|error| refused(error, speaker, effect))
    }

    /// An answer came, but it is none.
    fn flawed(&self, flaw: Flaw, speaker: &Speaker, effect: Effect, response: &Response) -> Error {
        let (problem, message) = explain(flaw, speaker);
        Error {
            sent: problem.sent(effect, Sent::Unreadable),
            message: self.scrub(&message),
            problem,
            action: speaker.action.to_owned(),
            status: Some(response.status.as_u16()),
            request_id: response.request_id,
        }
    }

    /// Foreign words without our own secrets, control characters and excess length.
    fn scrub(&self, message: &str) -> String {
        let mut message: String =
            message.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST_MESSAGE).collect();
        for literal in self.inner.literals.iter().map(ExposeSecret::expose_secret).filter(|literal| literal.len() >= 4)
        {
            if message.contains(literal) {
                message = message.replace(literal, crate::secret::HIDDEN);
            }
        }
        message
    }
}

pub(crate) fn speaker<A: Action>() -> Speaker {
    Speaker { action: A::NAME, parameters: A::PARAMETERS }
}

pub(crate) fn explain(flaw: Flaw, speaker: &Speaker) -> (Problem, String) {
    match flaw {
        Flaw::Refused(message) => (classify::message(&message, speaker), message),
        Flaw::Page(html) => {
            let problem = classify::page(&html);
            let message = match &problem {
                Problem::Html { title } if !title.is_empty() => format!("a web page in place of an answer: {title}"),
                _ => "a web page in place of an answer".to_owned(),
            };
            (problem, message)
        }
        Flaw::Empty => (Problem::Empty, "an empty answer".to_owned()),
        Flaw::Unreadable { path, detail } if path.is_empty() => (Problem::Unreadable { path }, detail),
        Flaw::Unreadable { path, detail } => {
            let message = format!("{path}: {detail}");
            (Problem::Unreadable { path }, message)
        }
    }
}

/// No answer, or one with an error status. WHMCS says why in the body, whatever the status (quirks 13, 14, 16).
fn refused(error: rackdesk_wire::Error, speaker: &Speaker, effect: Effect) -> Error {
    let body = error.body.as_deref().unwrap_or_default();
    let said = error.status.is_some().then(|| answer::refusal(body)).flatten();
    let (problem, message, sent) = match (&error.cause, said) {
        (_, Some(message)) if error.status != Some(429) => {
            let problem = classify::message(&message, speaker);
            let sent = problem.sent(effect, error.sent);
            (problem, message, sent)
        }
        _ if error.sent == Sent::Throttled => {
            (Problem::Throttled { retry_after: error.retry_after }, error.detail.clone(), Sent::Throttled)
        }
        (rackdesk_wire::Cause::Status { .. }, None) => match answer::flaw(body) {
            flaw @ Flaw::Page(_) => {
                let (problem, message) = explain(flaw, speaker);
                (problem, message, error.sent)
            }
            _ => (Problem::Wire(error.cause.clone()), error.detail.clone(), error.sent),
        },
        _ => (Problem::Wire(error.cause.clone()), error.detail.clone(), error.sent),
    };
    Error {
        problem,
        action: error.operation,
        message: message.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST_MESSAGE).collect(),
        status: error.status,
        request_id: error.request_id,
        sent,
    }
}

crate::lenient::record! {
    /// An answer of which nothing is known.
    Loose {}
}

/// Reads an answer of which nothing is known; `WRITES` decides how strict the verdict is.
struct Untyped<const WRITES: bool>;

impl<const WRITES: bool> Action for Untyped<WRITES> {
    const NAME: &'static str = "";
    const AREA: crate::action::Area = crate::action::Area::System;
    const EFFECT: Effect = if WRITES { Effect::Once } else { Effect::Read };
    const TIMEOUT: TimeoutClass = TimeoutClass::External;
    const PARAMETERS: &'static [crate::param::ParamInfo] = &[];
    const ROOT_LIST: Option<&'static str> = Some("items");
    type Response = Loose;

    fn fields(&self, _: &mut Form) {}

    fn from_given(_: &mut Given) -> Result<Self, ParamError> {
        Ok(Self)
    }
}
