//! rackdeskctl: Rackdesk without a window.
fn main() {}
