//! Rackdesk commands.
