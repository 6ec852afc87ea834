//! The order itself: the one step that spends money.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Secret,
    api::instances::{AddOns, CreateInstance, CreatedInstance, DefaultUser},
    argument::Empty,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        Accepted, Checked, Site, Trouble, Watched,
        contabo::{Write, answered, client, label, shown},
        service,
    },
    Input, sealed, status_forbids,
    whose::{Named, named},
};
use crate::{act::reconcile::Look, plan::Phrase};

/// Its name.
pub(super) const NAME: &str = "create";

/// Orders the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order;

/// What an accepted order, or the audits, said of the new server.
#[derive(Debug, Default, Deserialize)]
struct Ordered {
    instance_id: Option<i64>,
    #[serde(default)]
    ids: serde_json::Map<String, Value>,
}

impl Ordered {
    fn server(&self) -> Option<i64> {
        let audited = || self.ids.get("instanceId").and_then(Value::as_str).and_then(|id| id.parse().ok());
        self.instance_id.or_else(audited)
    }
}

/// The servers that bear the name of the order, and whose they are.
async fn found(site: &Site<'_>) -> Result<Named, Trouble> {
    let input: Input = site.input()?;
    let bearing = sealed::bearing(client(site)?, &input.display_name).await?;
    named(site, &input, bearing).await
}

fn result(server: i64) -> Value {
    json!({ "proof": "state", "instance_id": server })
}

impl Write for Order {
    type Operation = CreateInstance;

    fn name(&self) -> &'static str {
        NAME
    }

    /// Only a person's word can leave us waiting here: an accepted order names its server.
    fn limit(&self) -> Duration {
        Duration::from_secs(3600)
    }

    fn operation(&self, site: &Site<'_>) -> Result<CreateInstance, Phrase> {
        let (input, _) = sealed::open(site)?;
        let wants = |wanted: Option<bool>| (wanted == Some(true)).then_some(Empty {});
        let add_ons = (!input.add_ons().is_empty()).then(|| {
            let mut add_ons = AddOns::new();
            add_ons.private_networking = wants(input.private_networking);
            add_ons.additional_ips = wants(input.extra_ipv4);
            add_ons.backup = wants(input.backup);
            add_ons
        });
        let months = input.months();
        let mut call = CreateInstance::new(input.product_id, input.region, input.image_id, months);
        call.display_name = Some(input.display_name);
        call.default_user = Some(DefaultUser::from(input.default_user.as_str()));
        call.root_password = input.root_password;
        call.ssh_keys = (!input.ssh_keys.is_empty()).then_some(input.ssh_keys);
        call.application_id = input.application_id;
        call.user_data = input.user_data.map(Secret::from);
        call.add_ons = add_ons;
        Ok(call)
    }

    fn names(&self, _: &Site<'_>) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let (_, known) = sealed::open(&site)?;
            let bearing = found(&site).await?;
            if let Some(action) = bearing.ordered_before {
                let words = [("action", action.to_string())];
                return Ok(Checked::Refused(Phrase::new("guard.name_ordered", words)));
            }
            match (&bearing.ours[..], bearing.taken()) {
                ([], None) => {}
                ([server], None) => {
                    let words = [("server", server.instance_id.to_string()), ("name", label(server).to_owned())];
                    let says = Phrase::new("action.bought_before", words);
                    return Ok(Checked::Found { says, result: result(server.instance_id) });
                }
                (ours, taken) => {
                    let server = taken.or(ours.first()).map(|server| server.instance_id).unwrap_or_default();
                    let words = [("server", server.to_string())];
                    return Ok(Checked::Refused(Phrase::new("guard.name_taken", words)));
                }
            }
            let row = service::now(&site).await?;
            if let Some(says) = status_forbids(row.status.as_str()) {
                return Ok(Checked::Refused(says));
            }
            if let Some(server) = sealed::linked(&row).filter(|server| Some(*server) != known.server) {
                return Ok(Checked::Refused(Phrase::new("guard.has_server", [("server", server.to_string())])));
            }
            // What was approved although it is not paid needs not be paid now.
            let paid = sealed::paid(site.deps, row.orderid.unwrap_or_default()).await?;
            let unpaid = paid.refused().filter(|_| known.unpaid().is_none());
            Ok(unpaid.map_or(Checked::Go, Checked::Refused))
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, answer: CreatedInstance) -> Result<Accepted, Trouble> {
        Ok(Accepted { evidence: answered("createInstance"), notes: json!({ "instance_id": answer.instance_id }) })
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let named = match site.notes::<Ordered>().server() {
                Some(server) => Some(server),
                // Nobody said which one it is: only what can be no other's counts.
                None => match &found(&site).await?.ours[..] {
                    [only] => Some(only.instance_id),
                    _ => None,
                },
            };
            // Nothing more is asked of it here: what is bought is bought, however long it takes to show.
            Ok(match named {
                Some(server) => {
                    let says = Phrase::new("action.bought", [("server", server.to_string())]);
                    Watched::Done { result: result(server), evidence: shown(says.clone()), says }
                }
                None => Watched::NotYet { waits: Phrase::new("waits.server", []), notes: site.notes() },
            })
        }
        .boxed()
    }

    fn trace<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Option<Look>, Trouble>> {
        async move {
            let bearing = found(&site).await?;
            // Those of others are no trace of this order; one of which nobody can say is a person's business.
            Ok(match (&bearing.ours[..], &bearing.unclear[..]) {
                ([], []) => None,
                ([server], []) => {
                    let ids = json!({ "instanceId": server.instance_id.to_string() });
                    let at = server.created_date.as_ref().and_then(|stamp| stamp.at());
                    Some(Look::Seen { at, by: label(server).to_owned(), ids })
                }
                (_, [server, ..]) | ([server, ..], _) => {
                    Some(Look::Elsewhere { resource: server.instance_id.to_string() })
                }
            })
        }
        .boxed()
    }
}
