//! What a person is told while they look elsewhere: what failed, and what needs them.
//!
//! Pure: rows go in, at most one notice comes out. Nothing is told twice, what ended before the program started is no
//! news, what happens at once is told at once as one, and what is seen in the window needs no notice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::ActionState,
    phrases::english,
    plan::{Phrase, Plan},
};
use rackdesk_store::queue::ActionRecord;

use super::{LOOKED_AT, Wishes};
use crate::schedule::JobRow;

/// What comes within this time of the first is told with it.
const GATHER: SignedDuration = SignedDuration::from_secs(1);
/// After a notice there is none for this long; what comes meanwhile is told as one.
const QUIET: SignedDuration = SignedDuration::from_secs(10);
/// A job that failed so often in a row does not mend itself.
const STUBBORN: u32 = 3;
/// A name in a notice has at most so many characters.
const LONGEST_NAME: usize = 60;
/// So many told things are remembered before those that are long gone are forgotten.
const REMEMBERED: usize = 20_000;

/// Why something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// An action failed.
    Failed,
    /// An action was held back, by nobody's wish.
    Held,
    /// Nobody knows whether an action was done, and nothing more is asked by itself.
    Unknown,
    /// A plan waits for the yes of a second person.
    SecondYes,
    /// A job of the schedule fails again and again.
    Job,
}

/// One thing worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The same thing has the same key; one that happens again has another.
    pub key: String,
    /// Why it is told.
    pub matter: Matter,
    /// When it came about.
    pub at: Timestamp,
    /// Kind of the action or of the plan, or name of the job.
    pub kind: String,
    /// On what; empty for a job, and for a plan of many.
    pub name: String,
}

/// What the desktop shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One line: what happened.
    pub title: String,
    /// On what. Plain text that may hold foreign words; never a secret.
    pub body: String,
}

impl Item {
    /// An action that needs a person; `None` for every other one.
    pub(crate) fn of_action(action: &ActionRecord) -> Option<Self> {
        let matter = match ActionState::named(&action.state)? {
            ActionState::Failed => Matter::Failed,
            ActionState::Unknown if action.next_at.is_none() && action.lease.is_none() => Matter::Unknown,
            _ => return None,
        };
        Some(Self {
            // Whoever tries again counts on: the next failure is another one.
            key: format!("action:{}:{}:{}", action.id, action.state, action.tries),
            matter,
            at: action.updated_at,
            kind: action.kind.clone(),
            name: name(action),
        })
    }

    /// An action that was held back by that move, and not by a person.
    pub(crate) fn of_held(action: &ActionRecord, revision: i64) -> Self {
        Self {
            key: format!("action:{}:{}:{revision}", action.id, action.state),
            matter: Matter::Held,
            at: action.updated_at,
            kind: action.kind.clone(),
            name: name(action),
        }
    }

    /// A plan that one person said yes to.
    pub(crate) fn of_plan(plan: &Plan) -> Self {
        let first = plan.approvals.first().map_or(&plan.created_at, |yes| &yes.at);
        let name = match plan.changes.as_slice() {
            [only] => only.target.name.clone(),
            _ => String::new(),
        };
        Self {
            key: format!("plan:{}:{first}", plan.id),
            matter: Matter::SecondYes,
            at: first.parse().unwrap_or(Timestamp::UNIX_EPOCH),
            kind: plan.kind.clone(),
            name,
        }
    }

    /// A job that does not come right by itself; `None` for every other one.
    pub(crate) fn of_job(job: &JobRow) -> Option<Self> {
        let ended = job.last.as_ref().and_then(|run| run.ended_at.as_ref());
        (job.failures >= STUBBORN && job.paused_by.is_none()).then(|| Self {
            key: format!("{JOB}{}", job.name),
            matter: Matter::Job,
            at: ended.and_then(|at| at.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH),
            kind: job.name.clone(),
            name: String::new(),
        })
    }
}

fn name(action: &ActionRecord) -> String {
    let target = &action.target;
    if target.name.is_empty() { target.id.to_string() } else { target.name.clone() }
}

impl Notice {
    /// The same, of a profile, where there are several.
    pub(crate) fn of(self, profile: &str) -> Self {
        Self { title: english(&Phrase::new("news.of", [("name", plain(profile)), ("text", self.title)])), ..self }
    }

