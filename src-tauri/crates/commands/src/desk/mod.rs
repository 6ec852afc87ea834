//! The program around its window: the icon beside the clock, what is told while nobody looks, and whether closing the
//! window ends the work.
//!
//! Everything is decided here; a [`Desk`] only shows it. To tell of one more thing, add a matter to [`news`]; to offer
//! one more verb at the icon, add it to [`TrayVerb`] and to [`act`].

mod news;
mod tray;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
pub use news::{Item, Matter, Notice, Teller};
use rackdesk_console::session::Figures;
use rackdesk_store::{
    StoreError,
    list::{Filter, FilterOp, ListQuery, Sort, Today},
    queue::{self as kept, ActionRecord},
    rusqlite::Connection,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::broadcast::{Receiver, error::RecvError};
pub use tray::{TrayVerb, TrayView};

use crate::{
    AppError, Core, ErrorCode, Event, Tag, app,
    plans::plans_waiting,
    queue::{QueueSwitch, SwitchRequest, queue_switch},
    schedule::schedule_list,
};

/// What happens within this time of a change is looked at with it.
const GATHER: Duration = Duration::from_millis(400);
/// Without any change it is looked again after this: a panel that takes icons may have come.
const ANYWAY: Duration = Duration::from_secs(30);
/// So many of the actions that need a person are looked at, newest first.
const LOOKED_AT: u32 = 200;

/// What a person prefers about it, by the names under which the window keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// `keepWorking`: closing the window hides it, and the work goes on.
    pub keep_working: bool,
    /// `notify`: failures and what needs a person are told by the system.
    pub notify: bool,
    /// `notifyHideNames`: without names of servers and customers.
    pub hide_names: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { keep_working: false, notify: true, hide_names: false }
    }
}

impl Wishes {
    /// Reads them; what is missing or unreadable has its default.
    pub fn of(preferences: &app::Preferences) -> Self {
        let wish = |name: &str| preferences.values.get(name).and_then(|text| text.parse().ok());
        let usual = Self::default();
        Self {
            keep_working: wish("keepWorking").unwrap_or(usual.keep_working),
            notify: wish("notify").unwrap_or(usual.notify),
            hide_names: wish("notifyHideNames").unwrap_or(usual.hide_names),
        }
    }

    /// Whether closing the window only hides it. Never without an icon: nobody would see that the program works on.
    pub fn hides(self, tray: TrayState) -> bool {
        self.keep_working && tray == TrayState::Shown
    }
}

/// Whether the program has an icon beside the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TrayState {
    /// It has.
    Shown,
    /// This desktop takes none.
    Missing,
    /// There is no window of this program: the page is shown by a browser.
    #[default]
    NoWindow,
}

/// What shows it all. Its methods may wait for the window's own thread.
pub trait Desk: Send + Sync + 'static {
    /// Whether a window of this program is on the screen and has the focus.
    fn is_looked_at(&self) -> bool;
    /// Shows the icon as it is to be, and says whether there is one.
    fn tray(&self, view: &TrayView) -> TrayState;
    /// From now on closing the window hides it, or ends the program.
    fn closing_hides(&self, hides: bool);
    /// Tells a person.
    fn tell(&self, notice: &Notice);
}

/// Keeps a desk up to date until the core is gone.
pub async fn keep(core: &Core, desk: Arc<impl Desk>) {
    let mut events = core.events();
    let mut teller = Teller::new(Timestamp::now());
    let mut told = TrayState::NoWindow;
    loop {
        match look(core, &mut teller, &desk).await {
            Ok(tray) if tray != told => {
                told = tray;
                core.tray_is(tray);
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "what the desk shows could not be read"),
        }
        let due = teller.due().map_or(ANYWAY, |at| from_now(at).min(ANYWAY));
        tokio::select! {
            going_on = something_changed(&mut events) => {
                if !going_on {
                    return;
                }
                tokio::time::sleep(GATHER).await;
            }
            () = tokio::time::sleep(due) => {}
        }
    }
}

fn from_now(at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO).max(GATHER)
}

