//! Every exchange, attempt and decision, searchable.

pub mod timeline;
