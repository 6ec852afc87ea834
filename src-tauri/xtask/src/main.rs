//! The project's own commands: `cargo xtask run`, `cargo xtask test` and the smaller ones.
//!
//! Only the standard library is used, so that the first command on a fresh machine starts after two seconds of
//! compiling. Every cargo command started from here names the whole workspace and the same features: cargo builds a
//! dependency once per set of features, and OpenSSL alone takes minutes.

mod bundle;
mod errands;
mod house;
mod judges;
mod prerequisites;
mod process;
mod run;
mod steps;
mod suite;

use std::process::ExitCode;

use house::{House, Trouble};

const USAGE: &str = "\
cargo xtask COMMAND

  run [--dev] [--release] [-- ARGS]      install what is missing, build, open the app (ARGS go to it)
                                         --dev: the UI is served by Vite and reloads while you type
  test [--only STEP] [--skip STEP]       every check there is; both options may be repeated
       [--deny] [--list] [--verbose]     --deny: install cargo-deny when it is missing; --list: name the steps
  bindings                               write ui/src/ipc/bindings.ts and src-tauri/commands.txt from the commands
  bundle [--check-windows]               build the .deb and .rpm; or check that the app compiles for Windows
  shots --out DIR [--theme dark]         drive the demo through every page in the real window, one picture each
  torture [--kills N] [--seed S]         kill workers of the queue at every moment, then judge by the sandbox's journal
  bench [ARGS]                           measure what the product promises, and print both sides
  coverage [ARGS]                        which documented provider operations the clients cover
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match dispatch(&command, rest) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("\n{}\n  → {}", trouble.what, trouble.next.replace('\n', "\n    "));
            ExitCode::from(trouble.code)
        }
    }
}

fn dispatch(command: &str, args: Vec<String>) -> Result<ExitCode, Trouble> {
    if matches!(command, "" | "help" | "--help" | "-h") || args.iter().any(|a| a == "--help" || a == "-h") {
        print!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    let house = House::find()?;
    match command {
        "run" => run::run(&house, args),
        "test" => suite::test(&house, args),
        "bindings" => errands::bindings(&house, args),
        "bundle" => bundle::bundle(&house, args),
        "shots" => errands::shots(&house, args),
        "bench" => errands::bench(&house, args),
        "torture" => errands::torture(&house, args),
        "coverage" => errands::coverage(&house, args),
        other => Err(Trouble::usage(format!("There is no command '{other}'."))),
    }
}
