//! What a person types for an action, as it leaves in the form: `name=value` lines after the action's name. Whatever is
//! typed is refused or sent; no typed parameter can become a credential, the action or the response type.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rackdesk_whmcs::{Client, Config, Given, http_build_query, find, php::PhpValue, registry};
use rackdesk_wire::{Body, Call, Effect, NoRecorder, Wire};

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let url = "https://billing.example/".parse().expect("an address");
    let config = Config::new(url, "identifier".to_owned().into(), "secret".to_owned().into());
    Client::new(Wire::new(Default::default(), Arc::new(NoRecorder)), config).expect("a client")
});

fn own_fields_come_once(body: &Body) {
    let Body::Form(form) = body else { panic!("a form") };
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(form).into_owned().collect();
    for (own, value) in [("identifier", "identifier"), ("secret", "secret"), ("responsetype", "json")] {
        let found: Vec<&String> = fields.iter().filter(|(name, _)| name == own).map(|(_, value)| value).collect();
        assert_eq!(found, [value], "{own}");
    }
    assert_eq!(fields.iter().filter(|(name, _)| name == "action").count(), 1);
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let name = lines.next().unwrap_or_default();
    let pairs: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('=')).collect();

    // Plain fields survive a form.
    let plain = PhpValue::map(pairs.iter().map(|(name, value)| (*name, *value)));
    let PhpValue::Array(items) = &plain else { panic!("a map") };
    let expected: Vec<(String, String)> = items
        .iter()
        .map(|(key, value)| {
            let PhpValue::Text(text) = value else { panic!("text") };
            (key.to_string(), text.clone())
        })
        .collect();
    let read: Vec<(String, String)> = url::form_urlencoded::parse(http_build_query(&plain).as_bytes()).into_owned().collect();
    assert_eq!(read, expected);

    let Ok(given) = Given::from_pairs(pairs) else { return };
    let action = find(name).unwrap_or_else(|_| &registry()[name.len() % registry().len()]);
    if let Ok(request) = (action.request_json)(&CLIENT, given.clone(), &Call::fresh()) {
        own_fields_come_once(&request.body);
    }
    if let Ok(request) = CLIENT.raw_request(name, given, Effect::Read, &Call::fresh()) {
        own_fields_come_once(&request.body);
    }
});
