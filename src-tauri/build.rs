//! Gives each of the app's own commands a permission, so that a window may only call what its capability names.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=commands.txt");
    // Written from the list of commands by `cargo xtask bindings`; a test fails when it is stale.
    let names: Vec<&'static str> = include_str!("commands.txt").lines().filter(|line| !line.is_empty()).collect();
    let manifest = tauri_build::AppManifest::new().commands(names.leak());
    Ok(tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?)
}
