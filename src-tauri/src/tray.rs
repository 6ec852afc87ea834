//! The icon beside the clock, with its menu.

use rackdesk_commands::desk::{self, TrayVerb, TrayView};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

use crate::state::Opening;
use crate::window;

/// The colour of the dot that says that somebody is needed: the window's own for a warning.
const DOT: [u8; 4] = [0xe0, 0x8a, 0x1e, 0xff];

const ID: &str = "rackdesk";

/// An icon that is shown.
pub(crate) struct Icon {
    tray: TrayIcon<Wry>,
    /// The menu's first line, which does nothing.
    state: MenuItem<Wry>,
    shown: TrayView,
}

impl Icon {
    /// Puts one there. An error where the desktop takes none.
    pub(crate) fn new(app: &AppHandle, view: &TrayView) -> tauri::Result<Self> {
        let (menu, state) = menu(app, view)?;
        let mut tray = TrayIconBuilder::with_id(ID)
            .title("Rackdesk")
            .tooltip(&view.tooltip)
            .menu(&menu)
            // Where a click does not open the menu, it opens the window.
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| chosen(app, &event))
            .on_tray_icon_event(|tray, event| clicked(tray.app_handle(), &event));
        if let Some(picture) = picture(app, view.needs_person) {
            tray = tray.icon(picture);
        }
        Ok(Self { tray: tray.build(app)?, state, shown: view.clone() })
    }

    /// Takes it away, where windows and menus are made and ended.
    pub(crate) fn remove(self, app: &AppHandle) {
        drop(app.remove_tray_by_id(ID));
        if let Err(error) = app.run_on_main_thread(move || drop(self)) {
            tracing::debug!("the icon beside the clock could not be taken away: {error}");
        }
    }

    /// Shows something else.
    pub(crate) fn show(&mut self, app: &AppHandle, view: &TrayView) -> tauri::Result<()> {
        if self.shown.verbs != view.verbs {
            let (menu, state) = menu(app, view)?;
            self.tray.set_menu(Some(menu))?;
            self.state = state;
        } else if self.shown.state != view.state {
            // The menu may be open: only its words change.
            self.state.set_text(&view.state)?;
        }
        if self.shown.tooltip != view.tooltip {
            self.tray.set_tooltip(Some(&view.tooltip))?;
        }
        if self.shown.needs_person != view.needs_person {
            self.tray.set_icon(picture(app, view.needs_person))?;
        }
        self.shown = view.clone();
        Ok(())
    }
}

fn menu(app: &AppHandle, view: &TrayView) -> tauri::Result<(Menu<Wry>, MenuItem<Wry>)> {
    let state = MenuItem::with_id(app, "state", &view.state, false, None::<&str>)?;
    let menu = Menu::with_items(app, &[&state, &PredefinedMenuItem::separator(app)?])?;
    for verb in &view.verbs {
        if *verb == TrayVerb::Quit {
            menu.append(&PredefinedMenuItem::separator(app)?)?;
        }
        menu.append(&MenuItem::with_id(app, verb.name(), verb.label(), true, None::<&str>)?)?;
    }
    Ok((menu, state))
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    let Some(verb) = TrayVerb::ALL.into_iter().find(|verb| verb.name() == event.id().as_ref()) else { return };
    match verb {
        TrayVerb::Open => window::focus(app),
        TrayVerb::Quit => app.exit(0),
        verb => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                let Some(opening) = app.try_state::<Opening>() else { return };
                let Ok(core) = opening.core().await else { return };
                if let Err(error) = desk::act(&core, verb).await {
                    tracing::warn!(%error, "“{}” was chosen at the icon and could not be done", verb.name());
                }
            });
        }
    }
}

fn clicked(app: &AppHandle, event: &TrayIconEvent) {
    let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event else {
        return;
    };
    if !cfg!(target_os = "macos") {
        window::focus(app);
    }
}

/// The program's own picture, with a dot when somebody is needed.
fn picture(app: &AppHandle, needs_person: bool) -> Option<Image<'static>> {
    let own = app.default_window_icon()?;
    let (width, height) = (own.width(), own.height());
    let mut rgba = own.rgba().to_vec();
    if needs_person {
        dot(&mut rgba, width, height);
    }
    Some(Image::new_owned(rgba, width, height))
}

/// Paints a dot into the lower right corner, with a gap around it that keeps it apart from what is below.
fn dot(rgba: &mut [u8], width: u32, height: u32) {
    let radius = width.min(height) / 4;
    let gap = radius + (width.min(height) / 16).max(1);
    let (x, y) = (width.saturating_sub(radius + 1), height.saturating_sub(radius + 1));
    for (index, pixel) in (0_u32..).zip(rgba.chunks_exact_mut(4)) {
        let (dx, dy) = ((index % width).abs_diff(x), (index / width).abs_diff(y));
        let away = dx * dx + dy * dy;
        if away <= radius * radius {
            pixel.copy_from_slice(&DOT);
        } else if away <= gap * gap {
            pixel.fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_is_in_its_corner_and_leaves_the_rest_of_the_picture_alone() {
        const SIDE: u32 = 32;
        let plain = vec![7_u8; (SIDE * SIDE * 4) as usize];
        let mut dotted = plain.clone();
        dot(&mut dotted, SIDE, SIDE);
        let pixel = |x: u32, y: u32| &dotted[((y * SIDE + x) * 4) as usize..][..4];
        assert_eq!(pixel(23, 23), DOT);
        assert_eq!(pixel(0, 0), [7; 4]);
        assert_eq!(pixel(10, 31), [7; 4]);
        let painted = dotted.chunks_exact(4).filter(|pixel| **pixel == DOT).count();
        assert!((150..=250).contains(&painted), "{painted} of 1,024");
    }

    #[test]
    fn a_picture_of_no_size_is_no_trouble() {
        dot(&mut [], 0, 0);
        dot(&mut [0; 4], 1, 1);
    }
}
