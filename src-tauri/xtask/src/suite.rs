//! `cargo xtask test`: every check there is.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use crate::errands::BLESS;
use crate::house::{House, Trouble, on_path};
use crate::judges;
use crate::prerequisites::{self, Purpose};
use crate::process::answer;
use crate::steps::{self, Lane, Outcome, Step, Work};

const TAURI_DRIVER: &str = "2.1.0";
const FIRST_PAINT_KIB: &str = "400";
const FIRST_PAINT: &str = include_str!("first_paint.mjs");

type Done = Result<Outcome, Trouble>;

pub(crate) fn test(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    let (mut only, mut skip, mut deny, mut verbose, mut list) = (Vec::new(), Vec::new(), false, false, false);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let mut names = |into: &mut Vec<String>| match args.next() {
            Some(value) => {
                into.extend(value.split(',').map(str::to_owned));
                Ok(())
            }
            None => Err(Trouble::usage(format!("{arg} wants a step's name."))),
        };
        match arg.as_str() {
            "--only" => names(&mut only)?,
            "--skip" => names(&mut skip)?,
            "--deny" => deny = true,
            "--list" => list = true,
            "--verbose" => verbose = true,
            other => return Err(Trouble::usage(format!("test does not know '{other}'."))),
        }
    }
    let steps = steps::select(all(), &only, &skip)?;
    if list {
        for step in &steps {
            println!("{:<14} {}", step.name, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let well = steps::run(house, &steps, deny, verbose);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All steps; within a lane in this order.
fn all() -> Vec<Step> {
    let mut steps = rust_steps();
    steps.extend(ui_steps());
    steps
}

fn rust_steps() -> Vec<Step> {
    let step = |name, about, needs, run, hint| Step { name, about, lane: Lane::Cargo, needs, run, hint };
    vec![
        step(
            "prerequisites",
            "compilers, libraries and programs, installed by apt where there is apt",
            &[],
            prerequisites_step,
            "",
        ),
        step("driver", "tauri-driver, which lets tests drive the real window", &["prerequisites"], driver, ""),
        step("format", "rustfmt", &[], format, "cargo fmt --all"),
        step("clippy", "clippy over every target", &["prerequisites", "ui-build"], clippy, "mend what it names"),
        step("build", "every binary and test", &["prerequisites", "ui-build"], build, "mend what the compiler names"),
        step(
            "bindings",
            "ui/src/ipc/bindings.ts and src-tauri/commands.txt match the commands",
            &["build"],
            bindings,
            "cargo xtask bindings, then commit what it wrote",
        ),
        step(
            "unit",
            "unit tests, with a keyring of their own",
            &["build"],
            unit,
            "run the failed test alone: cargo test --workspace NAME",
        ),
        step(
            "scenario",
            "integration and scenario tests, over real HTTP",
            &["build", "foreign-install"],
            scenario,
            "run the failed test alone: cargo test --workspace NAME",
        ),
        step(
            "php",
            "what is encoded as PHP does it, against PHP itself",
            &["build"],
            php,
            "cargo test --workspace --test php",
        ),
        step(
            "contabo-prism",
            "Contabo's own document, held by prism between our client and our sandbox",
            &["build", "foreign-install"],
            judges::prism,
            "the log names the operation and the field; the document decides which side is wrong",
        ),
        step(
            "contabo-stranger",
            "a Contabo client from PyPI at our sandbox",
            &["build"],
            judges::stranger,
            "the log names what it could not do; its own defects are listed in tests/foreign/pfruck/stranger.py",
        ),
        step("doc", "documentation tests", &["build"], doc, "cargo test --workspace --doc"),
        step(
            "e2e",
            "the real window, driven end to end",
            &["build", "driver"],
            e2e,
            "look at the pictures in xtask/artefacts of the target directory",
        ),
        step(
            "browser",
            "the same UI in Chromium over the bridge, with axe",
            &["build", "ui-install"],
            browser,
            "npm --prefix ui run test:browser",
        ),
        step("deny", "licences, duplicate and banned crates (cargo-deny)", &[], deny, "cargo deny check"),
    ]
}

fn ui_steps() -> Vec<Step> {
    let step = |name, about, needs, run, hint| Step { name, about, lane: Lane::Ui, needs, run, hint };
    vec![
        step(
            "ui-install",
            "the UI's packages",
            &["prerequisites"],
            ui_install,
            "is there a network? npm --prefix ui install",
        ),
        step(
            "foreign-install",
            "other people's clients of both providers, which the sandbox is held to",
            &["prerequisites"],
            foreign_install,
            "is there a network? npm --prefix tests/foreign/NAME install",
        ),
        step("ui-build", "the UI as it ships", &["ui-install"], ui_build, "npm --prefix ui run build"),
        step(
            "ui-size",
            "at most 400 KiB gzip at first paint",
            &["ui-build"],
            ui_size,
            "load what is not needed at first with import()",
        ),
        step("ui-types", "TypeScript", &["ui-install"], |w| script(w, "typecheck"), "npm --prefix ui run typecheck"),
        step("ui-lint", "lints and import rules", &["ui-install"], |w| script(w, "lint"), "npm --prefix ui run lint"),
        step(
            "ui-unused",
            "unused files, exports and packages (knip)",
            &["ui-install"],
            |w| script(w, "knip"),
            "npm --prefix ui run knip",
        ),
        step("ui-test", "the UI's tests", &["ui-install"], |w| script(w, "test"), "npm --prefix ui test"),
    ]
}

/// Builds the window's program. Like every cargo call here it names the whole workspace, so that no dependency is
/// compiled a second time with other features.
pub(crate) const BUILD_APP: &[&str] = &["build", "--workspace", "--bin", "rackdesk"];

/// Builds every program and every test.
pub(crate) const BUILD_ALL: &[&str] = &["build", "--workspace", "--bins", "--tests"];

/// What installs the UI's packages as the lock file names them. Not `npm ci`: it refuses a lock file without the optional
/// packages of every system, and one written behind a registry that lacks some of them has only its own.
pub(crate) const UI_INSTALL: &[&str] = &["install", "--no-audit", "--no-fund"];

/// Whether npm has to run for the UI.
pub(crate) fn ui_packages_stale(house: &House) -> bool {
    packages_stale(&house.ui())
}

/// Whether npm has to run in a folder: it notes in node_modules what it installed last.
fn packages_stale(folder: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let noted = changed(&folder.join("node_modules/.package-lock.json"));
    noted == SystemTime::UNIX_EPOCH || noted < changed(&folder.join("package-lock.json"))
}

/// Folders under `tests/foreign` that npm knows what to do with.
fn foreign_clients(house: &House) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(house.root.join("tests/foreign")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> =
        entries.map(|e| e.path()).filter(|p| p.join("package-lock.json").is_file()).collect();
    folders.sort();
    folders
}

fn passed() -> Done {
    Ok(Outcome::Passed(String::new()))
}

fn skipped(why: impl Into<String>) -> Done {
    Ok(Outcome::Skipped(why.into()))
}

fn prerequisites_step(work: &Work) -> Done {
    prerequisites::provide(work.house, Purpose::Test, Some(&work.log)).map(Outcome::Passed)
}

fn driver(work: &Work) -> Done {
    if cfg!(target_os = "macos") {
        return skipped("macOS offers no WebDriver for its web view");
    }
    if on_path("tauri-driver") || home_bin("tauri-driver").is_some() {
        return Ok(Outcome::Passed("already there".into()));
    }
    let mut install = work.house.cargo(&["install", "tauri-driver", "--version", TAURI_DRIVER, "--locked"]);
    install.env_remove("CARGO_TARGET_DIR");
    work.log.run(install)?;
    Ok(Outcome::Passed("installed".into()))
}

/// Where `cargo install` puts programs, in case that is not on the PATH.
fn home_bin(program: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
        Some(Path::new(&home).join(".cargo"))
    })?;
    Some(home.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))).filter(|p| p.is_file())
}