    /// The same, in the place of others that are shown no more.
    pub fn standing_for(&self, others: usize) -> Self {
        let words = [("text", self.body.clone()), ("count", others.to_string())];
        Self { title: self.title.clone(), body: english(&Phrase::new("news.stands_for", words)) }
    }
}

const JOB: &str = "job:";

/// Remembers what was told.
#[derive(Debug)]
pub struct Teller {
    since: Timestamp,
    /// By profile: what was told, or seen in the window, or was there before the program was.
    known: BTreeMap<String, BTreeSet<String>>,
    pending: Vec<(String, Item)>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Teller {
    /// Tells what comes about from now on.
    pub fn new(now: Timestamp) -> Self {
        Self { since: now, known: BTreeMap::new(), pending: Vec::new(), first: None, last: None }
    }

    /// Takes in what there is in a profile now, all of it. What to tell at this moment, if anything.
    pub fn look(
        &mut self,
        now: Timestamp,
        profile: &str,
        items: &[Item],
        wishes: Wishes,
        looked_at: bool,
    ) -> Option<Notice> {
        let there: BTreeSet<&str> = items.iter().map(|item| item.key.as_str()).collect();
        // What was retried or settled meanwhile needs nobody any more; another profile's is found on its board.
        self.pending.retain(|(of, item)| of == profile && there.contains(item.key.as_str()));
        let begins = !self.known.contains_key(profile);
        let known = self.known.entry(profile.to_owned()).or_default();
        // A job that came right may fail anew.
        known.retain(|key| !key.starts_with(JOB) || there.contains(key.as_str()));
        if known.len() > REMEMBERED {
            known.retain(|key| there.contains(key.as_str()));
        }
        for item in items {
            // Also later: an old one comes into sight when a newer one goes. Jobs have no moment of their own.
            let old = item.at < self.since && (begins || item.matter != Matter::Job);
            if known.insert(item.key.clone()) && !old {
                self.pending.push((profile.to_owned(), item.clone()));
            }
        }
        if looked_at || !wishes.notify {
            self.pending.clear();
        }
        self.first = if self.pending.is_empty() { None } else { Some(self.first.unwrap_or(now)) };
        if self.due()? > now {
            return None;
        }
        let told: Vec<Item> = std::mem::take(&mut self.pending).into_iter().map(|(_, item)| item).collect();
        (self.first, self.last) = (None, Some(now));
        Some(words(&told, wishes.hide_names))
    }

    /// No profile is open any more: what was about to be told of it is found on its board.
    pub(crate) fn nothing_open(&mut self) {
        self.pending.clear();
        self.first = None;
    }

    /// When there is something to tell by itself; `None` as long as nothing is.
    pub fn due(&self) -> Option<Timestamp> {
        let gathered = self.first? + GATHER;
        Some(self.last.map_or(gathered, |last| gathered.max(last + QUIET)))
    }
}

fn words(items: &[Item], hide_names: bool) -> Notice {
    match items {
        [item] => one(item, hide_names),
        // Not all of them were looked at: nobody knows how many there are.
        items if items.len() >= LOOKED_AT as usize => Notice {
            title: english(&Phrase::new("news.crowd", [("count", items.len().to_string())])),
            body: english(&Phrase::new("news.look", [])),
        },
        items => many(items),
    }
}

fn one(item: &Item, hide_names: bool) -> Notice {
    let kind = [("kind", item.kind.clone())];
    let title = match item.matter {
        Matter::Failed => Phrase::new("news.failed", kind),
        Matter::Held => Phrase::new("news.held", kind),
        Matter::Unknown => Phrase::new("news.unknown", kind),
        Matter::SecondYes => Phrase::new("news.second_yes", kind),
        Matter::Job => Phrase::new("news.job", [("job", item.kind.clone()), ("count", STUBBORN.to_string())]),
    };
    let name = plain(&item.name);
    let hidden = hide_names || name.is_empty();
    let body = if hidden { english(&Phrase::new("news.look", [])) } else { name };
    Notice { title: english(&title), body }
}

fn many(items: &[Item]) -> Notice {
    let count = |matter: Matter| items.iter().filter(|item| item.matter == matter).count();
    let parts = [
        (count(Matter::Failed), "news.part_failed"),
        (count(Matter::Held), "news.part_held"),
        (count(Matter::Unknown), "news.part_unknown"),
        (count(Matter::SecondYes), "news.part_second_yes"),
        (count(Matter::Job), "news.part_job"),
    ];
    let actions = parts[0].0 + parts[1].0 + parts[2].0 == items.len();
    let counted = |code, n: usize| english(&Phrase::new(code, [("count", n.to_string())]));
    let body: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, code)| counted(code, n)).collect();
    let title = if actions { "news.actions" } else { "news.things" };
    Notice { title: counted(title, items.len()), body: body.join(", ") }
}

