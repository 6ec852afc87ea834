//! What is implemented, read from the tables that calls are dispatched by.

/// The billing side's actions, by their documented names.
pub fn whmcs() -> Vec<&'static str> {
    crate::whmcs::registry::all().map(|action| action.name).collect()
}