fn format(work: &Work) -> Done {
    work.log.run(work.house.cargo(&["fmt", "--all", "--", "--check", "-l"]))?;
    passed()
}

fn clippy(work: &Work) -> Done {
    work.log.run(work.house.gentle_cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    passed()
}

fn build(work: &Work) -> Done {
    work.log.run(work.house.gentle_cargo(BUILD_ALL))?;
    passed()
}

fn bindings(work: &Work) -> Done {
    let mut check = work.house.cargo(&["test", "--workspace", "--bin", "rackdesk", "generated"]);
    check.env_remove(BLESS);
    work.log.run(check)?;
    passed()
}

fn unit(work: &Work) -> Done {
    rust_tests(work, &["--lib", "--bins"])
}

fn scenario(work: &Work) -> Done {
    rust_tests(work, &["--test", "*"])
}

/// The scenario step runs these tests as well, and lets them pass where there is no PHP; here that is told.
fn php(work: &Work) -> Done {
    if !on_path("php") {
        return skipped("no php on this machine; nothing was compared with it");
    }
    let mut tests = work.house.cargo(&["test", "--workspace", "--test", "php"]);
    tests.env("RACKDESK_PHP", "must");
    work.log.run(tests)?;
    Ok(Outcome::Passed(count(&work.log.tail(60))))
}

fn rust_tests(work: &Work, which: &[&str]) -> Done {
    let nextest = answer(work.house.cargo(&["nextest", "--version"])).is_some();
    let mut tests = if nextest {
        work.house.cargo(&["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"])
    } else {
        work.house.cargo(&["test", "--workspace", "--no-fail-fast"])
    };
    tests.args(which);
    work.log.run(work.house.in_own_session(tests, false))?;
    let tail = work.log.tail(400);
    Ok(Outcome::Passed(count(&tail)))
}

/// How many tests ran, from what nextest or libtest printed.
fn count(lines: &[String]) -> String {
    if let Some(line) = lines.iter().rev().find(|l| l.trim_start().starts_with("Summary")) {
        return line.split_once(']').map_or(line.as_str(), |(_, rest)| rest).trim().to_owned();
    }
    let passed: u32 = lines
        .iter()
        .filter_map(|l| l.strip_prefix("test result: ok. ")?.split_once(" passed")?.0.parse::<u32>().ok())
        .sum();
    format!("{passed} tests run: {passed} passed")
}

fn doc(work: &Work) -> Done {
    work.log.run(work.house.cargo(&["test", "--workspace", "--doc"]))?;
    let tail = work.log.tail(400);
    Ok(Outcome::Passed(count(&tail)))
}

fn e2e(work: &Work) -> Done {
    if cfg!(target_os = "macos") {
        return skipped("macOS offers no WebDriver for its web view; Linux and Windows run this");
    }
    if cfg!(windows) && !on_path("msedgedriver") {
        return skipped("msedgedriver.exe is not on the PATH");
    }
    let pictures = fresh_artefacts(work.house, "window");
    let mut tests = work.house.cargo(&["test", "--workspace", "--test", "e2e", "--", "--ignored", "--test-threads=1"]);
    // A failure's own words say more than forty frames of the runtime.
    tests
        .env("RUST_BACKTRACE", "0")
        .env("RACKDESK_ARTEFACTS", &pictures)
        .env("RACKDESK_BIN_DIR", work.house.target.join("debug"));
    if let Some(driver) = home_bin("tauri-driver") {
        tests.env("RACKDESK_DRIVER", driver);
    }
    work.log.run(work.house.in_own_session(tests, true))?;
    Ok(Outcome::Passed(count(&work.log.tail(400))))
}

fn browser(work: &Work) -> Done {
    if !package_script(work.house, "test:browser") {
        return skipped("ui/package.json has no script test:browser");
    }
    let Some(browser) = prerequisites::browser(work.house, &work.log)? else {
        return skipped("no Chromium on this machine");
    };
    let program = format!("rackdeskctl{}", std::env::consts::EXE_SUFFIX);
    let mut tests = work.house.npm(&["run", "--silent", "test:browser"]);
    tests.env("RACKDESK_BROWSER", browser).env("RACKDESKCTL", work.house.target.join("debug").join(program));
    tests.env("RACKDESK_ARTEFACTS", fresh_artefacts(work.house, "browser"));
    work.log.run(work.house.in_own_session(tests, false))?;
    passed()
}

/// An empty place for pictures, to be looked at after a failure.
fn fresh_artefacts(house: &House, kind: &str) -> PathBuf {
    let dir = house.logs().join("artefacts").join(kind);
    // Not there, or not to be emptied: the tests themselves complain when they cannot write.
    std::fs::remove_dir_all(&dir).ok();
    dir
}

fn deny(work: &Work) -> Done {
    if answer(work.house.cargo(&["deny", "--version"])).is_none() {
        if !work.deny {
            return skipped("cargo-deny is not installed; --deny installs it, which takes minutes");
        }
        let mut install = work.house.cargo(&["install", "cargo-deny", "--locked"]);
        install.env_remove("CARGO_TARGET_DIR");
        work.log.run(install)?;
    }
    // Advisories come from a Git repository of their own: without a network the rest is still checked.
    work.log.run(work.house.cargo(&["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    match work.log.run(work.house.cargo(&["deny", "--all-features", "check", "advisories"])) {
        Ok(()) => passed(),
        Err(_) if work.log.tail(40).iter().any(|l| l.contains("failed to fetch advisory database")) => {
            Ok(Outcome::Passed("licences, bans, sources; the advisory database could not be fetched".into()))
        }
        Err(trouble) => Err(trouble),
    }
}

fn ui_install(work: &Work) -> Done {
    if !ui_packages_stale(work.house) {
        return Ok(Outcome::Passed("up to date".into()));
    }
    work.log.run(work.house.npm(UI_INSTALL))?;
    passed()
}

fn foreign_install(work: &Work) -> Done {
    let stale: Vec<PathBuf> = foreign_clients(work.house).into_iter().filter(|folder| packages_stale(folder)).collect();
    for folder in &stale {
        let mut install = work.house.npm(UI_INSTALL);
        install.current_dir(folder);
        work.log.run(install)?;
    }
    Ok(Outcome::Passed(if stale.is_empty() { "up to date".into() } else { format!("{} installed", stale.len()) }))
}

fn ui_build(work: &Work) -> Done {
    script(work, "build")
}

/// Prints what is loaded before the first page is painted; fails above the limit.
pub(crate) fn first_paint(house: &House) -> Result<Command, Trouble> {
    let path = house.logs().join("first_paint.mjs");
    std::fs::create_dir_all(house.logs()).and_then(|()| std::fs::write(&path, FIRST_PAINT)).map_err(|e| {
        Trouble::new(format!("Cannot write {}: {e}", path.display()), "make the target directory writable")
    })?;
    let mut node: Command = house.command("node");
    node.arg(path).arg(house.ui().join("dist")).arg(FIRST_PAINT_KIB);
    Ok(node)
}

fn ui_size(work: &Work) -> Done {
    work.log.run(first_paint(work.house)?)?;
    Ok(Outcome::Passed(work.log.tail(1).pop().unwrap_or_default()))
}

/// Runs a script of ui/package.json.
fn script(work: &Work, name: &str) -> Done {
    work.log.run(work.house.npm(&["run", "--silent", name]))?;
    passed()
}

fn package_script(house: &House, name: &str) -> bool {
    std::fs::read_to_string(house.ui().join("package.json")).is_ok_and(|text| text.contains(&format!("\"{name}\":")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_a_step_and_comes_earlier_in_its_own_lane() {
        let steps = all();
        for (at, step) in steps.iter().enumerate() {
            for need in step.needs {
                let Some(other) = steps.iter().position(|s| s.name == *need) else {
                    panic!("{} needs {need}, which is no step", step.name)
                };
                let waits_for_itself = steps[other].lane == step.lane && other >= at;
                assert!(!waits_for_itself, "{} needs {need}, which runs after it in the same lane", step.name);
            }
        }
    }

    /// The names in the sections of a manifest that this predicate picks.
    fn names(manifest: &str, section: fn(&str) -> bool) -> Vec<String> {
        let mut inside = false;
        let mut names = Vec::new();
        for line in manifest.lines() {
            if line.starts_with('[') {
                inside = section(line);
            } else if let Some((name, _)) =
                line.split_once(['.', '=', ' ']).filter(|_| inside && !line.starts_with('#'))
            {
                names.push(name.to_owned());
            }
        }
        names
    }

    #[test]
    fn what_only_tests_use_is_among_the_ordinary_dependencies_of_the_tests_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut manifests = vec![root.join("src-tauri/Cargo.toml"), root.join("tests/Cargo.toml")];
        let crates = std::fs::read_dir(root.join("src-tauri/crates")).expect("the crates are there");
        manifests.extend(crates.map(|entry| entry.expect("readable").path().join("Cargo.toml")));
        let texts: Vec<String> =
            manifests.iter().map(|path| std::fs::read_to_string(path).expect("a manifest")).collect();
        let ordinary: Vec<String> = texts.iter().flat_map(|t| names(t, |s| s == "[dependencies]")).collect();
        let dev = texts.iter().flat_map(|t| names(t, |s| s == "[dev-dependencies]"));
        let missing: Vec<String> = dev.filter(|n| !n.starts_with("rackdesk-") && !ordinary.contains(n)).collect();
        assert!(
            missing.is_empty(),
            "{missing:?} have to stand in tests/Cargo.toml too: otherwise programs and tests are built with different \
             features, and most of the graph is compiled twice"
        );
    }

    #[test]
    fn tests_are_counted_from_either_runner() {
        let own = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let nextest = own(&["     Summary [   3.201s] 41 tests run: 41 passed, 2 skipped", "done"]);
        assert_eq!(count(&nextest), "41 tests run: 41 passed, 2 skipped");
        let libtest = own(&[
            "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ]);
        assert_eq!(count(&libtest), "12 tests run: 12 passed");
    }
}
