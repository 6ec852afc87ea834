//! What comes after the purchase. Each of these steps can be tried again for as long as it takes; none of them buys.
//!
//! One that fails leaves a server that is bought and runs up cost: so its words always name the server, and what is
//! missing.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Done, Operation,
    api::{
        instances::Instance,
        tag_assignments::{CreateAssignment, TaggedType},
    },
};
use rackdesk_whmcs::{
    actions::{
        ServiceStatus,
        client::ClientService,
        service::UpdateClientProduct,
        system::{GetActivityLog, LogActivity},
    },
    param::Serialized,
};
use rackdesk_wire::{Call, Effect};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        Accepted, CallText, Checked, Lane, Site, Step, Trouble, Watched, Witness,
        contabo::{self, OnContabo, answered, instance_of, shown},
        service, tags,
        whmcs::{self, OnWhmcs, comparable, id, read, unreadable},
    },
    order, sealed, status_forbids,
};
use crate::{
    act::reconcile::{Look, Source},
    mirror::INSTANCE_FIELD,
    plan::Phrase,
};

/// The steps after the purchase, in order.
pub(super) static STEPS: [After; 7] = [
    After(&OnContabo(Tag { name: "tag_1", at: 0 })),
    After(&OnContabo(Tag { name: "tag_2", at: 1 })),
    After(&OnContabo(Tag { name: "tag_3", at: 2 })),
    After(&OnContabo(Tag { name: "tag_4", at: 3 })),
    After(&Ready),
    After(&OnWhmcs(WriteBack)),
    After(&OnWhmcs(Line)),
];

/// The server that was bought.
#[derive(Debug, Deserialize)]
struct Bought {
    instance_id: i64,
}

fn server(site: &Site<'_>) -> Result<i64, Phrase> {
    let bought: Option<Bought> = site.carried(order::NAME);
    bought.map(|bought| bought.instance_id).ok_or_else(|| Phrase::new("action.not_bought", []))
}

/// A step whose failure says what was bought and what is missing.
pub(super) struct After(&'static dyn Step);

impl After {
    /// Words of a failure, with the server and what is missing.
    fn says(&self, site: &Site<'_>, why: &Phrase) -> Phrase {
        let code = match self.name() {
            "ready" => "action.incomplete.ready",
            "write_back" => "action.incomplete.write_back",
            "log" => "action.incomplete.log",
            _ => "action.incomplete.tags",
        };
        let server = server(site).map(|id| id.to_string()).unwrap_or_default();
        Phrase::new(code, [("server", server), ("why", why.inside())])
    }

    /// A failure that is final gets its words; one that is tried again keeps its own.
    fn about(&self, site: &Site<'_>, trouble: Trouble) -> Trouble {
        let says = if trouble.lasting { self.says(site, &trouble.says) } else { trouble.says };
        Trouble { says, ..trouble }
    }
}

impl Step for After {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn lane(&self) -> Lane {
        self.0.lane()
    }

    fn effect(&self) -> Effect {
        self.0.effect()
    }

    fn limit(&self) -> Duration {
        self.0.limit()
    }

    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        self.0.call(site).map_err(|why| self.says(site, &why))
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            match self.0.check(site).await {
                Ok(Checked::Refused(why)) => Ok(Checked::Refused(self.says(&site, &why))),
                Ok(other) => Ok(other),
                Err(trouble) => Err(self.about(&site, trouble)),
            }
        }
        .boxed()
    }

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        async move { self.0.send(site, call).await.map_err(|trouble| self.about(&site, trouble)) }.boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let late = site.action.deadline.is_some_and(|deadline| deadline <= site.now);
            match self.0.watch(site).await {
                Ok(Watched::Broken(why)) => Ok(Watched::Broken(self.says(&site, &why))),
                Ok(Watched::NotYet { waits, .. }) if late => Ok(Watched::Broken(self.says(&site, &waits))),
                Ok(other) => Ok(other),
                Err(trouble) => Err(self.about(&site, trouble)),
            }
        }
        .boxed()
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        self.0.witness(site)
    }
}

/// Puts one of the tags on.
struct Tag {
    name: &'static str,
    at: usize,
}

impl Tag {
    /// Its tag; `None` when fewer were asked for.
    fn tag(&self, site: &Site<'_>) -> Result<Option<i64>, Phrase> {
        Ok(sealed::open(site)?.0.tags.get(self.at).copied())
    }

    fn there(&self, site: &Site<'_>) -> Result<i64, Phrase> {
        self.tag(site)?.ok_or_else(|| Phrase::new("action.bad_input", []))
    }
}

impl contabo::Write for Tag {
    type Operation = CreateAssignment;

