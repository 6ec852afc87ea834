//! See before you act: what can be done, and making, showing and approving plans.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use futures::StreamExt;
use jiff::Timestamp;
use rackdesk_console::{
    act::{
        Deps,
        kinds::{self, Field, Holds, Kind, TargetKind},
        policy::EnginePolicy,
    },
    fault::{ErrorCode, Fault},
    plan::{
        Impact, Phrase, Plan,
        approval::Yes,
        compute::Ask,
        facts,
        kept::{self, Approving, Hand},
        overrides::Override,
    },
    policy::kept::current,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use crate::{AppError, Core, app::operator, policy::filled};

/// Asks for a plan of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ActionRequest {
    /// Kind, as [`action_kinds`] names it.
    pub kind: String,
    /// Targets, at least one, at most 1,000.
    pub targets: Vec<i64>,
    /// Values by field, as text; lists as JSON. Never a secret.
    pub input: BTreeMap<String, String>,
    /// Where it was asked for: `server`, `servers`, `palette`, `rackdeskctl`.
    pub origin: String,
}

/// Asks for a power plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PowerRequest {
    /// `power.start`, `power.stop`, `power.shutdown` or `power.restart`.
    pub kind: String,
    /// Instances, at least one, at most 1,000.
    pub instance_ids: Vec<i64>,
    /// Where it was asked for: `server`, `servers`, `palette`, `rackdeskctl`.
    pub origin: String,
}

/// Names a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanRef {
    /// Plan number.
    pub id: i64,
}

/// A person's yes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Approval {
    /// Plan number.
    pub id: i64,
    /// Rows left out, by `Change::index`.
    pub excluded: Vec<u32>,
    /// What was typed, for plans that ask for it.
    pub typed: Option<String>,
    /// Why, kept with the actions.
    pub reason: Option<String>,
    /// Seconds for which nothing is started yet, so that it can be taken back.
    #[serde(default)]
    #[specta(optional)]
    pub delay_seconds: Option<u32>,
    /// Actions that must have succeeded before any of these is started.
    #[serde(default)]
    #[specta(optional)]
    pub after: Option<Vec<i64>>,
    /// Guardrails that the person sets themselves over, each with a reason of 10 to 500 characters.
    #[serde(default)]
    #[specta(optional)]
    pub overrides: Option<Vec<Override>>,
    /// Name of the person who says yes; that of the account of the operating system when left out. It shows who said
    /// it, and proves nothing.
    #[serde(default)]
    #[specta(optional)]
    pub by: Option<String>,
}

/// What an approval made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Approved {
    /// Plan number.
    pub id: i64,
    /// The actions now in the queue, in the order of the rows.
    pub action_ids: Vec<i64>,
    /// Nothing is in the queue yet: the policy wants the yes of a second person.
    pub waits_for_second: bool,
}

/// Asks what can be done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KindsRequest {
    /// Only kinds about `instance`, `service`, `client`, `invoice`, `ticket` or `order`.
    pub target_kind: Option<String>,
    /// Also says whether each may be asked for on this target now.
    pub target_id: Option<i64>,
}

/// A kind of action, as buttons and forms are made from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KindInfo {
    /// Name, e.g. `power.restart`; its words are under `kind.`.
    pub kind: String,
    /// What it is about.
    pub target_kind: String,
    /// The most it does to the target.
    pub impact: Impact,
    /// Whether it changes what is paid.
    pub money: bool,
    /// Whether its plan asks for the typed name.
    pub typed: bool,
    /// What must, or may, be given.
    pub fields: Vec<FieldInfo>,
    /// Whether it may be asked for now; true when no target was named.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Phrase>,
}

/// A field of a kind's input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldInfo {
    /// Name; its words are under `field.`.
    pub name: String,
    /// `text`, `long_text`, `number`, `amount`, `flag`, `moment`, `day`, `choice`, `password` (id of a stored secret),
    /// `ssh_keys` (JSON list of ids), `image`, `snapshot`, `private_network`, `tag`, `tags` (JSON list of ids),
    /// `product`, `region`, `server_name` (any line; what is offered are proposals).
    pub holds: String,
    /// Most characters of a text.
    pub most: Option<u32>,
    /// The words of a choice.
    pub choices: Vec<String>,
    /// Whether it must be given.
    pub required: bool,
}

/// Most targets in one plan.
const MOST_TARGETS: usize = 1_000;

/// Targets that are read of a provider at once while a plan is made.
const GATHERED_AT_ONCE: usize = 4;

