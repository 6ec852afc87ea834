//! `cargo xtask run`: from a fresh clone to an open window.

use std::process::{Command, ExitCode};

use crate::house::{House, Trouble};
use crate::prerequisites::{self, Purpose};
use crate::process::in_the_open;
use crate::suite;

#[derive(Default)]
struct Wish {
    dev: bool,
    release: bool,
    app_args: Vec<String>,
}

pub(crate) fn run(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    let wish = read(args)?;
    if wish.dev && wish.release {
        return Err(Trouble::usage("--dev and --release exclude each other."));
    }
    eprintln!("Prerequisites: {}", prerequisites::provide(house, Purpose::Run, None)?);
    if suite::ui_packages_stale(house) {
        in_the_open(house.npm(suite::UI_INSTALL))?;
    }
    if wish.dev {
        return dev(house, &wish);
    }
    in_the_open(house.npm(&["run", "--silent", "build"]))?;
    let mut build = house.cargo(suite::BUILD_APP);
    if wish.release {
        build.arg("--release");
    }
    in_the_open(build)?;
    open(house, &wish)
}

fn read(args: Vec<String>) -> Result<Wish, Trouble> {
    let mut wish = Wish::default();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--dev" => wish.dev = true,
            "--release" => wish.release = true,
            "--" => wish.app_args = args.by_ref().collect(),
            other => return Err(Trouble::usage(format!("run does not know '{other}'."))),
        }
    }
    Ok(wish)
}

/// Vite serves the UI; the window reloads what changes.
fn dev(house: &House, wish: &Wish) -> Result<ExitCode, Trouble> {
    house.ensure_dist()?;
    need_display("cargo xtask run --dev")?;
    let cli = house.ui().join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut tauri = house.command(cli);
    tauri.current_dir(house.shell()).args(["dev", "--", "--no-default-features", "--"]).args(&wish.app_args);
    in_the_open(tauri)?;
    Ok(ExitCode::SUCCESS)
}

fn open(house: &House, wish: &Wish) -> Result<ExitCode, Trouble> {
    let app = house.app(if wish.release { "release" } else { "debug" });
    need_display(&app.display().to_string())?;
    eprintln!("Opening {}", app.display());
    let status = Command::new(&app)
        .args(&wish.app_args)
        .status()
        .map_err(|e| Trouble::new(format!("{} could not be started: {e}", app.display()), "cargo xtask run"))?;
    if status.success() {
        return Ok(ExitCode::SUCCESS);
    }
    // What the app itself had to say stands above.
    Ok(ExitCode::from(status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(1)))
}

fn need_display(then: &str) -> Result<(), Trouble> {
    let there = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    if !cfg!(target_os = "linux") || there("DISPLAY") || there("WAYLAND_DISPLAY") {
        return Ok(());
    }
    let next = format!(
        "on a machine with a desktop: {then}\n\
         without one, on a virtual display: xvfb-run -a {then}\n\
         tests need none: cargo xtask test"
    );
    Err(Trouble::new("Rackdesk is built, but there is no display here to open its window on.", next).with_code(2))
}
