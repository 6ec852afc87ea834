use rust_decimal::Decimal;

use super::*;
use crate::secret::Secret;

fn encoded(name: &str, value: &impl Param) -> String {
    let mut form = Form::new();
    value.put(name, &mut form);
    form.into_string()
}

fn typed<T: Param>(text: &str) -> Result<T, &'static str> {
    T::take(Node::Leaf(text.to_owned()))
}

/// quirk 51
#[test]
fn values_are_written_as_php_would_write_them() {
    assert_eq!(encoded("pid", &vec![1_u64, 2]), "pid%5B0%5D=1&pid%5B1%5D=2");
    assert_eq!(encoded("noemail", &true), "noemail=1");
    assert_eq!(encoded("noemail", &false), "noemail=0");
    assert_eq!(encoded("amount", &"12.50".parse::<Decimal>().unwrap()), "amount=12.50");
    assert_eq!(encoded("notes", &"a b+c ü~*".to_owned()), "notes=a+b%2Bc+%C3%BC%7E%2A");
    let pricing = BTreeMap::from([(1_u64, BTreeMap::from([("monthly".to_owned(), Decimal::ONE)]))]);
    assert_eq!(encoded("pricing", &pricing), "pricing%5B1%5D%5Bmonthly%5D=1");
    assert_eq!(encoded("x", &Vec::<u64>::new()), "");
    assert_eq!(encoded("password2", &Secret::from("a&b")), "password2=a%26b");
}

/// quirks 53, 54, 55
#[test]
fn custom_fields_options_and_lines_are_serialised_by_php_rules() {
    assert_eq!(Serialized::map([(1_u64, "Google")]).0.serialize_base64(), "YToxOntpOjE7czo2OiJHb29nbGUiO30=");
    assert_eq!(Serialized::map([(5_u64, "Müller")]).0.serialize_base64(), "YToxOntpOjU7czo3OiJNw7xsbGVyIjt9");
    assert_eq!(Serialized::map([("1", 999_u64)]).0.serialize_base64(), "YToxOntpOjE7aTo5OTk7fQ==");
    let line = |description: &str, quantity: i64, price: &str, discount: &str, taxable| QuoteLine {
        id: None,
        description: description.into(),
        quantity: quantity.into(),
        unit_price: price.parse().unwrap(),
        discount: discount.parse().unwrap(),
        taxable,
    };
    let lines = QuoteLines(vec![
        line("Test Description 1", 1, "10.00", "10.00", true),
        line("Test Description 2", 4, "15.00", "0.00", false),
    ]);
    let documented = "lineitems=YToyOntpOjA7YTo1OntzOjQ6ImRlc2MiO3M6MTg6IlRlc3QgRGVzY3JpcHRpb24gMSI7czozOiJxdHkiO2k6MTtzOjI6InVw\
        IjtzOjU6IjEwLjAwIjtzOjg6ImRpc2NvdW50IjtzOjU6IjEwLjAwIjtzOjc6InRheGFibGUiO2I6MTt9aToxO2E6NTp7czo0OiJkZXNjIjtzOjE4OiJUZXN0IER\
        lc2NyaXB0aW9uIDIiO3M6MzoicXR5IjtpOjQ7czoyOiJ1cCI7czo1OiIxNS4wMCI7czo4OiJkaXNjb3VudCI7czo0OiIwLjAwIjtzOjc6InRheGFibGUiO2I6MDt9fQ%3D%3D";
    assert_eq!(encoded("lineitems", &lines), documented);
}

