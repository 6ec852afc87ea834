//! WHMCS's activity log as proof of what leaves no trace in a record: a changed password, a package applied, a module's
//! own function.
//!
//! WHMCS writes `Module … Successful - Service ID: …`, or `Failed`, for each run of a module. How it words the part in
//! between differs by version, and a role may not be allowed to read the log at all. So its silence counts only on an
//! installation whose log is known to speak: one that had such a line, about any service, before the send. Everywhere
//! else a lost call of this sort waits for a person.

use rackdesk_whmcs::actions::system::{ActivityEntry, GetActivityLog};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Site, Trouble,
    whmcs::{id, read, unreadable},
};
use crate::act::reconcile::Look;

/// Lines read at once, newest first.
const PAGE: u64 = 100;

/// What the log was like before the send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Highest id of a module's line; 0 when there was none.
    newest: u64,
    /// Whether this installation's log tells of modules in words that are understood here.
    speaks: bool,
}

/// What a line of the log says of a module.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    /// What was done, letters and digits only, in small letters.
    what: String,
    done: bool,
    service: u64,
}

fn line(text: &str) -> Option<Line> {
    let text = text.trim().to_lowercase();
    let rest = text.strip_prefix("module ")?;
    let verdicts = [(" successful", true), (" failed", false)].into_iter();
    let verdicts = verdicts.filter_map(|(word, done)| rest.split_once(word).map(|(what, tail)| (what, done, tail)));
    // Whichever comes first: a module's own words may hold the other.
    let (what, done, tail) = verdicts.min_by_key(|(what, ..)| what.len())?;
    let number = tail.split_once("service id:")?.1.trim_start();
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    let what = what.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(Line { what, done, service: digits.parse().ok()? })
}

async fn page(site: &Site<'_>, part: &str) -> Result<Vec<ActivityEntry>, Trouble> {
    let ask = GetActivityLog { description: Some(part.to_owned()), limitnum: Some(PAGE), ..GetActivityLog::default() };
    Ok(read(site, &ask).await?.activity)
}

/// Looks at the log before the send.
///
/// # Errors
/// When it cannot be read for now. Not being allowed to read it is no error: then it proves nothing later.
pub async fn before(site: &Site<'_>) -> Result<Before, Trouble> {
    let lines = match page(site, "Module").await {
        Ok(lines) => lines,
        Err(trouble) if trouble.lasting => return Ok(Before::default()),
        Err(trouble) => return Err(trouble),
    };
    let ours = lines.iter().filter(|entry| line(&entry.description).is_some());
    let newest = ours.filter_map(|entry| entry.id).max();
    Ok(Before { newest: newest.unwrap_or_default(), speaks: newest.is_some() })
}

/// Whether a line of ours came since: about this service, and about what the call does. `stems` are beginnings of the
/// words in question.
pub async fn look(site: &Site<'_>, stems: &[&str]) -> Look {
    let service = match id(site) {
        Ok(service) => service,
        Err(says) => return Look::Unreadable { why: says },
    };
    let before: Before = site.notes();
    let lines = match page(site, &format!("Service ID: {service}")).await {
        Ok(lines) => lines,
        Err(trouble) => return unreadable(trouble),
    };
    let full = lines.len() as u64 >= PAGE;
    let mut failed = false;
    for entry in &lines {
        let Some(id) = entry.id.filter(|id| *id > before.newest) else { continue };
        let Some(line) = line(&entry.description).filter(|line| line.service == service) else { continue };
        if !stems.iter().any(|stem| line.what.starts_with(stem)) {
            continue;
        }
        if line.done {
            let by = entry.username.clone();
            return Look::Seen { at: None, by, ids: json!({ "activity": id.to_string() }) };
        }
        failed = true;
    }
    // A full page may not reach back to the send; a log that tells of a failure would have told of a success.
    let whole = !full || lines.iter().any(|entry| entry.id.is_some_and(|id| id <= before.newest));
    if whole && (before.speaks || failed) { Look::Absent } else { Look::Incomplete }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_was_done_to_which_service_and_whether_it_worked() {
        let read = |text: &str| line(text).map(|line| (line.what, line.done, line.service));
        let is = |what: &str, done, service| Some((what.to_owned(), done, service));
        assert_eq!(read("Module Change Password Successful - Service ID: 12"), is("changepassword", true, 12));
        assert_eq!(read("Module ChangePackage Successful - Service ID: 9 - User ID: 3"), is("changepackage", true, 9));
        assert_eq!(
            read("Module Create Failed - Service ID: 120 - Error: Module Suspend Successful"),
            is("create", false, 120),
            "a module's words stand at the end, and cannot speak for another line"
        );
        for other in ["Modified Product/Service - Service ID: 12", "Module Activated - gateway paypal", "", "module "] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
