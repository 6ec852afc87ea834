//! The one way to call the API: sign in, send, replay once after a 401, read the answer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use http::header::AUTHORIZATION;
use rackdesk_wire::{Call, Request, Response, Wire};

use crate::auth::{Bearer, Config, SignIn};
use crate::claims::Identity;
use crate::clock::{Clock, SystemClock};
use crate::error::{Credential, Error, Permission};
use crate::lenient::{Surprises, take_surprises};
use crate::operation::Operation;
use crate::reply::Reply;

/// Beyond this a refused token is blamed on the clock, in seconds.
const TOLERATED_SKEW: i64 = 60;

/// A Contabo account. Cheap to clone; clones share the sign-in.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    sign_in: SignIn,
    clock: Arc<dyn Clock>,
    skew: AtomicI64,
    fields: AtomicU64,
    values: AtomicU64,
    rows: AtomicU64,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", self.inner.sign_in.config()).finish_non_exhaustive()
    }
}

/// Stands in [`Inner::skew`] until an answer carried a date.
const UNKNOWN: i64 = i64::MIN;

impl Client {
    /// A client that signs in when it is first used.
    pub fn new(wire: Wire, config: Config) -> Self {
        Self::with_clock(wire, config, Arc::new(SystemClock::default()))
    }

    /// The same with another clock.
    pub fn with_clock(wire: Wire, config: Config, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                sign_in: SignIn::new(config, wire.clone(), Arc::clone(&clock)),
                wire,
                clock,
                skew: AtomicI64::new(UNKNOWN),
                fields: AtomicU64::new(0),
                values: AtomicU64::new(0),
                rows: AtomicU64::new(0),
            }),
        }
    }

    /// Calls an operation with ids of its own.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn call<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        self.call_with(operation, Call::fresh()).await
    }

    /// Calls an operation with ids that the caller has written down before.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::sent`] says whether it may have happened.
    pub async fn call_with<O: Operation>(&self, operation: O, call: Call) -> Result<O::Response, Error> {
        let request = operation.request(&self.inner.sign_in.config().api_url, call)?;
        match self.inner.exchange(O::ID, request).await? {
            Ok(response) => self.inner.read(O::ID, &response),
            Err(failure) => match operation.recover(&failure) {
                Some(answer) => Ok(answer),
                None => Err(self.inner.explain(failure, O::ID, Permission::of(&O::METHOD, O::PATH))),
            },
        }
    }

    /// Signs in anew with user and password and says who that is. Proves the credentials, not the rights.
    ///
    /// # Errors
    /// [`crate::Problem::Credential`] and the failures of the network. After a refusal too [`Client::clock_skew`] is known.
    pub async fn sign_in(&self) -> Result<Identity, Error> {
        let (bearer, seen) = self.inner.sign_in.anew().await.inspect_err(|error| self.inner.compare(error.date))?;
        self.inner.compare(seen.date);
        Ok(bearer.identity)
    }

    /// Who is signed in, signing in when needed.
    ///
    /// # Errors
    /// As for [`Client::sign_in`].
    pub async fn identity(&self) -> Result<Identity, Error> {
        let call = Call::fresh();
        Ok(self.inner.bearer(None, (crate::auth::TOKEN_OPERATION, &call)).await?.identity)
    }

    /// Local time minus the provider's in seconds, as of the last answer that carried a date.
    pub fn clock_skew(&self) -> Option<i64> {
        Some(self.inner.skew.load(Ordering::Relaxed)).filter(|skew| *skew != UNKNOWN)
    }

    /// What answers have held so far that no type here knows.
    pub fn surprises(&self) -> Surprises {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Surprises {
            fields: count(&self.inner.fields),
            values: count(&self.inner.values),
            rows: count(&self.inner.rows),
        }
    }
}

impl Inner {
    /// One call, replayed once when its token is refused: a 401 means that nothing was done. The replay carries the
    /// same request id, so that the audits know the call by the id its caller wrote down.
    async fn exchange(
        &self,
        operation: &'static str,
        request: Request,
    ) -> Result<Result<Response, rackdesk_wire::Error>, Error> {
        let first = self.attempt(operation, &request, None).await?;
        let (Err(failure), generation) = &first else { return Ok(first.0) };
        if failure.status != Some(401) {
            return Ok(first.0);
        }
        Ok(self.attempt(operation, &request, Some(*generation)).await?.0)
    }

    async fn attempt(
        &self,
        operation: &'static str,
        request: &Request,
        refused: Option<u64>,
    ) -> Result<(Result<Response, rackdesk_wire::Error>, u64), Error> {
        let bearer = self.bearer(refused, (operation, &request.call)).await?;
        let mut request = request.clone();
        request.headers.insert(AUTHORIZATION, bearer.header);
        request.redaction.literals = bearer.literals;
        Ok((self.wire.send(request).await, bearer.generation))
    }

    async fn bearer(&self, refused: Option<u64>, for_call: (&'static str, &Call)) -> Result<Bearer, Error> {
        let signed_in = self.sign_in.bearer(refused, for_call).await;
        self.compare(signed_in.as_ref().map_or_else(|error| error.date, |(_, seen)| seen.date));
        signed_in.map(|(bearer, _)| bearer)
    }

    fn read<R: Reply>(&self, operation: &'static str, response: &Response) -> Result<R, Error> {
        self.compare(crate::auth::Seen::of(&response.headers).date);
        take_surprises();
        let decoded = R::decode(&response.body);
        let seen = take_surprises();
        self.fields.fetch_add(seen.fields, Ordering::Relaxed);
        self.values.fetch_add(seen.values, Ordering::Relaxed);
        self.rows.fetch_add(seen.rows, Ordering::Relaxed);
        if seen != Surprises::default() {
            tracing::debug!(operation, ?seen, "the answer holds what the documentation does not name");
        }
        decoded.map_err(|unreadable| {
            let status = response.status.as_u16();
            Error::unreadable(unreadable, &response.body, operation, response.request_id, status)
        })
    }

    fn explain(&self, failure: rackdesk_wire::Error, operation: &'static str, needs: Permission) -> Error {
        self.compare(failure.date);
        let mut error = Error::of_wire(failure, operation, needs);
        let skew = self.skew.load(Ordering::Relaxed);
        if let crate::Problem::Credential(kind @ Credential::TokenRefused) = &mut error.problem
            && skew != UNKNOWN
            && skew.abs() > TOLERATED_SKEW
        {
            *kind = Credential::ClockSkew { seconds: skew };
        }
        error
    }

    fn compare(&self, theirs: Option<jiff::Timestamp>) {
        if let Some(theirs) = theirs {
            let skew = self.clock.wall().as_second().saturating_sub(theirs.as_second());
            self.skew.store(skew, Ordering::Relaxed);
        }
    }
}
