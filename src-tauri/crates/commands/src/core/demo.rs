//! The demo: the same program on a built-in sandbox of both providers, over real HTTP on loopback.

use rackdesk_console::{
    profile::{ContaboSide, DemoSide, Environment, Policy, Profile, WhmcsSide, profile_id},
    session::{ContaboSecrets, Secrets, WhmcsSecrets},
};
use rackdesk_sandbox::{Options, ServeLine};
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::Core;
use crate::AppError;

/// The company that the demo shows.
const DEMO: DemoSide = DemoSide { seed: 7, scale: 1.0 };

impl Core {
    /// The demo profile, made when there is none yet, and opened.
    pub(crate) async fn start_demo(&self) -> Result<Profile, AppError> {
        let known = self.book(|book| book.profiles.iter().find(|p| p.demo.is_some()).cloned());
        // The demo's secrets are worth nothing: without a keychain it is shown all the same, for this session.
        let session_only = self.vault().state().await.is_err();
        let profile = known.unwrap_or_else(|| Profile {
            id: profile_id("demo", Uuid::new_v4()),
            name: "Acme Hosting".into(),
            colour: "petrol".into(),
            environment: Environment::Demo,
            whmcs: None,
            contabo: None,
            demo: Some(DEMO),
            policy: Policy::default(),
            session_only,
        });
        let id = profile.id.clone();
        self.change_book(|book| {
            book.put(profile.clone());
            book.current = Some(id.clone());
        })?;
        self.open_profile(profile).await?;
        self.book(|book| book.get(&id).cloned()).ok_or_else(|| AppError::missing("The demo"))
    }

    /// Starts the sandbox of a demo profile and points the profile at it. The same seed gives the same company and
    /// the same credentials; only the ports may differ.
    pub(super) async fn wake_demo(&self, profile: Profile) -> Result<Profile, AppError> {
        let Some(demo) = profile.demo.clone() else { return Ok(profile) };
        let mut running = self.inner.demo.lock().await;
        if running.is_none() {
            let options = Options { seed: demo.seed, scale: demo.scale, ..Options::default() };
            *running = Some(rackdesk_sandbox::start(options).await.map_err(AppError::internal)?);
        }
        let Some(line) = running.as_ref().map(|r| r.line.clone()) else { return Ok(profile) };
        drop(running);
        let (profile, secrets) = pointed_at(profile, &line)?;
        self.keep_secrets(&profile, &secrets).await?;
        let kept = profile.clone();
        self.change_book(|book| book.put(kept))?;
        Ok(profile)
    }
}

fn pointed_at(mut profile: Profile, line: &ServeLine) -> Result<(Profile, Secrets), AppError> {
    let url = |text: &str| Url::parse(text).map_err(AppError::internal);
    profile.whmcs = Some(WhmcsSide { url: url(&line.whmcs.url)? });
    profile.contabo = Some(ContaboSide {
        api_url: url(&line.contabo.api_url)?,
        token_url: url(&line.contabo.token_url)?,
        user: line.contabo.user.clone(),
    });
    let secret = |text: &str| SecretString::from(text.to_owned());
    let secrets = Secrets {
        whmcs: Some(WhmcsSecrets {
            identifier: secret(&line.whmcs.identifier),
            secret: secret(&line.whmcs.secret),
            access_key: Some(secret(&line.whmcs.access_key)),
        }),
        contabo: Some(ContaboSecrets {
            client_id: secret(&line.contabo.client_id),
            client_secret: secret(&line.contabo.client_secret),
            password: secret(&line.contabo.password),
        }),
    };
    Ok((profile, secrets))
}
