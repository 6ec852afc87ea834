//! Bonds between a server and something else: a tag that is put on and taken off, a private network that is joined and
//! left. Both directions are the same write with two operations: it is looked whether the bond is there, and nothing is
//! sent when it is as it was wanted.

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{Done, Operation};
use serde_json::Value;

use super::{
    Accepted, Checked, Site, Trouble, Watched,
    contabo::{Write, answered, instance, protected, shown},
};
use crate::plan::Phrase;

/// What is said of a bond that is there, or of one that is not.
pub(super) struct Words {
    /// Nothing has to be sent: it is so already.
    pub(super) already: &'static str,
    /// It is not so yet.
    pub(super) waits: &'static str,
}

/// One sort of bond.
pub(super) trait Bond: Send + Sync {
    /// Makes it.
    type Make: Operation<Response = Done>;
    /// Undoes it.
    type Undo: Operation<Response = Done>;
    /// What a look at it brings, beside whether it is there.
    type Seen: Send;

    /// Words for when it is wanted.
    const WANTED: Words;
    /// Words for when it is not wanted.
    const UNWANTED: Words;
    /// Whether a server may be protected against it.
    const PROTECTED: bool;

    /// The operation that makes it.
    ///
    /// # Errors
    /// When the input makes none.
    fn make(site: &Site<'_>) -> Result<Self::Make, Phrase>;

    /// The operation that undoes it.
    ///
    /// # Errors
    /// When the input makes none.
    fn undo(site: &Site<'_>) -> Result<Self::Undo, Phrase>;

    /// What both name, by the provider's names.
    fn names(site: &Site<'_>) -> Vec<(&'static str, String)>;

    /// Whether it is there.
    fn look<'a>(site: Site<'a>) -> BoxFuture<'a, Result<(bool, Self::Seen), Trouble>>;

    /// What is said, and what came out, once it is as it was wanted.
    fn done(there: bool, seen: Self::Seen) -> (Phrase, Value);
}

/// Makes a bond.
pub(super) struct Make<B>(pub(super) B);
/// Undoes a bond.
pub(super) struct Undo<B>(pub(super) B);

async fn check<B: Bond>(site: Site<'_>, wanted: bool) -> Result<Checked, Trouble> {
    let words = if wanted { B::WANTED } else { B::UNWANTED };
    if B::look(site).await?.0 == wanted {
        return Ok(Checked::Already(Phrase::new(words.already, [])));
    }
    if !B::PROTECTED {
        return Ok(Checked::Go);
    }
    let found = instance(&site).await?;
    Ok(protected(&site, &found).await?.unwrap_or(Checked::Go))
}

async fn watch<B: Bond>(site: Site<'_>, wanted: bool) -> Result<Watched, Trouble> {
    let (there, seen) = B::look(site).await?;
    if there != wanted {
        let waits = if wanted { B::WANTED } else { B::UNWANTED }.waits;
        return Ok(Watched::NotYet { waits: Phrase::new(waits, []), notes: Value::Null });
    }
    let (says, result) = B::done(there, seen);
    Ok(Watched::Done { result, evidence: shown(says.clone()), says })
}

impl<B: Bond> Write for Make<B> {
    type Operation = B::Make;

    fn operation(&self, site: &Site<'_>) -> Result<B::Make, Phrase> {
        B::make(site)
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        B::names(site)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        check::<B>(site, true).boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(B::Make::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        watch::<B>(site, true).boxed()
    }
}

impl<B: Bond> Write for Undo<B> {
    type Operation = B::Undo;

    fn operation(&self, site: &Site<'_>) -> Result<B::Undo, Phrase> {
        B::undo(site)
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        B::names(site)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        check::<B>(site, false).boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(B::Undo::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        watch::<B>(site, false).boxed()
    }
}
