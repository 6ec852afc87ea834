//! What has to be on the machine before anything can be built or tested: found by looking for the thing itself, not
//! for a package's name, and installed by apt where there is apt.

use std::path::PathBuf;
use std::process::Command;

use crate::house::{House, Trouble, find_program, on_path};
use crate::process::{Log, answer};

/// The oldest Node that Vite runs on.
const NODE: (u32, u32) = (20, 19);

/// The system, as far as packages are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Debian, Ubuntu and what is built on them.
    Debian,
    /// Fedora and what is built on it.
    Fedora,
    /// Another Linux.
    Linux,
    MacOs,
    Windows,
}

/// How one notices that something is there.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Program(&'static str),
    Library(&'static str),
    /// OpenSSL's configure script needs more than a minimal perl.
    PerlModules,
    /// A window without any font shows no text.
    AnyFont,
    /// Python that can make a place for packages; Debian's own cannot without a package of its own.
    PythonVenv,
}

struct Need {
    sign: Sign,
    debian: &'static str,
    fedora: &'static str,
}

const BUILD: &[Need] = &[
    Need { sign: Sign::Program("cc"), debian: "build-essential", fedora: "gcc" },
    Need { sign: Sign::Program("c++"), debian: "build-essential", fedora: "gcc-c++" },
    Need { sign: Sign::Program("make"), debian: "build-essential", fedora: "make" },
    Need { sign: Sign::PerlModules, debian: "perl", fedora: "perl-core" },
    Need { sign: Sign::Program("pkg-config"), debian: "pkg-config", fedora: "pkgconf-pkg-config" },
    Need {
        sign: Sign::Library("webkit2gtk-4.1"),
        debian: "libwebkit2gtk-4.1-dev",
        fedora: "'pkgconfig(webkit2gtk-4.1)'",
    },
    Need { sign: Sign::Library("dbus-1"), debian: "libdbus-1-dev", fedora: "'pkgconfig(dbus-1)'" },
    Need { sign: Sign::AnyFont, debian: "fontconfig fonts-dejavu-core", fedora: "fontconfig dejavu-sans-fonts" },
];

const TEST: &[Need] = &[
    Need { sign: Sign::Program("WebKitWebDriver"), debian: "webkit2gtk-driver", fedora: "/usr/bin/WebKitWebDriver" },
    Need { sign: Sign::Program("xvfb-run"), debian: "xvfb", fedora: "/usr/bin/xvfb-run" },
    Need { sign: Sign::Program("xauth"), debian: "xauth", fedora: "xorg-x11-xauth" },
    Need { sign: Sign::Program("dbus-run-session"), debian: "dbus", fedora: "/usr/bin/dbus-run-session" },
    Need { sign: Sign::Program("gnome-keyring-daemon"), debian: "gnome-keyring", fedora: "gnome-keyring" },
];

/// What makes the tests say more. Where apt can bring it, it does; elsewhere they do without.
const TEST_ON_DEBIAN: &[Need] = &[
    Need { sign: Sign::Program("php"), debian: "php-cli", fedora: "php-cli" },
    Need { sign: Sign::PythonVenv, debian: "python3-venv", fedora: "python3" },
];

/// Which things are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Run,
    Test,
}

impl System {
    pub(crate) fn here() -> Self {
        if cfg!(target_os = "macos") {
            return Self::MacOs;
        }
        if cfg!(windows) {
            return Self::Windows;
        }
        if on_path("apt-get") && on_path("dpkg") {
            return Self::Debian;
        }
        if on_path("dnf") { Self::Fedora } else { Self::Linux }
    }
}

/// Looks for everything and installs it where that is possible. Says in one sentence what it found.
pub(crate) fn provide(house: &House, purpose: Purpose, log: Option<&Log>) -> Result<String, Trouble> {
    let system = System::here();
    check_room(house)?;
    check_node(house, system)?;
    match system {
        System::MacOs => check_macos(house),
        System::Windows => check_windows(),
        System::Debian | System::Fedora | System::Linux => provide_linux(house, system, purpose, log),
    }
}

