//! What can be typed about the policy, and about approving against or beside it.

use clap::{Args as Group, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// What is in force, field by field.
    Show {
        /// Who changed what.
        #[arg(long)]
        history: bool,
    },
    /// Change one field. `none` takes a limit away, or empties a list.
    #[command(after_help = SET_HELP)]
    Set {
        /// Field, as `policy show` names it; a part of one after a dot, e.g. `cloud_init.allowed`.
        field: String,
        /// Value.
        value: String,
        /// Why, kept with the change.
        #[arg(long)]
        reason: Option<String>,
    },
}

const SET_HELP: &str = "\
Values:
  power_per_hour 30                  a number; create_per_hour and create_per_day may be none
  spend_day \"250 EUR\"               an amount with its currency, or none
  destructive no                     yes or no
  suspend leave                      stop or leave
  second_approver destructive        nothing, destructive, billable or all
  protected \"db-*, core\"            words with commas between
  windows \"sat 22:00 240 Europe/Berlin; sun 02:00 120 UTC\"
                                     day, begin, minutes and time zone, with semicolons between
  freezes \"Cyber Week 2026-11-28T00:00:00Z 2026-11-30T06:00:00Z\"
                                     name, begin and end, with semicolons between";

#[derive(Debug, Default, Group)]
pub(crate) struct SayingArgs {
    /// Approve over a guardrail: `guardrail=reason`, e.g. `rate=The customer waits for all of them`.
    #[arg(long = "override", value_name = "GUARDRAIL=REASON")]
    pub(crate) overrides: Vec<String>,
    /// Name of the person who says yes, when it is not this account's. It shows who said it, and proves nothing.
    #[arg(long = "approve-as", value_name = "NAME")]
    pub(crate) approve_as: Option<String>,
}
