//! What is implemented, read from the tables that calls are dispatched by.

/// The billing side's actions, by their documented names.
pub fn whmcs() -> Vec<&'static str> {
    crate::whmcs::registry::all().map(|action| action.name).collect()
}

/// The server side's operations, by their documented ids.
pub fn contabo() -> Vec<&'static str> {
    crate::contabo::operation_ids()
}
