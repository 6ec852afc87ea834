//! Which operations can be caused from the UI, read out of the program text.
//!
//! Every call of the UI goes through a command, and every command's work is done in the crates `commands` and
//! `console`. There an operation is called by making a value of its type. So the text of both crates (tests left out) is
//! read word by word: names that `use` brings in from a client crate are followed, and where such a name stands for a
//! type that the client's registry knows, that operation is within reach. An import alone does not count. The command
//! line's `call`, which runs any operation by its name, stands in a method of the core that no command of the UI calls;
//! should one ever call it, everything is within reach.
//!
//! `tests/tests/whmcs/reach.rs` holds this against traffic: what arrives at the sandbox when the commands run has to be here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What the commands can cause.
#[derive(Debug, Default)]
pub struct Reach {
    /// Names of WHMCS actions.
    pub whmcs: BTreeSet<&'static str>,
    /// Ids of Contabo operations.
    pub contabo: BTreeSet<&'static str>,
    /// Whether the rights of the credential are asked for with every read's probe.
    pub rights: bool,
}

/// The clone this was built in.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Reads both crates.
///
/// # Errors
/// Files that cannot be read or are no Rust, in words.
pub fn read() -> Result<Reach, String> {
    let mut reach = Reach::default();
    for name in ["commands", "console"] {
        for file in files(&root().join("src-tauri/crates").join(name).join("src"))? {
            let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            reach.add(name, &text).map_err(|e| format!("{}: {e}", file.display()))?;
        }
    }
    Ok(reach)
}

fn files(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))? {
        let path = entry.map_err(|e| format!("{}: {e}", dir.display()))?.path();
        let name = path.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") && !name.ends_with("tests") {
            found.push(path);
        }
    }
    Ok(found)
}

impl Reach {
    /// Adds what one file of a crate uses.
    ///
    /// # Errors
    /// Text that is no Rust.
    pub fn add(&mut self, of: &str, text: &str) -> Result<(), String> {
        let tokens = TokenStream::from_str(text).map_err(|e| e.to_string())?;
        let mut found = Found::default();
        found.walk(tokens);
        for path in &found.paths {
            self.note(&found.full(path));
        }
        // A definition of the method is no call of it, and only `commands` knows the core that has it.
        if of == "commands" && found.calls.contains("operation") {
            self.whmcs.extend(rackdesk_whmcs::registry().iter().map(|action| action.name));
            self.contabo.extend(rackdesk_contabo::registry().iter().map(|operation| operation.id));
        }
        self.rights |= found.calls.contains("probe") || found.calls.contains("rights");
        Ok(())
    }

    fn note(&mut self, path: &[String]) {
        let [provider, .., name] = path else { return };
        // A type, or something of it: `GetClients::default` ends one word later.
        let ends: Vec<&String> = path.iter().rev().take(2).filter(|word| *word != provider).collect();
        match provider.as_str() {
            "rackdesk_whmcs" if name != provider => {
                let known = rackdesk_whmcs::registry().iter().map(|action| action.name);
                self.whmcs.extend(known.filter(|known| ends.iter().any(|end| end.as_str() == *known)));
            }
            "rackdesk_contabo" if path.get(1).is_some_and(|module| module == "api") => {
                let known = rackdesk_contabo::registry().iter().map(|operation| operation.id);
                self.contabo.extend(known.filter(|known| ends.iter().any(|end| end.eq_ignore_ascii_case(known))));
            }
            _ => {}
        }
    }
}

/// What stands in a file.
#[derive(Default)]
struct Found {
    /// Local names and what they stand for.
    names: BTreeMap<String, Vec<String>>,
    /// Paths outside of `use`.
    paths: Vec<Vec<String>>,
    /// Names of methods that are called.
    calls: BTreeSet<String>,
}

