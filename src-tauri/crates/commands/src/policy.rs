//! What the open profile allows: shown, and changed field by field.

use jiff::{Timestamp, tz::TimeZone};
pub use rackdesk_console::policy::{CloudInit, SecondApprover, SuspendPolicy};
use rackdesk_console::{
    act::kinds::TargetKind,
    money::Money,
    plan::{
        Phrase, Verdict,
        compute::Ask,
        facts::{self, Facts},
        guardrails::protected,
        objection,
    },
    policy::{Freeze, Policy, Window, check, kept},
    session::Session,
};
use rackdesk_store::policy::{self as store, PolicyChange};
use rackdesk_wire::Effect;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;

use crate::{AppError, Core, ErrorCode, Tag, app::operator};

/// Most money, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SpendLimit {
    /// Decimal text with a point, e.g. `250.00`.
    pub amount: String,
    /// ISO code, e.g. `EUR`.
    pub currency: String,
}

/// A weekly maintenance window, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WindowForm {
    /// 1 = Monday … 7 = Sunday.
    pub weekday: u32,
    /// Time of day at which it begins, `22:30`.
    pub begins: String,
    /// How long, in minutes.
    pub minutes: u32,
    /// Time zone, e.g. `Europe/Berlin`.
    pub zone: String,
}

/// A freeze, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FreezeForm {
    /// What it is for.
    pub name: String,
    /// Begin (RFC 3339).
    pub from: String,
    /// End, not included (RFC 3339).
    pub until: String,
}

/// The policy as a form. See `console/src/policy` for what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyForm {
    /// Seconds after which a missing audit row proves that a call that costs nothing did not happen.
    pub grace_seconds: u32,
    /// The same for calls that cost money or destroy data.
    pub grace_costly_seconds: u32,
    /// Power actions per hour.
    pub power_per_hour: u32,
    /// Things bought at the provider per hour; none for no limit.
    pub create_per_hour: Option<u32>,
    /// The same within 24 hours.
    pub create_per_day: Option<u32>,
    /// Most that may be spent within 24 hours; none for no limit.
    pub spend_day: Option<SpendLimit>,
    /// The same within 30 days.
    pub spend_month: Option<SpendLimit>,
    /// Whether anything may be erased or ended.
    pub destructive: bool,
    /// Whether private networks may be created.
    pub network_create: bool,
    /// Whether a server that is created or reinstalled needs an SSH key.
    pub ssh_key_required: bool,
    /// What may be in a first-boot script.
    pub cloud_init: CloudInit,
    /// What a suspended service's server does.
    pub suspend: SuspendPolicy,
    /// When there are any, what interrupts is sent in them only.
    pub windows: Vec<WindowForm>,
    /// Times in which nothing may be interrupted.
    pub freezes: Vec<FreezeForm>,
    /// Server name patterns (`*` stands for any text) that no action may touch.
    pub protected: Vec<String>,
    /// Tags whose servers no action may touch.
    pub protected_tags: Vec<String>,
    /// Which plans need the yes of two people.
    pub second_approver: SecondApprover,
    /// Facts older than so many seconds are not taken for granted.
    pub stale_seconds: u32,
    /// Whether such facts keep a row out; they are warned about otherwise.
    pub stale_blocks: bool,
    /// Whether a client's open ticket keeps a row out that interrupts; it is warned about otherwise.
    pub tickets_block: bool,
    /// Whether a service's lock field in WHMCS is set while an action is at work on its server.
    pub whmcs_lock: bool,
}

/// One field that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyFieldChange {
    /// Field.
    pub field: String,
    /// Before (JSON).
    pub before: String,
    /// After (JSON).
    pub after: String,
}

