//! What can be typed about what is read once a day.

use clap::Subcommand;

use super::ListArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum UsageCommand {
    /// One row for each storage and UTC day. `--where latest=true` leaves the newest of each.
    List(ListArgs),
    /// When each storage was read, and why not.
    State,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PricesCommand {
    /// Prices and rates that moved.
    Moved(ListArgs),
    /// When each list was read, and how old the list of Contabo's prices is.
    State,
}
