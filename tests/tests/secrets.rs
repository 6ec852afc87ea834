//! Twenty secrets go through the program; none of them may be found again in anything it leaves behind.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use rackdesk_store::{DatabaseKey, Store};
use rackdesk_tests::ctl::{Ctl, Sandbox};
use serde_json::{Value, json};

const DATABASE_KEY: &str = "7a01c3e5f7091b2d3f415365778899aabbccddeeff00112233445566778899aa";

/// Files that a profile's credentials come from.
fn credentials(sandbox: &Sandbox) -> (tempfile::TempDir, Vec<(&'static str, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let side = |side: &str, name: &str| sandbox.line[side][name].as_str().unwrap().to_owned();
    let secrets = vec![
        ("whmcs_identifier", side("whmcs", "identifier")),
        ("whmcs_secret", side("whmcs", "secret")),
        ("whmcs_access_key", side("whmcs", "access_key")),
        ("contabo_client_id", side("contabo", "client_id")),
        ("contabo_client_secret", side("contabo", "client_secret")),
        ("contabo_password", side("contabo", "password")),
        ("database_key", DATABASE_KEY.to_owned()),
    ];
    for (file, value) in &secrets {
        let path = dir.path().join(file);
        std::fs::File::create(&path).unwrap().write_all(value.as_bytes()).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
    }
    (dir, secrets)
}

/// Calls that carry secrets out, and calls whose answers carry them in. Answers the planted values.
fn plant(ctl: &Ctl) -> Vec<(&'static str, String)> {
    let mut planted = Vec::new();
    let mut send = |what: &'static str, value: &str, provider: &str, call: &[&str], field: &str| {
        let mut args = vec!["--json", "call", provider];
        args.extend(call);
        args.extend(["--stdin", "--yes"]);
        let answer = ctl.run_with(&args, &json!({ field: value }).to_string());
        assert!(!answer.out.contains(value) && !answer.err.contains(value), "{what} is printed: {answer:?}");
        planted.push((what, value.to_owned()));
        answer
    };
    let client = [
        "AddClient",
        "firstname=Ada",
        "lastname=L",
        "email=ada@example.org",
        "address1=1",
        "city=x",
        "state=x",
        "postcode=1",
        "country=DE",
        "phonenumber=1",
    ];
    send("client password", "Planted-client-pw-01!", "whmcs", &client, "password2");
    send("login check", "Planted-login-pw-02!", "whmcs", &["ValidateLogin", "email=ada@example.org"], "password2");
    send(
        "service password",
        "Planted-service-pw-03!",
        "whmcs",
        &["UpdateClientProduct", "serviceid=1"],
        "servicepassword",
    );
    send("module password", "Planted-module-pw-04!", "whmcs", &["ModuleChangePw", "serviceid=1"], "servicepassword");
    send("encrypted text", "Planted-plain-text-05!", "whmcs", &["EncryptPassword"], "password2");
    send("card number", "4111111111111111", "whmcs", &["AddPayMethod", "clientid=1", "type=CreditCard"], "card_number");
    let root =
        send("root password", "PlantedRoot061!x", "contabo", &["createSecret", "name=root", "type=password"], "value");
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlantedKey07 ada";
    send("ssh key", ssh, "contabo", &["createSecret", "name=key", "type=ssh"], "value");
    let id = root.ok().json()["secretId"].to_string();
    send(
        "new root password",
        "PlantedRoot083!x",
        "contabo",
        &["updateSecret", &format!("secretId={id}"), "name=root2"],
        "value",
    );
    // The one call that answers a secret's value.
    ctl.run(&["--json", "call", "contabo", "retrieveSecret", &format!("secretId={id}")]);
    planted
}

