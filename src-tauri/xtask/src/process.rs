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

    /// The last lines.
    pub(crate) fn tail(&self, lines: usize) -> Vec<String> {
        let all = self.lines();
        all[all.len().saturating_sub(lines)..].to_vec()
    }

    /// What a person has to read after a failure: from the first error on when it lies further back than the end does.
    pub(crate) fn excerpt(&self, lines: usize) -> Vec<String> {
        const NOISE: [&str; 5] = ["Compiling ", "Checking ", "Downloaded ", "Downloading ", "Fresh "];
        let mut all = self.lines();
        all.retain(|line| !NOISE.iter().any(|noise| line.trim_start().starts_with(noise)));
        let first = all.iter().position(|line| line.starts_with("error")).unwrap_or(all.len());
        let from = first.min(all.len().saturating_sub(lines));
        all.into_iter().skip(from).take(lines).collect()
    }

    fn lines(&self) -> Vec<String> {
        let mut bytes = Vec::new();
        if let Ok(mut file) = File::open(&self.path) {
            let size = file.metadata().map_or(0, |m| m.len());
            file.seek(SeekFrom::Start(size.saturating_sub(1024 * 1024))).ok();
            file.read_to_end(&mut bytes).ok();
        }
        let text = String::from_utf8_lossy(&bytes);
        text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_its_first_error_even_when_much_follows() {
        let dir = std::env::temp_dir().join(format!("xtask-log-{}", std::process::id()));
        let log = Log::create(&dir, "build", false).expect("temp directory is writable");
        let mut text = "   Compiling a v1\nerror: the reason\n   Compiling b v1\n".to_owned();
        text.extend((0..500).map(|n| format!("warning {n}\n")));
        std::fs::write(log.path(), &text).expect("written");
        assert_eq!(log.excerpt(3), ["error: the reason", "warning 0", "warning 1"]);
        assert_eq!(log.tail(1), ["warning 499"]);

        std::fs::write(log.path(), "test a ... ok\nfailures:\n  b\nerror: test failed\n").expect("written");
        assert_eq!(log.excerpt(3), ["failures:", "  b", "error: test failed"]);
        std::fs::remove_dir_all(dir).expect("removed");
    }
}
