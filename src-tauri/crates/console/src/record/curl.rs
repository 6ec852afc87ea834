//! An exchange as a cURL command line that a person can run: credentials stand as `$VARIABLES`.

use rackdesk_store::log::Entry;

/// What the wire writes in place of a secret.
const MARK: &str = "[hidden]";

/// Headers that cURL or the network writes itself.
const OWN: [&str; 5] = ["host", "content-length", "connection", "accept-encoding", "user-agent"];

/// The command line, one argument per line. Nothing in it is run by the shell but the variables.
pub fn curl(entry: &Entry) -> String {
    let provider = entry.row.provider.to_ascii_uppercase();
    let mut line = format!("curl -X {}", quoted(&entry.row.method, &provider, &entry.row.method));
    for (name, value) in &entry.request_headers {
        if OWN.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        let value = if name.eq_ignore_ascii_case("authorization") && value.contains(MARK) {
            format!("Bearer {MARK}")
        } else {
            value.clone()
        };
        let secret = if name.eq_ignore_ascii_case("authorization") { "token" } else { name.as_str() };
        line.push_str(&format!(" \\\n  -H {}", quoted(&format!("{name}: {value}"), &provider, secret)));
    }
    if !entry.request_body.is_empty() {
        line.push_str(&format!(" \\\n  --data-raw {}", body(&entry.request_body, &provider)));
    }
    line.push_str(&format!(" \\\n  {}", body(&entry.url, &provider)));
    line
}

/// A body or URL: each hidden value becomes the variable of the field it stands in.
fn body(text: &str, provider: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        let (before, after) = rest.split_at(at);
        out.push_str(&single(before));
        out.push_str(&variable(provider, field_before(before)));
        rest = &after[MARK.len()..];
    }
    if !rest.is_empty() || out.is_empty() {
        out.push_str(&single(rest));
    }
    out
}

fn quoted(text: &str, provider: &str, secret: &str) -> String {
    match text.split_once(MARK) {
        None => single(text),
        Some((before, after)) => {
            let end = if after.is_empty() { String::new() } else { single(after) };
            format!("{}{}{end}", single(before), variable(provider, secret))
        }
    }
}

/// `…&secret=` or `…"secret":"` → `secret`.
fn field_before(text: &str) -> &str {
    let text = text.trim_end_matches(['"', ' ', ':', '=']);
    let start = text.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).map_or(0, |at| at + 1);
    match &text[start..] {
        "" => "secret",
        name => name,
    }
}

/// `"$WHMCS_SECRET"`: in double quotes, so that the shell fills it in and splits nothing.
fn variable(provider: &str, field: &str) -> String {
    let name: String =
        field.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("\"${provider}_{name}\"")
}

/// A word in single quotes, in which the shell reads nothing but their end.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rackdesk_store::log::LogRow;

    use super::*;

    fn entry(provider: &str, method: &str, headers: &[(&str, &str)], body: &str, url: &str) -> Entry {
        Entry {
            row: LogRow {
                id: 1,
                at: Timestamp::UNIX_EPOCH,
                provider: provider.into(),
                operation: String::new(),
                effect: "read".into(),
                method: method.into(),
                path: String::new(),
                status: None,
                outcome: "ok".into(),
                duration_us: 0,
                request_id: String::new(),
                action_id: None,
                snippet: None,
            },
            url: url.into(),
            trace_id: None,
            request_headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            request_body: body.into(),
            reply_headers: Vec::new(),
            reply_body: String::new(),
            reply_bytes: 0,
            detail: None,
        }
    }

    #[test]
    fn credentials_become_variables_by_the_field_they_stood_in() {
        let whmcs = entry(
            "whmcs",
            "POST",
            &[("content-type", "application/x-www-form-urlencoded"), ("content-length", "40")],
            "action=GetClients&identifier=[hidden]&secret=[hidden]&search=O'Neill",
            "https://example.com/includes/api.php",
        );
        let wanted = r#"curl -X 'POST' \
  -H 'content-type: application/x-www-form-urlencoded' \
  --data-raw 'action=GetClients&identifier='"$WHMCS_IDENTIFIER"'&secret='"$WHMCS_SECRET"'&search=O'\''Neill' \
  'https://example.com/includes/api.php'"#;
        assert_eq!(curl(&whmcs), wanted);

        let contabo = entry(
            "contabo",
            "PATCH",
            &[("authorization", "[hidden]"), ("x-request-id", "0c1b")],
            r#"{"rootPassword": "[hidden]"}"#,
            "https://api.contabo.com/v1/compute/instances/1",
        );
        let wanted = r#"curl -X 'PATCH' \
  -H 'authorization: Bearer '"$CONTABO_TOKEN" \
  -H 'x-request-id: 0c1b' \
  --data-raw '{"rootPassword": "'"$CONTABO_ROOTPASSWORD"'"}' \
  'https://api.contabo.com/v1/compute/instances/1'"#;
        assert_eq!(curl(&contabo), wanted);
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_foreign_text_as_text() {
        let evil = r#"x'; touch /tmp/never; echo "$HOME" `id` $(id) \"#;
        let line = curl(&entry("whmcs", "GET", &[("x-odd", evil)], evil, "https://example.com/?q=1&r=2"));
        let printed = std::process::Command::new("sh")
            .args(["-c", &line.replacen("curl", "printf '%s\\n'", 1)])
            .output()
            .unwrap();
        let printed = String::from_utf8(printed.stdout).unwrap();
        let wanted = format!("-X\nGET\n-H\nx-odd: {evil}\n--data-raw\n{evil}\nhttps://example.com/?q=1&r=2\n");
        assert_eq!(printed, wanted);
    }
}