    fn name(&self) -> &'static str {
        self.name
    }

    fn operation(&self, site: &Site<'_>) -> Result<CreateAssignment, Phrase> {
        let resource_id = server(site)?.to_string();
        Ok(CreateAssignment { tag_id: self.there(site)?, resource_type: TaggedType::Instance, resource_id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        let text = |id: Result<i64, Phrase>| id.map(|id| id.to_string()).unwrap_or_default();
        vec![("tagId", text(self.there(site))), ("resourceId", text(server(site)))]
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let Some(tag) = self.tag(&site)? else {
                let words = [("step", self.name.to_owned())];
                return Ok(Checked::Already(Phrase::new("action.nothing_behind", words)));
            };
            Ok(match tags::tagged(&site, server(&site)?, tag).await? {
                true => Checked::Already(Phrase::new("action.tagged_already", [])),
                false => Checked::Go,
            })
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(CreateAssignment::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            if !tags::tagged(&site, server(&site)?, self.there(&site)?).await? {
                return Ok(Watched::NotYet { waits: Phrase::new("waits.tag", []), notes: Value::Null });
            }
            let says = tags::said(true);
            Ok(Watched::Done { result: json!({ "proof": "state" }), evidence: shown(says.clone()), says })
        }
        .boxed()
    }
}

/// Waits until the server runs and has an IPv4. Sends nothing.
struct Ready;

/// What a server shows of the end of its provisioning.
enum Progress {
    Ready(String),
    NotYet(Phrase),
    Broken(Phrase),
}

fn address(found: &Instance) -> Option<String> {
    let ip = found.ip_config.as_ref()?.v4.as_ref()?.ip.clone();
    (!ip.is_empty()).then_some(ip)
}

fn progress(found: &Instance) -> Progress {
    let status = found.status.as_str();
    match (status, address(found)) {
        ("running", Some(ip)) => Progress::Ready(ip),
        ("running", None) => Progress::NotYet(Phrase::new("waits.address", [])),
        ("error", _) => Progress::Broken(Phrase::new("action.power.error", [("text", found.error_message.clone())])),
        ("product_not_available", _) => Progress::Broken(Phrase::new("rule.status", [("status", status.to_owned())])),
        _ => {
            let words = [("status", status.to_owned()), ("wanted", "running".to_owned())];
            Progress::NotYet(Phrase::new("waits.status", words))
        }
    }
}

fn ready(ip: &str) -> Phrase {
    Phrase::new("action.ready", [("ip", ip.to_owned())])
}

impl Step for Ready {
    fn name(&self) -> &'static str {
        "ready"
    }

    fn lane(&self) -> Lane {
        Lane::Contabo
    }

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(2 * 3600)
    }

    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        // Never made: the check sends nothing out.
        Ok(CallText { text: format!("GET /v1/compute/instances/{}", server(site)?), body: Vec::new() })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let found = instance_of(&site, server(&site)?).await?;
            Ok(match progress(&found) {
                Progress::Ready(ip) => Checked::Already(ready(&ip)),
                Progress::NotYet(waits) => Checked::Waits(waits),
                Progress::Broken(why) => Checked::Refused(why),
            })
        }
        .boxed()
    }

    fn send<'a>(&'a self, _: Site<'a>, _: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        std::future::ready(Err(Trouble::hopeless(Phrase::new("action.bad_input", [])))).boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let found = instance_of(&site, server(&site)?).await?;
            Ok(match progress(&found) {
                Progress::Ready(ip) => {
                    let says = ready(&ip);
                    let result = json!({ "proof": "state", "ip": ip });
                    Watched::Done { result, evidence: shown(says.clone()), says }
                }
                Progress::NotYet(waits) => Watched::NotYet { waits, notes: Value::Null },
                Progress::Broken(why) => Watched::Broken(why),
            })
        }
        .boxed()
    }

    fn witness<'a>(&'a self, _: Site<'a>) -> BoxFuture<'a, Witness> {
        let why = Phrase::new("action.bad_input", []);
        std::future::ready(Witness { source: Source::Audit, look: Look::Unreadable { why }, aside: Vec::new() }).boxed()
    }
}

/// Ids, address and status into WHMCS.
struct WriteBack;

/// What the service's record has to say: settled before the send, and what it is compared with afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Wanted {
    ip: String,
    /// Only when it was empty.
    domain: Option<String>,
    /// Custom fields by id.
    fields: Vec<(u64, String)>,
}

impl Wanted {
    fn of(row: &ClientService, found: &Instance, ip: String, input: &super::Input) -> Self {
        let keys: Vec<String> = input.ssh_keys.iter().map(ToString::to_string).collect();
        let values = [
            ("contabo_resource_type", "instance".to_owned()),
            (INSTANCE_FIELD, found.instance_id.to_string()),
            ("contabo_last_known_state", found.status.to_string()),
            ("contabo_ssh_keys", keys.join(",")),
        ];
        let field = |(name, value): (&str, String)| {
            let known = row.customfields.iter().find(|field| field.name == name)?;
            (!value.is_empty()).then_some((known.id?, value))
        };
        Self {
            ip,
            domain: row.domain.trim().is_empty().then(|| input.display_name.clone()),
            fields: values.into_iter().filter_map(field).collect(),
        }
    }

