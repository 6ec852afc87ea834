//! Running a command with its output kept in a file, so that several can run side by side and a failure can be read.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::house::Trouble;

/// Where a step's commands write.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    path: PathBuf,
    verbose: bool,
}

impl Log {
    /// An empty log.
    pub(crate) fn create(dir: &Path, name: &str, verbose: bool) -> Result<Self, Trouble> {
        let path = dir.join(format!("{name}.log"));
        std::fs::create_dir_all(dir).and_then(|()| File::create(&path)).map_err(|e| {
            Trouble::new(format!("Cannot write {}: {e}", path.display()), "make the target directory writable")
        })?;
        Ok(Self { path, verbose })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs the command to its end; the error names the command, not its output.
    pub(crate) fn run(&self, mut command: Command) -> Result<(), Trouble> {
        let shown = shown(&command);
        command.stdin(Stdio::null()).env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1");
        if self.verbose {
            eprintln!("  $ {shown}");
        } else {
            // Both streams go straight to the file: a daemon that outlives the command cannot keep us waiting.
            let file = self.append().map_err(|e| Trouble::new(format!("{}: {e}", self.path.display()), "see above"))?;
            writeln!(&file, "$ {shown}").ok();
            let twin = file.try_clone().map_err(|e| Trouble::new(e.to_string(), "try again"))?;
            command.stdout(file).stderr(twin);
        }
        let status = command
            .status()
            .map_err(|e| Trouble::new(format!("'{shown}' could not be started: {e}"), "is it installed?"))?;
        if status.success() {
            return Ok(());
        }
        Err(Trouble::new(format!("'{shown}' ended with {status}."), String::new()))
    }

    /// The last lines, for a failure (many) or a sign of life (one).
    pub(crate) fn tail(&self, lines: usize) -> Vec<String> {
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(&self.path) {
            let size = file.metadata().map_or(0, |m| m.len());
            file.seek(SeekFrom::Start(size.saturating_sub(32 * 1024))).ok();
            file.read_to_end(&mut text).ok();
        }
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect();
        all[all.len().saturating_sub(lines)..].iter().map(|l| (*l).to_owned()).collect()
    }

    fn append(&self) -> std::io::Result<File> {
        OpenOptions::new().append(true).open(&self.path)
    }
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|a| {
        let a = a.to_string_lossy();
        if a.contains(' ') { format!("'{a}'") } else { a.into_owned() }
    }));
    words.join(" ")
}

/// Runs a command with this program's own streams.
pub(crate) fn in_the_open(mut command: Command) -> Result<(), Trouble> {
    let shown = shown(&command);
    eprintln!("$ {shown}");
    let status = command
        .status()
        .map_err(|e| Trouble::new(format!("'{shown}' could not be started: {e}"), "is it installed?"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Trouble::new(format!("'{shown}' ended with {status}."), "see its output above"))
    }
}

/// What a command prints, or `None` when it fails.
pub(crate) fn answer(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