/// One change of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyHistoryEntry {
    /// Number.
    pub revision: i64,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// What.
    pub fields: Vec<PolicyFieldChange>,
}

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyView {
    /// Number of the change that brought it; 0 when it was never changed.
    pub revision: i64,
    /// What it says.
    pub policy: PolicyForm,
    /// What it would say if nobody had ever said anything.
    pub defaults: PolicyForm,
    /// The newest 50 changes, newest first.
    pub history: Vec<PolicyHistoryEntry>,
}

/// Changes the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyDraft {
    /// The revision that was shown: somebody else's change in between is not overwritten.
    pub revision: i64,
    /// What it is to say.
    pub policy: PolicyForm,
    /// Why.
    pub reason: Option<String>,
}

impl From<&Policy> for PolicyForm {
    fn from(policy: &Policy) -> Self {
        let policy = policy.clone();
        let limit = |money: Money| SpendLimit { amount: money.amount.to_string(), currency: money.currency };
        let window = |window: Window| WindowForm {
            weekday: u32::try_from(window.weekday).unwrap_or_default(),
            begins: format!("{:02}:{:02}", window.minute / 60, window.minute % 60),
            minutes: window.minutes,
            zone: window.zone,
        };
        let freeze = |freeze: Freeze| FreezeForm {
            name: freeze.name,
            from: freeze.from.to_string(),
            until: freeze.until.to_string(),
        };
        Self {
            grace_seconds: policy.grace_seconds,
            grace_costly_seconds: policy.grace_costly_seconds,
            power_per_hour: policy.power_per_hour,
            create_per_hour: policy.create_per_hour,
            create_per_day: policy.create_per_day,
            spend_day: policy.spend_day.map(limit),
            spend_month: policy.spend_month.map(limit),
            destructive: policy.destructive,
            network_create: policy.network_create,
            ssh_key_required: policy.ssh_key_required,
            cloud_init: policy.cloud_init,
            suspend: policy.suspend,
            windows: policy.windows.into_iter().map(window).collect(),
            freezes: policy.freezes.into_iter().map(freeze).collect(),
            protected: policy.protected,
            protected_tags: policy.protected_tags,
            second_approver: policy.second_approver,
            stale_seconds: policy.stale_seconds,
            stale_blocks: policy.stale_blocks,
            tickets_block: policy.tickets_block,
            whmcs_lock: policy.whmcs_lock,
        }
    }
}

impl PolicyForm {
    /// The policy it describes.
    ///
    /// # Errors
    /// `InvalidInput` that names the first field that cannot be, by its path.
    pub fn read(self) -> Result<Policy, AppError> {
        let windows = self.windows.into_iter().enumerate().map(|(at, window)| window.read(at));
        let freezes = self.freezes.into_iter().enumerate().map(|(at, freeze)| freeze.read(at));
        let policy = Policy {
            grace_seconds: self.grace_seconds,
            grace_costly_seconds: self.grace_costly_seconds,
            power_per_hour: self.power_per_hour,
            create_per_hour: self.create_per_hour,
            create_per_day: self.create_per_day,
            spend_day: self.spend_day.map(|limit| limit.read("spend_day")).transpose()?,
            spend_month: self.spend_month.map(|limit| limit.read("spend_month")).transpose()?,
            destructive: self.destructive,
            network_create: self.network_create,
            ssh_key_required: self.ssh_key_required,
            cloud_init: self.cloud_init,
            suspend: self.suspend,
            windows: windows.collect::<Result<_, _>>()?,
            freezes: freezes.collect::<Result<_, _>>()?,
            protected: self.protected,
            protected_tags: self.protected_tags,
            second_approver: self.second_approver,
            stale_seconds: self.stale_seconds,
            stale_blocks: self.stale_blocks,
            tickets_block: self.tickets_block,
            whmcs_lock: self.whmcs_lock,
        };
        match check::problems(&policy).into_iter().next() {
            Some(wrong) => Err(AppError::invalid(&wrong.field, wrong.problem)),
            None => Ok(policy),
        }
    }
}

