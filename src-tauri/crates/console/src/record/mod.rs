//! Every exchange, attempt and decision, searchable.

mod curl;
mod recorder;
pub mod timeline;

pub use curl::curl;
pub use recorder::LogRecorder;
