//! A desktop around the program, on the session bus and the display of the test: who shows notices, who shows icons
//! beside the clock, and the window's own frame with its cross.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, MapState, Window as Frame,
};
use x11rb::rust_connection::RustConnection;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedValue, Value};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A notice that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub title: String,
    /// What is below.
    pub body: String,
}

/// Who shows notices and icons on this session bus. Gone when dropped.
pub struct Desktop {
    connection: Connection,
    shown: Arc<Mutex<Vec<Shown>>>,
    icons: Arc<Mutex<Vec<String>>>,
}

struct Notices(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notices {
    #[expect(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = u32::try_from(shown.len() + 1).unwrap_or(u32::MAX);
        shown.push(Shown { id, title: summary, body });
        id
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into(), "actions".into()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("stand-in".into(), "tests".into(), "1".into(), "1.2".into())
    }

    fn close_notification(&self, _id: u32) {}
}

struct Icons(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Icons {
    fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(service);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// Who shows notices, alone: a desktop that takes no icons.
pub fn without_icons() -> Desktop {
    desktop(false)
}

/// A desktop that takes icons too.
pub fn with_icons() -> Desktop {
    desktop(true)
}

fn desktop(takes_icons: bool) -> Desktop {
    let (shown, icons) = (Arc::default(), Arc::default());
    let mut builder = connection::Builder::session()
        .expect("a session bus: cargo xtask test --only e2e starts one")
        .name("org.freedesktop.Notifications")
        .and_then(|builder| builder.serve_at("/org/freedesktop/Notifications", Notices(Arc::clone(&shown))))
        .expect("a good name");
    if takes_icons {
        builder = builder
            .name("org.kde.StatusNotifierWatcher")
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", Icons(Arc::clone(&icons))))
            .expect("a good name");
    }
    Desktop { connection: builder.build().expect("nobody else has these names"), shown, icons }
}

/// A line of a menu: its number and its words.
type Line = (i32, String);
/// A picture of the icons' specification: width, height, ARGB.
type Picture = (i32, i32, Vec<u8>);
/// A tool tip of that specification: icon by name, icon, title, text.
type Tip = (String, Vec<Picture>, String, String);
/// The format of the menus' specification: number, properties, lines below.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Desktop {
    /// Every notice that was shown so far.
    pub fn notices(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Clicks on a notice.
    pub fn click_notice(&self, id: u32) {
        let emitted = self.connection.emit_signal(
            None::<&str>,
            "/org/freedesktop/Notifications",
            "org.freedesktop.Notifications",
            "ActionInvoked",
            &(id, "default"),
        );
        emitted.expect("the bus takes a signal");
    }

    /// The words of the icon's menu, as soon as there is an icon.
    pub fn menu(&self) -> Vec<String> {
        self.lines().into_iter().map(|(_, words)| words).collect()
    }

    /// Waits until a line of the menu says this.
    pub fn menu_says(&self, words: &str) {
        let began = Instant::now();
        while !self.menu().iter().any(|line| line == words) {
            assert!(began.elapsed() < PATIENCE, "no “{words}” in the menu: {:?}", self.menu());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Chooses the line with these words.
    pub fn choose(&self, words: &str) {
        let lines = self.lines();
        let line = lines.iter().find(|(_, line)| line == words);
        let (number, _) = line.unwrap_or_else(|| panic!("no “{words}” in the menu: {lines:?}"));
        let event = (number, "clicked", Value::from(0_i32), 0_u32);
        self.menu_proxy().call::<_, _, ()>("Event", &event).expect("the menu takes a click");
    }

    /// What a pointer that rests on the icon is told.
    pub fn tooltip(&self) -> String {
        let item = Proxy::new(&self.connection, self.icon(), "/StatusNotifierItem", "org.kde.StatusNotifierItem");
        let tip: OwnedValue = item.and_then(|item| item.get_property("ToolTip")).expect("the icon has a tool tip");
        let (_, _, _, text): Tip = tip.try_into().expect("a tool tip as specified");
        text
    }

    fn icon(&self) -> String {
        let began = Instant::now();
        loop {
            let last = self.icons.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
            if let Some(icon) = last {
                return icon;
            }
            assert!(began.elapsed() < PATIENCE, "the program puts no icon beside the clock");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn menu_proxy(&self) -> Proxy<'static> {
        Proxy::new(&self.connection, self.icon(), "/MenuBar", "com.canonical.dbusmenu").expect("the icon has a menu")
    }

    fn lines(&self) -> Vec<Line> {
        let asked = (0_i32, -1_i32, Vec::<String>::new());
        // The last icon may be one of a program that has ended.
        let told: zbus::Result<(u32, Layout)> = self.menu_proxy().call("GetLayout", &asked);
        let Ok((_, (_, _, below))) = told else { return Vec::new() };
        let line = |value: OwnedValue| {
            let (number, properties, _) = Layout::try_from(value).ok()?;
            let label = properties.get("label")?.downcast_ref::<String>().ok()?;
            Some((number, label))
        };
        below.into_iter().filter_map(line).collect()
    }
}

/// The frames of a program's windows on this display.
pub struct Display {
    connection: RustConnection,
    root: Frame,
}

impl Default for Display {
    fn default() -> Self {
        Self::new()
    }
}

impl Display {
    /// The display of this test.
    pub fn new() -> Self {
        let (connection, screen) = x11rb::connect(None).expect("an X display");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// Whether a window of this process is on the screen.
    pub fn shows(&self, process: u32) -> bool {
        !self.frames(process).is_empty()
    }

    /// Clicks on the cross of its window, as a window manager would.
    pub fn close(&self, process: u32) {
        let frame = *self.frames(process).first().expect("the program has a window on the screen");
        let (protocols, delete) = (self.atom("WM_PROTOCOLS"), self.atom("WM_DELETE_WINDOW"));
        let event = ClientMessageEvent::new(32, frame, protocols, [delete, 0, 0, 0, 0]);
        let sent = self.connection.send_event(false, frame, EventMask::NO_EVENT, event);
        sent.expect("the display is there").check().expect("the window is there");
    }

    /// Windows that can be closed, are on the screen and belong to the process.
    fn frames(&self, process: u32) -> Vec<Frame> {
        let tree = self.connection.query_tree(self.root).expect("asked").reply().expect("the display answers");
        let (pid, protocols) = (self.atom("_NET_WM_PID"), self.atom("WM_PROTOCOLS"));
        let delete = self.atom("WM_DELETE_WINDOW");
        let is_one = |frame: &Frame| {
            self.numbers(*frame, pid, AtomEnum::CARDINAL.into()).contains(&process)
                && self.numbers(*frame, protocols, AtomEnum::ATOM.into()).contains(&delete)
                && self.is_mapped(*frame)
        };
        tree.children.into_iter().filter(is_one).collect()
    }

    fn is_mapped(&self, frame: Frame) -> bool {
        let asked = self.connection.get_window_attributes(frame).ok().and_then(|asked| asked.reply().ok());
        asked.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
    }

    /// A property's 32-bit values; none where the window is gone or has none.
    fn numbers(&self, frame: Frame, property: Atom, kind: Atom) -> Vec<u32> {
        let asked = self.connection.get_property(false, frame, property, kind, 0, 64).ok();
        let reply = asked.and_then(|asked| asked.reply().ok());
        reply.and_then(|reply| Some(reply.value32()?.collect())).unwrap_or_default()
    }

    fn atom(&self, name: &str) -> Atom {
        self.connection.intern_atom(false, name.as_bytes()).expect("asked").reply().expect("an atom").atom
    }
}
