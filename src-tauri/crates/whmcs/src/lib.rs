//! Rackdesk whmcs.
