//! How the program was started.

use std::ffi::OsString;
use std::path::PathBuf;

/// Names a data directory when `--data-dir` does not.
pub(crate) const DATA_DIR: &str = "RACKDESK_DATA_DIR";

const USAGE: &str = "\
rackdesk [--data-dir DIR]

  --data-dir DIR   keep profiles, databases, preferences and the web view's files in DIR
                   (also RACKDESK_DATA_DIR; the option wins)
  --version        print the version
  --help           print this

Without a window, for servers and scripts: rackdeskctl";

/// What to start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Launch {
    /// Where everything is kept.
    pub(crate) data_dir: PathBuf,
    /// Somebody chose the directory: this is not the person's usual Rackdesk.
    pub(crate) chosen: bool,
}

/// Why the program ends before it opens a window, and the exit code: 0 asked for, 1 failed, 2 cannot run like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) text: String,
    pub(crate) code: u8,
}

impl Refusal {
    pub(crate) fn failure(text: String) -> Self {
        Self { text, code: 1 }
    }

    pub(crate) fn cannot(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }
}

/// Reads arguments and environment.
pub(crate) fn read(args: impl Iterator<Item = OsString>, env: Option<OsString>) -> Result<Launch, Refusal> {
    let mut named = env.filter(|dir| !dir.is_empty());
    let mut args = args;
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        if text == "--help" || text == "-h" {
            return Err(Refusal { text: USAGE.to_owned(), code: 0 });
        } else if text == "--version" || text == "-V" {
            return Err(Refusal { text: concat!("rackdesk ", env!("CARGO_PKG_VERSION")).to_owned(), code: 0 });
        } else if text == "--data-dir" {
            let Some(dir) = args.next().filter(|dir| !dir.is_empty()) else {
                return Err(Refusal::cannot("--data-dir wants a directory."));
            };
            named = Some(dir);
        } else if let Some(dir) = text.strip_prefix("--data-dir=").filter(|dir| !dir.is_empty()) {
            named = Some(dir.into());
        } else if text.starts_with("-psn_") {
            // macOS adds a process number when the Finder starts a program.
        } else {
            return Err(Refusal::cannot(format!("rackdesk does not know '{text}'.\n\n{USAGE}")));
        }
    }
    let chosen = named.is_some();
    let dir = match named {
        Some(dir) => std::path::absolute(&dir)
            .map_err(|e| Refusal::failure(format!("{} is no usable directory: {e}", dir.to_string_lossy())))?,
        None => rackdesk_commands::default_data_dir()
            .ok_or_else(|| Refusal::cannot("No home directory is known: name a directory with --data-dir DIR."))?,
    };
    Ok(Launch { data_dir: dir, chosen })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(args: &[&str], env: Option<&str>) -> Result<Launch, Refusal> {
        read(args.iter().map(OsString::from), env.map(OsString::from))
    }

    #[test]
    fn the_option_wins_over_the_environment() {
        let launch = from(&["--data-dir", "/srv/a"], Some("/srv/b")).unwrap();
        assert_eq!(launch, Launch { data_dir: "/srv/a".into(), chosen: true });
        assert_eq!(from(&["--data-dir=/srv/c"], None).unwrap().data_dir, PathBuf::from("/srv/c"));
        assert_eq!(from(&[], Some("/srv/b")).unwrap().data_dir, PathBuf::from("/srv/b"));
    }

    #[test]
    fn a_relative_directory_is_taken_from_here_once_and_for_all() {
        let launch = from(&["--data-dir", "demo"], None).unwrap();
        assert_eq!(launch.data_dir, std::env::current_dir().unwrap().join("demo"));
    }

    #[test]
    fn an_empty_environment_variable_chooses_nothing() {
        assert!(!from(&[], Some("")).unwrap().chosen);
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_usage() {
        let refusal = from(&["--datadir", "x"], None).unwrap_err();
        assert_eq!(refusal.code, 2);
        assert!(refusal.text.starts_with("rackdesk does not know '--datadir'."), "{}", refusal.text);
        assert!(refusal.text.contains("--data-dir DIR"), "{}", refusal.text);
        assert_eq!(from(&["--data-dir"], None).unwrap_err().text, "--data-dir wants a directory.");
    }

    #[test]
    fn the_finder_may_add_its_process_number() {
        assert!(from(&["-psn_0_12345", "--data-dir", "/x"], None).is_ok());
    }
}
