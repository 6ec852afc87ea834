//! What the icon beside the clock says and offers.

use rackdesk_console::{phrases::english, plan::Phrase, session::Figures};

/// What can be chosen there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrayVerb {
    /// Shows the window.
    Open,
    /// Nothing new is started.
    Pause,
    /// The queue goes on.
    Resume,
    /// Nothing is written to a provider any more.
    StopEverything,
    /// Every job of the schedule that is due, at once.
    RunDue,
    /// Ends the program.
    Quit,
}

impl TrayVerb {
    /// Every verb.
    pub const ALL: [Self; 6] = [Self::Open, Self::Pause, Self::Resume, Self::StopEverything, Self::RunDue, Self::Quit];

    /// Its name: what a menu calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::StopEverything => "stop",
            Self::RunDue => "run_due",
            Self::Quit => "quit",
        }
    }

    /// Its words.
    pub fn label(self) -> String {
        english(&Phrase::new(
            match self {
                Self::Open => "tray.open",
                Self::Pause => "tray.pause",
                Self::Resume => "tray.resume",
                Self::StopEverything => "tray.stop",
                Self::RunDue => "tray.run_due",
                Self::Quit => "tray.quit",
            },
            [],
        ))
    }
}

/// What the icon shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayView {
    /// Its first line, which does nothing: `3 running, 1 needs you`.
    pub state: String,
    /// What it says when a pointer rests on it.
    pub tooltip: String,
    /// Something needs a person.
    pub needs_person: bool,
    /// What can be chosen, in order.
    pub verbs: Vec<TrayVerb>,
}

/// What of the open profile the icon shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Open<'a> {
    /// Its name.
    pub profile: &'a str,
    /// Its figures.
    pub figures: Figures,
    /// What else needs a person: actions held back by nobody's wish, plans without their second yes, stubborn jobs.
    pub also: u32,
    /// Everything was stopped. Only the window, which asks first, goes on from there.
    pub stopped: bool,
}

/// The view of the profile that is open, or of none.
pub(crate) fn view(open: Option<Open<'_>>) -> TrayView {
    let Some(Open { profile, figures, also, stopped }) = open else {
        let state = english(&Phrase::new("tray.no_profile", []));
        let tooltip = english(&Phrase::new("tray.tooltip", [("text", state.clone())]));
        return TrayView { state, tooltip, needs_person: false, verbs: vec![TrayVerb::Open, TrayVerb::Quit] };
    };
    let waiting = figures.queue_open.saturating_sub(figures.queue_running);
    let needs_you = figures.needs_you.saturating_add(also);
    let counted = [(figures.queue_running, "tray.running"), (waiting, "tray.waiting"), (needs_you, "tray.needs_you")];
    let mut parts: Vec<String> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, code)| english(&Phrase::new(code, [("count", count.to_string())])))
        .collect();
    if stopped {
        parts.insert(0, english(&Phrase::new("tray.stopped", [])));
    } else if figures.paused {
        parts.insert(0, english(&Phrase::new("tray.paused", [])));
    }
    if parts.is_empty() {
        parts.push(english(&Phrase::new("tray.idle", [])));
    }
    let state = parts.join(", ");
    let words = [("name", profile.to_owned()), ("text", state.clone())];
    TrayView {
        tooltip: english(&Phrase::new("tray.tooltip_of", words)),
        state,
        needs_person: needs_you > 0,
        verbs: match (stopped, figures.paused) {
            (true, _) => vec![TrayVerb::Open, TrayVerb::RunDue, TrayVerb::Quit],
            (false, paused) => vec![
                TrayVerb::Open,
                if paused { TrayVerb::Resume } else { TrayVerb::Pause },
                TrayVerb::StopEverything,
                TrayVerb::RunDue,
                TrayVerb::Quit,
            ],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_runs_what_waits_and_who_is_needed() {
        let busy = Figures { queue_open: 5, queue_running: 3, needs_you: 1, ..Figures::default() };
        let of = |figures| Open { profile: "Acme", figures, ..Open::default() };
        let shown = view(Some(of(busy)));
        assert_eq!(shown.state, "3 running, 2 waiting, 1 needs you");
        assert_eq!(shown.tooltip, "Rackdesk, Acme: 3 running, 2 waiting, 1 needs you");
        assert!(shown.needs_person);
        assert!(shown.verbs.contains(&TrayVerb::Pause) && !shown.verbs.contains(&TrayVerb::Resume));
        let paused = view(Some(of(Figures { paused: true, needs_you: 2, ..Figures::default() })));
        assert_eq!(paused.state, "Paused, 2 need you");
        assert!(paused.verbs.contains(&TrayVerb::Resume) && !paused.verbs.contains(&TrayVerb::Pause));
        assert_eq!(view(Some(of(Figures::default()))).state, "Nothing to do");
        let also = view(Some(Open { also: 2, ..of(Figures::default()) }));
        assert_eq!(also.state, "2 need you");
        assert!(also.needs_person, "a plan without its second yes lights the icon too");
    }

    #[test]
    fn from_a_stop_only_the_window_goes_on() {
        let figures = Figures { paused: true, ..Figures::default() };
        let shown = view(Some(Open { profile: "Acme", figures, stopped: true, also: 0 }));
        assert_eq!(shown.state, "Stopped");
        assert_eq!(shown.verbs, [TrayVerb::Open, TrayVerb::RunDue, TrayVerb::Quit]);
    }

    #[test]
    fn without_a_profile_it_opens_and_quits_and_does_nothing_else() {
        let shown = view(None);
        assert_eq!(shown.verbs, [TrayVerb::Open, TrayVerb::Quit]);
        assert_eq!(shown.state, "No profile is open");
    }

    #[test]
    fn every_verb_has_a_name_of_its_own_and_words() {
        let mut names: Vec<_> = TrayVerb::ALL.iter().map(|verb| verb.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 6);
        assert!(TrayVerb::ALL.iter().all(|verb| !verb.label().starts_with("tray.")), "a code without words");
    }
}