/// The kinds of action there are, and whether each may be asked for on a target.
///
/// # Errors
/// When the request makes no sense, or the store fails.
pub async fn action_kinds(core: &Core, input: KindsRequest) -> Result<Vec<KindInfo>, AppError> {
    let wanted = match &input.target_kind {
        Some(name) => Some(TargetKind::named(name).ok_or_else(|| AppError::invalid("target_kind", "is not known"))?),
        None => None,
    };
    let known = match (wanted, input.target_id) {
        (Some(kind), Some(id)) => {
            let found = core.session()?.store.read_async(move |c| facts::read(c, kind, &[id])).await?;
            Some(found.into_iter().next().ok_or_else(|| AppError::missing(format!("{} {id}", kind.name())))?)
        }
        (None, Some(_)) => return Err(AppError::invalid("target_kind", "is missing")),
        _ => None,
    };
    let fits = |kind: &&dyn Kind| wanted.is_none_or(|wanted| kind.card().target == wanted);
    Ok(kinds::ALL.iter().copied().filter(fits).map(|kind| kind_info(kind, known.as_ref())).collect())
}

fn kind_info(kind: &dyn Kind, known: Option<&facts::Facts>) -> KindInfo {
    let card = kind.card();
    let reason = known.and_then(|facts| match &facts.open_action {
        Some(open) if !card.supersedes.contains(&open.kind.as_str()) => {
            Some(Phrase::new("rule.busy", [("action", open.id.to_string())]))
        }
        _ => kind.forbidden(facts),
    });
    KindInfo {
        kind: card.id.to_owned(),
        target_kind: card.target.name().to_owned(),
        impact: card.impact,
        money: card.money,
        typed: card.typed || card.impact == Impact::Wipe,
        fields: card.fields.iter().map(field_info).collect(),
        allowed: reason.is_none(),
        reason,
    }
}

fn field_info(field: &Field) -> FieldInfo {
    let (holds, most, choices) = match field.holds {
        Holds::Text { most } => ("text", Some(most), &[][..]),
        Holds::LongText { most } => ("long_text", Some(most), &[][..]),
        Holds::Number => ("number", None, &[][..]),
        Holds::Amount => ("amount", None, &[][..]),
        Holds::Flag => ("flag", None, &[][..]),
        Holds::Moment => ("moment", None, &[][..]),
        Holds::Day => ("day", None, &[][..]),
        Holds::Choice(words) => ("choice", None, words),
        Holds::Password => ("password", None, &[][..]),
        Holds::SshKeys => ("ssh_keys", None, &[][..]),
        Holds::Image => ("image", None, &[][..]),
        Holds::Snapshot => ("snapshot", None, &[][..]),
        Holds::PrivateNetwork => ("private_network", None, &[][..]),
        Holds::Tag => ("tag", None, &[][..]),
        Holds::Tags => ("tags", None, &[][..]),
        Holds::Product => ("product", None, &[][..]),
        Holds::Region => ("region", None, &[][..]),
        Holds::ServerName => ("server_name", Some(255), &[][..]),
    };
    FieldInfo {
        name: field.name.to_owned(),
        holds: holds.to_owned(),
        most,
        choices: choices.iter().map(|word| (*word).to_owned()).collect(),
        required: field.required,
    }
}

/// The typed value of a field that came as text.
fn value(field: &Field, text: &str) -> Result<Value, AppError> {
    let wrong = |problem: &str| AppError::invalid(field.name, problem);
    Ok(match field.holds {
        Holds::Number | Holds::Password | Holds::PrivateNetwork | Holds::Tag => {
            Value::from(text.trim().parse::<i64>().map_err(|_| wrong("is no whole number"))?)
        }
        Holds::Flag => match text.trim() {
            "true" | "yes" | "1" => Value::Bool(true),
            "false" | "no" | "0" => Value::Bool(false),
            _ => return Err(wrong("is neither true nor false")),
        },
        Holds::SshKeys | Holds::Tags => serde_json::from_str(text).map_err(|_| wrong("is no JSON list of ids"))?,
        _ => Value::String(text.to_owned()),
    })
}

