//! Our Contabo client against our sandbox's Contabo side, and strangers against both.

#![allow(clippy::expect_used, clippy::print_stdout)] // what cannot be prepared is a failed test; figures are printed

mod desk;
mod foreign;
mod settling;
mod story;
