//! Replying to a ticket. The proof is the reply itself: WHMCS numbers replies, so ours is one that is newer than the
//! newest before the send, with the same words. The plan refuses when somebody else has answered since it was made.

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use rackdesk_whmcs::actions::{
    TicketStatus,
    support::AddTicketReply,
    system::{GetAdminDetails, GetAdminUsers},
    tickets::{GetTicket, Ticket},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Act, Card, Checked, Holds, Row, Site, Step, TargetKind, Trouble, may, needs,
    whmcs::{OnWhmcs, Write, comparable, id, read, unreadable},
};
use crate::{
    act::reconcile::Look,
    plan::{Phrase, facts::Facts},
};

/// The kind.
#[derive(Debug)]
pub struct Reply;

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The reply.
    pub message: String,
    /// Status afterwards; WHMCS's own rule when left out.
    #[serde(default)]
    pub status: Option<String>,
    /// User name of the admin who replies; the credential's own when left out.
    #[serde(default)]
    pub admin: Option<String>,
}

const STATUSES: &[&str] = &["Open", "Answered", "Customer-Reply", "In Progress", "On Hold", "Closed"];

static CARD: Card = Card {
    fields: &[
        needs("message", Holds::LongText { most: 60_000 }),
        may("status", Holds::Choice(STATUSES)),
        may("admin", Holds::Text { most: 64 }),
    ],
    depends: &["last_reply"],
    ..Card::of("ticket.reply", TargetKind::Ticket)
};

impl Act for Reply {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn change(&self, facts: &Facts, input: &Input, _: Option<&Value>) -> Row {
        let begin: String = input.message.chars().take(80).collect();
        let row = Row::of(&CARD).fact("reply", None, Some(&begin));
        match &input.status {
            Some(status) => row.fact("status", Some(&facts.status), Some(status)),
            None => row,
        }
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnWhmcs(Send)]
    }
}

struct Send;

/// What was there before the send.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Before {
    newest: u64,
    /// User name of the admin who replies: without one WHMCS takes the reply for a guest's.
    admin: String,
}

/// The credential's own admin: its record names it by number, the list of admins by name.
async fn own_admin(site: &Site<'_>) -> Result<String, Trouble> {
    let own = read(site, &GetAdminDetails::default()).await?.adminid;
    let all = read(site, &GetAdminUsers::default()).await?.admin_users;
    let found = all.into_iter().find(|admin| admin.id.is_some() && admin.id == own);
    found.map(|admin| admin.username).ok_or_else(|| Trouble::hopeless(Phrase::new("fault.no_admin", [])))
}

async fn ticket(site: &Site<'_>) -> Result<Ticket, Trouble> {
    let ask = GetTicket { ticketid: Some(id(site)?), ..GetTicket::default() };
    read(site, &ask).await
}

fn newest(ticket: &Ticket) -> u64 {
    ticket.replies.iter().filter_map(|reply| reply.replyid).max().unwrap_or(0)
}

impl Write for Send {
    type Action = AddTicketReply;

    fn action(&self, site: &Site<'_>) -> Result<AddTicketReply, Phrase> {
        let input: Input = site.input()?;
        let before: Before = site.notes();
        let mut action = AddTicketReply::new(id(site)?, input.message);
        action.adminusername = Some(before.admin);
        action.status = input.status.as_deref().map(TicketStatus::from);
        action.markdown = Some(true);
        Ok(action)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let input: Input = site.input()?;
            let admin = match input.admin {
                Some(admin) => admin,
                None => own_admin(&site).await?,
            };
            Ok(Checked::Knowing(json!(Before { newest: newest(&ticket(&site).await?), admin })))
        }
        .boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            let Ok(input) = site.input::<Input>() else { return Look::Incomplete };
            let found = match ticket(&site).await {
                Ok(found) => found,
                Err(trouble) => return unreadable(trouble),
            };
            let before: Before = site.notes();
            let ours = comparable(&input.message);
            let reply = found
                .replies
                .into_iter()
                .find(|reply| reply.replyid.is_some_and(|id| id > before.newest) && comparable(&reply.message) == ours);
            match reply {
                Some(reply) => Look::Seen {
                    at: None::<Timestamp>,
                    by: reply.admin.clone(),
                    ids: json!({ "replyid": reply.replyid.unwrap_or_default().to_string() }),
                },
                None => Look::Absent,
            }
        }
        .boxed()
    }
}
