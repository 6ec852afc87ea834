//! Our Contabo client against our sandbox's Contabo side, and strangers against both.

#![allow(clippy::expect_used)] // what cannot be prepared is a failed test

mod desk;
mod foreign;
mod settling;
mod story;
