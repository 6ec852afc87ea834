//! What can be typed about the record and the schedule.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand, ValueEnum};

use super::ListArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptsCommand {
    /// List them.
    List(ListArgs),
    /// One receipt with the text that was hashed.
    Show {
        /// Number, with or without `R-`; or an action's, `A-17`.
        id: String,
    },
    /// Check the whole chain, and each receipt against the queue.
    Verify {
        /// A hash that was written down before: say whether it is still in the chain.
        #[arg(long)]
        hash: Option<String>,
    },
    /// Write all of them as JSON lines, to standard output or a file.
    Export {
        /// File.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object per line.
    Jsonl,
    /// A table.
    Csv,
    /// HTTP archive 1.2.
    Har,
}

#[derive(Debug, Group)]
pub(crate) struct LogExportArgs {
    /// Form of the file.
    #[arg(long, value_enum, default_value_t = LogFormat::Jsonl)]
    pub(crate) format: LogFormat,
    /// File; standard output when left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// A saved question, in place of text and --where.
    #[arg(long, value_name = "NAME")]
    pub(crate) saved: Option<String>,
    /// Text to look for.
    #[arg(default_value = "")]
    pub(crate) text: String,
    /// Chips: `field=value`, `field!=value`, `field~text`, `field>=value`, `field<=value`, `field within 6h`.
    #[arg(long = "where", value_name = "CHIP")]
    pub(crate) filters: Vec<String>,
}

#[derive(Debug, Group)]
pub(crate) struct RetentionArgs {
    /// Days that exchanges are kept, 7 to 3650; 0 means for ever.
    #[arg(long)]
    pub(crate) days: Option<u32>,
    /// Size of the log in MiB, 16 to 1048576; 0 means no bound.
    #[arg(long)]
    pub(crate) megabytes: Option<u32>,
    /// Remove what need not be kept at once.
    #[arg(long)]
    pub(crate) forget: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// The jobs, when they run next, and how they ended last.
    List,
    /// Run one job now, or every job that is due.
    Run {
        /// Job.
        #[arg(required_unless_present = "due", conflicts_with = "due")]
        job: Option<String>,
        /// Every job that is due, and those that go on all the time. For cron and timers.
        #[arg(long)]
        due: bool,
    },
    /// What was run, newest first.
    History {
        /// Only this job.
        job: Option<String>,
        /// Most rows.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Do not run a job by itself any more, or none at all.
    Pause {
        /// Job; all of them when left out.
        job: Option<String>,
    },
    /// Run it by itself again.
    Resume {
        /// Job; all of them when left out.
        job: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StrangersCommand {
    /// List them.
    List(ListArgs),
    /// Read what is new in Contabo's audits.
    Read {
        /// From this day on, e.g. 2026-11-01.
        #[arg(long, value_name = "DAY")]
        since: Option<String>,
    },
    /// How far the audits were read.
    State,
    /// Take note of strangers.
    Acknowledge {
        /// Rows.
        #[arg(required = true)]
        ids: Vec<i64>,
        /// Why it is all right.
        #[arg(long)]
        reason: String,
    },
}