    fn shows(&self, row: &ClientService) -> bool {
        let field = |(id, value): &(u64, String)| {
            row.customfields.iter().any(|field| field.id == Some(*id) && comparable(&field.value) == comparable(value))
        };
        row.status == ServiceStatus::Active
            && row.dedicatedip.trim() == self.ip
            && self.domain.as_ref().is_none_or(|domain| comparable(domain) == comparable(&row.domain))
            && self.fields.iter().all(field)
    }
}

impl whmcs::Write for WriteBack {
    type Action = UpdateClientProduct;

    fn name(&self) -> &'static str {
        "write_back"
    }

    fn action(&self, site: &Site<'_>) -> Result<UpdateClientProduct, Phrase> {
        let wanted: Wanted = site.notes();
        let pairs = wanted.fields.into_iter().filter_map(|(id, value)| Some((i64::try_from(id).ok()?, value)));
        Ok(UpdateClientProduct {
            status: Some(ServiceStatus::Active),
            dedicatedip: Some(wanted.ip),
            domain: wanted.domain,
            customfields: Some(Serialized::map(pairs)),
            ..UpdateClientProduct::new(id(site)?)
        })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let (input, known) = sealed::open(&site)?;
            let found = instance_of(&site, server(&site)?).await?;
            // Active means that it runs: what WHMCS says is never ahead of the server.
            let ip = match progress(&found) {
                Progress::Ready(ip) => ip,
                Progress::NotYet(waits) => return Err(Trouble { lasting: false, ..Trouble::hopeless(waits) }),
                Progress::Broken(why) => return Ok(Checked::Refused(why)),
            };
            let row = service::now(&site).await?;
            let other =
                sealed::linked(&row).filter(|other| *other != found.instance_id && Some(*other) != known.server);
            if let Some(other) = other {
                return Ok(Checked::Refused(Phrase::new("guard.has_server", [("server", other.to_string())])));
            }
            if !row.customfields.iter().any(|field| field.name == INSTANCE_FIELD) {
                let words = [("field", INSTANCE_FIELD.to_owned())];
                return Ok(Checked::Refused(Phrase::new("guard.no_field", words)));
            }
            let wanted = Wanted::of(&row, &found, ip, &input);
            if wanted.shows(&row) {
                return Ok(Checked::Already(Phrase::new("action.service_so_already", [])));
            }
            if let Some(ended) = status_forbids(row.status.as_str()) {
                return Ok(Checked::Refused(ended));
            }
            Ok(Checked::Knowing(json!(wanted)))
        }
        .boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            let wanted: Wanted = site.notes();
            match service::now(&site).await {
                Ok(row) if wanted.shows(&row) => {
                    Look::Seen { at: None, by: String::new(), ids: json!({ "status": row.status.as_str() }) }
                }
                Ok(_) => Look::Absent,
                Err(trouble) => unreadable(trouble),
            }
        }
        .boxed()
    }
}

/// One line in WHMCS's activity log.
struct Line;

/// Lines read at once.
const PAGE: u64 = 25;

impl Line {
    /// What tells our line from every other one.
    fn mark(site: &Site<'_>) -> Result<String, Phrase> {
        Ok(format!("order {} A-{}", sealed::open(site)?.1.seal, site.action.id))
    }
}

impl whmcs::Write for Line {
    type Action = LogActivity;

    fn name(&self) -> &'static str {
        "log"
    }

    fn action(&self, site: &Site<'_>) -> Result<LogActivity, Phrase> {
        let (input, _) = sealed::open(site)?;
        let text = format!(
            "Rackdesk: server {} bought by {} for service {}: {}, {}, {} months [{}]",
            server(site)?,
            site.action.by,
            site.action.target.id,
            input.product_id,
            input.region,
            input.period,
            Self::mark(site)?,
        );
        let clientid = site.action.target.client_id.and_then(|client| u64::try_from(client).ok());
        Ok(LogActivity { clientid, ..LogActivity::new(text) })
    }

    fn check<'a>(&'a self, _: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        std::future::ready(Ok(Checked::Go)).boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            let mark = match Self::mark(&site) {
                Ok(mark) => mark,
                Err(why) => return Look::Unreadable { why },
            };
            let ask =
                GetActivityLog { description: Some(mark.clone()), limitnum: Some(PAGE), ..GetActivityLog::default() };
            let entries = match read(&site, &ask).await {
                Ok(found) => found.activity,
                // WHMCS said that it wrote it, and we may not read its log: there is nothing more to be had.
                Err(trouble) if trouble.lasting && site.attempt.is_some_and(|one| one.outcome == "applied") => {
                    return Look::Seen { at: None, by: String::new(), ids: json!({}) };
                }
                Err(trouble) => return unreadable(trouble),
            };
            match entries.iter().find(|entry| entry.description.contains(&mark)) {
                Some(entry) => {
                    let ids = json!({ "activity": entry.id.unwrap_or_default().to_string() });
                    Look::Seen { at: None, by: entry.username.clone(), ids }
                }
                None if entries.len() as u64 >= PAGE => Look::Incomplete,
                None => Look::Absent,
            }
        }
        .boxed()
    }
}
