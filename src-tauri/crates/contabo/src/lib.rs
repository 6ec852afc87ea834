//! Rackdesk contabo.