/// The input in the kind's one form. Empty texts of fields that may be left out are left out.
fn input(kind: &dyn Kind, given: &BTreeMap<String, String>) -> Result<Value, AppError> {
    let mut members = serde_json::Map::new();
    for (name, text) in given {
        let field = kind.card().fields.iter().find(|field| field.name == name);
        let field = field.ok_or_else(|| AppError::invalid(name, "is not taken by this kind of action"))?;
        if !text.is_empty() || field.required {
            members.insert(name.clone(), value(field, text)?);
        }
    }
    kind.accept(&Value::Object(members)).map_err(|wrong| {
        let field = if wrong.field.is_empty() { "input" } else { &wrong.field };
        AppError::invalid(field, wrong.problem)
    })
}

/// Computes a plan of any kind and keeps it. Nothing is written to a provider; kinds that need more than the mirror
/// read it now.
///
/// # Errors
/// When the request makes no sense, a provider that has to be read does not answer, or the store fails.
pub async fn plan_action(core: &Core, input: ActionRequest) -> Result<Plan, AppError> {
    let kind = kinds::named(&input.kind).ok_or_else(|| AppError::invalid("kind", "is no kind of action"))?;
    let ask = Ask {
        ids: targets(input.targets, "targets")?,
        input: self::input(kind, &input.input)?,
        origin: origin(input.origin)?,
        gathered: BTreeMap::new(),
    };
    propose(core, kind, ask).await
}

/// Computes a power plan from the mirror and keeps it. Nothing is sent.
///
/// # Errors
/// When the request makes no sense, or the store fails.
pub async fn plan_power(core: &Core, input: PowerRequest) -> Result<Plan, AppError> {
    let kind = kinds::named(&input.kind).filter(|kind| kind.card().family() == "power");
    let kind = kind.ok_or_else(|| AppError::invalid("kind", "is no power action"))?;
    let ids = targets(input.instance_ids, "instance_ids")?;
    propose(core, kind, Ask::of(&ids, &origin(input.origin)?)).await
}

async fn propose(core: &Core, kind: &'static dyn Kind, ask: Ask) -> Result<Plan, AppError> {
    let session = core.session()?;
    let began = session.profile.policy.clone();
    let policy = session.store.read_async(move |c| current(c, &began)).await?;
    let ask = filled(kind.card().id, &policy, ask);
    let gathered = gather(&session.deps(), kind, &ask).await?;
    let ask = Ask { gathered, ..ask };
    let began = session.profile.policy.clone();
    let by = operator();
    let made = session.store.write_async(move |c| {
        let hand = Hand { by: &by, now: Timestamp::now() };
        kept::propose(c, kind, &ask, &began, hand)
    });
    Ok(made.await?)
}

/// Reads what a kind needs beyond the mirror, of each target. Only reads.
async fn gather(deps: &Deps, kind: &'static dyn Kind, ask: &Ask) -> Result<BTreeMap<i64, Value>, AppError> {
    let mut reads = Vec::with_capacity(ask.ids.len());
    for id in ask.ids.iter().copied() {
        reads.push(async move { (id, kind.gather(deps, id, &ask.input).await) });
    }
    let mut found = BTreeMap::new();
    let mut answers = futures::stream::iter(reads).buffered(GATHERED_AT_ONCE);
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(Some(value)) => {
                found.insert(id, value);
            }
            Ok(None) => {}
            Err(trouble) => return Err(AppError::from(said(&trouble.says))),
        }
    }
    Ok(found)
}

/// A failed read as an error: its words name the code.
fn said(says: &Phrase) -> Fault {
    let name = says.code.strip_prefix("fault.").unwrap_or_default();
    let code = serde_json::from_value(Value::String(name.to_owned())).unwrap_or(ErrorCode::Conflict);
    Fault { code, params: says.params.clone(), request_id: None }
}

/// Each target once, in the order given.
fn targets(ids: Vec<i64>, field: &str) -> Result<Vec<i64>, AppError> {
    let mut seen = HashSet::new();
    let ids: Vec<i64> = ids.into_iter().filter(|id| seen.insert(*id)).collect();
    match ids.len() {
        0 => Err(AppError::invalid(field, "names nothing to act on")),
        n if n > MOST_TARGETS => Err(AppError::invalid(field, "names more than 1,000")),
        _ => Ok(ids),
    }
}

fn origin(text: String) -> Result<String, AppError> {
    let word = text.len() <= 40 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if word { Ok(text) } else { Err(AppError::invalid("origin", "is no short word")) }
}

/// A kept plan. While it is open its basis is that of now: a row whose version differs from the one shown has moved.
///
/// # Errors
/// When there is none of that number, or the store fails.
pub async fn plan_show(core: &Core, input: PlanRef) -> Result<Plan, AppError> {
    let session = core.session()?;
    let shown = session.store.read_async(move |c| kept::show(c, input.id, Timestamp::now())).await?;
    shown.ok_or_else(|| AppError::missing(format!("PL-{}", input.id)))
}

