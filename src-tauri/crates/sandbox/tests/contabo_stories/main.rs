//! The server provider's side over real HTTP: what a client sees, what happens by itself, and what is written down.

#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the report")]

mod access;
mod audits;
mod house;
mod lists;
mod machines;
mod names;
mod networks;
mod orders;
mod rights;
mod shelves;
mod trouble;
