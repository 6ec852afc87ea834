use proptest::prelude::*;

use super::*;

const FIELDS: &[&str] = &["password", "secret", "client_secret", "c"];

fn redactor(literals: &[&str]) -> Redactor {
    let literals = literals.iter().map(|literal| SecretString::from(*literal)).collect();
    Redactor::new(&Redaction { fields: FIELDS, whole_reply: false, literals })
}

fn text(json: &str) -> String {
    redactor(&[]).text(json.as_bytes())
}

#[test]
fn members_are_hidden_at_any_depth_whatever_their_value_is() {
    for (given, expected) in [
        (r#"{"password":"hunter22","user":"eve"}"#, r#"{"password":"[hidden]","user":"eve"}"#),
        (r#"{"a":[{"b":{"SECRET" : "x\"y\\"}}],"z":1}"#, r#"{"a":[{"b":{"SECRET" : "[hidden]"}}],"z":1}"#),
        (r#"{"secret":12345,"n":[true]}"#, r#"{"secret":"[hidden]","n":[true]}"#),
        (r#"{"secret":{"k":["}",{"v":"]"}]},"n":1}"#, r#"{"secret":"[hidden]","n":1}"#),
        (r#"{"password":["a","b"]}"#, r#"{"password":"[hidden]"}"#),
        (r#"{"password":null,"secret":"","c":[]}"#, r#"{"password":null,"secret":"","c":"[hidden]"}"#),
        (r#"{"title":"password","v":"secret"}"#, r#"{"title":"password","v":"secret"}"#),
        (r#"{"x":"password: hunter22"}"#, r#"{"x":"password: hunter22"}"#),
        ("{\n  \"password\"\n :\t\"a\nb\"\n}", "{\n  \"password\"\n :\t\"[hidden]\"\n}"),
    ] {
        assert_eq!(text(given), expected);
    }
}

#[test]
fn broken_and_wrapped_json_hides_as_well() {
    for (given, expected) in [
        ("<b>Notice</b>: x\n{\"password\":\"hunter22\"}", "<b>Notice</b>: x\n{\"password\":\"[hidden]\"}"),
        (r#"{"password":"hunter2"#, r#"{"password":"[hidden]""#),
        (r#"{"secret":{"a":"b"#, r#"{"secret":"[hidden]""#),
        (r#"{"secret":"#, r#"{"secret":"#),
        (r#"{"secret""#, r#"{"secret""#),
        (r#"{"log":"{\"password\":\"hun\\\"ter\",\"u\":1}"}"#, r#"{"log":"{\"password\":\"[hidden]\",\"u\":1}"}"#),
        (
            r#"{"log":"{\"secret\":{\"a\":\"b\"},\"u\":1}","v":2}"#,
            r#"{"log":"{\"secret\":\"[hidden]\",\"u\":1}","v":2}"#,
        ),
        (r#"{"log":"{\n\t\"secret\" :\n 77}","v":2}"#, r#"{"log":"{\n\t\"secret\" :\n \"[hidden]\"}","v":2}"#),
        (r#"{"log":"{\"secret\":\"cut","v":2}"#, r#"{"log":"{\"secret\":\"[hidden]\"","v":2}"#),
    ] {
        assert_eq!(text(given), expected);
    }
}

#[test]
fn form_fields_are_hidden_also_in_brackets_and_in_the_query() {
    let redactor = redactor(&[]);
    let hidden = redactor.form(b"action=GetClients&Secret=abc&note=password&client%5Bpassword%5D=x&secret[0]=y&c=");
    let expected =
        "action=GetClients&Secret=[hidden]&note=password&client%5Bpassword%5D=[hidden]&secret[0]=[hidden]&c=";
    assert_eq!(hidden, expected);
    let url = "https://h.example/p?page=2&client_secret=q%20q#end".parse().expect("a URL");
    assert_eq!(redactor.url(&url), "https://h.example/p?page=2&client_secret=[hidden]");
}

#[test]
fn headers_hide_by_name_and_by_content() {
    let redactor = redactor(&["5up3rs3cret"]);
    let pairs = [
        ("authorization", "Bearer abc"),
        ("set-cookie", "sid=1"),
        ("secret", "s"),
        ("location", "/login?secret=1&to=x"),
        ("x-debug", "key 5UP3RS3CRET used"),
        ("server", "nginx"),
    ];
    let headers = pairs
        .iter()
        .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
        .collect::<HeaderMap>();
    let shown = redactor.headers(&headers);
    let shown = shown.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    assert_eq!(shown, [MARK, MARK, MARK, "/login?secret=[hidden]&to=x", "key [hidden] used", "nginx"]);
}

#[test]
fn a_literal_that_straddles_the_cut_does_not_leave_its_first_half() {
    let redactor = redactor(&["5up3rs3cret"]);
    for before in KEPT - 12..KEPT + 2 {
        let body = format!("{}5up3rs3cret and more", "x".repeat(before));
        let shown = redactor.text(body.as_bytes());
        assert!(shown.len() <= KEPT);
        assert!(!shown.contains("5up"), "{before}");
    }
}

#[test]
fn text_is_cut_at_a_character_and_invalid_utf8_is_shown_lossily() {
    let redactor = redactor(&[]);
    let shown = redactor.text("ü".repeat(KEPT).as_bytes());
    assert_eq!(shown.len(), KEPT);
    assert_eq!(redactor.text(b"\xffpassword\xc3"), "\u{fffd}password\u{fffd}");
    assert!(redactor.text(&vec![0xff; KEPT]).len() <= KEPT);
}

#[test]
fn short_literals_are_left_alone() {
    assert_eq!(redactor(&["", "a", "abc"]).words("abc a"), "abc a");
}

#[test]
fn a_hostile_body_costs_linear_time() {
    let hidden_at_the_end = |unit: &str, size: usize| {
        let redactor = redactor(&["5up3rs3cret"]);
        let body = unit.repeat(size / unit.len());
        let started = std::time::Instant::now();
        redactor.text(body.as_bytes());
        redactor.form(body.as_bytes());
        started.elapsed()
    };
    for unit in
        ["\"", "\\\"", "\\\\\\\"", "{\"secret\":{", "{\"secret\":[\"", "\"secret\":\\", "\\", "&secret[", "5up3r"]
    {
        let took = hidden_at_the_end(unit, 8 * 1024 * 1024);
        assert!(took < std::time::Duration::from_secs(3), "{unit:?} took {took:?}");
    }
}

/// Ways in which a secret reaches a body: more or less what browsers, PHP, Go and our own encoders do.
fn encoders() -> [fn(&str) -> String; 7] {
    [
        str::to_owned,
        |s| url::form_urlencoded::byte_serialize(s.as_bytes()).collect(),
        |s| {
            s.bytes()
                .map(|b| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02x}") })
                .collect()
        },
        |s| serde_json::to_string(s).expect("a string"),
        |s| serde_json::to_string(s).expect("a string").replace('/', "\\/"),
        |s| serde_json::to_string(&serde_json::to_string(s).expect("a string")).expect("a string"),
        |s| s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
    ]
}

proptest! {
    /// The law of this module. A secret that is part of the mark itself cannot be hidden by it.
    #[test]
    fn no_literal_survives(
        secrets in proptest::collection::vec("[ -~äß€😀\\n\"\\\\/]{4,24}", 1..4),
        noise in proptest::collection::vec("[ -~\\PC]{0,40}", 8),
        which in 0..7_usize,
    ) {
        prop_assume!(secrets.iter().all(|secret| !MARK.contains(&secret.to_ascii_lowercase())));
        let literals = secrets.iter().map(String::as_str).collect::<Vec<_>>();
        let redactor = redactor(&literals);
        let encode = encoders()[which];
        let mut body = String::new();
        for (index, noise) in noise.iter().enumerate() {
            body.push_str(noise);
            body.push_str(&encode(&secrets[index % secrets.len()]));
        }
        for shown in [redactor.text(body.as_bytes()), redactor.words(&body), redactor.form(body.as_bytes())] {
            for secret in &secrets {
                let encoded = encode(secret);
                let bare = encoded.trim_matches(['"', '\\']);
                prop_assert!(!shown.contains(secret.as_str()), "{secret:?} in {shown:?}");
                if bare.len() >= 4 && !MARK.contains(&bare.to_ascii_lowercase()) {
                    prop_assert!(!shown.contains(bare), "{bare:?} in {shown:?}");
                }
            }
        }
    }

    /// Whatever arrives, the redactor answers, and never with more than is kept.
    #[test]
    fn any_bytes_are_taken(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let redactor = redactor(&["5up3rs3cret"]);
        prop_assert!(redactor.text(&body).len() <= KEPT);
        prop_assert!(redactor.form(&body).len() <= KEPT);
    }

    /// Hiding keeps a document a document.
    #[test]
    fn json_stays_json(value in "[ -~]{1,20}", other in "[ -~]{0,20}", number in any::<i64>()) {
        let document = serde_json::json!({
            "a": {"password": value, "b": [{"secret": number, "other": other}]},
            "inner": serde_json::json!({"client_secret": value, "other": other}).to_string(),
        });
        let shown = text(&document.to_string());
        let read: serde_json::Value = serde_json::from_str(&shown).expect("still JSON");
        prop_assert_eq!(&read["a"]["password"], MARK);
        prop_assert_eq!(&read["a"]["b"][0]["secret"], MARK);
        prop_assert_eq!(&read["a"]["b"][0]["other"], &document["a"]["b"][0]["other"]);
        let inner: serde_json::Value = serde_json::from_str(read["inner"].as_str().expect("text")).expect("JSON");
        prop_assert_eq!(&inner["client_secret"], MARK);
        prop_assert_eq!(inner["other"].as_str().expect("text"), other);
    }
}
