//! Where things are, and how the tools are called.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Something a person has to know: what went wrong and what to do next.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) what: String,
    pub(crate) next: String,
    pub(crate) code: u8,
}

impl Trouble {
    pub(crate) fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), code: 1 }
    }

    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self { what: what.into(), next: "cargo xtask help".into(), code: 2 }
    }

    pub(crate) fn with_code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }
}

/// The clone and its build directory.
#[derive(Debug, Clone)]
pub(crate) struct House {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl House {
    /// Finds the clone from what cargo says at run time: a path compiled in would be the path of another clone when
    /// the build directory is shared.
    pub(crate) fn find() -> Result<Self, Trouble> {
        let next = "start it as: cargo xtask …, from inside the clone";
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .ok_or_else(|| Trouble::new("This program was not started by cargo.", next))?;
        let root = Path::new(&manifest)
            .ancestors()
            .find(|dir| dir.join("Cargo.lock").is_file())
            .ok_or_else(|| Trouble::new("No Cargo.lock above this program's package.", next))?
            .to_owned();
        // …/<target>/debug/xtask
        let exe = std::env::current_exe().map_err(|e| Trouble::new(format!("Own path unknown: {e}"), next))?;
        let target = exe.ancestors().nth(2).map_or_else(|| root.join("target"), Path::to_owned);
        Ok(Self { root, target })
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub(crate) fn shell(&self) -> PathBuf {
        self.root.join("src-tauri")
    }

    /// The app as `cargo build` leaves it.
    pub(crate) fn app(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(format!("rackdesk{}", std::env::consts::EXE_SUFFIX))
    }

    /// Where each step's output is kept.
    pub(crate) fn logs(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A command in the clone's root, without what `cargo run` put into the environment for this program.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        command
    }

    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(args);
        command
    }

    /// cargo, giving way to what runs beside it: the UI's tests have time limits, a compiler has none.
    pub(crate) fn gentle_cargo(&self, args: &[&str]) -> Command {
        let cargo = self.cargo(args);
        if !cfg!(unix) || !on_path("nice") {
            return cargo;
        }
        let mut nice = self.command("nice");
        nice.args(["-n", "10"]).arg(cargo.get_program()).args(cargo.get_args());
        nice
    }

    /// npm in ui/.
    pub(crate) fn npm(&self, args: &[&str]) -> Command {
        let mut command = self.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(self.ui()).args(args).env("npm_config_loglevel", "error");
        command
    }

    /// The command as it has to be started so that it has a display, a session bus and an unlocked keyring of its
    /// own and leaves the person's alone. Outside Linux it is the command itself.
    pub(crate) fn in_own_session(&self, command: Command, display: bool) -> Command {
        if !cfg!(target_os = "linux") {
            return command;
        }
        let mut wrapped = self.command(if display { "xvfb-run" } else { "sh" });
        if display {
            wrapped.args(["-a", "-s", "-screen 0 1600x1000x24 -nolisten tcp", "sh"]);
            // A real display beside the virtual one would be preferred by GTK.
            wrapped.env_remove("WAYLAND_DISPLAY");
        }
        wrapped.arg(self.root.join("tests/with-keyring.sh")).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        if let Some(dir) = command.get_current_dir() {
            wrapped.current_dir(dir);
        }
        wrapped
    }

    /// Makes sure that `ui/dist` exists: the app's build embeds it and stops without. A real build replaces it.
    pub(crate) fn ensure_dist(&self) -> Result<(), Trouble> {
        let index = self.ui().join("dist/index.html");
        if index.is_file() {
            return Ok(());
        }
        let page = "<!doctype html><title>Rackdesk</title><p>The UI is not built: cargo xtask run</p>\n";
        std::fs::create_dir_all(self.ui().join("dist"))
            .and_then(|()| std::fs::write(&index, page))
            .map_err(|e| Trouble::new(format!("Cannot write {}: {e}", index.display()), "make ui/ writable"))
    }
}

/// Where a program is.
pub(crate) fn find_program(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|path| path.is_file())
}

/// Whether a program can be found.
pub(crate) fn on_path(program: &str) -> bool {
    find_program(program).is_some()
}