/// A compiler that meets a full disk ends without a word.
fn check_room(house: &House) -> Result<(), Trouble> {
    const LEAST_MIB: u64 = 3 * 1024;
    let mut df = house.command("df");
    df.arg("-Pk").arg(&house.target);
    let Some(table) = answer(df) else { return Ok(()) };
    match free_mib(&table) {
        Some(free) if free < LEAST_MIB => Err(Trouble::new(
            format!("Only {free} MiB are free where the build goes ({}).", house.target.display()),
            "make room; a first build takes about 10 GB, cargo clean gives back an old one",
        )),
        _ => Ok(()),
    }
}

/// The fourth column of the second line of `df -Pk`, in MiB.
fn free_mib(table: &str) -> Option<u64> {
    Some(table.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()? / 1024)
}

/// A Chromium for the UI in a second engine; installed where that is one ordinary package. (Ubuntu's is a snap.)
pub(crate) fn browser(house: &House, log: &Log) -> Result<Option<PathBuf>, Trouble> {
    let find =
        || ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].into_iter().find_map(find_program);
    if let Some(found) = find() {
        return Ok(Some(found));
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if System::here() == System::Debian && release.lines().any(|line| line == "ID=debian") {
        install_with_apt(house, &["chromium"], Some(log))?;
    }
    Ok(find())
}

fn check_node(house: &House, system: System) -> Result<(), Trouble> {
    let how = match system {
        System::Debian | System::Linux => {
            "install Node 20.19 or newer with npm from https://nodejs.org (Debian 12's own package is older)"
        }
        System::Fedora => "sudo dnf install nodejs npm",
        System::MacOs => "brew install node",
        System::Windows => "winget install OpenJS.NodeJS.LTS",
    };
    let mut node = house.command("node");
    node.arg("--version");
    let Some(version) = answer(node) else {
        return Err(Trouble::new("Node is not installed; the UI is built with it.", how));
    };
    if parse_version(&version).is_none_or(|v| v < NODE) {
        let what = format!("Node {version} is too old: {}.{} or newer is wanted.", NODE.0, NODE.1);
        return Err(Trouble::new(what, how));
    }
    let mut npm = house.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.arg("--version");
    match answer(npm) {
        Some(_) => Ok(()),
        None => Err(Trouble::new("npm is not installed; the UI's packages come through it.", how)),
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn check_macos(house: &House) -> Result<String, Trouble> {
    let mut select = house.command("xcode-select");
    select.arg("-p");
    match answer(select) {
        Some(_) => Ok("Xcode's command line tools and Node are here".into()),
        None => Err(Trouble::new("Xcode's command line tools are missing.", "xcode-select --install")),
    }
}

fn check_windows() -> Result<String, Trouble> {
    // The compiler is here, or this program would not run. OpenSSL is configured by perl and assembled by nasm;
    // WebView2 is part of Windows 11 and of every updated Windows 10.
    let missing: Vec<&str> = [("perl", "StrawberryPerl.StrawberryPerl"), ("nasm", "NASM.NASM")]
        .into_iter()
        .filter(|(program, _)| !on_path(program))
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok("perl, nasm and Node are here".into());
    }
    let install: Vec<String> = missing.iter().map(|p| format!("winget install {p}")).collect();
    Err(Trouble::new(
        "Tools to build the encrypted database are missing.",
        format!("{}\nthen open a new terminal", install.join("\n")),
    ))
}

fn provide_linux(house: &House, system: System, purpose: Purpose, log: Option<&Log>) -> Result<String, Trouble> {
    let missing = missing(house, purpose);
    if missing.is_empty() {
        return Ok("everything is here".into());
    }
    if system != System::Debian {
        return Err(by_hand(system, &missing));
    }
    let packages = words(missing.iter().map(|n| n.debian));
    install_with_apt(house, &packages, log)?;
    let still = words(self::missing(house, purpose).iter().map(|n| n.debian));
    if still.is_empty() {
        return Ok(format!("installed {}", packages.join(" ")));
    }
    let next = format!("look at the output of: apt-get install {}", still.join(" "));
    Err(Trouble::new(format!("apt-get ended well, but something of {} is still not found.", still.join(", ")), next))
}

fn missing(house: &House, purpose: Purpose) -> Vec<&'static Need> {
    let test: &[Need] = if purpose == Purpose::Test { TEST } else { &[] };
    let more = if purpose == Purpose::Test && System::here() == System::Debian { TEST_ON_DEBIAN } else { &[] };
    BUILD.iter().chain(test).chain(more).filter(|need| !is_here(house, need.sign)).collect()
}

