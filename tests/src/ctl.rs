//! rackdeskctl and the sandbox as separate programs, the way a script sees them.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A program that was built together with this test.
pub fn program(name: &str) -> PathBuf {
    if let Some(dir) = std::env::var_os("RACKDESK_BIN_DIR") {
        return Path::new(&dir).join(name);
    }
    let test = std::env::current_exe().expect("a test knows its own path");
    let deps = test.parent().expect("a test lies in a folder");
    let dir = if deps.ends_with("deps") { deps.parent().expect("deps lies in target") } else { deps };
    let path = dir.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is missing: cargo build --workspace --bins", path.display());
    path
}

/// What a command line answered.
#[derive(Debug)]
pub struct Answer {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// The answer as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no JSON ({e}): {self:?}"))
    }

    /// Insists on success.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// rackdeskctl with a data directory of its own.
pub struct Ctl {
    dir: PathBuf,
    /// Gone with it, unless the folder is the caller's.
    _own: Option<TempDir>,
    /// Set for every call.
    pub env: Vec<(String, String)>,
}

impl Ctl {
    /// A fresh data directory.
    pub fn new() -> Self {
        let own = tempfile::tempdir().expect("a temporary folder");
        Self { dir: own.path().to_owned(), _own: Some(own), env: Vec::new() }
    }

    /// A profile whose secrets come from a folder, so that a test knows the database's key and can change each of them.
    pub fn with_credentials(sandbox: &Sandbox, credentials: &Credentials, extra: &[&str]) -> Self {
        Self::new().profile(sandbox, credentials, extra)
    }

    /// The same in a folder of the caller's.
    pub fn on(dir: &Path, sandbox: &Sandbox, credentials: &Credentials, extra: &[&str]) -> Self {
        Self { dir: dir.to_owned(), _own: None, env: Vec::new() }.profile(sandbox, credentials, extra)
    }

    fn profile(mut self, sandbox: &Sandbox, credentials: &Credentials, extra: &[&str]) -> Self {
        let ctl = &mut self;
        ctl.env.push(("CREDENTIALS_DIRECTORY".into(), credentials.path().display().to_string()));
        let addresses = Credentials::addresses(&sandbox.line);
        let mut args = vec!["profile", "add", "--name", "Acme", "--environment", "staging"];
        args.extend(addresses.iter().map(String::as_str));
        args.extend(extra);
        ctl.run(&args).ok();
        ctl.run(&["sync", "instances"]).ok();
        self
    }

    /// The open profile's database.
    pub fn database(&self) -> PathBuf {
        let profiles = std::fs::read_dir(self.dir().join("profiles")).expect("profiles");
        profiles.flatten().next().expect("one profile").path().join("rackdesk.db")
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The command line, for callers that want to kill it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program("rackdeskctl"));
        command.arg("--data-dir").arg(self.dir()).args(args).envs(self.env.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command line with something on standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Answer {
        let mut child = self.command(args).spawn().expect("rackdeskctl starts");
        // A program that ends before it reads closes the pipe; its answer says why.
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).ok();
        let output = child.wait_with_output().expect("rackdeskctl ends");
        Answer {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command line.
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_with(args, "")
    }

    /// Adds a profile that speaks to a sandbox, and mirrors it.
    pub fn connect(&self, sandbox: &Sandbox, extra: &[&str]) {
        let mut args = vec!["profile", "add", "--name", "Acme Hosting", "--environment", "staging"];
        args.extend(extra);
        self.run_with(&args, &sandbox.line.to_string()).ok();
        self.run(&["sync"]).ok();
    }

    /// Approves a restart of each of these and leaves them to a worker: the actions' numbers.
    pub fn queue_restarts(&self, servers: &[i64]) -> Vec<String> {
        let ids: Vec<String> = servers.iter().map(ToString::to_string).collect();
        let mut args = vec!["--json", "servers", "restart"];
        args.extend(ids.iter().map(String::as_str));
        args.extend(["--yes", "--no-wait"]);
        let approved = self.run(&args).ok().json();
        let actions = approved["action_ids"].as_array().expect("the answer names the actions");
        actions.iter().map(|id| id.as_i64().expect("a number").to_string()).collect()
    }

    /// Instance ids with this state word.
    pub fn servers(&self, state: &str) -> Vec<i64> {
        let answer = self.run(&["--json", "servers", "list", "--where", &format!("state={state}"), "--limit", "500"]);
        answer.ok().json().as_array().expect("rows").iter().filter_map(|r| r["id"].as_i64()).collect()
    }
}

impl Default for Ctl {
    fn default() -> Self {
        Self::new()
    }
}

/// A directory of credentials, as a server's own keeper of secrets hands it to rackdeskctl.
pub struct Credentials {
    dir: TempDir,
}

impl Credentials {
    /// Those of a sandbox's line, and the key of the profile's database (64 hexadecimal digits).
    pub fn of(line: &Value, database_key: &str) -> Self {
        let credentials = Self { dir: tempfile::tempdir().expect("a temporary folder") };
        credentials.keep("database_key", database_key);
        for (side, field) in [
            ("whmcs", "identifier"),
            ("whmcs", "secret"),
            ("whmcs", "access_key"),
            ("contabo", "client_id"),
            ("contabo", "client_secret"),
            ("contabo", "password"),
        ] {
            credentials.keep(&format!("{side}_{field}"), text(line, side, field));
        }
        credentials
    }

