//! `cargo xtask bundle`: installers, and whether the app still compiles for Windows.

use std::process::ExitCode;

use crate::house::{House, Trouble, on_path};
use crate::prerequisites::{self, Purpose, System};
use crate::process::in_the_open;
use crate::suite;

pub(crate) fn bundle(house: &House, args: Vec<String>) -> Result<ExitCode, Trouble> {
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => installers(house),
        ["--check-windows"] => check_windows(house),
        _ => Err(Trouble::usage(format!("bundle does not know '{}'.", args.join(" ")))),
    }
}

fn installers(house: &House) -> Result<ExitCode, Trouble> {
    prerequisites::provide(house, Purpose::Run, None)?;
    if suite::ui_packages_stale(house) {
        in_the_open(house.npm(suite::UI_INSTALL))?;
    }
    // AppImage is left out: its bundler downloads a program from elsewhere while it builds.
    let kinds = match System::here() {
        System::MacOs => "app,dmg",
        System::Windows => "nsis",
        System::Debian | System::Fedora | System::Linux => "deb,rpm",
    };
    let cli = house.ui().join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut tauri = house.command(cli);
    tauri.current_dir(house.shell()).args(["build", "--bundles", kinds]);
    in_the_open(tauri)?;
    eprintln!("Installers are in {}", house.target.join("release/bundle").display());
    Ok(ExitCode::SUCCESS)
}

/// Compiles the app for Windows with Debian's own Rust, which brings the sources of the standard library, and
/// MinGW. A target directory of its own: that Rust is another version.
fn check_windows(house: &House) -> Result<ExitCode, Trouble> {
    let rustc = "/usr/bin/rustc";
    if !on_path("x86_64-w64-mingw32-gcc") || !std::path::Path::new(rustc).is_file() {
        return Err(Trouble::new(
            "The cross compiler is missing.",
            "on Debian: sudo apt-get install gcc-mingw-w64-x86-64 rustc-web rust-web-src",
        ));
    }
    house.ensure_dist()?;
    let mut check = house.cargo(&["check", "--package", "rackdesk", "--target", "x86_64-pc-windows-gnu"]);
    check.arg("-Zbuild-std=std,panic_abort,panic_unwind");
    check.arg("--target-dir").arg(house.target.join("windows"));
    check.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
    in_the_open(check)?;
    eprintln!("The app compiles for Windows.");
    Ok(ExitCode::SUCCESS)
}
