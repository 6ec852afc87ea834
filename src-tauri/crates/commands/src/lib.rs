//! The use cases of Rackdesk, free of Tauri: typed input → typed output, with cache tags.
//!
//! The one list is [`for_each_command!`]. The desktop shell turns it into Tauri commands and TypeScript bindings,
//! `rackdeskctl bridge` into loopback routes. To add a command: write an `async fn name(&Core, Input) -> Result<Output,
//! AppError>` in its area's file and add its line to the list.

pub mod app;
pub mod audits;
pub mod choices;
pub mod clients;
mod connection;
mod core;
pub mod desk;
mod error;
mod errors;
mod events;
pub mod exports;
pub mod list;
pub mod log;
pub mod modules;
mod palette;
#[cfg(test)]
mod people_tests;
pub mod plans;
pub mod policy;
pub mod preview;
pub mod prices;
pub mod profiles;
pub mod queue;
#[cfg(test)]
mod reading_tests;
pub mod receipts;
mod registry;
pub mod rights;
pub mod schedule;
pub mod servers;
pub mod strangers;
mod tags;
pub mod usage;
mod writing;

pub use core::{Core, CoreOptions, OpenAction, ProviderCall, default_data_dir};
pub use error::{AppError, ErrorCode};
pub use events::{Event, Progress, ProgressState, TagsChanged};
pub use rackdesk_console::plan::Plan;
pub use rackdesk_vault::SecretInput;
pub use registry::{COMMANDS, CommandInfo, command_tags, dispatch};
pub use tags::Tag;
