//! Tests across the crates: what they share.

pub mod ctl;
