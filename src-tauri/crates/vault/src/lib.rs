//! Rackdesk vault.
