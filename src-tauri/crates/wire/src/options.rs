use std::time::Duration;

use crate::TimeoutClass;

/// How one [`crate::Wire`] behaves. `WireOptions::default()` suits production.
#[derive(Debug, Clone)]
pub struct WireOptions {
    /// `user-agent` of every request.
    pub user_agent: String,
    /// Time-outs.
    pub timeouts: Timeouts,
    /// Budget of a provider that `budgets` does not name. Every host of a provider has a bucket of its own.
    pub budget: Budget,
    /// Budgets by provider name as in [`crate::Request::provider`].
    pub budgets: Vec<(&'static str, Budget)>,
    /// When and how often reads are sent again.
    pub retries: Retries,
    /// Certificates (PEM) that are trusted beside the system's, for installations with a private CA and for tests.
    pub extra_roots: Vec<Vec<u8>>,
    /// Makes jitter and the ids of retries repeatable, for tests.
    pub seed: Option<u64>,
}

impl Default for WireOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("Rackdesk/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeouts: Timeouts::default(),
            budget: Budget::default(),
            budgets: Vec::new(),
            retries: Retries::default(),
            extra_roots: Vec::new(),
            seed: None,
        }
    }
}

/// Time-outs. A class counts from the start of the connection to the last byte of the answer; waiting for the
/// budget does not count.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Name look-up, TCP and TLS together.
    pub connect: Duration,
    /// [`TimeoutClass::Quick`].
    pub quick: Duration,
    /// [`TimeoutClass::List`].
    pub list: Duration,
    /// [`TimeoutClass::External`].
    pub external: Duration,
}

impl Timeouts {
    /// The whole time of a call of this class.
    pub const fn of(&self, class: TimeoutClass) -> Duration {
        match class {
            TimeoutClass::Quick => self.quick,
            TimeoutClass::List => self.list,
            TimeoutClass::External => self.external,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            quick: Duration::from_secs(30),
            list: Duration::from_secs(60),
            external: Duration::from_secs(120),
        }
    }
}

/// How much one host may be asked. Neither provider documents a limit, so the console keeps its own.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Requests per minute in the long run.
    pub per_minute: u32,
    /// Requests that may be sent at once after a pause.
    pub burst: u32,
    /// Requests under way at the same time.
    pub concurrent: usize,
    /// A call that would have to wait longer is answered with [`crate::Sent::Throttled`] and not sent.
    pub longest_wait: Duration,
    /// Upper bound of the pause after 429 and 503, whatever `Retry-After` says.
    pub longest_backoff: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            per_minute: 1_200,
            burst: 40,
            concurrent: 8,
            longest_wait: Duration::from_secs(60),
            longest_backoff: Duration::from_secs(120),
        }
    }
}

/// How reads are repeated. Writes never are.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// Attempts in all, 1 = no repetition.
    pub attempts: u32,
    /// Upper bound of the first pause; it doubles with each attempt, and the pause is drawn below it.
    pub first_pause: Duration,
    /// Upper bound of any pause.
    pub longest_pause: Duration,
    /// Repetitions that all calls together may spend in a bad hour. Ten calls that succeed at once earn one back.
    pub reserve: u32,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(10),
            reserve: 30,
        }
    }
}
