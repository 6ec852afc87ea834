//! Judges that nobody here wrote, between or beside our Contabo client and our sandbox. What comes from npm is installed
//! with the other foreign clients; what comes from PyPI here, below the build directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::house::{House, Trouble};
use crate::process::answer;
use crate::steps::{Outcome, Work};

/// Where the provider's document is, when somebody has it: it is not ours to ship.
const DOCUMENT: &str = "RACKDESK_CONTABO_DOCUMENT";

/// Prism, the provider's document in its hand, between the Contabo client and the sandbox.
pub(crate) fn prism(work: &Work) -> Result<Outcome, Trouble> {
    let Some(document) = document(work.house) else {
        return Ok(Outcome::Skipped(format!("the provider's document is not at hand ({DOCUMENT} names its file)")));
    };
    let prism = work.house.root.join("tests/foreign/prism/node_modules/@stoplight/prism-cli/dist/index.js");
    let mut tests = judged(work.house, "prism");
    tests.env("RACKDESK_PRISM", prism).env(DOCUMENT, document);
    work.log.run(tests)?;
    Ok(Outcome::Passed(said(work, "prism: ")))
}

/// A Python client from PyPI at the sandbox.
pub(crate) fn stranger(work: &Work) -> Result<Outcome, Trouble> {
    let Some(python) = python(work.house) else {
        return Ok(Outcome::Skipped("no Python 3 with venv on this machine".into()));
    };
    let python = provide(work, python)?;
    let mut tests = judged(work.house, "stranger");
    tests.env("RACKDESK_STRANGER_PYTHON", python);
    work.log.run(tests)?;
    Ok(Outcome::Passed(said(work, "deeds in ")))
}

/// The tests that only run with a judge.
fn judged(house: &House, name: &str) -> Command {
    house.cargo(&["test", "--workspace", "--test", "judged", "--", "--ignored", "--nocapture", name])
}

/// The line in which a judge says how it went.
fn said(work: &Work, mark: &str) -> String {
    work.log.tail(100).into_iter().rfind(|line| line.contains(mark)).unwrap_or_default()
}

/// The document beside the clone, or where the environment says.
fn document(house: &House) -> Option<PathBuf> {
    let named = std::env::var_os(DOCUMENT).map(PathBuf::from);
    let beside = || Some(house.root.parent()?.join("shared/api/contabo-openapi.yaml"));
    named.or_else(beside).filter(|path| path.is_file())
}

/// A Python that can make a place for packages.
fn python(house: &House) -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|name| {
        let mut probe = house.command(name);
        probe.args(["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"]);
        answer(probe).is_some()
    })
}

/// A Python with what `tests/foreign/pfruck/requirements.txt` asks for; made again when that changed.
fn provide(work: &Work, python: &str) -> Result<PathBuf, Trouble> {
    let wanted = work.house.root.join("tests/foreign/pfruck/requirements.txt");
    let place = work.house.target.join("foreign/pfruck");
    let program = place.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let note = place.join("installed.txt");
    let read = |path: &Path| std::fs::read(path).ok();
    if program.is_file() && read(&note) == read(&wanted) {
        return Ok(program);
    }
    let mut venv = work.house.command(python);
    venv.args(["-m", "venv", "--clear"]).arg(&place);
    let mut pip = work.house.command(&program);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
    for command in [venv, pip] {
        work.log.run(command).map_err(|trouble| Trouble::new(trouble.what, "is there a network?"))?;
    }
    std::fs::copy(&wanted, &note)
        .map_err(|e| Trouble::new(format!("{}: {e}", note.display()), "make the target directory writable"))?;
    Ok(program)
}
