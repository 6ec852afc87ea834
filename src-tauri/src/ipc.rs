//! The list of commands, each as a Tauri command.

use rackdesk_commands::{
    AppError, app, choices, clients, exports, list, log, modules, plans, policy, preview, prices, profiles, queue,
    receipts, rights, schedule, servers, strangers, usage,
};
use tauri::State;
use tauri_specta::{ErrorHandlingMode, collect_commands, collect_events};

use crate::events::{ProgressEvent, TagsChangedEvent};
use crate::state::Opening;

/// One command. A command without input has none over IPC either.
macro_rules! command {
    ($module:ident $name:ident (()) $output:ty) => {
        #[tauri::command]
        #[specta::specta]
        pub(crate) async fn $name(opening: State<'_, Opening>) -> Result<$output, AppError> {
            rackdesk_commands::$module::$name(&opening.core().await?, ()).await
        }
    };
    ($module:ident $name:ident ($input:ty) $output:ty) => {
        #[tauri::command]
        #[specta::specta]
        pub(crate) async fn $name(opening: State<'_, Opening>, input: $input) -> Result<$output, AppError> {
            rackdesk_commands::$module::$name(&opening.core().await?, input).await
        }
    };
}

macro_rules! commands {
    ($($module:ident::$name:ident($($input:tt)*) -> $output:ty { $($tags:tt)* };)*) => {
        mod wrapped {
            //! One function per line of the list.
            use super::*;

            $(command!($module $name ($($input)*) $output);)*
        }

        fn collected() -> tauri_specta::Commands<tauri::Wry> {
            collect_commands![$(wrapped::$name),*]
        }
    };
}

rackdesk_commands::for_each_command!(commands);

/// Commands and events with their types.
pub(crate) fn builder() -> tauri_specta::Builder<tauri::Wry> {
    tauri_specta::Builder::<tauri::Wry>::new()
        .commands(collected())
        .events(collect_events![TagsChangedEvent, ProgressEvent])
        .error_handling(ErrorHandlingMode::Result)
        // Without this every type with an optional field is exported twice, once for each direction.
        .disable_serde_phases()
        // Ids and counts stay far below 2^53; money is text.
        .dangerously_cast_bigints_to_number()
        .constant("commandTags", rackdesk_commands::command_tags())
}
