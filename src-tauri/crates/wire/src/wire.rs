use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderValue;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};
use uuid::Uuid;

use crate::attempt::Attempt;
use crate::budget::{Crowded, Gate, Reserve};
use crate::classify;
use crate::lanes::{Lanes, Route};
use crate::redact::Redactors;
use crate::{Budget, Cause, Effect, Error, Recorder, Request, Response, Sent, WireOptions};

/// Sends requests. Cheap to clone; clones share connections, budgets and the recorder.
#[derive(Clone)]
pub struct Wire {
    inner: Arc<Inner>,
}

struct Inner {
    options: WireOptions,
    user_agent: HeaderValue,
    recorder: Arc<dyn Recorder>,
    lanes: Lanes,
    gates: RwLock<HashMap<(&'static str, String), Arc<Gate>>>,
    reserve: Reserve,
    redactors: Redactors,
    dice: Mutex<StdRng>,
}

impl Wire {
    /// An executor with its own connections and budgets. Nothing is opened yet.
    pub fn new(options: WireOptions, recorder: Arc<dyn Recorder>) -> Self {
        let dice = options.seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        let fallback = HeaderValue::from_static("Rackdesk");
        Self {
            inner: Arc::new(Inner {
                user_agent: HeaderValue::from_str(&options.user_agent).unwrap_or(fallback),
                recorder,
                lanes: Lanes::new(&options),
                gates: RwLock::default(),
                reserve: Reserve::new(options.retries.reserve),
                redactors: Redactors::default(),
                dice: Mutex::new(dice),
                options,
            }),
        }
    }

    /// Carries out a request: a write once, a read again while that is promising and the reserve lasts. Each
    /// attempt is recorded by itself; a repetition has a request id of its own.
    ///
    /// May be dropped at any time: an attempt that is under way is then recorded as one that may have happened.
    ///
    /// # Errors
    /// The last attempt's failure; [`Error::sent`] says whether the provider may have acted.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let inner = &*self.inner;
        let gate = match Route::of(&request.url) {
            Ok(_) => inner.gate(&request),
            Err(why) => return Err(inner.attempt(&request, request.call.request_id).refuse(Cause::RefusedUrl, why)),
        };
        let mut failed: Option<Error> = None;
        let mut attempts = 0;
        loop {
            let pass = match gate.admit().await {
                Ok(pass) => pass,
                // What the provider said is more useful than that there is no time to ask it again.
                Err(crowded) => return Err(failed.unwrap_or_else(|| over_budget(&request, crowded))),
            };
            attempts += 1;
            let request_id = if attempts == 1 { request.call.request_id } else { inner.fresh_id() };
            let result = inner.try_once(&request, request_id).await;
            drop(pass);
            let error = match result {
                Ok(response) => {
                    gate.answered();
                    if attempts == 1 {
                        inner.reserve.earn();
                    }
                    return Ok(response);
                }
                Err(error) => error,
            };
            if classify::is_complaint(error.status) {
                gate.complained(error.retry_after);
            } else if error.status.is_some() {
                gate.answered();
            }
            let again = request.effect == Effect::Read
                && attempts < inner.options.retries.attempts
                && classify::worth_repeating(&error)
                && inner.reserve.pay();
            if !again {
                return Err(error);
            }
            let pause = inner.pause(attempts);
            tracing::debug!(operation = error.operation, attempts, ?pause, detail = error.detail, "asking again");
            failed = Some(error);
            tokio::time::sleep(pause).await;
        }
    }
}

impl Inner {
    fn attempt<'a>(&'a self, request: &'a Request, request_id: Uuid) -> Attempt<'a> {
        let redactor = self.redactors.of(&request.redaction);
        Attempt::new(request, request_id, &self.user_agent, redactor, &*self.recorder)
    }

    async fn try_once(&self, request: &Request, request_id: Uuid) -> Result<Response, Error> {
        let attempt = self.attempt(request, request_id);
        let route = match Route::of(&request.url) {
            Ok(route) => route,
            Err(why) => return Err(attempt.refuse(Cause::RefusedUrl, why)),
        };
        match self.lanes.client(route, request.effect) {
            Ok(client) => attempt.run(client, self.options.timeouts.of(request.timeout)).await,
            Err(why) => Err(attempt.refuse(Cause::Tls, why)),
        }
    }

    fn gate(&self, request: &Request) -> Arc<Gate> {
        let host = &request.url[url::Position::BeforeHost..url::Position::AfterPort];
        let key = (request.provider, host.to_owned());
        if let Some(gate) = self.gates.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(gate);
        }
        let budget = self.budget(request.provider);
        let mut gates = self.gates.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(key).or_insert_with(|| Arc::new(Gate::new(budget))))
    }

    fn budget(&self, provider: &str) -> Budget {
        let named = self.options.budgets.iter().find(|(name, _)| *name == provider);
        named.map_or(self.options.budget, |(_, budget)| *budget)
    }

    fn fresh_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.dice().fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Anything between nothing and the doubled last bound, so that callers who failed together do not come back
    /// together.
    fn pause(&self, attempts: u32) -> Duration {
        let retries = &self.options.retries;
        let doubled = retries.first_pause.saturating_mul(1 << attempts.saturating_sub(1).min(16));
        doubled.min(retries.longest_pause).mul_f64(self.dice().random())
    }

    fn dice(&self) -> std::sync::MutexGuard<'_, StdRng> {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn over_budget(request: &Request, Crowded(wait): Crowded) -> Error {
    Error {
        sent: Sent::Throttled,
        cause: Cause::Budget,
        operation: request.operation.clone(),
        detail: format!("the budget for this host is used up for another {} s", wait.as_secs_f32().ceil()),
        status: None,
        body: None,
        retry_after: Some(wait),
        date: None,
        request_id: request.call.request_id,
    }
}