fn is_here(house: &House, sign: Sign) -> bool {
    let prints = |program: &str, args: &[&str]| {
        let mut command = house.command(program);
        command.args(args);
        answer(command)
    };
    match sign {
        Sign::Program(name) => on_path(name),
        Sign::Library(name) => prints("pkg-config", &["--exists", name]).is_some(),
        Sign::PerlModules => {
            let modules = ["-MFindBin", "-MIPC::Cmd", "-MFile::Compare", "-MFile::Copy", "-MTime::Piece", "-e", "1"];
            prints("perl", &modules).is_some()
        }
        Sign::AnyFont => prints("fc-list", &[]).is_some_and(|fonts| !fonts.is_empty()),
        Sign::PythonVenv => prints("python3", &["-c", "import venv, ensurepip"]).is_some(),
    }
}

fn by_hand(system: System, missing: &[&Need]) -> Trouble {
    let what: Vec<String> = missing
        .iter()
        .map(|need| match need.sign {
            Sign::Program(name) | Sign::Library(name) => name.to_owned(),
            Sign::PerlModules => "perl's core modules".to_owned(),
            Sign::AnyFont => "a font".to_owned(),
            Sign::PythonVenv => "Python 3 with venv".to_owned(),
        })
        .collect();
    let next = match system {
        System::Fedora => format!("sudo dnf install {}", words(missing.iter().map(|n| n.fedora)).join(" ")),
        _ => "install what your distribution calls them (WebKitGTK 4.1 and D-Bus with their headers), then start again"
            .into(),
    };
    Trouble::new(format!("Missing on this machine: {}.", what.join(", ")), next)
}

fn install_with_apt(house: &House, packages: &[&str], log: Option<&Log>) -> Result<(), Trouble> {
    let line = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let root = answer(house_id(house)).is_some_and(|id| id == "0");
    if !root && !on_path("sudo") {
        return Err(Trouble::new(
            format!("Packages are missing: {}.", packages.join(", ")),
            format!("as root: {line}"),
        ));
    }
    let apt = |args: &[&str]| {
        let mut command = house.command(if root { "apt-get" } else { "sudo" });
        if !root {
            command.arg("apt-get");
        }
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let run = |command: Command| match log {
        Some(log) => log.run(command),
        None => crate::process::in_the_open(command),
    };
    // An old index names versions that are gone; a failing one may still serve.
    let updated = run(apt(&["update", "-q"]));
    let mut install = vec!["install", "-y", "-q", "--no-install-recommends"];
    install.extend(packages);
    run(apt(&install)).map_err(|trouble| {
        let more = if updated.is_err() { " (apt-get update failed too: is there a network?)" } else { "" };
        Trouble::new(format!("{}{more}", trouble.what), format!("install them by hand: sudo {line}"))
    })
}

fn house_id(house: &House) -> Command {
    let mut id = house.command("id");
    id.arg("-u");
    id
}

/// The words of all lines, each once.
fn words<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words: Vec<&str> = Vec::new();
    for word in lines.flat_map(str::split_whitespace) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert_eq!(parse_version("v20.19.4\n"), Some((20, 19)));
        assert!(parse_version("v20.9.0").is_some_and(|v| v < NODE), "9 is less than 19");
        assert!(parse_version("v22.0.1").is_some_and(|v| v >= NODE));
        assert_eq!(parse_version("node"), None);
    }

    #[test]
    fn free_space_is_read_from_df() {
        let table =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 263174212 90000000 2516582 98% /\n";
        assert_eq!(free_mib(table), Some(2457));
        assert_eq!(free_mib("df: no such file"), None);
    }

    #[test]
    fn on_fedora_the_exact_command_is_named() {
        let needs: Vec<&Need> = BUILD.iter().take(3).chain(TEST.iter().take(1)).collect();
        let trouble = by_hand(System::Fedora, &needs);
        assert_eq!(trouble.what, "Missing on this machine: cc, c++, make, WebKitWebDriver.");
        assert_eq!(trouble.next, "sudo dnf install gcc gcc-c++ make /usr/bin/WebKitWebDriver");
    }

    #[test]
    fn a_package_is_named_once() {
        assert_eq!(words(BUILD.iter().take(4).map(|n| n.debian)), ["build-essential", "perl"]);
    }
}