    /// Writes a secret anew.
    pub fn keep(&self, name: &str, value: &str) {
        let path = self.dir.path().join(name);
        std::fs::remove_file(&path).ok();
        std::fs::write(&path, value).expect("a secret can be written");
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o400)).expect("it is ours");
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What `profile add` has to be told beside them: addresses, and the API user.
    pub fn addresses(line: &Value) -> Vec<String> {
        [
            ("--whmcs-url", "whmcs", "url"),
            ("--contabo-api-url", "contabo", "api_url"),
            ("--contabo-token-url", "contabo", "token_url"),
            ("--contabo-user", "contabo", "user"),
        ]
        .into_iter()
        .flat_map(|(flag, side, field)| [flag.to_owned(), text(line, side, field).to_owned()])
        .collect()
    }
}

fn text<'v>(line: &'v Value, side: &str, field: &str) -> &'v str {
    line[side][field].as_str().expect("a sandbox's line")
}

/// `rackdeskctl sandbox serve` as a program of its own.
pub struct Sandbox {
    child: Child,
    /// The line it printed.
    pub line: Value,
    http: reqwest::blocking::Client,
}

impl Sandbox {
    /// Starts one.
    pub fn start(seed: u64, scale: &str) -> Self {
        let mut child = Command::new(program("rackdeskctl"))
            .args(["sandbox", "serve", "--seed", &seed.to_string(), "--scale", scale])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("one line");
        let line = serde_json::from_str(&line).expect("one JSON line");
        Self { child, line, http: reqwest::blocking::Client::new() }
    }

    fn control(&self, path: &str) -> String {
        let base = self.line["control_url"].as_str().expect("control_url").trim_end_matches('/');
        format!("{base}{path}")
    }

    /// Switches a fault on.
    pub fn fault(&self, rule: &Value) {
        let reply = self.http.post(self.control("/faults")).json(rule).send().expect("control answers");
        assert!(reply.status().is_success(), "{rule}: {}", reply.text().unwrap_or_default());
    }

    /// Switches all faults off.
    pub fn no_faults(&self) {
        let reply = self.http.delete(self.control("/faults")).send().expect("control answers");
        assert!(reply.status().is_success());
    }

    /// Lets time pass.
    pub fn advance(&self, seconds: u64) {
        let body = serde_json::json!({ "advance_seconds": seconds });
        let reply = self.http.post(self.control("/clock")).json(&body).send().expect("control answers");
        assert!(reply.status().is_success());
    }

    /// Every change the sandbox made through one operation.
    pub fn journal(&self, operation: &str) -> Vec<Value> {
        let url = self.control(&format!("/journal?operation={operation}"));
        let body: Value = self.http.get(url).send().and_then(reqwest::blocking::Response::json).expect("a journal");
        let entries = body.get("entries").cloned().unwrap_or(body);
        entries.as_array().expect("entries").clone()
    }
}

impl Sandbox {
    /// Ids of a kind, e.g. `contabo/instance`.
    pub fn ids(&self, kind: &str) -> Vec<String> {
        let body: Value = self.get(&format!("/state/{kind}"));
        let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        body.as_array().expect("a list of ids").iter().map(text).collect()
    }

    /// One record as the sandbox holds it, e.g. `contabo/instance/17`.
    pub fn record(&self, path: &str) -> Value {
        self.get(&format!("/state/{path}"))
    }

    /// The Contabo credentials that are good now.
    pub fn contabo_credentials(&self) -> Value {
        self.get("/contabo/credentials")
    }

    fn get(&self, path: &str) -> Value {
        self.http.get(self.control(path)).send().and_then(reqwest::blocking::Response::json).expect("control answers")
    }

    /// How often a caller made the provider do this to one instance. What time did later is not counted.
    pub fn done(&self, operation: &str, instance: i64) -> usize {
        let of = |e: &&Value| e["cause"] == "request" && e["resource"]["id"].as_str() == Some(&instance.to_string());
        self.journal(operation).iter().filter(of).count()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
