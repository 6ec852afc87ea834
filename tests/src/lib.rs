//! Tests across the crates: what they share.

pub mod bench;
pub mod coverage;
pub mod ctl;
pub mod desk;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod driver;
pub mod torture;
pub mod window;