/// Most plans that are listed as waiting.
const MOST_WAITING: u32 = 100;

/// Plans that one person said yes to and that wait for a second one, newest first; the newest hundred.
///
/// # Errors
/// When the store fails.
pub async fn plans_waiting(core: &Core, (): ()) -> Result<Vec<Plan>, AppError> {
    Ok(core.session()?.store.read_async(|c| kept::waiting(c, MOST_WAITING)).await?)
}

/// What an open plan needs of the providers, read anew.
async fn gathered_anew(core: &Core, id: i64) -> Result<BTreeMap<i64, Value>, AppError> {
    let session = core.session()?;
    let asked = session.store.read_async(move |c| kept::asked(c, id)).await?;
    match asked {
        Some((kind, ask)) => gather(&session.deps(), kind, &ask).await,
        None => Ok(BTreeMap::new()),
    }
}

/// Computes an open plan anew under its old number.
///
/// # Errors
/// When there is no such open plan, a provider that has to be read does not answer, or the store fails.
pub async fn plan_refresh(core: &Core, input: PlanRef) -> Result<Plan, AppError> {
    let session = core.session()?;
    let began = session.profile.policy.clone();
    let gathered = gathered_anew(core, input.id).await?;
    let fresh = session.store.write_async(move |c| kept::refresh(c, input.id, gathered, &began, Timestamp::now()));
    Ok(fresh.await??)
}

/// Turns a plan into actions, all of them or none; once, however often it is approved. Where the policy wants the yes of
/// two people, the first one makes none yet.
///
/// # Errors
/// When the facts moved, a guardrail blocks it, the same person says yes twice where two have to, an override is not
/// possible or has no reason, the confirmation is wrong, a provider that has to be read does not
/// answer, or the store fails.
pub async fn plan_approve(core: &Core, input: Approval) -> Result<Approved, AppError> {
    let session = core.session()?;
    let began = session.profile.policy.clone();
    let start_within = EnginePolicy::of(&session.profile.policy).start_within;
    let reason = reason(input.reason)?;
    let account = operator();
    let by = name(input.by)?.unwrap_or_else(|| account.clone());
    let yes = Yes {
        excluded: input.excluded.into_iter().collect(),
        typed: input.typed,
        overrides: input.overrides.unwrap_or_default(),
        account: Some(account),
    };
    let delay = delay(input.delay_seconds)?;
    let after = input.after.unwrap_or_default();
    let gathered = gathered_anew(core, input.id).await?;
    let id = input.id;
    let approved = session.store.write_durable_async(move |c| {
        let hand = Hand { by: &by, now: Timestamp::now() };
        let how = Approving { yes: &yes, reason: reason.as_deref(), gathered, after: &after, delay, start_within };
        kept::approve(c, id, &how, &began, hand)
    });
    let action_ids = approved.await??;
    session.background().wake().await;
    Ok(Approved { id, waits_for_second: action_ids.is_empty(), action_ids })
}

/// A person's name as it was typed.
fn name(typed: Option<String>) -> Result<Option<String>, AppError> {
    let name = typed.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty());
    if name.as_ref().is_some_and(|text| text.chars().count() > 80 || text.chars().any(char::is_control)) {
        return Err(AppError::invalid("by", "is no name of at most 80 characters"));
    }
    Ok(name)
}

/// At most a day: what is to be done later than that is planned later.
fn delay(seconds: Option<u32>) -> Result<Duration, AppError> {
    let seconds = seconds.unwrap_or(0);
    if seconds > 86_400 {
        return Err(AppError::invalid("delay_seconds", "is more than a day"));
    }
    Ok(Duration::from_secs(seconds.into()))
}

fn reason(typed: Option<String>) -> Result<Option<String>, AppError> {
    let reason = typed.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if reason.as_ref().is_some_and(|text| text.chars().count() > 500) {
        return Err(AppError::invalid("reason", "is longer than 500 characters"));
    }
    Ok(reason)
}

/// Gives an open plan up.
///
/// # Errors
/// When there is no such plan, it was approved, or the store fails.
pub async fn plan_dismiss(core: &Core, input: PlanRef) -> Result<(), AppError> {
    let session = core.session()?;
    Ok(session.store.write_async(move |c| kept::dismiss(c, input.id, Timestamp::now())).await??)
}
