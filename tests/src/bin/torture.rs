//! Tortures the queue: `torture [--kills N] [--seed S] [--benches B]`. Ends with 1 when anything was done twice, lost, or
//! stuck.

use rackdesk_tests::torture::{Ask, torture, worker};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--worker") {
        return worker();
    }
    let number = |name: &str, otherwise: u64| -> u64 {
        let at = args.iter().position(|arg| arg == name);
        match at.and_then(|at| args.get(at + 1)) {
            Some(text) => text.parse().unwrap_or_else(|_| {
                eprintln!("{name} wants a number, not {text}");
                std::process::exit(2);
            }),
            None => otherwise,
        }
    };
    let few = |name: &str, otherwise| u32::try_from(number(name, otherwise)).unwrap_or(u32::MAX);
    let ask = Ask { kills: few("--kills", 300), seed: number("--seed", 1), benches: few("--benches", 4) };
    println!("torture: {} kills, seed {}, {} benches", ask.kills, ask.seed, ask.benches);
    let verdict = torture(ask);
    print!("{verdict}");
    if !verdict.wrong().is_empty() {
        std::process::exit(1);
    }
}
