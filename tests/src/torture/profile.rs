//! A real profile on the disk, added by rackdeskctl, so that the program itself can be one of the workers.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rackdesk_sandbox::ServeLine;

use crate::ctl::{Credentials, program};

/// Key of the profile's database.
pub(super) const KEY: &str = "7c1d0f5b8a2e4c6d91b3f0a7e5d8c2b4a6978f1e3d5c7b9a0f2e4d6c8b1a3957";

/// Where a profile is and how rackdeskctl gets at it.
pub(super) struct Profile {
    data: tempfile::TempDir,
    credentials: Credentials,
    dir: PathBuf,
}

impl Profile {
    /// Adds a profile for this line; its grace times are as short as those of the other workers.
    pub(super) fn add(line: &ServeLine) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let line = serde_json::to_value(line).expect("a line");
        let credentials = Credentials::of(&line, KEY);
        let mut profile = Self { data, credentials, dir: PathBuf::new() };
        let mut add = profile.ctl();
        add.args(["profile", "add", "--name", "Torture", "--environment", "staging", "--grace-seconds", "1"]);
        add.args(Credentials::addresses(&line)).stdout(Stdio::piped());
        let output = add.output().expect("rackdeskctl starts");
        assert!(output.status.success(), "rackdeskctl profile add ended with {}", output.status);
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        profile.dir = profile.data.path().join("profiles").join(id);
        std::fs::create_dir_all(&profile.dir).expect("the profile's folder");
        profile
    }

    /// The profile's folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A place for marks, away from what the program looks after.
    pub(super) fn mark(&self) -> PathBuf {
        self.data.path().join("mark")
    }

    /// rackdeskctl on this profile.
    pub(super) fn ctl(&self) -> Command {
        let mut command = Command::new(program("rackdeskctl"));
        command.arg("--data-dir").arg(self.data.path());
        command.env("CREDENTIALS_DIRECTORY", self.credentials.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        command
    }
}
