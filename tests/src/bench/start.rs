//! From the start of the program to a list of clients that a person can read, and what all its processes hold,
//! against an empty window of the same build. Time is taken from the screen's own memory: it ends when the rows are
//! painted as they stay.

use super::Report;

/// The figures of a start.
#[cfg(target_os = "linux")]
pub fn run(report: &mut Report) {
    linux::run(report);
}

/// Reading a virtual screen's memory works on Linux only.
#[cfg(not(target_os = "linux"))]
pub fn run(report: &mut Report) {
    report.heading("Start: measured on Linux only");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::super::screen::{Ink, Screen};
    use super::super::{Report, Times};
    use crate::ctl::program;
    use crate::desk;
    use crate::window::Window;

    const RUNS: usize = 7;
    const MOST: Duration = Duration::from_secs(40);

    /// Marks every process that one start brings about.
    const MARK: &str = "RACKDESK_BENCH_START";

    pub(super) fn run(report: &mut Report) {
        report.heading(&format!("Start: demo data mirrored, {RUNS} starts each, turn about"));
        let home = tempfile::tempdir().expect("a temporary folder");
        let nothing = tempfile::tempdir().expect("a temporary folder");
        let memory = tempfile::tempdir().expect("a temporary folder");
        tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
            let window = Window::open("bench-start", home.path(), &[]).await;
            desk::explore_the_demo(&window).await;
            window.click("link", "Clients").await;
            window.row("of any client", |_| true).await;
            window.quit().await;
        });
        let screen = Screen::start(memory.path());
        let empty = program("rackdesk").with_file_name("examples").join("empty_window");
        let sides = [("rackdesk", program("rackdesk"), home.path()), ("empty window", empty, nothing.path())];
        let wanted = sides.each_ref().map(|(name, program, data)| finished(&screen, name, program, data));
        let mut times = [Times::default(), Times::default()];
        let mut held = [Vec::new(), Vec::new()];
        for run in 0..RUNS {
            for (side, (name, program, data)) in sides.iter().enumerate() {
                let mark = format!("{side}-{run}");
                let began = Instant::now();
                let child = start(&screen, program, data, &mark);
                let took = screen.wait_for(&wanted[side], began, MOST);
                // A moment to come to rest: what is held while painting is not what is held while working.
                std::thread::sleep(Duration::from_secs(3));
                held[side].push(memory_of(&mark));
                end(child);
                times[side].add(took.unwrap_or_else(|| panic!("{name} was not painted within {MOST:?}")));
            }
        }
        tell(report, &times, &held);
    }

    fn tell(report: &mut Report, times: &[Times; 2], held: &[Vec<Held>; 2]) {
        let median = |held: &[Held]| {
            let mut all: Vec<u64> = held.iter().map(|held| held.kib).collect();
            all.sort_unstable();
            all[all.len() / 2] as f64 / 1024.0
        };
        report.figure("start to rows that can be read", times[0].text());
        report.figure("start to an empty window", times[1].text());
        report.limit("start, median", times[0].median() / 1_000.0, 1.5, "s");
        report.limit("start against an empty window, median", times[0].median() / times[1].median(), 1.3, "×");
        let (ours, empty) = (median(&held[0]), median(&held[1]));
        report.figure("memory of all processes (PSS)", format!("{ours:.0} MiB in {}", held[0][0].processes));
        report.figure("memory of an empty window (PSS)", format!("{empty:.0} MiB in {}", held[1][0].processes));
        report.limit("memory against an empty window, median", ours / empty, 1.3, "×");
    }

    /// The picture that a start ends with.
    fn finished(screen: &Screen, name: &str, program: &Path, data: &Path) -> Ink {
        let child = start(screen, program, data, "first");
        std::thread::sleep(Duration::from_secs(4));
        let picture = screen.settled(Duration::from_secs(3), MOST);
        if let Some(dir) = std::env::var_os("RACKDESK_PICTURES") {
            picture.keep(&Path::new(&dir).join(format!("bench-{name}.ppm")));
        }
        end(child);
        let ink = picture.ink();
        assert!(ink.len() > 100, "{name} painted nothing: {} squares", ink.len());
        ink
    }

    fn start(screen: &Screen, program: &Path, data: &Path, mark: &str) -> Child {
        Command::new(program)
            .env("DISPLAY", &screen.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("RACKDESK_DATA_DIR", data)
            .env(MARK, mark)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", program.display()))
    }

    /// Ends it as a logout does and waits until the screen is free for the next.
    fn end(mut child: Child) {
        Command::new("kill").arg(child.id().to_string()).status().ok();
        child.wait().ok();
        std::thread::sleep(Duration::from_millis(500));
    }

    struct Held {
        kib: u64,
        processes: usize,
    }

    /// Memory of all processes with this mark, what they share counted once.
    fn memory_of(mark: &str) -> Held {
        let wanted = format!("{MARK}={mark}");
        let has_it = |pid: &str| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes())
        };
        let all = std::fs::read_dir("/proc").expect("/proc is there").flatten();
        let pids: Vec<String> =
            all.filter_map(|entry| entry.file_name().into_string().ok()).filter(|p| has_it(p)).collect();
        let pss = |pid: &String| {
            let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0)
        };
        Held { kib: pids.iter().map(pss).sum(), processes: pids.len() }
    }
}
