//! Answers as they come, not as they are documented.

use proptest::prelude::*;
use rackdesk_contabo::api::images::RetrieveImage;
use rackdesk_contabo::api::instances::{Instance, InstanceStatus, RetrieveInstance, RetrieveInstancesList};
use rackdesk_contabo::api::secrets::RetrieveSecret;
use rackdesk_contabo::api::tags::DeleteTag;
use rackdesk_contabo::reply::Reply;
use rackdesk_contabo::{Page, Problem, Stamp, registry};
use rackdesk_wire::Sent;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::{Provider, one};

fn instance(row: Value) -> Instance {
    Instance::decode(json!({"data": [row]}).to_string().as_bytes()).expect("readable")
}

/// quirks 9.4, 9.7
#[test]
fn ids_and_numbers_may_be_strings_and_required_members_empty() {
    let row = instance(json!({
        "instanceId": "12345", "ramMb": "8192", "cpuCores": 4.0, "diskMb": 76800.5, "sshKeys": ["7", 8], "addOns": null,
        "vHostId": "", "vHostName": null, "ipConfig": "", "additionalIps": "", "errorMessage": null, "imageId": null,
        "customerId": 54321, "cancelDate": "", "createdDate": null, "applicationId": "", "defaultUser": ""
    }));
    assert_eq!(row.instance_id, 12345);
    assert_eq!(row.ram_mb.and_then(|size| size.whole()), Some(8192));
    assert_eq!(row.disk_mb.map(|size| size.to_string()).as_deref(), Some("76800.5"));
    assert_eq!((row.cpu_cores, row.v_host_id, row.ssh_keys), (Some(4), None, vec![7, 8]));
    assert_eq!((row.customer_id.as_str(), row.image_id.as_str()), ("54321", ""));
    assert!(row.ip_config.is_none() && row.cancel_date.is_none() && row.created_date.is_none());
    assert!(row.extra.is_empty());
}

/// quirks 5.9, 9.1, 9.2
#[test]
fn a_cancel_date_has_three_spellings_and_may_be_empty() {
    for (text, day, at) in [
        ("2021-06-03", "2021-06-03", "2021-06-03T00:00:00Z"),
        ("2021-06-03T00:00:00.000+0000", "2021-06-03", "2021-06-03T00:00:00Z"),
        ("2021-06-03T22:30:00Z", "2021-06-03", "2021-06-03T22:30:00Z"),
        ("2021-06-03T01:00:00+02:00", "2021-06-03", "2021-06-02T23:00:00Z"),
        ("2021-06-03T10:00:00", "2021-06-03", "2021-06-03T10:00:00Z"),
    ] {
        let date = instance(json!({"instanceId": 1, "cancelDate": text})).cancel_date.expect("a date");
        assert_eq!(date.0, text, "the raw spelling is kept");
        assert_eq!(date.date().map(|date| date.to_string()).as_deref(), Some(day), "{text}");
        assert_eq!(date.at().map(|at| at.to_string()).as_deref(), Some(at), "{text}");
    }
    assert_eq!(instance(json!({"instanceId": 1, "cancelDate": ""})).cancel_date, None);
    assert_eq!(instance(json!({"instanceId": 1})).cancel_date, None);
    let odd = instance(json!({"instanceId": 1, "cancelDate": "at the end of the month"})).cancel_date.expect("kept");
    assert_eq!((odd.at(), odd.date()), (None, None));
    assert_eq!(Stamp("1622678400000".into()).at(), Stamp("2021-06-03".into()).at());
}

