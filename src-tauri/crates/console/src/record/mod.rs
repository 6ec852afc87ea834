//! Every exchange, attempt and decision, searchable.
