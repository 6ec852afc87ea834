//! Opening, switching and removing profiles.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use rackdesk_console::{profile::Profile, session::Session};

use super::{Core, Open, background::Background};
use crate::{AppError, Tag};

impl Core {
    /// A profile's folder.
    pub(crate) fn profile_dir(&self, id: &str) -> PathBuf {
        self.inner.options.data_dir.join("profiles").join(id)
    }

    /// Opens a profile in place of the one that is open. When it cannot be opened, none is.
    pub(crate) async fn open_profile(&self, profile: Profile) -> Result<(), AppError> {
        let _turn = self.inner.turn.lock().await;
        // The same profile opened anew, with other credentials or another policy, goes on with its data.
        let goes_on = profile.session_only.then(|| profile.id.clone());
        self.close_but_keep(goes_on.as_deref()).await;
        let opened = self.try_open(profile).await;
        let mut problem = self.inner.problem.lock().unwrap_or_else(PoisonError::into_inner);
        *problem = opened.as_ref().err().cloned();
        drop(problem);
        self.changed(Tag::ALL);
        opened
    }

    async fn try_open(&self, profile: Profile) -> Result<(), AppError> {
        let profile = self.wake_demo(profile).await?;
        let key = self.database_key(&profile).await?;
        let secrets = self.stored_secrets(&profile).await?;
        let dir = self.profile_dir(&profile.id);
        let session = tokio::task::spawn_blocking(move || Session::open(profile, &dir, &key, &secrets))
            .await
            .map_err(AppError::internal)??;
        let background = Background::new(self, &session);
        let (audits, rights, exports) = Default::default();
        let open = Arc::new(Open { session, background, audits, rights, exports });
        *self.inner.open.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&open));
        if self.inner.options.background {
            open.background.start(self, &open);
        }
        Ok(())
    }

    /// Closes the open profile: its background work ends first. One that was for this session only is gone then.
    pub(super) async fn close_profile(&self) {
        self.close_but_keep(None).await;
    }

    /// The same, without erasing that one for this session only which is about to be opened again.
    async fn close_but_keep(&self, goes_on: Option<&str>) {
        let open = self.inner.open.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(open) = open {
            open.rights.stop();
            open.exports.stop_all();
            open.background.stop().await;
            let store = open.session.store.clone();
            tokio::task::spawn_blocking(move || store.close()).await.ok();
            let profile = &open.session.profile;
            if profile.session_only && goes_on != Some(profile.id.as_str()) {
                self.erase(&open.session.profile.id).await.ok();
            }
        }
    }

    /// Removes a profile with its data and secrets.
    pub(crate) async fn remove_profile(&self, id: &str) -> Result<(), AppError> {
        let _turn = self.inner.turn.lock().await;
        let known = self.book(|book| book.get(id).cloned());
        let profile = known.ok_or_else(|| AppError::missing(format!("The profile {id}")))?;
        let is_open = self.opened().is_ok_and(|open| open.session.profile.id == id);
        if is_open {
            self.close_profile().await;
        }
        self.change_book(|book| {
            book.remove(id);
        })?;
        self.erase(id).await?;
        let vault = self.vault_of(profile.session_only);
        if !vault.is_read_only() {
            vault.forget(id).await?;
        }
        *self.inner.problem.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed(Tag::ALL);
        Ok(())
    }

    async fn erase(&self, id: &str) -> Result<(), AppError> {
        match tokio::fs::remove_dir_all(self.profile_dir(id)).await {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rackdesk_console::profile::{Environment, Policy};
    use rackdesk_store::queue::{self, ControlRecord};

    use super::*;
    use crate::CoreOptions;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_profile_for_this_session_keeps_its_queue_when_it_is_opened_anew_and_is_gone_when_closed() {
        let place = tempfile::tempdir().unwrap();
        let options = CoreOptions { data_dir: place.path().to_owned(), background: false, profile: None };
        let core = Core::open(options).await.unwrap();
        let profile = Profile {
            id: "guest".into(),
            name: "Guest".into(),
            colour: "petrol".into(),
            environment: Environment::Demo,
            whmcs: None,
            contabo: None,
            demo: None,
            policy: Policy::default(),
            session_only: true,
        };
        core.open_profile(profile.clone()).await.unwrap();
        let paused = ControlRecord { paused: true, by: Some("kim".into()), ..ControlRecord::default() };
        let store = core.session().unwrap().store.clone();
        store.write(move |c| queue::set_control(c, &paused)).unwrap();

        core.open_profile(profile).await.unwrap();
        let kept = core.session().unwrap().store.read(queue::control).unwrap();
        assert_eq!(kept.by.as_deref(), Some("kim"), "opened anew, nothing is lost");

        core.close_profile().await;
        assert!(!core.profile_dir("guest").exists(), "closed, nothing is left");
    }
}