/// A foreign name as it may stand in a line of ours: nothing that breaks the line or turns its direction, and not long.
fn plain(name: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = name.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    let clean = clean.trim();
    if clean.chars().count() <= LONGEST_NAME {
        return clean.to_owned();
    }
    let kept: String = clean.chars().take(LONGEST_NAME - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ON: Wishes = Wishes { keep_working: false, notify: true, hide_names: false };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn item(id: u32, matter: Matter, came: i64) -> Item {
        let kind = if matter == Matter::Job { "mirror" } else { "power.restart" };
        let prefix = if matter == Matter::Job { JOB } else { "action:" };
        let name = if matter == Matter::Job { String::new() } else { format!("web-{id}") };
        Item { key: format!("{prefix}{id}"), matter, at: at(came), kind: kind.into(), name }
    }

    fn failed(id: u32, came: i64) -> Item {
        item(id, Matter::Failed, came)
    }

    #[test]
    fn a_failure_is_told_once_with_its_kind_and_its_server() {
        let mut teller = Teller::new(at(0));
        assert_eq!(teller.look(at(5), "acme", &[failed(1, 5)], ON, false), None, "others may follow at once");
        assert_eq!(teller.due(), Some(at(6)));
        let told = teller.look(at(6), "acme", &[failed(1, 5)], ON, false).unwrap();
        assert_eq!(told, Notice { title: "Restart failed".into(), body: "web-1".into() });
        for later in 7..60 {
            assert_eq!(teller.look(at(later), "acme", &[failed(1, 5)], ON, false), None);
        }
        assert_eq!(teller.due(), None);
    }

    #[test]
    fn names_are_left_out_for_who_wants_that() {
        let mut teller = Teller::new(at(0));
        let wishes = Wishes { hide_names: true, ..ON };
        teller.look(at(5), "acme", &[item(1, Matter::Unknown, 5)], wishes, false);
        let told = teller.look(at(6), "acme", &[item(1, Matter::Unknown, 5)], wishes, false).unwrap();
        assert_eq!(told.title, "Restart: nobody knows whether it was done");
        assert_eq!(told.body, "Open Rackdesk to see what it is about");
    }

    #[test]
    fn many_at_once_are_one_notice_and_the_next_one_waits_its_time() {
        let mut teller = Teller::new(at(0));
        let mut items: Vec<Item> = (1..=3).map(|id| failed(id, 5)).collect();
        items.push(item(4, Matter::Unknown, 5));
        teller.look(at(5), "acme", &items, ON, false);
        let told = teller.look(at(6), "acme", &items, ON, false).unwrap();
        assert_eq!(told, Notice { title: "4 actions need you".into(), body: "3 failed, 1 unknown".into() });
        // A storm: one more each second.
        let mut notices = Vec::new();
        for second in 7..=36 {
            items.push(failed(100 + u32::try_from(second).unwrap(), second));
            notices.extend(teller.look(at(second), "acme", &items, ON, false));
        }
        let titles: Vec<_> = notices.iter().map(|n| n.title.as_str()).collect();
        assert_eq!(titles, ["10 actions need you", "10 actions need you", "10 actions need you"]);
    }

    #[test]
    fn what_ended_before_this_start_is_no_news_and_what_ends_while_a_profile_is_closed_is() {
        let mut teller = Teller::new(at(100));
        let old = failed(1, 90);
        teller.look(at(101), "acme", std::slice::from_ref(&old), ON, false);
        assert_eq!(teller.due(), None);
        teller.look(at(150), "nord", &[], ON, false);
        let items = [old, failed(2, 160)];
        teller.look(at(200), "acme", &items, ON, false);
        assert_eq!(teller.look(at(201), "acme", &items, ON, false).unwrap().body, "web-2");
    }

    #[test]
    fn an_old_failure_that_comes_into_sight_later_is_no_news_and_a_crowd_is_not_counted_short() {
        let mut teller = Teller::new(at(100));
        teller.look(at(101), "acme", &[], ON, false);
        teller.look(at(102), "acme", &[failed(1, 90)], ON, false);
        assert_eq!(teller.due(), None, "it slid in when a newer one was retried");
        let crowd: Vec<Item> = (10..10 + LOOKED_AT).map(|id| failed(id, 110)).collect();
        teller.look(at(110), "acme", &crowd, ON, false);
        assert_eq!(teller.look(at(111), "acme", &crowd, ON, false).unwrap().title, "200 or more things need you");
    }

    #[test]
    fn a_notice_names_the_profile_and_what_it_took_the_place_of() {
        let mut teller = Teller::new(at(0));
        let held = [item(1, Matter::Held, 5)];
        teller.look(at(5), "acme", &held, ON, false);
        let told = teller.look(at(6), "acme", &held, ON, false).unwrap().of("Acme\u{202e}").standing_for(2);
        assert_eq!(told.title, "Acme: Restart was held back and waits for you");
        assert_eq!(told.body, "web-1 (in place of 2 notices before it)");
    }

    #[test]
    fn what_is_seen_in_the_window_or_not_wanted_is_not_told_later() {
        let mut teller = Teller::new(at(0));
        teller.look(at(5), "acme", &[failed(1, 5)], ON, true);
        assert_eq!(teller.look(at(50), "acme", &[failed(1, 5)], ON, false), None);
        let off = Wishes { notify: false, ..ON };
        teller.look(at(51), "acme", &[failed(1, 5), failed(2, 51)], off, false);
        assert_eq!(teller.look(at(99), "acme", &[failed(1, 5), failed(2, 51)], ON, false), None);
        assert_eq!(teller.due(), None);
    }

    #[test]
    fn what_is_retried_before_it_was_told_is_not_told() {
        let mut teller = Teller::new(at(0));
        teller.look(at(5), "acme", &[failed(1, 5)], ON, false);
        assert_eq!(teller.look(at(6), "acme", &[], ON, false), None);
    }

    #[test]
    fn a_job_is_told_again_only_after_it_came_right() {
        let mut teller = Teller::new(at(0));
        let job = item(1, Matter::Job, 5);
        let job = std::slice::from_ref(&job);
        teller.look(at(5), "acme", job, ON, false);
        let told = teller.look(at(6), "acme", job, ON, false).unwrap();
        assert_eq!(told.title, "“Copy of both providers” failed 3 times in a row");
        assert_eq!(teller.look(at(60), "acme", job, ON, false), None);
        teller.look(at(61), "acme", &[], ON, false);
        teller.look(at(62), "acme", job, ON, false);
        assert!(teller.look(at(80), "acme", job, ON, false).is_some());
    }

    #[test]
    fn a_foreign_name_neither_breaks_the_line_nor_turns_it_nor_fills_the_screen() {
        assert_eq!(plain("web\n\u{202e}1\u{0}"), "web1");
        assert_eq!(plain("we\u{2028}b\u{2029}\u{61c}1"), "web1");
        assert_eq!(plain(&"é".repeat(500)).chars().count(), LONGEST_NAME);
    }

    proptest! {
        /// However failures arrive and however often it is looked: each is counted in one notice, none in two.
        #[test]
        fn everything_is_told_exactly_once(came in proptest::collection::vec(1_i64..120, 1..40)) {
            let mut teller = Teller::new(at(0));
            let mut told = 0;
            for second in 0..200 {
                let items: Vec<Item> = came.iter().zip(1..).filter(|(when, _)| **when <= second)
                    .map(|(when, id)| failed(id, *when)).collect();
                if let Some(notice) = teller.look(at(second), "acme", &items, ON, false) {
                    let first = notice.title.split(' ').next().unwrap_or_default();
                    told += first.parse::<usize>().unwrap_or(1);
                }
            }
            prop_assert_eq!(told, came.len());
        }
    }
}