impl Found {
    /// The path from its crate on.
    fn full(&self, path: &[String]) -> Vec<String> {
        let [first, rest @ ..] = path else { return Vec::new() };
        match self.names.get(first) {
            Some(start) => start.iter().chain(rest).cloned().collect(),
            None => path.to_vec(),
        }
    }

    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' && is_test(tokens.get(at + 1)) => {
                    at = after_item(&tokens, at + 2);
                    continue;
                }
                TokenTree::Ident(word) if word == "use" => {
                    let end = (at..tokens.len()).find(|i| is_mark(&tokens[*i], ';')).unwrap_or(tokens.len());
                    self.imports(&tokens[at + 1..end], &[]);
                    at = end;
                    continue;
                }
                TokenTree::Ident(_) => {
                    let (path, next) = path(&tokens, at);
                    let after_dot = at > 0 && is_mark(&tokens[at - 1], '.');
                    if after_dot && path.len() == 1 && tokens.get(next).is_some_and(is_parenthesis) {
                        self.calls.extend(path);
                    } else if !after_dot {
                        self.paths.push(path);
                    }
                    at = next;
                    continue;
                }
                TokenTree::Group(group) => self.walk(group.stream()),
                _ => {}
            }
            at += 1;
        }
    }

    /// A tree of imports: `a::{b, c::D as E}`.
    fn imports(&mut self, tokens: &[TokenTree], before: &[String]) {
        for tree in tokens.split(|token| is_mark(token, ',')) {
            let mut path = before.to_vec();
            let mut name = None;
            let mut words = tree.iter().peekable();
            while let Some(token) = words.next() {
                match token {
                    TokenTree::Ident(word) if word == "as" => name = words.next().map(ToString::to_string),
                    TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                    TokenTree::Ident(word) => path.push(word.to_string()),
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.imports(&inner, &path);
                        name = Some(String::new());
                    }
                    _ => {}
                }
            }
            let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
            if !name.is_empty() {
                self.names.insert(name, path);
            }
        }
    }
}

/// Words joined by `::`, and where they end.
fn path(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut words = Vec::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        words.push(word.to_string());
        let joined = [at + 1, at + 2].iter().all(|i| tokens.get(*i).is_some_and(|token| is_mark(token, ':')));
        at += 1;
        if !joined {
            break;
        }
        at += 2;
    }
    (words, at)
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == mark)
}

fn is_parenthesis(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// `[cfg(test)]` or `[test]`.
fn is_test(attribute: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = attribute else { return false };
    let text: String = group.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,") || text == "test"
}

/// Behind the item that begins here: its body in braces, or its semicolon.
fn after_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| {
        is_mark(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    (from..tokens.len()).find(|at| ends(&tokens[*at])).map_or(tokens.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(text: &str) -> (Vec<&'static str>, Vec<&'static str>) {
        let mut reach = Reach::default();
        reach.add("commands", text).unwrap();
        (reach.whmcs.into_iter().collect(), reach.contabo.into_iter().collect())
    }

    #[test]
    fn a_type_that_is_used_is_within_reach_however_it_was_brought_in() {
        let text = "
            use rackdesk_whmcs::{Client, actions::{billing::{self, GetInvoices as Bills}, client as people}};
            use rackdesk_contabo::api::instance_actions::{Restart, Stop};
            fn f() {
                use rackdesk_contabo::api::tags::RetrieveTagList;
                let a = people::GetClients::default();
                call(Bills { userid: None, ..Default::default() });
                vec![billing::AddTransaction::new(1)];
                rackdesk_whmcs::actions::tickets::OpenTicket::new(1);
                Restart::new(7); RetrieveTagList::new();
            }";
        let (whmcs, contabo) = reached(text);
        assert_eq!(whmcs, ["AddTransaction", "GetClients", "GetInvoices", "OpenTicket"]);
        assert_eq!(contabo, ["restart", "retrieveTagList"], "Stop is brought in and never used");
    }

    #[test]
    fn what_only_looks_like_one_is_not() {
        let text = r#"
            use rackdesk_whmcs::actions::client;
            enum Power { Restart }
            // client::CloseClient
            fn f() { Power::Restart; Restart; "client::DeleteClient"; client.GetClients(); other::client::GetUsers; }
            #[cfg(test)]
            mod tests { fn g() { client::AddClient::new(); } }
            #[cfg(test)]
            use client::GetContacts;
            fn h() { client::GetClients; }"#;
        assert_eq!(reached(text), (vec!["GetClients"], vec![]));
    }

    #[test]
    fn who_can_call_by_name_can_call_everything() {
        assert_eq!(reached("fn f() { fn operation() {} }").0.len(), 0);
        let (whmcs, contabo) = reached("fn f(core: Core) { core.operation(a, b, c); }");
        assert_eq!((whmcs.len(), contabo.len()), (162, rackdesk_contabo::registry().len()));
    }

    #[test]
    fn the_console_reaches_what_it_mirrors() {
        let reach = read().unwrap();
        for name in ["GetClients", "GetClientsProducts", "GetInvoices", "GetTickets"] {
            assert!(reach.whmcs.contains(name), "{name}: {:?}", reach.whmcs);
        }
        for id in ["retrieveInstancesList", "restart", "start", "stop", "shutdown"] {
            assert!(reach.contabo.contains(id), "{id}: {:?}", reach.contabo);
        }
    }
}
