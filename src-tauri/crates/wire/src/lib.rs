//! One HTTP exchange with a provider, and nothing about which provider it is.
//!
//! A [`Request`] is built without I/O by the client crates; [`Wire::send`] carries it out once per attempt:
//! token bucket → request id → write → read (bounded) → classify → hand over to the record, which redacts. Invariants:
//!
//! * redirects are never followed, plain http is refused except to loopback;
//! * every attempt, also a failed one, reaches the [`Recorder`] exactly once, as a [`Finished`] of which only the
//!   redacted [`Exchange`] can be had;
//! * an [`Error`] always says whether the provider may have acted ([`Sent`]);
//! * only requests whose [`Effect`] is `Read` are retried, and only here;
//! * reads share kept-alive connections, each write has one of its own: until that stands, no byte of the write can
//!   have left, which is the only proof of [`Sent::NotSent`]; afterwards it is `MaybeSent`.
//!
//! To send something new, build a [`Request`] in a client crate; nothing changes here.

mod attempt;
mod budget;
mod classify;
mod effect;
mod error;
mod exchange;
mod finished;
mod lanes;
mod options;
mod redact;
mod request;
mod wire;

pub use classify::date;
pub use effect::Effect;
pub use error::{Cause, Error, Sent};
pub use exchange::{Exchange, Outcome};
pub use finished::{Finished, NoRecorder, Recorder};
pub use options::{Budget, Retries, Timeouts, WireOptions};
pub use request::{Body, Call, Redaction, Request, Response, TimeoutClass};
pub use wire::Wire;
