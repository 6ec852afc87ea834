//! Measures what the product promises: `bench [GROUP…]`, all groups without one. Ends with 1 when a figure is over its
//! limit and `--strict` was given.

use rackdesk_tests::bench::{GROUPS, Report};

fn main() {
    let (flags, wanted): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    if let Some(unknown) = wanted.iter().find(|name| !GROUPS.iter().any(|(known, _)| known == name)) {
        let known: Vec<_> = GROUPS.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no group {unknown}; known: {}", known.join(", "));
        std::process::exit(2);
    }
    let mut report = Report::default();
    for (name, run) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            run(&mut report);
        }
    }
    if report.over() > 0 && flags.iter().any(|flag| flag == "--strict") {
        std::process::exit(1);
    }
}
