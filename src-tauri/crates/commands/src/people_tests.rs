//! Two people at one profile: a policy that both change at once, and plans that wait for the second of them.

use jiff::Timestamp;
use rackdesk_console::plan::PlanState;
use rackdesk_store::mirror::{InstanceRecord, upsert_many};

use crate::{
    Core, CoreOptions, ErrorCode, SecretInput,
    plans::{Approval, PlanRef, PowerRequest, plan_approve, plan_dismiss, plan_power, plans_waiting},
    policy::{PolicyDraft, PolicyView, SecondApprover, policy_get, policy_set},
    profiles::{ContaboDraft, Environment, ProfileDraft, profile_save},
};

/// An open profile whose providers nobody asks; the secrets stay in memory.
async fn core() -> (tempfile::TempDir, Core) {
    let dir = tempfile::tempdir().unwrap();
    let options = CoreOptions { data_dir: dir.path().to_owned(), background: false, profile: None };
    let core = Core::open(options).await.unwrap();
    let secret = |text: &str| Some(SecretInput::new(text));
    let contabo = ContaboDraft {
        api_url: "http://127.0.0.1:9/".into(),
        token_url: "http://127.0.0.1:9/token".into(),
        client_id: secret("id"),
        client_secret: secret("client"),
        user: "ops@example.org".into(),
        password: secret("password"),
    };
    let draft = ProfileDraft {
        id: None,
        name: "Desk".into(),
        colour: "petrol".into(),
        environment: Environment::Staging,
        whmcs: None,
        contabo: Some(contabo),
        session_only: true,
    };
    profile_save(&core, draft).await.unwrap();
    (dir, core)
}

/// What somebody sends who was shown this view.
fn draft(view: &PolicyView, power_per_hour: u32) -> PolicyDraft {
    let mut policy = view.policy.clone();
    policy.power_per_hour = power_per_hour;
    PolicyDraft { revision: view.revision, policy, reason: Some("a test".into()) }
}

#[tokio::test]
async fn of_two_who_change_the_policy_they_were_both_shown_the_second_is_told() {
    let (_dir, core) = core().await;
    let (ana, ben) = (policy_get(&core, ()).await.unwrap(), policy_get(&core, ()).await.unwrap());
    assert_eq!((ana.revision, ben.revision), (0, 0));
    let first = policy_set(&core, draft(&ana, 10)).await.unwrap();
    assert_eq!((first.revision, first.policy.power_per_hour), (1, 10));
    let refused = policy_set(&core, draft(&ben, 20)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BasisMoved);
    assert!(refused.params["moved"].starts_with("policy ("), "{refused:?}");
    let now = policy_get(&core, ()).await.unwrap();
    assert_eq!((now.revision, now.policy.power_per_hour, now.history.len()), (1, 10, 1), "ana's stands");
    // Who has seen ana's may change it, and who changes nothing leaves no mark.
    let second = policy_set(&core, draft(&now, 20)).await.unwrap();
    assert_eq!((second.revision, second.policy.power_per_hour), (2, 20));
    let same = policy_set(&core, draft(&second, 20)).await.unwrap();
    assert_eq!((same.revision, same.history.len()), (2, 2));
    let told: Vec<_> =
        same.history.iter().map(|one| (one.fields[0].field.as_str(), one.fields[0].after.as_str())).collect();
    assert_eq!(told, [("power_per_hour", "20"), ("power_per_hour", "10")], "newest first");
}

#[tokio::test]
async fn plans_that_wait_for_a_second_yes_are_listed_until_somebody_says_it_or_gives_them_up() {
    let (_dir, core) = core().await;
    let shown = policy_get(&core, ()).await.unwrap();
    let mut wanted = draft(&shown, 60);
    wanted.policy.second_approver = SecondApprover::All;
    policy_set(&core, wanted).await.unwrap();
    let machine = |id: i64| InstanceRecord {
        id,
        name: format!("server-{id}"),
        status: "running".into(),
        ..InstanceRecord::default()
    };
    let rows: Vec<_> = (1..=3).map(machine).collect();
    let store = core.session().unwrap().store.clone();
    store.write_async(move |tx| upsert_many(tx, &rows, Timestamp::now())).await.unwrap();
    let mut plans = Vec::new();
    for id in 1..=3 {
        let ask = PowerRequest { kind: "power.restart".into(), instance_ids: vec![id], origin: "servers".into() };
        plans.push(plan_power(&core, ask).await.unwrap().id);
    }
    let yes = |id: i64, by: &str| Approval { id, by: Some(by.to_owned()), ..Approval::default() };
    assert_eq!(plans_waiting(&core, ()).await.unwrap(), [], "nobody has said yes to any of them");
    for id in &plans {
        let first = plan_approve(&core, yes(*id, "ana")).await.unwrap();
        assert!(first.waits_for_second && first.action_ids.is_empty(), "{first:?}");
    }
    let waiting = plans_waiting(&core, ()).await.unwrap();
    let told: Vec<_> = waiting.iter().map(|plan| (plan.id, plan.state, plan.approvals[0].by.as_str())).collect();
    assert_eq!(told, [3, 2, 1].map(|n| (plans[n - 1], PlanState::Waiting, "ana")), "newest first");
    let made = plan_approve(&core, yes(plans[0], "ben")).await.unwrap();
    assert_eq!((made.waits_for_second, made.action_ids.len()), (false, 1));
    plan_dismiss(&core, PlanRef { id: plans[1] }).await.unwrap();
    let left: Vec<_> = plans_waiting(&core, ()).await.unwrap().into_iter().map(|plan| plan.id).collect();
    assert_eq!(left, [plans[2]]);
}