impl SpendLimit {
    fn read(self, field: &str) -> Result<Money, AppError> {
        let amount = self.amount.trim().parse();
        let amount = amount.map_err(|_| AppError::invalid(&format!("{field}.amount"), "is no decimal number"))?;
        Ok(Money::new(amount, self.currency.trim().to_uppercase()))
    }
}

impl WindowForm {
    fn read(self, at: usize) -> Result<Window, AppError> {
        let field = |name: &str| format!("windows.{at}.{name}");
        let time = self.begins.trim().parse::<jiff::civil::Time>();
        let time = time.map_err(|_| AppError::invalid(&field("begins"), "is no time of day, e.g. 22:30"))?;
        let weekday = i8::try_from(self.weekday);
        Ok(Window {
            weekday: weekday.map_err(|_| AppError::invalid(&field("weekday"), "must be 1 (Monday) to 7 (Sunday)"))?,
            minute: u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()),
            minutes: self.minutes,
            zone: self.zone.trim().to_owned(),
        })
    }
}

impl FreezeForm {
    fn read(self, at: usize) -> Result<Freeze, AppError> {
        let moment = |name: &str, text: &str| {
            let problem = "is no moment, e.g. 2026-12-24T00:00:00Z";
            text.trim().parse().map_err(|_| AppError::invalid(&format!("freezes.{at}.{name}"), problem))
        };
        Ok(Freeze {
            from: moment("from", &self.from)?,
            until: moment("until", &self.until)?,
            name: self.name.trim().to_owned(),
        })
    }
}

/// The policy in force, and who changed what.
///
/// # Errors
/// When no profile is open, or its store cannot be read.
pub async fn policy_get(core: &Core, (): ()) -> Result<PolicyView, AppError> {
    let session = core.session()?;
    let began = session.profile.policy.clone();
    let read = session.store.read_async(move |c| Ok((kept::in_force(c, &began)?, store::changes(c, 50)?)));
    let (found, changes) = read.await?;
    Ok(PolicyView {
        revision: found.revision,
        policy: PolicyForm::from(&found.policy),
        defaults: PolicyForm::from(&Policy::default()),
        history: changes.iter().map(entry).collect(),
    })
}

fn entry(change: &PolicyChange) -> PolicyHistoryEntry {
    let members = |text: &str| {
        let policy = kept::read(text).unwrap_or_default();
        match serde_json::to_value(PolicyForm::from(&policy)) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        }
    };
    let (before, after) = (members(&change.before), members(&change.policy));
    let fields = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, value)| {
        let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
        PolicyFieldChange { field: name.clone(), before: text(before.get(name)), after: text(Some(value)) }
    });
    PolicyHistoryEntry {
        revision: change.id,
        at: change.at.to_string(),
        by: change.by.clone(),
        reason: change.reason.clone(),
        fields: fields.collect(),
    }
}

/// Puts a policy in force for everything that is planned, approved or sent from now on, in every process, and keeps who
/// changed what. The profile is opened anew, so that the queue's own times follow.
///
/// # Errors
/// `InvalidInput` that names the field; `BasisMoved` when somebody else changed it in between; when it cannot be kept:
/// then the old one stays.
pub async fn policy_set(core: &Core, input: PolicyDraft) -> Result<PolicyView, AppError> {
    let reason = input.reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if reason.as_ref().is_some_and(|text| text.chars().count() > 500) {
        return Err(AppError::invalid("reason", "is longer than 500 characters"));
    }
    let after = input.policy.read()?;
    put(core, Some(input.revision), after, reason).await?;
    core.changed(&[Tag::Policy, Tag::Plans]);
    policy_get(core, ()).await
}

