//! Every exchange, attempt and decision, searchable.

mod curl;
pub mod export;
pub mod failed_modules;
pub mod outside;
pub mod receipts;
mod recorder;
pub mod strangers;
pub mod tell;
pub mod timeline;

pub use curl::curl;
pub use recorder::LogRecorder;
