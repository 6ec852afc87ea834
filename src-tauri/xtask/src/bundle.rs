//! `cargo xtask bundle`: installers, and whether the app still compiles for Windows.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

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
    build(
        house,
        match System::here() {
            System::MacOs => "app,dmg",
            System::Windows => "nsis",
            System::Debian | System::Fedora | System::Linux => "deb,rpm",
        },
    )?;
    eprintln!("Installers are in {}", house.target.join("release/bundle").display());
    Ok(ExitCode::SUCCESS)
}

fn build(house: &House, kinds: &str) -> Result<(), Trouble> {
    let cli = house.ui().join("node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let mut tauri = house.command(cli);
    tauri.current_dir(house.shell()).args(["build", "--bundles", kinds]);
    in_the_open(tauri)?;
    debs(house).iter().try_for_each(|deb| repack(house, deb))
}

/// The Debian packages that were built.
fn debs(house: &House) -> Vec<PathBuf> {
    let files = std::fs::read_dir(house.target.join("release/bundle/deb")).into_iter().flatten().flatten();
    files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|extension| extension == "deb")).collect()
}

/// Packs a Debian package again as Debian does it, with xz: the bundler knows only gzip, and a third more of it.
fn repack(house: &House, deb: &Path) -> Result<(), Trouble> {
    if !on_path("dpkg-deb") {
        return Ok(());
    }
    let inside = deb.with_extension("inside");
    // One that was left behind half-way.
    std::fs::remove_dir_all(&inside).ok();
    let mut unpack = house.command("dpkg-deb");
    unpack.arg("--raw-extract").arg(deb).arg(&inside);
    in_the_open(unpack)?;
    let mut pack = house.command("dpkg-deb");
    pack.args(["--root-owner-group", "-Zxz", "--build"]).arg(&inside).arg(deb);
    let packed = in_the_open(pack);
    std::fs::remove_dir_all(&inside).ok();
    packed
}

/// What selects [`sizes`] among the figures.
pub(crate) const SIZES: &str = "size";

/// The most a Debian package may have.
const DEB_BYTES: u64 = 20_000_000;

/// What has to be loaded and downloaded.
pub(crate) fn sizes(house: &House) -> Result<(), Trouble> {
    in_the_open(suite::first_paint(house)?)?;
    if !matches!(System::here(), System::Debian) {
        return Ok(());
    }
    // One of an earlier version would be measured too.
    std::fs::remove_dir_all(house.target.join("release/bundle/deb")).ok();
    build(house, "deb")?;
    let bytes: u64 = debs(house).iter().filter_map(|deb| deb.metadata().ok()).map(|deb| deb.len()).sum();
    let verdict = if (1..=DEB_BYTES).contains(&bytes) { "ok" } else { "OVER" };
    println!("{:.1} MB Debian package (limit {} MB)  {verdict}", bytes as f64 / 1e6, DEB_BYTES / 1_000_000);
    Ok(())
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
