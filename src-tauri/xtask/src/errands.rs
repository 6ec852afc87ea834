//! Small commands that build the workspace and hand over to one of its programs.

use std::process::ExitCode;

use crate::bundle;
use crate::house::{House, Trouble};
use crate::prerequisites::{self, Purpose};
use crate::process::in_the_open;
use crate::suite;

/// Set for the shell's own tests, it lets them write the generated files instead of comparing them.
pub(crate) const BLESS: &str = "RACKDESK_WRITE_GENERATED";

/// Writes what is generated from the list of commands.
pub(crate) fn bindings(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    if let Some(arg) = args.first() {
        return Err(Trouble::usage(format!("bindings does not know '{arg}'.")));
    }
    house.ensure_dist()?;
    let mut write = house.cargo(&["test", "--quiet", "--workspace", "--bin", "rackdesk", "generated"]);
    write.env(BLESS, "1");
    in_the_open(write)?;
    eprintln!("Written: ui/src/ipc/bindings.ts, src-tauri/commands.txt");
    Ok(ExitCode::SUCCESS)
}

/// One picture of each page in the real window.
pub(crate) fn shots(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    if !args.iter().any(|a| a == "--out") {
        return Err(Trouble::usage("shots wants --out DIR."));
    }
    tests_program(house, "shots")?;
    prerequisites::provide(house, Purpose::Test, None)?;
    if suite::ui_packages_stale(house) {
        in_the_open(house.npm(suite::UI_INSTALL))?;
    }
    in_the_open(house.npm(&["run", "--silent", "build"]))?;
    in_the_open(house.cargo(suite::BUILD_ALL))?;
    let mut shots = house.command(house.app("debug").with_file_name(format!("shots{}", std::env::consts::EXE_SUFFIX)));
    shots.args(args).env("RACKDESK_BIN_DIR", house.target.join("debug"));
    in_the_open(house.in_own_session(shots, true))?;
    Ok(ExitCode::SUCCESS)
}

/// Only what is measured: every further program costs its own minutes of linking.
const BENCH_BUILD: &[&str] = &[
    "build",
    "--workspace",
    "--release",
    "--bin",
    "bench",
    "--bin",
    "rackdesk",
    "--bin",
    "rackdeskctl",
    "--example",
    "empty_window",
];

/// The figures the product promises, of an optimised build: of the named groups, or of all.
pub(crate) fn bench(house: &House, mut args: Vec<String>) -> Result<ExitCode, Trouble> {
    tests_program(house, "bench")?;
    prerequisites::provide(house, Purpose::Test, None)?;
    if suite::ui_packages_stale(house) {
        in_the_open(house.npm(suite::UI_INSTALL))?;
    }
    in_the_open(house.npm(&["run", "--silent", "build"]))?;
    let named = args.iter().any(|arg| !arg.starts_with("--"));
    let sizes = !named || args.iter().any(|arg| arg == bundle::SIZES);
    args.retain(|arg| arg != bundle::SIZES);
    if !named || args.iter().any(|arg| !arg.starts_with("--")) {
        in_the_open(house.cargo(BENCH_BUILD))?;
        let program = format!("bench{}", std::env::consts::EXE_SUFFIX);
        let mut bench = house.command(house.app("release").with_file_name(program));
        bench.args(args).env("RACKDESK_BIN_DIR", house.target.join("release"));
        in_the_open(house.in_own_session(bench, true))?;
    }
    if sizes {
        bundle::sizes(house)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Kills workers of the queue at every moment, and judges what became of their actions. Fail-points are in debug builds.
pub(crate) fn torture(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    tests_program(house, "torture")?;
    house.ensure_dist()?;
    // Some of the workers are the real program.
    in_the_open(house.cargo(&["build", "--quiet", "--workspace", "--bin", "torture", "--bin", "rackdeskctl"]))?;
    let program = format!("torture{}", std::env::consts::EXE_SUFFIX);
    let mut torture = house.command(house.app("debug").with_file_name(program));
    torture.args(args);
    in_the_open(torture)?;
    Ok(ExitCode::SUCCESS)
}

/// Which documented operations the clients cover.
pub(crate) fn coverage(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    tests_program(house, "coverage")?;
    house.ensure_dist()?;
    let mut run = house.cargo(&["run", "--quiet", "--workspace", "--bin", "coverage", "--"]);
    run.args(args);
    in_the_open(run)?;
    Ok(ExitCode::SUCCESS)
}

/// The programs live with the tests; each comes with what it measures.
fn tests_program(house: &House, name: &str) -> Result<(), Trouble> {
    let source = house.root.join(format!("tests/src/bin/{name}.rs"));
    if source.is_file() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("This clone has no {name} program: tests/src/bin/{name}.rs is missing."),
        "this version does not bring it; a newer one may",
    ))
}