/// quirk 56
#[test]
fn attachments_are_base64_of_json_with_base64() {
    let files = Attachments(vec![Attachment {
        name: "sample_text_file.txt".into(),
        data: b"This is a sample text file contents".into(),
    }]);
    let documented = "attachments=W3sibmFtZSI6InNhbXBsZV90ZXh0X2ZpbGUudHh0IiwiZGF0YSI6IlZHaHBjeUJwY3lCaElITmhiWEJzWlNCMFpYaDBJR1pwYkdVZ1kyOXVkR1Z1ZEhNPSJ9XQ%3D%3D";
    assert_eq!(encoded("attachments", &files), documented);
    let json = r#"[{"name":"a.txt","data":"aGk="}]"#;
    let read = Attachments::take(Node::Leaf(json.into())).unwrap();
    assert_eq!(read.0, [Attachment { name: "a.txt".into(), data: b"hi".into() }]);
    assert!(typed::<Attachments>(r#"[{"filename":"a.txt","data":"aGk="}]"#).is_err());
}

/// quirk 57
#[test]
fn invoice_lines_are_numbered_from_one() {
    let item = |description: &str, amount: &str, taxed| LineItem {
        description: description.into(),
        amount: amount.parse().unwrap(),
        taxed,
    };
    let items = InvoiceItems(vec![item("Setup", "10.00", true), item("Discount", "-2.5", false)]);
    let expected =
        "itemdescription1=Setup&itemamount1=10.00&itemtaxed1=1&itemdescription2=Discount&itemamount2=-2.5&itemtaxed2=0";
    assert_eq!(encoded("items", &items), expected);
    let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
    let mut given = Given::from_pairs(pairs(expected)).unwrap();
    assert_eq!(InvoiceItems::find("items", &mut given), Ok(Some(items)));
    for incomplete in ["itemdescription1=Setup", "itemamount1=1", "itemdescription1=a&itemamount2=1", "itemtaxed1=1"] {
        let mut given = Given::from_pairs(pairs(incomplete)).unwrap();
        assert!(InvoiceItems::find("items", &mut given).is_err(), "{incomplete}");
    }
}

/// quirk 58
#[test]
fn ids_in_one_field_are_separated_by_commas() {
    assert_eq!(encoded("addons", &vec![Csv(vec![1_u64, 3, 9]), Csv(vec![])]), "addons%5B0%5D=1%2C3%2C9&addons%5B1%5D=");
    assert_eq!(typed::<Csv<u64>>(" 1, 2,,3 "), Ok(Csv(vec![1, 2, 3])));
    assert_eq!(typed::<Csv<u64>>("[4,5]"), Ok(Csv(vec![4, 5])));
    assert!(typed::<Csv<u64>>("1;2").is_err());
}

/// quirk 47
#[test]
fn dates_are_written_in_the_form_that_each_parameter_wants() {
    let date: jiff::civil::Date = "2026-04-03".parse().unwrap();
    assert_eq!(encoded("d", &date), "d=2026-04-03");
    assert_eq!(encoded("d", &date.at(9, 5, 0, 0)), "d=2026-04-03+09%3A05%3A00");
    for (format, text) in [
        (DateFormat::DayMonthYearSlashes, "03/04/2026"),
        (DateFormat::DayMonthYearDots, "03.04.2026"),
        (DateFormat::DayMonthYearDashes, "03-04-2026"),
        (DateFormat::MonthDayYear, "04/03/2026"),
        (DateFormat::YearMonthDaySlashes, "2026/04/03"),
        (DateFormat::YearMonthDay, "2026-04-03"),
    ] {
        let mut form = Form::new();
        form.text("d", text);
        assert_eq!(encoded("d", &LocalDate::new(date, format)), form.into_string());
    }
    assert_eq!(encoded("e", &MonthYear { month: 3, year: 9 }), "e=0309");
    let stamp: jiff::Timestamp = "2026-04-03T10:00:00Z".parse().unwrap();
    assert_eq!(encoded("t", &stamp), "t=1775210400");
    let zoned = stamp.to_zoned(jiff::tz::TimeZone::UTC);
    assert_eq!(encoded("created", &Created::At(zoned)), "created=2026-04-03T10%3A00%3A00%2B00%3A00");
}

#[test]
fn preferences_that_are_not_given_are_not_sent() {
    let preferences = EmailPreferences { invoice: Some(true), support: Some(false), ..Default::default() };
    let expected = "email_preferences%5Binvoice%5D=1&email_preferences%5Bsupport%5D=0";
    assert_eq!(encoded("email_preferences", &preferences), expected);
    let mut given =
        Given::from_pairs([("email_preferences[invoice]", "on"), ("email_preferences[support]", "0")]).unwrap();
    assert_eq!(EmailPreferences::find("email_preferences", &mut given), Ok(Some(preferences)));
    let mut given = Given::from_pairs([("email_preferences[spam]", "1")]).unwrap();
    assert!(EmailPreferences::find("email_preferences", &mut given).is_err());
}

#[test]
fn what_does_not_fit_says_what_would() {
    assert_eq!(typed::<u64>("five"), Err("a whole number"));
    assert_eq!(typed::<u64>("-5"), Err("a whole number"));
    assert_eq!(typed::<bool>("maybe"), Err("true or false"));
    assert!(typed::<Decimal>("1,5").is_err());
    assert!(typed::<jiff::civil::Date>("03/04/2026").is_err());
    assert!(typed::<MonthYear>("1326").is_err());
    assert!(typed::<Serialized>("plain").is_err());
    assert!(typed::<BTreeMap<u64, String>>("plain").is_err());
    assert!(typed::<BTreeMap<u64, String>>(r#"{"x":"y"}"#).is_err());
    assert_eq!(typed::<BTreeMap<u64, String>>(r#"{"7":"y"}"#), Ok(BTreeMap::from([(7, "y".to_owned())])));
    assert_eq!(typed::<Serialized>("YToxOntpOjE7czo2OiJHb29nbGUiO30="), Ok(Serialized::map([(1_u64, "Google")])));
    assert_eq!(typed::<Serialized>(r#"{"1":"Google"}"#), Ok(Serialized::map([(1_u64, "Google")])));
}
