//! What is sent again, how often, and how the host's complaints slow everybody down.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

mod common;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use common::{Host, Turn, ok, quick_options, reply, request, wire};
use rackdesk_wire::{Budget, Cause, Effect, Outcome, Retries, Sent, WireOptions};

#[tokio::test]
async fn a_read_survives_two_bad_answers_and_every_attempt_has_its_own_record_and_id() {
    let host = Host::start(vec![reply("500 Oops", "", ""), Turn::Close, ok("{}")]).await;
    let (wire, memory) = wire(quick_options());
    let read = request(host.url("/"), Effect::Read);
    let first_id = read.call.request_id;
    let response = wire.send(read).await.expect("the third attempt succeeds");

    let all = memory.all();
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].request_id, first_id, "the caller's id is the first attempt's");
    assert_eq!(all[2].request_id, response.request_id);
    assert_eq!(all.iter().map(|exchange| exchange.request_id).collect::<HashSet<_>>().len(), 3);
    assert!(all.iter().all(|exchange| exchange.trace_id.as_deref() == Some("rackdesk-A-17-1")));
    assert!(matches!(&all[0].outcome, Outcome::Failed { cause: Cause::Status { code: 500 }, .. }));
    assert_eq!(all[2].outcome, Outcome::Answered);
    for (exchange, head) in all.iter().zip(host.seen()) {
        assert!(head.contains(&exchange.request_id.to_string()), "the id that left is the id in the record");
    }
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_its_effect() {
    for effect in [Effect::Idempotent, Effect::Once, Effect::Billable, Effect::Destructive] {
        let host = Host::start(vec![reply("503 Later", "", ""), ok("{}")]).await;
        let (wire, memory) = wire(quick_options());
        let error = wire.send(request(host.url("/"), effect)).await.expect_err("not repeated");
        assert_eq!(error.sent, Sent::MaybeSent);
        assert_eq!((host.seen().len(), memory.all().len()), (1, 1), "{effect:?}");
    }
}

#[tokio::test]
async fn refusals_redirects_and_oversized_answers_are_not_asked_for_again() {
    for turn in [
        reply("403 Forbidden", "", ""),
        reply("404 Not Found", "", ""),
        reply("302 Found", "location: /x\r\n", ""),
        reply("501 Not Implemented", "", ""),
        Turn::Endless,
    ] {
        let host = Host::start(vec![turn]).await;
        let (wire, _) = wire(quick_options());
        wire.send(request(host.url("/"), Effect::Read)).await.expect_err("fails");
        assert_eq!(host.seen().len(), 1);
    }
}

#[tokio::test]
async fn an_outage_uses_up_the_reserve_and_then_costs_one_attempt_per_call() {
    let host = Host::start(vec![reply("502 Bad Gateway", "", "")]).await;
    let retries = Retries { reserve: 5, ..quick_options().retries };
    let (wire, memory) = wire(WireOptions { retries, ..quick_options() });
    for _ in 0..10 {
        wire.send(request(host.url("/"), Effect::Read)).await.expect_err("down");
    }
    assert_eq!(memory.all().len(), 15, "ten calls and five repetitions, not thirty");
}

#[tokio::test]
async fn a_connection_the_host_closed_meanwhile_is_no_trouble_for_reads() {
    let host = Host::start(vec![
        Turn::Reply(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()),
        Turn::Close,
        ok("{}"),
    ])
    .await;
    let (wire, _) = wire(quick_options());
    for _ in 0..2 {
        wire.send(request(host.url("/"), Effect::Read)).await.expect("an answer");
    }
}

#[tokio::test]
async fn a_complaint_makes_the_next_call_wait_as_long_as_the_host_asked() {
    let host = Host::start(vec![reply("429 Too Many Requests", "retry-after: 1\r\n", ""), ok("{}")]).await;
    let budget = Budget { longest_wait: Duration::from_secs(3), ..quick_options().budget };
    let (wire, _) = wire(WireOptions { budget, ..quick_options() });
    let started = Instant::now();
    wire.send(request(host.url("/"), Effect::Once)).await.expect_err("throttled");
    assert!(started.elapsed() < Duration::from_millis(500), "a write does not wait by itself");
    wire.send(request(host.url("/"), Effect::Once)).await.expect("now it may");
    assert!(started.elapsed() >= Duration::from_millis(950), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_read_waits_out_the_complaint_and_is_asked_again() {
    let host = Host::start(vec![reply("429 Too Many Requests", "retry-after: 1\r\n", ""), ok("{}")]).await;
    let budget = Budget { longest_wait: Duration::from_secs(3), ..quick_options().budget };
    let (wire, memory) = wire(WireOptions { budget, ..quick_options() });
    wire.send(request(host.url("/"), Effect::Read)).await.expect("an answer in the end");
    assert_eq!(memory.all().len(), 2);
}

#[tokio::test]
async fn a_call_that_would_wait_too_long_is_answered_at_once_and_not_sent() {
    let host = Host::start(vec![reply("503 Later", "retry-after: 3600\r\n", ""), ok("{}")]).await;
    let budget = Budget { longest_backoff: Duration::from_secs(60), ..quick_options().budget };
    let (wire, memory) = wire(WireOptions { budget, ..quick_options() });
    let error = wire.send(request(host.url("/"), Effect::Read)).await.expect_err("the host is down");
    assert_eq!(error.cause, Cause::Status { code: 503 }, "what the host said, not that we may not ask it again");

    let error = wire.send(request(host.url("/"), Effect::Read)).await.expect_err("still in the pause");
    assert_eq!((error.sent, &error.cause), (Sent::Throttled, &Cause::Budget));
    assert!(error.retry_after.is_some_and(|wait| wait > Duration::from_secs(50)), "{error:?}");
    assert_eq!((host.seen().len(), memory.all().len()), (1, 1));
}

#[tokio::test]
async fn providers_and_hosts_have_budgets_of_their_own() {
    let one = Budget { per_minute: 1, burst: 1, ..quick_options().budget };
    let (first, second) = (Host::start(vec![ok("{}")]).await, Host::start(vec![ok("{}")]).await);
    let (wire, _) = wire(WireOptions { budgets: vec![("whmcs", one)], ..quick_options() });
    let contabo = |host: &Host| rackdesk_wire::Request { provider: "contabo", ..request(host.url("/"), Effect::Read) };
    assert!(wire.send(request(first.url("/"), Effect::Read)).await.is_ok());
    assert_eq!(wire.send(request(first.url("/"), Effect::Read)).await.unwrap_err().cause, Cause::Budget);
    assert!(wire.send(request(second.url("/"), Effect::Read)).await.is_ok(), "another host");
    for _ in 0..5 {
        assert!(wire.send(contabo(&first)).await.is_ok(), "another provider on the same host");
    }
}

#[tokio::test]
async fn the_same_seed_draws_the_same_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let host = Host::start(vec![reply("500 Oops", "", ""), ok("{}")]).await;
        let (wire, memory) = wire(quick_options());
        wire.send(request(host.url("/"), Effect::Read)).await.expect("an answer");
        ids.push(memory.all()[1].request_id);
    }
    assert_eq!(ids[0], ids[1]);
}
