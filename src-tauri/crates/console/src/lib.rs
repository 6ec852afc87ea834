//! Rackdesk console.