/// quirk 9.8
#[tokio::test]
async fn words_and_members_nobody_announced_are_data_and_are_counted() {
    let provider = Provider::answering(one(json!({
        "instanceId": 1, "status": "hibernating", "region": "MARS", "gpu": {"model": "x"}, "productType": "NVME"
    })))
    .await;
    let row = provider.client.call(RetrieveInstance::new(1)).await.expect("readable");
    assert_eq!(row.status, InstanceStatus::Unlisted("hibernating".into()));
    assert_eq!((row.region.as_str(), row.product_type.as_str()), ("MARS", "nvme"));
    assert_eq!(row.extra.get("gpu"), Some(&json!({"model": "x"})));
    let back = serde_json::to_value(&row).expect("writable");
    assert_eq!((&back["status"], &back["gpu"]["model"]), (&json!("hibernating"), &json!("x")));
    let surprises = provider.client.surprises();
    assert_eq!((surprises.fields, surprises.values, surprises.rows), (1, 2, 0));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_names_the_path_and_quotes_nothing() {
    for (body, path, detail) in [
        (json!({"data": [{"secretId": "hunter2-12345"}]}).to_string(), "data[0].secretId", "expected a whole number"),
        (json!({"data": [{"secretId": 1, "value": {"hunter2": 1}}]}).to_string(), "data[0].value", "expected text"),
        (json!({"data": [{"value": "hunter2"}]}).to_string(), "data[0]", "missing secretId"),
        (json!({"data": []}).to_string(), "data[0]", "missing"),
        (json!({"hunter2": []}).to_string(), "data[0]", "missing"),
        (r#"{"data":[{"secretId":1,"value":"hunter2"#.into(), "data[0].value", "ends in the middle"),
        (r#"{"data":[]} hunter2"#.into(), ".", "text after the end of the JSON"),
        (String::new(), ".", "empty answer"),
    ] {
        let provider =
            Provider::answering(ResponseTemplate::new(200).set_body_raw(body.clone(), "application/json")).await;
        let error = provider.client.call(RetrieveSecret::new(1)).await.expect_err("unreadable");
        let Problem::Unreadable { path: found, detail: why } = &error.problem else { panic!("{body}: {error}") };
        assert_eq!((found.as_str(), why.as_str()), (path, detail), "{body}");
        assert_eq!(error.sent(), Sent::Unreadable);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

/// quirk 4.9
#[tokio::test]
async fn a_web_page_in_place_of_an_answer_is_told_by_its_title() {
    let page = "\u{feff}\n<!DOCTYPE html><html><head><title>\n Your IP is\n not allowed </title></head>";
    let provider = Provider::answering(ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    for error in [
        provider.client.call(RetrieveImage::new("a")).await.expect_err("no image"),
        provider.client.call(DeleteTag::new(1)).await.expect_err("no success"),
    ] {
        let Problem::Html { title } = &error.problem else { panic!("{error}") };
        assert_eq!(title, "Your IP is not allowed");
        assert_eq!(error.sent(), Sent::Unreadable, "it may have been done");
    }
}

/// quirk 3.2
#[tokio::test]
async fn a_success_may_be_empty_or_only_links() {
    for answer in [
        ResponseTemplate::new(204),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_json(json!({"_links": {"self": "/v1/tags/1"}})),
        ResponseTemplate::new(201).set_body_raw("\n", "text/plain"),
    ] {
        let provider = Provider::answering(answer).await;
        provider.client.call(DeleteTag::new(1)).await.expect("done");
    }
}

/// quirk 3.1
#[tokio::test]
async fn a_list_without_its_rows_is_no_empty_list() {
    for body in [json!({}), json!({"data": null}), json!({"_pagination": {"totalElements": 0}})] {
        let provider = Provider::answering(ResponseTemplate::new(200).set_body_json(body)).await;
        let error = provider.client.call(RetrieveInstancesList::new()).await.expect_err("no list");
        assert!(matches!(error.problem, Problem::Unreadable { .. }), "{error}");
    }
}

/// quirk 3.1
#[test]
fn a_row_alone_is_a_list_of_one() {
    let page = Page::<Instance>::decode(br#"{"data":{"instanceId":1}}"#).expect("readable");
    assert_eq!(page.data.len(), 1);
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let deep = format!(r#"{{"data":[{{"instanceId":1,"x":{}1{}}}]}}"#, "[".repeat(5000), "]".repeat(5000));
    assert!(Instance::decode(deep.as_bytes()).is_err());
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,8}".prop_map(Value::from),
        Just(json!("hunter2-planted")),
    ];
    let name = prop_oneof![
        Just("data".to_owned()),
        Just("_pagination".to_owned()),
        Just("instanceId".to_owned()),
        Just("id".to_owned()),
        Just("status".to_owned()),
        Just("value".to_owned()),
        Just("secretId".to_owned()),
        Just("ipConfig".to_owned()),
        Just("page".to_owned()),
        Just("cancelDate".to_owned()),
        Just("permissions".to_owned()),
        "[a-zA-Z]{1,6}",
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No answer makes any decoder panic, and no complaint about one quotes it.
    #[test]
    fn no_answer_is_dangerous(row in json_value(), bare in any::<bool>(), cut in 0_usize..200) {
        let body = if bare { row } else { json!({"data": [row]}) }.to_string();
        let cut = &body.as_bytes()[..body.len().saturating_sub(cut)];
        for info in registry() {
            for bytes in [body.as_bytes(), cut] {
                if let Err(unreadable) = (info.read_json)(bytes) {
                    prop_assert!(!unreadable.detail.contains("planted"), "{}: {}", info.id, unreadable.detail);
                }
            }
        }
    }

    #[test]
    fn no_bytes_are_dangerous(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for info in registry() {
            let _ = (info.read_json)(&bytes);
        }
        let _ = rackdesk_contabo::reply::html_title(&bytes);
    }
}
