//! Rackdesk sandbox.
