//! PHP's encodings, against PHP itself where it is installed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use rackdesk_whmcs::http_build_query;
use rackdesk_whmcs::php::{PhpError, PhpKey, PhpValue};

/// Runs PHP code that reads from standard input; `None` when there is no PHP and none has to be there (as in the step
/// `php` of `cargo xtask test`).
fn php(code: &str, input: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new("php")
        .args(["-d", "display_errors=stderr", "-r", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        assert!(std::env::var_os("RACKDESK_PHP").is_none(), "php must be there and is not");
        println!("php is not installed: not compared with the real one");
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "php failed");
    Some(output.stdout)
}

fn samples() -> Vec<PhpValue> {
    let text = |text: &str| PhpValue::from(text);
    vec![
        PhpValue::Null,
        PhpValue::Bool(true),
        PhpValue::Bool(false),
        PhpValue::Int(0),
        PhpValue::Int(i64::MIN),
        PhpValue::Int(i64::MAX),
        PhpValue::Float(0.1),
        PhpValue::Float(1.0),
        PhpValue::Float(-2.5),
        PhpValue::Float(1e17),
        PhpValue::Float(1.5e300),
        PhpValue::Float(1e-5),
        PhpValue::Float(0.0001),
        PhpValue::Float(123_456_789_012_345.67),
        text(""),
        text("Müller"),
        text("日本語 😀 \"quoted\"; a:1:{i:0;N;}"),
        text("line\r\nbreak\0nul"),
        PhpValue::list([1_i64, 2, 3]),
        PhpValue::list(Vec::<i64>::new()),
        PhpValue::map([("5", "five"), ("05", "not five"), ("-3", "minus"), ("-0", "text"), ("x y", "z&=+")]),
        PhpValue::map([(1_i64, PhpValue::map([("optionid", 7_i64), ("qty", 3)]))]),
        PhpValue::map([
            ("nothing", PhpValue::Null),
            ("yes", true.into()),
            ("no", false.into()),
            ("deep", PhpValue::map([("er", PhpValue::list(["a", "b c"]))])),
        ]),
    ]
}

/// quirks 53, 54, 55
#[test]
fn serialise_writes_the_bytes_that_php_writes() {
    for value in samples() {
        let ours = value.serialize();
        assert_eq!(PhpValue::unserialize(&ours), Ok(value.clone()), "round trip");
        let code =
            "$v = unserialize(file_get_contents('php://stdin'), ['allowed_classes' => false]); echo serialize($v);";
        let Some(theirs) = php(code, &ours) else { return };
        assert_eq!(String::from_utf8_lossy(&theirs), String::from_utf8_lossy(&ours));
    }
}

/// quirk 51
#[test]
fn queries_are_built_as_php_builds_them() {
    for value in samples() {
        let code = "echo http_build_query(unserialize(file_get_contents('php://stdin')));";
        let PhpValue::Array(_) = value else { continue };
        let Some(theirs) = php(code, &value.serialize()) else { return };
        assert_eq!(String::from_utf8_lossy(&theirs), http_build_query(&value));
    }
}

#[test]
fn custom_fields_reach_php_as_they_were_meant() {
    let fields = PhpValue::map([(1_u64, "Google"), (5, "Müller")]).serialize_base64();
    let code =
        "echo json_encode(unserialize(base64_decode(file_get_contents('php://stdin'))), JSON_UNESCAPED_UNICODE);";
    let Some(seen) = php(code, fields.as_bytes()) else { return };
    assert_eq!(String::from_utf8(seen).unwrap(), r#"{"1":"Google","5":"Müller"}"#);
}

#[test]
fn objects_references_and_lies_are_refused() {
    let read = |text: &str| PhpValue::unserialize(text.as_bytes());
    assert_eq!(read(r#"O:8:"stdClass":0:{}"#), Err(PhpError::Object(0)));
    assert_eq!(read(r#"a:1:{i:0;O:8:"stdClass":0:{}}"#), Err(PhpError::Object(9)));
    assert_eq!(read(r#"C:3:"Foo":0:{}"#), Err(PhpError::Object(0)));
    assert_eq!(read(r#"E:7:"Foo:Bar";"#), Err(PhpError::Object(0)));
    assert_eq!(read("a:2:{i:0;a:0:{}i:1;R:2;}"), Err(PhpError::Reference(19)));
    for broken in [
        "",
        "i",
        "i:",
        "i:5",
        "i:x;",
        "b:2;",
        "N",
        "s:5:\"abc\";",
        "s:-1:\"\";",
        "s:3:\"abc\"",
        "a:1:{",
        "a:1:{i:0;i:1;",
        "a:-1:{}",
        "a:99999999999:{}",
        "a:0:{}x",
        "d:;",
        "d:0x1p3;",
        "a:1:{N;i:1;}",
        "s:18446744073709551615:\"\";",
        "i:9223372036854775808;",
    ] {
        assert!(matches!(read(broken), Err(PhpError::Malformed(_))), "{broken}");
    }
    let deep = "a:1:{i:0;".repeat(5_000) + "N;" + &"}".repeat(5_000);
    assert!(matches!(read(&deep), Err(PhpError::Deep(_))));
}

fn any_value() -> impl Strategy<Value = PhpValue> {
    let leaf = prop_oneof![
        Just(PhpValue::Null),
        any::<bool>().prop_map(PhpValue::Bool),
        any::<i64>().prop_map(PhpValue::Int),
        prop::num::f64::NORMAL.prop_map(PhpValue::Float),
        "\\PC{0,12}".prop_map(PhpValue::Text),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let key = prop_oneof![any::<i64>().prop_map(PhpKey::Int), "\\PC{0,6}".prop_map(PhpKey::from)];
        prop::collection::vec((key, inner), 0..5).prop_map(PhpValue::map)
    })
}

proptest! {
    #[test]
    fn what_was_serialised_is_read_back(value in any_value()) {
        prop_assert_eq!(PhpValue::unserialize(&value.serialize()), Ok(value));
    }

    #[test]
    fn any_text_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = PhpValue::unserialize(&bytes);
    }

    #[test]
    fn any_near_miss_is_read_or_refused(value in any_value(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = value.serialize();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = PhpValue::unserialize(&bytes);
    }

    /// Every field that was put in comes out of a form parser.
    #[test]
    fn forms_lose_nothing(pairs in prop::collection::vec(("[a-z]{1,8}", "\\PC{0,20}"), 0..6)) {
        let value = PhpValue::map(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let built = http_build_query(&value);
        let read: Vec<_> = url::form_urlencoded::parse(built.as_bytes()).into_owned().collect();
        let PhpValue::Array(items) = value else { unreachable!() };
        let expected: Vec<_> = items.into_iter().map(|(key, value)| {
            let PhpValue::Text(text) = value else { unreachable!() };
            (key.to_string(), text)
        }).collect();
        prop_assert_eq!(read, expected);
    }
}
