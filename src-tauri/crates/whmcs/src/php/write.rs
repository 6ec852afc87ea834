use super::{PhpKey, PhpValue};

pub(super) fn value(value: &PhpValue, out: &mut Vec<u8>) {
    match value {
        PhpValue::Null => out.extend_from_slice(b"N;"),
        PhpValue::Bool(yes) => out.extend_from_slice(if *yes { b"b:1;" } else { b"b:0;" }),
        PhpValue::Int(number) => out.extend_from_slice(format!("i:{number};").as_bytes()),
        PhpValue::Float(number) => out.extend_from_slice(format!("d:{};", float(*number)).as_bytes()),
        PhpValue::Text(text) => bytes(text.as_bytes(), out),
        PhpValue::Bytes(raw) => bytes(raw, out),
        PhpValue::Array(items) => {
            out.extend_from_slice(format!("a:{}:{{", items.len()).as_bytes());
            for (key, item) in items {
                match key {
                    PhpKey::Int(number) => out.extend_from_slice(format!("i:{number};").as_bytes()),
                    PhpKey::Text(text) => bytes(text.as_bytes(), out),
                }
                self::value(item, out);
            }
            out.push(b'}');
        }
    }
}

fn bytes(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("s:{}:\"", text.len()).as_bytes());
    out.extend_from_slice(text);
    out.extend_from_slice(b"\";");
}

/// As PHP writes it: the shortest digits that read back the same, with an exponent below 1e-4 and from 1e17 on.
pub(crate) fn float(number: f64) -> String {
    if number.is_nan() {
        return "NAN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "INF".into() } else { "-INF".into() };
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>().unwrap_or(0) {
        -4..=16 => number.to_string(),
        exponent => {
            let point = if mantissa.contains('.') { "" } else { ".0" };
            format!("{mantissa}{point}E{exponent:+}")
        }
    }
}