/// What the sandbox holds in secret and shows in some answers.
fn shown_by_answers(ctl: &Ctl, sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let user = ctl.run(&["--json", "call", "contabo", "retrieveUserClient"]).ok().json();
    let users = ctl.run(&["--json", "call", "contabo", "retrieveUserList"]).ok().json();
    let owner = users["data"].as_array().and_then(|all| all.iter().find(|u| u["owner"] == true)).cloned();
    let owner = owner.unwrap_or_else(|| users["data"][0].clone())["userId"].as_str().unwrap_or_default().to_owned();
    ctl.run(&["--json", "call", "contabo", "listObjectStorageCredentials", &format!("userId={owner}")]);
    let mut found = vec![("client secret in an answer", user["secret"].as_str().unwrap_or_default().to_owned())];
    for id in sandbox.ids("contabo/s3-credential") {
        let record = sandbox.record(&format!("contabo/s3-credential/{id}"));
        for (what, field) in [("S3 secret key", "secretKey"), ("S3 access key", "accessKey")] {
            if let Some(value) = record[field].as_str() {
                found.push((what, value.to_owned()));
            }
        }
    }
    for id in sandbox.ids("whmcs/service").iter().take(50) {
        let record: Value = sandbox.record(&format!("whmcs/service/{id}"));
        if let Some(value) = record["password"].as_str() {
            found.push(("password of a service", value.to_owned()));
        }
    }
    // What is redacted in the record is shown as a mark in the answer as well; a mark is no secret.
    found.retain(|(_, value)| value.len() >= 8 && !value.contains("hidden") && !value.contains('…'));
    found
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Every text and blob of every table of the decrypted database.
fn decrypted(db: &Path) -> String {
    let store = Store::open(db, &DatabaseKey::from_hex(DATABASE_KEY).unwrap()).unwrap();
    let text = store
        .read(|c| {
            let mut all = String::new();
            let mut tables = c.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
            let names: Vec<String> = tables.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
            for name in names {
                // Shadow tables of the search hold words; they are read like the others.
                let Ok(mut rows) = c.prepare(&format!("SELECT * FROM \"{name}\"")) else { continue };
                let width = rows.column_count();
                let Ok(mut rows) = rows.query([]) else { continue };
                // A search without contents of its own cannot be scanned; the tables behind it are read.
                while let Ok(Some(row)) = rows.next() {
                    for i in 0..width {
                        match row.get_ref(i)? {
                            rackdesk_store::rusqlite::types::ValueRef::Text(t)
                            | rackdesk_store::rusqlite::types::ValueRef::Blob(t) => {
                                all.push_str(&String::from_utf8_lossy(t));
                                all.push('\n');
                            }
                            _ => {}
                        }
                    }
                }
            }
            Ok(all)
        })
        .unwrap();
    store.close();
    text
}

/// The forms in which a secret could stand somewhere.
fn forms(secret: &str) -> Vec<String> {
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::to_string(secret).unwrap().trim_matches('"').to_owned();
    vec![secret.to_owned(), percent, json]
}

/// Something like a JWT: three long parts.
fn tokens(text: &str) -> usize {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .filter(|w| w.starts_with("eyJ") && w.split('.').count() == 3 && w.len() > 60)
        .count()
}

#[test]
fn no_secret_is_left_anywhere() {
    let sandbox = Sandbox::start(31, "0.1");
    let mut ctl = Ctl::new();
    let (dir, mut secrets) = credentials(&sandbox);
    ctl.env.push(("CREDENTIALS_DIRECTORY".into(), dir.path().display().to_string()));
    ctl.env.push(("RACKDESK_LOG".into(), "trace".into()));
    let url = |side: &str, name: &str| sandbox.line[side][name].as_str().unwrap().to_owned();
    let mut said = String::new();
    let mut run = |args: &[&str]| {
        let answer = ctl.run(args);
        said.push_str(&answer.out);
        said.push_str(&answer.err);
        answer
    };
    run(&[
        "profile",
        "add",
        "--name",
        "Acme",
        "--environment",
        "staging",
        "--whmcs-url",
        &url("whmcs", "url"),
        "--contabo-api-url",
        &url("contabo", "api_url"),
        "--contabo-token-url",
        &url("contabo", "token_url"),
        "--contabo-user",
        &url("contabo", "user"),
    ])
    .ok();
    run(&["sync"]).ok();
    let server = ctl.servers("running")[0].to_string();
    run(&["servers", "restart", &server, "--yes"]).ok();
    run(&["log", "search", "token"]);
    secrets.extend(plant(&ctl));
    secrets.extend(shown_by_answers(&ctl, &sandbox));
    for format in ["jsonl", "csv", "har"] {
        let exported = ctl.run(&["log", "export", "--format", format]).ok();
        assert!(exported.out.contains("createSecret"), "the log is in the {format} export");
        said.push_str(&exported.out);
    }
    said.push_str(&ctl.run(&["receipts", "export"]).ok().out);
    assert!(secrets.len() >= 20, "only {} secrets went through", secrets.len());

    let mut places: Vec<(String, String)> = vec![("what was printed".into(), said)];
    for path in files(ctl.dir()) {
        let bytes = std::fs::read(&path).unwrap();
        places.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        if path.file_name().is_some_and(|n| n == "rackdesk.db") {
            places.push((format!("{} decrypted", path.display()), decrypted(&path)));
        }
    }
    assert!(
        places.iter().any(|(place, text)| place.ends_with("decrypted") && text.contains("createSecret")),
        "the log was read"
    );
    for (place, text) in &places {
        assert_eq!(tokens(text), 0, "a token stands in {place}");
        for (what, secret) in &secrets {
            for form in forms(secret) {
                let found =
                    text.find(&form).map(|at| text[text.floor_char_boundary(at.saturating_sub(120))..at].to_owned());
                assert_eq!(found, None, "{what} stands in {place}, after the text shown");
            }
        }
    }
}
