//! Locks that stand in WHMCS after their action has ended: it was cancelled where nobody can reach WHMCS, not started in
//! time after a try in vain, settled by a person, or done while WHMCS did not answer. Whoever works the queue takes them
//! away, one after the other, for as long as their own time is not over.

use std::time::Duration;

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord},
    rusqlite::Connection,
    whmcs_locks::{self, LeftLock},
};
use tokio_util::sync::CancellationToken;

use super::{LOCK_FIELD, Service, ServiceLock, by, field};
use crate::act::{
    kinds::{Lane, Trouble},
    reconcile::later,
    worker::{Hand, Worker},
};

/// Pause between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// How long the last look may take, when the engine ends: nobody should wait for it.
const LAST: Duration = Duration::from_secs(2);
/// Most locks of one look.
const AT_ONCE: u32 = 20;

impl Worker {
    /// Takes away what ended actions left, until the engine ends and once more then. `halt` gives the token of now: when
    /// everything is stopped, so is this.
    pub(crate) async fn take_left_locks(&self, halt: impl Fn() -> CancellationToken, closing: &CancellationToken) {
        loop {
            let last = closing.is_cancelled();
            let token = halt();
            let look = self.hand(&token, closing);
            let within = if last { LAST } else { Duration::MAX };
            match tokio::time::timeout(within, look.take_left_locks()).await {
                Ok(Ok(()) | Err(StoreError::Closed)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "locks that are left in WHMCS cannot be read"),
                Err(_) => tracing::info!("locks are left in WHMCS: whoever works the queue next takes them away"),
            }
            if last {
                return;
            }
            tokio::select! {
                () = closing.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

impl Hand<'_> {
    async fn take_left_locks(&self) -> Result<(), StoreError> {
        let deps = &self.worker.deps;
        if deps.contabo.is_none() || deps.whmcs.is_none() {
            return Ok(());
        }
        let now = self.worker.now();
        let (left, old) = deps.store.peek_async(move |c| Ok((due(c, now)?, whmcs_locks::some_old(c, now)?))).await?;
        if old {
            deps.store.write_async(move |c| whmcs_locks::forget_old(c, now)).await?;
        }
        for (lock, action) in left {
            let Some(service) = self.linked(&action) else {
                self.forget_lock(action.id).await;
                continue;
            };
            match self.unless_halted(self.take_away(&service)).await {
                None => return Ok(()),
                Some(Ok(())) => self.forget_lock(action.id).await,
                Some(Err(why)) => {
                    tracing::warn!(action = action.id, cause = why.cause, "its lock is still in WHMCS");
                    let next = later(now, self.worker.pause(lock.tries + 1, why.retry_after));
                    deps.store.write_async(move |c| whmcs_locks::put_off(c, action.id, next)).await?;
                }
            }
        }
        Ok(())
    }

    /// Takes the lock away if it is this very action's: one of the same wish may have been set anew since.
    async fn take_away(&self, service: &Service<'_>) -> Result<(), Trouble> {
        let wish = self.wish(service.action).await.map_err(|error| super::store_trouble(&error))?;
        let ends = self.ends();
        let row = by(ends, service.row()).await?;
        let Some((id, text)) = field(&row, LOCK_FIELD) else { return Ok(()) };
        let name = format!("A-{}", service.action.id);
        if ServiceLock::read(text).is_some_and(|lock| lock.wish == wish && lock.action == name) {
            by(ends, service.write(vec![(id, String::new())])).await?;
        }
        Ok(())
    }
}

/// The locks that may be taken away now; none while nothing new is begun at WHMCS.
fn due(c: &Connection, now: Timestamp) -> Result<Vec<(LeftLock, ActionRecord)>, StoreError> {
    let control = queue::control(c)?;
    if control.stopped || control.keeps(Lane::Whmcs.name()) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for lock in whmcs_locks::left(c, now, AT_ONCE)? {
        found.extend(queue::action(c, lock.action_id)?.map(|action| (lock, action)));
    }
    Ok(found)
}
