//! Rackdesk store.
