//! The jobs there are. A job stands here only when its work exists.

use jiff::{
    SignedDuration,
    civil::{Time, time},
};

use super::cadence::Cadence;
use crate::mirror::Kind;

/// What a job needs to be of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Only our own store.
    Nothing,
    /// WHMCS or Contabo.
    Either,
    /// WHMCS.
    Whmcs,
    /// Contabo.
    Contabo,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Works the queue until nothing can go on by itself.
    Queue,
    /// Reads these kinds whole.
    Mirror(&'static [Kind]),
    /// Looks which prices moved.
    Prices,
    /// Asks the object storages what they hold.
    Usage,
    /// Reads WHMCS's own queue of module runs that failed.
    FailedModules,
    /// Reads what is new in the provider's audits.
    Strangers,
    /// Writes the receipts that are missing and checks the whole chain.
    Receipts,
    /// Tells WHMCS's activity log what was done.
    Tell,
    /// Forgets what the request log need not keep.
    Forget,
}

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Name, for people and for the store.
    pub name: &'static str,
    /// How often.
    pub cadence: Cadence,
    /// What it needs.
    pub needs: Needs,
    /// What it does.
    pub work: Work,
}

const fn at(hour: i8, minute: i8) -> Cadence {
    Cadence::Daily(clock(hour, minute))
}

const fn clock(hour: i8, minute: i8) -> Time {
    time(hour, minute, 0, 0)
}

const fn every(minutes: i64) -> Cadence {
    Cadence::Every(SignedDuration::from_mins(minutes))
}

/// All jobs, in the order in which they run when several are due.
pub static JOBS: &[Job] = &[
    Job { name: "mirror", cadence: Cadence::Continuous, needs: Needs::Either, work: Work::Mirror(&Kind::ALL) },
    Job { name: "queue", cadence: every(15), needs: Needs::Either, work: Work::Queue },
    Job { name: "status", cadence: every(60), needs: Needs::Contabo, work: Work::Mirror(&[Kind::Instances]) },
    Job { name: "audits", cadence: every(60), needs: Needs::Contabo, work: Work::Strangers },
    Job { name: "modules", cadence: every(15), needs: Needs::Whmcs, work: Work::FailedModules },
    Job { name: "activity", cadence: every(15), needs: Needs::Whmcs, work: Work::Tell },
    Job {
        name: "catalogue",
        cadence: at(3, 10),
        needs: Needs::Contabo,
        work: Work::Mirror(&[Kind::Images, Kind::DataCenters, Kind::Tags]),
    },
    // Contabo's dated list has its age without any provider, but nobody needs it without one.
    Job { name: "prices", cadence: at(3, 20), needs: Needs::Either, work: Work::Prices },
    Job { name: "usage", cadence: at(3, 30), needs: Needs::Contabo, work: Work::Usage },
    Job { name: "receipts", cadence: at(3, 40), needs: Needs::Nothing, work: Work::Receipts },
    Job { name: "log", cadence: at(4, 10), needs: Needs::Nothing, work: Work::Forget },
];
