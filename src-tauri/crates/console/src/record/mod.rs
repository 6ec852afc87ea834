//! Every exchange, attempt and decision, searchable.

mod curl;
pub mod outside;
mod recorder;
pub mod timeline;

pub use curl::curl;
pub use recorder::LogRecorder;
