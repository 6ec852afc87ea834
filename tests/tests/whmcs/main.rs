//! WHMCS from one end to the other: every action through the command line's own path against the sandbox in each of its
//! dialects, the command line itself, somebody else's client, and what the UI can reach.

mod binary;
mod dialects;
mod foreign;
mod office;
mod reach;
mod tour;
#[path = "../../../src-tauri/crates/sandbox/tests/walk/mod.rs"]
mod walk;
