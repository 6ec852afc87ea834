//! Figures the product promises, measured: each with its limit and with both sides of a ratio.
//!
//! A group is a function that takes a [`Report`]. To add one, write it in a file here and add its line to [`GROUPS`].

pub mod contabo;
mod data;
pub mod executor;
pub mod queue;
#[cfg(target_os = "linux")]
mod screen;
pub mod start;
pub mod store;
pub mod whmcs;

use std::time::{Duration, Instant};

/// Measures one area and adds its figures.
pub type Group = fn(&mut Report);

/// All groups, by the name that selects them.
pub const GROUPS: &[(&str, Group)] = &[
    ("store", store::run),
    ("executor", executor::run),
    ("contabo", contabo::run),
    ("whmcs", whmcs::run),
    ("queue", queue::run),
    ("start", start::run),
];

/// What was measured so far.
#[derive(Debug, Default)]
pub struct Report {
    over: u32,
}

impl Report {
    /// A heading with what the figures below were taken on.
    pub fn heading(&mut self, text: &str) {
        println!("\n{text}");
    }

    /// A remark.
    pub fn note(&mut self, text: &str) {
        println!("    {text}");
    }

    /// A figure without a limit.
    pub fn figure(&mut self, name: &str, value: impl std::fmt::Display) {
        println!("    {name:<58} {value}");
    }

    /// A figure with the most it may be.
    pub fn limit(&mut self, name: &str, value: f64, most: f64, unit: &str) {
        let verdict = if value <= most { "ok" } else { "OVER" };
        self.over += u32::from(value > most);
        println!("    {name:<58} {value:>9.2} {unit:<3} limit {most} {unit}  {verdict}");
    }

    /// How many figures are over their limit.
    pub fn over(&self) -> u32 {
        self.over
    }
}

/// Times of one thing done many times.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Measures one run.
    pub fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        self.0.push(started.elapsed());
        result
    }

    /// Measures one run of something that waits.
    pub async fn take_async<T>(&mut self, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = work.await;
        self.0.push(started.elapsed());
        result
    }

    /// Adds a run that was measured elsewhere.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// All of another's runs too.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// Milliseconds below which the given share of runs lies.
    pub fn share(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
        sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }

    /// The mean in milliseconds.
    pub fn mean(&self) -> f64 {
        let total: Duration = self.0.iter().sum();
        total.as_secs_f64() * 1_000.0 / self.0.len().max(1) as f64
    }

    /// The median in milliseconds.
    pub fn median(&self) -> f64 {
        self.share(0.5)
    }

    /// `p50 … p95 … max …`.
    pub fn text(&self) -> String {
        format!("p50 {:>7.2} ms   p95 {:>7.2} ms   max {:>7.2} ms", self.median(), self.share(0.95), self.share(1.0))
    }
}
