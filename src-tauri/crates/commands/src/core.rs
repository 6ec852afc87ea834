use std::path::PathBuf;

use tokio::sync::broadcast;

use crate::{AppError, ErrorCode, Event, Tag, TagsChanged};

/// How a core is opened.
#[derive(Debug, Clone)]
pub struct CoreOptions {
    /// Where profiles, databases and preferences are.
    pub data_dir: PathBuf,
    /// Whether this process works the queue and keeps the mirror fresh by itself.
    pub background: bool,
}

/// Everything the commands work on. One per process.
pub struct Core {
    options: CoreOptions,
    events: broadcast::Sender<Event>,
}

impl Core {
    /// Opens the data directory.
    ///
    /// # Errors
    /// When the directory cannot be made or read. A profile that cannot be opened is no error here: it is told by
    /// `app_state`.
    pub async fn open(options: CoreOptions) -> Result<Self, AppError> {
        Ok(Self { options, events: broadcast::channel(1024).0 })
    }

    /// Where everything is.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.options.data_dir
    }

    /// Listens to the core's events. A listener that lags should read everything again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells listeners that views showing these tags should read again.
    pub fn changed(&self, tags: &[Tag]) {
        // No listener is no error: the command line has none.
        self.events.send(Event::TagsChanged(TagsChanged { tags: tags.to_vec() })).ok();
    }

    /// Ends background work in order: nothing new starts, what is in flight is journalled.
    pub async fn close(&self) {}
}

impl AppError {
    /// An error with a code and one English sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, retryable: false, request_id: None, params: Default::default() }
    }
}
