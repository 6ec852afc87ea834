//! The real window, driven over WebDriver the way a person uses it: by what is written on things.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::ctl::program;
use crate::driver::Driver;

const FIND: &str = include_str!("find.js");
const ROWS: &str = include_str!("rows.js");
/// WebDriver's name for a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the driver may take for one command: a hung web view must fail the test, not hold it.
const ONE_COMMAND: Duration = Duration::from_secs(30);
/// How long the window may take to open, on a busy machine.
const OPENING: Duration = Duration::from_secs(60);

/// An open window.
pub struct Window {
    client: Client,
    driver: Driver,
    pictures: PathBuf,
    story: String,
}

impl Window {
    /// Starts the app on a data directory. `story` names the pictures.
    pub async fn open(story: &str, data_dir: &Path, env: &[(String, String)]) -> Self {
        let pictures = pictures();
        std::fs::create_dir_all(&pictures).expect("the pictures' folder can be made");
        let mut env = env.to_vec();
        env.push(("RACKDESK_DATA_DIR".to_owned(), data_dir.display().to_string()));
        let driver = Driver::start(&pictures.join(format!("{story}.driver.log")), &env);
        let began = Instant::now();
        let client = loop {
            // The driver answers before the native one behind it listens: the first attempts may be refused.
            let attempt = tokio::time::timeout(ONE_COMMAND, session(&driver)).await;
            match attempt {
                Ok(Ok(client)) => break client,
                other if began.elapsed() > OPENING => {
                    let why = match other {
                        Ok(Err(e)) => e.to_string(),
                        _ => "no answer".to_owned(),
                    };
                    panic!("the window did not open: {why}\n{}", driver.printed());
                }
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        Self { client, driver, pictures, story: story.to_owned() }
    }

    /// Ends the program as a logout does, and waits until it has. (Closing the window over WebDriver would not do: the
    /// native driver kills the program as soon as it has no window.)
    #[cfg(target_os = "linux")]
    pub async fn quit(self) {
        self.signal("TERM");
        self.gone().await;
    }

    /// Waits until the program has ended by itself.
    #[cfg(target_os = "linux")]
    pub async fn gone(self) {
        let began = Instant::now();
        while !self.driver.processes("rackdesk").is_empty() {
            assert!(began.elapsed() < PATIENCE, "the program goes on although it was asked to end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The program's process.
    #[cfg(target_os = "linux")]
    pub fn process(&self) -> u32 {
        *self.driver.processes("rackdesk").first().expect("the program runs")
    }

    /// Closes the window.
    #[cfg(not(target_os = "linux"))]
    pub async fn quit(self) {
        self.command("close the window", self.client.close_window()).await;
    }

    /// Kills the program at once, as a power cut would.
    #[cfg(target_os = "linux")]
    pub fn kill(self) {
        self.signal("KILL");
    }

    #[cfg(target_os = "linux")]
    fn signal(&self, name: &str) {
        let processes = self.driver.processes("rackdesk");
        assert!(!processes.is_empty(), "the program has ended already");
        for pid in processes {
            let line = format!("kill -{name} {pid}");
            std::process::Command::new("sh").args(["-c", &line]).status().expect("sh is there");
        }
    }

    /// The element with this role and name, as soon as it is there.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        let began = Instant::now();
        loop {
            // An element that is drawn anew before the answer has left the page is an error: looked for again.
            let found = self.client.execute(FIND, vec![json!(role), json!(name)]);
            let found = tokio::time::timeout(ONE_COMMAND, found).await;
            let found = found.ok().and_then(Result::ok).unwrap_or_default();
            if let Some(id) = found.get(ELEMENT).and_then(Value::as_str) {
                return Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()));
            }
            self.patience(began, || format!("there is no {role} '{name}'")).await;
        }
    }

    /// Whether it is there now.
    pub async fn has(&self, role: &str, name: &str) -> bool {
        self.script(FIND, vec![json!(role), json!(name)]).await.get(ELEMENT).is_some()
    }

    /// The element with this test id, as soon as it is there.
    pub async fn part(&self, id: &str) -> Element {
        let began = Instant::now();
        let selector = format!("[data-testid=\"{id}\"]");
        loop {
            if let Ok(element) = self.client.find(Locator::Css(&selector)).await {
                return element;
            }
            self.patience(began, || format!("there is no part '{id}'")).await;
        }
    }

    /// Clicks what has this role and name.
    pub async fn click(&self, role: &str, name: &str) {
        let began = Instant::now();
        loop {
            // What is found may be drawn anew before it is clicked.
            match self.find(role, name).await.click().await {
                Ok(()) => return,
                Err(error) => self.patience(began, || format!("{role} '{name}' cannot be clicked: {error}")).await,
            }
        }
    }

    /// Ticks the box with this name, if it is not ticked. A page that still grows may move it away under the click.
    pub async fn tick(&self, name: &str) {
        let began = Instant::now();
        while !self.find("checkbox", name).await.is_selected().await.unwrap_or_default() {
            self.find("checkbox", name).await.click().await.ok();
            self.patience(began, || format!("the box '{name}' cannot be ticked")).await;
        }
    }

    /// Goes to an address of the app, as a link in it would.
    pub async fn go(&self, address: &str) {
        self.script("location.hash = arguments[0]", vec![json!(address)]).await;
    }

    /// The address that is shown, without what is before it.
    pub async fn address(&self) -> String {
        let hash = self.script("return location.hash", vec![]).await;
        hash.as_str().unwrap_or_default().trim_start_matches('#').to_owned()
    }

    /// The rows of the table that are drawn: the texts of their cells.
    pub async fn rows(&self) -> Vec<Vec<String>> {
        self.drawn_rows().await.into_iter().map(|(_, cells)| cells).collect()
    }

    async fn drawn_rows(&self) -> Vec<(u32, Vec<String>)> {
        let rows = self.script(ROWS, vec![]).await;
        serde_json::from_value(rows).unwrap_or_default()
    }

    /// The first drawn row of which this holds, as soon as there is one.
    pub async fn row(&self, what: &str, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        self.drawn_row(what, wanted).await.1
    }

    async fn drawn_row(&self, what: &str, wanted: impl Fn(&[String]) -> bool) -> (u32, Vec<String>) {
        let began = Instant::now();
        loop {
            if let Some(row) = self.drawn_rows().await.into_iter().find(|(_, cells)| wanted(cells)) {
                return row;
            }
            self.patience(began, || format!("there is no row {what}")).await;
        }
    }

    /// Clicks on the first drawn row of which this holds, where no link is, and says its cells.
    pub async fn open_row(&self, what: &str, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        let began = Instant::now();
        loop {
            let (row, cells) = self.drawn_row(what, &wanted).await;
            // Still the same row, and a cell of it that is no link.
            let click = "const row = document.querySelector(`[role=grid] [role=row][aria-rowindex='${arguments[0]}']`);\
                         const cells = [...(row?.querySelectorAll('[role=gridcell]') ?? [])];\
                         const text = (c) => c.innerText.replace(/\\s+/g, ' ').trim();\
                         if (JSON.stringify(cells.map(text)) !== JSON.stringify(arguments[1])) return null;\
                         return cells.find((c) => text(c) !== '' && !c.querySelector('a, button')) ?? null";
            let cell = self.client.execute(click, vec![json!(row), json!(cells)]).await.unwrap_or_default();
            if let Some(id) = cell.get(ELEMENT).and_then(Value::as_str) {
                let cell = Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()));
                if cell.click().await.is_ok() {
                    return cells;
                }
            }
            // The row was drawn anew in between.
            self.patience(began, || format!("the row {what} cannot be clicked")).await;
        }
    }

