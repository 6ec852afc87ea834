//! Approved plans become actions, actions are carried out in journalled attempts, unknown outcomes are settled by
//! evidence.

mod state;

pub use state::{ActionState, ActionVerb};