/// Waits for a change that a desk shows. `false` when the core is gone.
async fn something_changed(events: &mut Receiver<Event>) -> bool {
    const SHOWN: [Tag; 5] = [Tag::Profiles, Tag::Preferences, Tag::Queue, Tag::Plans, Tag::Schedule];
    loop {
        match events.recv().await {
            Ok(Event::TagsChanged(changed)) if changed.tags.iter().any(|tag| SHOWN.contains(tag)) => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}

/// What there is of the open profile.
struct Facts {
    profile: String,
    name: String,
    figures: Figures,
    items: Vec<Item>,
    /// What needs a person and is not in the figures.
    also: u32,
    stopped: bool,
}

async fn look(core: &Core, teller: &mut Teller, desk: &Arc<impl Desk>) -> Result<TrayState, AppError> {
    let wishes = Wishes::of(&app::preferences(core, ()).await?);
    let facts = match facts(core).await {
        Ok(facts) => Some(facts),
        Err(error) if error.code == ErrorCode::NoProfile => None,
        Err(error) if core.opened().is_ok() => return Err(error),
        // A profile that does not open is shown as none.
        Err(_) => None,
    };
    let view = tray::view(facts.as_ref().map(|facts| tray::Open {
        profile: &facts.name,
        figures: facts.figures,
        also: facts.also,
        stopped: facts.stopped,
    }));
    let asked = desk.clone();
    let shown = tokio::task::spawn_blocking(move || {
        let tray = asked.tray(&view);
        asked.closing_hides(wishes.hides(tray));
        (tray, asked.is_looked_at())
    });
    let (tray, looked_at) = shown.await.map_err(AppError::internal)?;
    let notice = match &facts {
        Some(facts) => {
            let told = teller.look(Timestamp::now(), &facts.profile, &facts.items, wishes, looked_at);
            let several = core.profiles().len() > 1;
            told.map(|notice| if several { notice.of(&facts.name) } else { notice })
        }
        None => {
            teller.nothing_open();
            None
        }
    };
    if let Some(notice) = notice {
        desk.tell(&notice);
    }
    Ok(tray)
}

async fn facts(core: &Core) -> Result<Facts, AppError> {
    let session = core.session()?;
    let query = ListQuery {
        filters: vec![
            Filter { field: "state".into(), op: FilterOp::Is, values: vec!["failed".into(), "unknown".into()] },
            Filter { field: "updated".into(), op: FilterOp::Within, values: vec!["24h".into()] },
        ],
        sort: Some(Sort { column: "updated".into(), descending: true }),
        limit: LOOKED_AT,
        ..ListQuery::default()
    };
    let read = move |c: &Connection| {
        let rows = kept::board_window(c, &query, &Today::local())?.rows;
        Ok((rows, held_back(c)?, kept::control(c)?.stopped))
    };
    let (rows, (held, held_count), stopped) = session.store.read_async(read).await?;
    let mut items: Vec<Item> = rows.iter().filter_map(Item::of_action).collect();
    items.extend(held.iter().map(|(action, revision)| Item::of_held(action, *revision)));
    let plans = plans_waiting(core, ()).await?;
    items.extend(plans.iter().map(Item::of_plan));
    let jobs: Vec<Item> = schedule_list(core, ()).await?.jobs.iter().filter_map(Item::of_job).collect();
    let also = held_count.saturating_add(u32::try_from(plans.len() + jobs.len()).unwrap_or(u32::MAX));
    items.extend(jobs);
    let figures = session.figures().await?;
    let (profile, name) = (session.profile.id.clone(), session.profile.name.clone());
    Ok(Facts { profile, name, figures, items, also, stopped })
}

/// The actions that the engine held back, newest first and at most [`LOOKED_AT`], each with the move that did it; and
/// how many there are. Whoever holds one by hand knows of it. An action held back says why, which spares the others.
fn held_back(c: &Connection) -> Result<(Vec<(ActionRecord, i64)>, u32), StoreError> {
    let sql = "SELECT id, revision, count(*) OVER () FROM (
            SELECT a.id, a.updated_at, (SELECT max(e.revision) FROM action_event AS e
                 WHERE e.action_id = a.id AND e.to_state = 'held' AND e.from_state <> 'held') AS revision
            FROM action AS a WHERE a.state = 'held' AND a.waits IS NOT NULL) AS held
         WHERE EXISTS (SELECT 1 FROM action_event AS e WHERE e.action_id = held.id AND e.revision = held.revision
             AND e.name = 'hold_back' AND e.by_operator IS NULL)
         ORDER BY updated_at DESC LIMIT ?1";
    let mut found = c.prepare_cached(sql)?;
    let rows = found.query_map([LOOKED_AT], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut held = Vec::new();
    let mut count = 0;
    for row in rows {
        let (id, revision, all): (i64, i64, u32) = row?;
        count = all;
        held.extend(kept::action(c, id)?.map(|action| (action, revision)));
    }
    Ok((held, count))
}

/// Does what was chosen at the icon, by the commands that the window uses. [`TrayVerb::Open`] and [`TrayVerb::Quit`]
/// are the program's own and do nothing here.
///
/// # Errors
/// Those of the command; `NoProfile` when none is open.
pub async fn act(core: &Core, verb: TrayVerb) -> Result<(), AppError> {
    let switch = match verb {
        TrayVerb::Open | TrayVerb::Quit => return Ok(()),
        TrayVerb::Pause => QueueSwitch::Pause,
        TrayVerb::Resume => {
            // The menu may have been open while somebody stopped everything.
            if core.session()?.store.read_async(|c| Ok(kept::control(c)?.stopped)).await? {
                return Err(AppError::new(ErrorCode::Cancelled, "everything was stopped: only the window goes on"));
            }
            QueueSwitch::Resume
        }
        TrayVerb::StopEverything => QueueSwitch::StopEverything,
        TrayVerb::RunDue => return core.run_due_jobs().await.map(drop),
    };
    queue_switch(core, SwitchRequest { switch, lane: None }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pairs: &[(&str, &str)]) -> app::Preferences {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        app::Preferences { values: pairs.iter().map(own).collect() }
    }

    #[test]
    fn closing_ends_the_program_unless_somebody_chose_otherwise_and_there_is_an_icon() {
        let usual = Wishes::of(&kept(&[]));
        assert!(!usual.hides(TrayState::Shown), "as it always was");
        let chosen = Wishes::of(&kept(&[("keepWorking", "true")]));
        assert!(chosen.hides(TrayState::Shown));
        assert!(!chosen.hides(TrayState::Missing), "nobody would see that it works on");
        assert!(!chosen.hides(TrayState::NoWindow));
    }

    #[test]
    fn notices_are_wanted_unless_somebody_chose_otherwise_and_an_unreadable_choice_is_none() {
        assert!(Wishes::of(&kept(&[])).notify);
        assert!(Wishes::of(&kept(&[("notify", "perhaps")])).notify);
        let quiet = Wishes::of(&kept(&[("notify", "false"), ("notifyHideNames", "true")]));
        assert!(!quiet.notify && quiet.hide_names);
    }
}