/// Keeps a policy in the profile's database, and a copy in its file.
async fn put(core: &Core, shown: Option<i64>, after: Policy, reason: Option<String>) -> Result<(), AppError> {
    let session = core.session()?;
    let (id, began) = (session.profile.id.clone(), session.profile.policy.clone());
    let (by, policy) = (operator(), after.clone());
    let written = session.store.write_durable_async(move |c| {
        let found = kept::in_force(c, &began)?;
        if shown.is_some_and(|shown| shown != found.revision) {
            return Ok(Err(found.changed));
        }
        if found.policy != policy {
            kept::put(c, &found.policy, &policy, &by, reason.as_deref(), Timestamp::now())?;
        }
        Ok(Ok(()))
    });
    if let Err(other) = written.await? {
        let by = other.map(|(by, at)| format!("{by}, {}", at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC")));
        let moved = format!("policy ({})", by.unwrap_or_default());
        return Err(AppError::with(ErrorCode::BasisMoved, [("moved", moved)]));
    }
    drop(session);
    core.keep_policy(&id, after).await
}

impl Core {
    /// Changes the policy of the open profile, whatever it says now.
    ///
    /// # Errors
    /// As [`policy_set`].
    pub async fn change_policy(&self, change: impl FnOnce(&mut PolicyForm)) -> Result<(), AppError> {
        let mut form = policy_get(self, ()).await?.policy;
        change(&mut form);
        put(self, None, form.read()?, None).await
    }
}

/// A write that is no action: one call of one operation, as `rackdeskctl call` makes it.
pub(crate) struct BareCall {
    /// Operation.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) effect: Effect,
    /// Whether it goes to Contabo.
    pub(crate) contabo: bool,
    /// The server it names.
    pub(crate) instance: Option<i64>,
}

/// Whether the policy allows a write that is no action. It has no plan in which anybody could have been shown a price,
/// set themselves over anything or asked a second person, so what needs one of these needs a plan.
pub(crate) async fn about_call(session: &Session, call: &BareCall) -> Result<(), AppError> {
    let (began, instance) = (session.profile.policy.clone(), call.instance);
    let read = session.store.read_async(move |c| {
        let found = instance.map(|id| facts::read(c, TargetKind::Instance, &[id])).transpose()?;
        Ok((kept::current(c, &began)?, found.and_then(|mut found| found.pop())))
    });
    let (policy, found) = read.await?;
    match against(&policy, found.as_ref(), call) {
        Some(verdict) => Err(objection::blocked(verdict).into()),
        None => Ok(()),
    }
}

/// What speaks against a bare call. Pure.
fn against(policy: &Policy, found: Option<&Facts>, call: &BareCall) -> Option<Verdict> {
    let destroys = call.effect == Effect::Destructive;
    let buys = call.contabo && call.effect == Effect::Billable;
    let two = match policy.second_approver {
        SecondApprover::Nothing => false,
        SecondApprover::Destructive => destroys,
        SecondApprover::Billable => call.effect == Effect::Billable,
        SecondApprover::All => true,
    };
    let limit = policy.spend_day.as_ref().or(policy.spend_month.as_ref());
    let unknown = limit.filter(|_| buys).map(|limit| {
        let words = [("allowed", limit.amount.to_string()), ("currency", limit.currency.clone())];
        Verdict::block("spend", Phrase::new("guard.spend_unknown", words))
    });
    let block = |when: bool, guardrail, code| when.then(|| Verdict::block(guardrail, Phrase::new(code, [])));
    found
        .and_then(|facts| protected(facts, policy))
        .or_else(|| block(destroys && !policy.destructive, "destructive", "guard.destructive_off"))
        .or_else(|| {
            block(call.name == "createPrivateNetwork" && !policy.network_create, "networks", "guard.network_off")
        })
        .or(unknown)
        .or_else(|| block(two, "second_approver", "guard.second_needed"))
}

/// An ask with what the policy says where a person said nothing: a suspended service's server is left running.
pub(crate) fn filled(kind: &str, policy: &Policy, ask: Ask) -> Ask {
    let mut ask = ask;
    if let Value::Object(members) = &mut ask.input
        && kind == "service.suspend"
        && policy.suspend == SuspendPolicy::Leave
    {
        let given = members.get("server").is_some_and(|value| !value.is_null());
        if !given {
            members.insert("server".into(), Value::String("leave".into()));
        }
    }
    ask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_survives_its_form() {
        let policy = Policy {
            spend_day: Some(Money::new("250.00".parse().unwrap(), "EUR")),
            windows: vec![Window { weekday: 6, minute: 22 * 60 + 5, minutes: 240, zone: "Europe/Berlin".into() }],
            freezes: vec![Freeze {
                name: "Cyber Week".into(),
                from: "2026-11-28T22:00:00Z".parse().unwrap(),
                until: "2026-11-30T06:00:00Z".parse().unwrap(),
            }],
            create_per_day: Some(3),
            ..Policy::default()
        };
        assert_eq!(PolicyForm::from(&policy).read().unwrap(), policy);
    }

    #[test]
    fn a_bare_call_may_do_no_more_than_a_plan() {
        let call = |name, effect| BareCall { name, effect, contabo: true, instance: None };
        let says = |policy: &Policy, call: &BareCall| against(policy, None, call).map(|verdict| verdict.guardrail);
        let cancel = call("cancelInstance", Effect::Destructive);
        let buy = call("createInstance", Effect::Billable);
        let network = call("createPrivateNetwork", Effect::Once);
        for each in [&cancel, &buy, &network] {
            assert_eq!(says(&Policy::default(), each), None, "{}", each.name);
        }
        let off = Policy { destructive: false, network_create: false, ..Policy::default() };
        assert_eq!(says(&off, &cancel).as_deref(), Some("destructive"));
        assert_eq!(says(&off, &network).as_deref(), Some("networks"));
        assert_eq!(says(&off, &buy), None);
        let money = Money::new("100".parse().unwrap(), "EUR");
        let limited = Policy { spend_month: Some(money), ..Policy::default() };
        assert_eq!(says(&limited, &buy).as_deref(), Some("spend"));
        let two = Policy { second_approver: SecondApprover::Billable, ..Policy::default() };
        assert_eq!((says(&two, &buy).as_deref(), says(&two, &cancel)), (Some("second_approver"), None));
    }

    #[test]
    fn what_cannot_be_read_names_its_field() {
        let wrong = |change: fn(&mut PolicyForm)| {
            let mut form = PolicyForm::from(&Policy::default());
            change(&mut form);
            form.read().unwrap_err().params["field"].clone()
        };
        let limit = |amount: &str, currency: &str| SpendLimit { amount: amount.into(), currency: currency.into() };
        assert_eq!(wrong(|form| form.stale_seconds = 0), "stale_seconds");
        let mut form = PolicyForm::from(&Policy::default());
        form.spend_month = Some(limit("ten", "EUR"));
        assert_eq!(form.clone().read().unwrap_err().params["field"], "spend_month.amount");
        form.spend_month = Some(limit("10", "euro"));
        assert_eq!(form.read().unwrap_err().params["field"], "spend_month.currency");
        let window =
            |begins: &str, zone: &str| WindowForm { weekday: 1, begins: begins.into(), minutes: 60, zone: zone.into() };
        let mut form = PolicyForm::from(&Policy::default());
        form.windows = vec![window("22:00", "UTC"), window("25:00", "UTC")];
        assert_eq!(form.clone().read().unwrap_err().params["field"], "windows.1.begins");
        form.windows[1] = window("22:00", "Mars/Olympus");
        assert_eq!(form.read().unwrap_err().params["field"], "windows.1.zone");
        assert_eq!(
            wrong(|form| {
                form.freezes =
                    vec![FreezeForm { name: "x".into(), from: "soon".into(), until: "2026-12-01T00:00:00Z".into() }];
            }),
            "freezes.0.from"
        );
    }
}
