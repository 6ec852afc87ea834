//! Files made from the list of commands are compared with the list, or written when [`WRITE`] is set
//! (`cargo xtask bindings`).

use std::path::{Path, PathBuf};

use rackdesk_commands::COMMANDS;
use specta_typescript::Typescript;

const WRITE: &str = "RACKDESK_WRITE_GENERATED";
const AGAIN: &str = "is not what the commands say: cargo xtask bindings, then commit it";

fn compare_or_write(path: &Path, fresh: &str) {
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, fresh).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    // A checkout on Windows may have changed the line ends.
    assert!(kept.replace('\r', "") == fresh, "{} {AGAIN}", path.display());
}

fn shell() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_build_script_knows_every_command() {
    let names: String = COMMANDS.iter().map(|command| format!("{}\n", command.name)).collect();
    compare_or_write(&shell().join("commands.txt"), &names);
}

#[test]
fn the_bindings_are_fresh() {
    let path = std::env::temp_dir().join(format!("rackdesk-bindings-{}.ts", std::process::id()));
    let typescript = Typescript::default().header("// Written by `cargo xtask bindings` from the list of commands.\n");
    crate::ipc::builder().export(typescript, &path).unwrap();
    let fresh = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    compare_or_write(&shell().join("../ui/src/ipc/bindings.ts"), &fresh);
}
