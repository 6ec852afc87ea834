//! How much of each provider's documented interface is typed, sandboxed and within reach of the UI:
//! `cargo xtask coverage [--json]`.

use rackdesk_tests::coverage::coverage;

fn main() {
    let json = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [word] if word == "--json" => true,
        other => {
            eprintln!("coverage knows --json and nothing else: {}", other.join(" "));
            std::process::exit(2);
        }
    };
    match coverage() {
        Ok(found) if json => println!("{}", serde_json::to_value(&found).unwrap_or_default()),
        Ok(found) => print!("{}", found.text()),
        Err(why) => {
            eprintln!("{why}");
            std::process::exit(1);
        }
    }
}
