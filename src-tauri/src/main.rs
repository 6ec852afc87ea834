//! Rackdesk's desktop shell.
fn main() {}
