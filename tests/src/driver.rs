//! tauri-driver as a program of its own, on ports of its own, gone when dropped.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running WebDriver server that starts the app for each session.
pub struct Driver {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Driver {
    /// Starts one. The app inherits its environment from the driver.
    pub fn start(log: &Path, env: &[(String, String)]) -> Self {
        let program = std::env::var_os("RACKDESK_DRIVER").unwrap_or_else(|| "tauri-driver".into());
        let (port, native) = (free_port(), free_port());
        let out = File::create(log).expect("the driver's log can be written");
        let mut command = Command::new(&program);
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        command.envs(env.iter().cloned()).stdin(Stdio::null());
        command.stdout(out.try_clone().expect("a second handle")).stderr(out);
        // A group of its own: the native driver and the app are its grandchildren and have to go with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().unwrap_or_else(|e| {
            panic!("{}: {e}. cargo install tauri-driver --locked", program.to_string_lossy());
        });
        Self { child, port, log: log.to_owned() }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it and the app have printed.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Process ids of everything the driver started, the app's among them.
    #[cfg(target_os = "linux")]
    pub fn processes(&self, name: &str) -> Vec<u32> {
        let group = self.child.id().to_string();
        let all = std::fs::read_dir("/proc").expect("/proc is there").flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
            .filter(|pid| {
                // pid (name) state parent group …; the name may hold anything, so split after its last bracket.
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
                let Some((head, tail)) = stat.rsplit_once(')') else { return false };
                let its_group = tail.split_whitespace().nth(2);
                its_group == Some(group.as_str()) && head.split_once('(').is_some_and(|(_, its)| its == name)
            })
            .collect()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        #[cfg(unix)]
        for signal in ["TERM", "KILL"] {
            let line = format!("kill -{signal} -{} 2>/dev/null", self.child.id());
            Command::new("sh").args(["-c", &line]).status().ok();
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
