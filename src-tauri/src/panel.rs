//! Whether the desktop has a panel that shows icons at this moment. It may come late, and it may go.

/// Asks it. Waits two seconds at most; no answer is a no.
#[cfg(target_os = "linux")]
pub(crate) fn takes_icons() -> bool {
    linux::takes_icons().unwrap_or_else(|error| {
        tracing::debug!("no panel says that it shows icons: {error}");
        false
    })
}

/// Elsewhere the place for icons is part of the system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn takes_icons() -> bool {
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use zbus::blocking::Connection;
    use zbus::blocking::connection::Builder;
    use zbus::zvariant::OwnedValue;

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const TIME: Duration = Duration::from_secs(2);

    /// Kept while the bus is there.
    static BUS: Mutex<Option<Connection>> = Mutex::new(None);

    pub(super) fn takes_icons() -> zbus::Result<bool> {
        let mut kept = BUS.lock().unwrap_or_else(PoisonError::into_inner);
        let bus = match kept.take() {
            Some(bus) => bus,
            None => Builder::session()?.method_timeout(TIME).build()?,
        };
        let asked = (WATCHER, "IsStatusNotifierHostRegistered");
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = bus.call_method(Some(WATCHER), "/StatusNotifierWatcher", properties, "Get", &asked);
        // A refusal is an answer; anything else may be a bus that is gone, and the next look connects anew.
        if matches!(answer, Ok(_) | Err(zbus::Error::MethodError(..))) {
            *kept = Some(bus);
        }
        let value: OwnedValue = answer?.body().deserialize()?;
        Ok(bool::try_from(value)?)
    }
}