    /// Ticks the boxes of this many rows, from the first one on, each with a click of its own.
    pub async fn choose_rows(&self, many: u32) {
        for row in 0..many {
            let began = Instant::now();
            // The head is the first row of a grid.
            let selector = format!("[role=grid] [role=row][aria-rowindex='{}'] [role=checkbox]", row + 2);
            let ticked = format!("{selector}[aria-checked=true]");
            while self.client.find(Locator::Css(&ticked)).await.is_err() {
                if let Ok(tick) = self.client.find(Locator::Css(&selector)).await {
                    // What chosen rows bring up may lie over it; and one that was drawn anew is clicked again.
                    let here = serde_json::to_value(&tick).unwrap_or_default();
                    self.script("arguments[0].scrollIntoView({ block: 'center' })", vec![here]).await;
                    tick.click().await.ok();
                }
                self.patience(began, || format!("row {} cannot be chosen", row + 1)).await;
            }
        }
    }

    /// Empties the field with this label and types into it.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.find("textbox", label).await;
        self.command("empty a field", field.clear()).await;
        self.command("type", field.send_keys(text)).await;
    }

    /// Presses keys one after the other, each with the modifiers held: `press(&[Key::Control.into()], "k")`.
    pub async fn press(&self, held: &[char], keys: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in held {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        for value in held.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.command("press keys", self.client.perform_actions(actions)).await;
    }

    /// Waits until the page shows anything at all.
    pub async fn ready(&self) {
        let began = Instant::now();
        while self.text().await.is_empty() {
            self.patience(began, || "the page stays empty".to_owned()).await;
        }
    }

    /// Waits until this text can be read somewhere.
    pub async fn reads(&self, text: &str) {
        let began = Instant::now();
        while !self.text().await.contains(text) {
            self.patience(began, || format!("'{text}' is not to be read")).await;
        }
    }

    /// Waits as long as this until this text can be read somewhere: for what takes its time for a reason.
    pub async fn reads_within(&self, text: &str, time: Duration) {
        let began = Instant::now();
        while !self.text().await.contains(text) && began.elapsed() < time {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.reads(text).await;
    }

    /// Waits until this text can no longer be read anywhere.
    pub async fn no_longer_reads(&self, text: &str) {
        let began = Instant::now();
        while self.text().await.contains(text) {
            self.patience(began, || format!("'{text}' is still to be read")).await;
        }
    }

    /// Everything that can be read, white space squeezed.
    pub async fn text(&self) -> String {
        self.text_of("body").await
    }

    /// What can be read in the first element of this selector, white space squeezed; nothing where there is none.
    pub async fn text_of(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let text = self.script(script, vec![json!(selector)]).await;
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Runs JavaScript in the page.
    pub async fn script(&self, script: &str, args: Vec<Value>) -> Value {
        self.command("run a script", self.client.execute(script, args)).await
    }

    /// Takes a picture of what is inside the window.
    pub async fn picture(&self, name: &str) -> PathBuf {
        let path = self.pictures.join(format!("{}-{name}.png", self.story));
        self.picture_to(&path).await;
        path
    }

    /// Takes a picture of what is inside the window, into this file.
    pub async fn picture_to(&self, path: &Path) {
        let png = self.command("take a picture", self.client.screenshot()).await;
        std::fs::write(path, png).unwrap_or_else(|e| panic!("{} cannot be written: {e}", path.display()));
    }

    /// The session itself, for what has no word here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    async fn command<T, E: std::fmt::Display>(&self, what: &str, command: impl Future<Output = Result<T, E>>) -> T {
        match tokio::time::timeout(ONE_COMMAND, command).await {
            Ok(Ok(value)) => value,
            Ok(Err(error)) => panic!("{}: could not {what}: {error}\n{}", self.story, self.driver.printed()),
            Err(_) => panic!("{}: could not {what}: no answer\n{}", self.story, self.driver.printed()),
        }
    }

    /// Waits a little, or gives up with a picture and everything that can be read.
    async fn patience(&self, since: Instant, what: impl Fn() -> String) {
        if since.elapsed() < PATIENCE {
            return tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let picture = self.picture("gave-up").await;
        let url = self.client.current_url().await.map_or_else(|e| e.to_string(), |u| u.to_string());
        panic!(
            "{}: {} at {url}\npicture: {}\nto be read: {}",
            self.story,
            what(),
            picture.display(),
            self.text().await
        );
    }
}

/// Where pictures and logs go: what the caller named, or the target directory.
fn pictures() -> PathBuf {
    let named = std::env::var_os("RACKDESK_ARTEFACTS").map(PathBuf::from);
    named.unwrap_or_else(|| program("rackdesk").with_file_name("pictures"))
}

async fn session(driver: &Driver) -> Result<Client, fantoccini::error::NewSessionError> {
    let mut capabilities = Capabilities::new();
    capabilities.insert("browserName".to_owned(), json!("wry"));
    capabilities.insert("tauri:options".to_owned(), json!({ "application": program("rackdesk") }));
    ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.url()).await
}
