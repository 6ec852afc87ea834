//! Is the chain whole, and does it still say what the queue says?

use rackdesk_store::{
    StoreError,
    receipts::{self, Ended, Head, ReceiptRecord},
    rusqlite::Connection,
};
use serde_json::Value;

use super::{body, canonical, hash_of};

/// What was done to a receipt, or to what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Its text is not the one that was hashed.
    Edited,
    /// Its columns do not say what its text says: it was changed, or stands in another one's place.
    Displaced,
    /// It is not there.
    Missing,
    /// It does not follow the receipt before it.
    Unlinked,
    /// It was put in: the chain does not lead to it.
    Foreign,
    /// Its action ended, but has no receipt.
    Unwritten,
    /// The action's rows were changed after the receipt was written, or are not there.
    ActionChanged,
    /// The end of the chain is not where it was.
    HeadMoved,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Number of the receipt; of the first, when several in a row are concerned.
    pub receipt: i64,
    /// The last of them.
    pub to: i64,
    /// The action, when it is known.
    pub action_id: Option<i64>,
    /// What.
    pub damage: Damage,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Receipts read.
    pub receipts: u64,
    /// Number of the last one.
    pub last: i64,
    /// Hash of the last one; zeros when there is none.
    pub hash: String,
    /// What is wrong, in the order of the chain.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A receipt as far as the chain itself is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Number.
    pub id: i64,
    /// Action.
    pub action_id: i64,
    /// Hash of the one before, as the row has it.
    pub prev: String,
    /// Its hash, as the row has it.
    pub hash: String,
    /// Whether the row's columns say what the text says.
    pub agrees: bool,
    /// What the text hashes to.
    pub real_hash: String,
}

impl Link {
    /// The link of a row.
    pub fn of(row: &ReceiptRecord) -> Self {
        Self {
            id: row.id,
            action_id: row.action_id,
            prev: row.prev.clone(),
            hash: row.hash.clone(),
            agrees: agrees(row),
            real_hash: hash_of(&row.body),
        }
    }
}

/// Whether the columns say what the text says.
fn agrees(row: &ReceiptRecord) -> bool {
    let Ok(says) = serde_json::from_str::<Value>(&row.body) else { return false };
    let number = |path: &str| says.pointer(path).and_then(Value::as_i64);
    let text = |path: &str| says.pointer(path).and_then(Value::as_str);
    canonical(&says) == row.body
        && number("/receipt") == Some(row.id)
        && number("/event") == Some(row.event_id)
        && number("/action") == Some(row.action_id)
        && number("/target/id") == Some(row.target_id)
        && number("/target/client") == row.client_id
        && text("/prev") == Some(&row.prev)
        && text("/kind") == Some(&row.kind)
        && text("/state") == Some(&row.state)
        && text("/target/kind") == Some(&row.target_kind)
        && text("/target/name") == Some(&row.target_name)
        && text("/by") == Some(&row.by)
        && text("/ended_at") == Some(row.at.to_string().as_str())
}

/// Walks the links in order. Pure: what is wrong follows from the links and the head alone.
#[derive(Debug)]
pub struct Verifier {
    next: i64,
    prev: String,
    report: Report,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { next: 1, prev: "0".repeat(64), report: Report::default() }
    }
}

impl Verifier {
    fn find(&mut self, receipt: i64, to: i64, action_id: Option<i64>, damage: Damage) {
        self.report.findings.push(Finding { receipt, to, action_id, damage });
    }

    /// Takes the next link. They come in the order of their numbers.
    pub fn take(&mut self, link: &Link) {
        let gap = link.id > self.next;
        if gap {
            self.find(self.next, link.id - 1, None, Damage::Missing);
        }
        let about = Some(link.action_id);
        if link.real_hash != link.hash {
            self.find(link.id, link.id, about, Damage::Edited);
        }
        if !link.agrees {
            self.find(link.id, link.id, about, Damage::Displaced);
        }
        // After a gap nobody can say what the hash before was.
        if !gap && link.prev != self.prev {
            self.find(link.id, link.id, about, Damage::Unlinked);
        }
        self.prev.clone_from(&link.hash);
        self.next = link.id + 1;
        self.report.receipts += 1;
    }

    /// The chain should end here.
    pub fn finish(mut self, head: &Head) -> Report {
        let last = self.next - 1;
        if last < head.last_id {
            self.find(self.next, head.last_id, None, Damage::Missing);
        } else if last > head.last_id {
            self.find(head.last_id + 1, last, None, Damage::Foreign);
        } else if self.prev != head.last_hash {
            self.find(last, last, None, Damage::HeadMoved);
        }
        self.report.last = last;
        self.report.hash = self.prev;
        self.report
    }
}

/// Receipts read at a time.
const PAGE: u32 = 500;

/// Checks the whole chain, and each receipt against the rows it was made from. All of it should be read in one
/// transaction, so that what is written meanwhile does not look like damage.
///
/// # Errors
/// When the tables cannot be read.
pub fn verify(c: &Connection) -> Result<Report, StoreError> {
    let head = receipts::head(c)?;
    let mut walk = Verifier::default();
    let mut changed = Vec::new();
    let mut after = i64::MIN;
    loop {
        let page = receipts::after(c, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in &page {
            walk.take(&Link::of(row));
            if !still_so(c, row)? {
                changed.push(Finding {
                    receipt: row.id,
                    to: row.id,
                    action_id: Some(row.action_id),
                    damage: Damage::ActionChanged,
                });
            }
        }
    }
    let mut report = walk.finish(&head);
    report.findings.extend(changed);
    for ended in receipts::without(c, head.event_id)? {
        report.findings.push(Finding {
            receipt: 0,
            to: 0,
            action_id: Some(ended.action_id),
            damage: Damage::Unwritten,
        });
    }
    report.findings.sort();
    Ok(report)
}

/// Whether the action still says what its receipt says. A text that is itself damaged, or of a later form, is not asked.
fn still_so(c: &Connection, row: &ReceiptRecord) -> Result<bool, StoreError> {
    let Ok(says) = serde_json::from_str::<Value>(&row.body) else { return Ok(true) };
    if says.get("form").and_then(Value::as_i64) != Some(body::FORM) || hash_of(&row.body) != row.hash {
        return Ok(true);
    }
    let pieces = says.get("evidence").and_then(Value::as_array).map_or(0, Vec::len);
    let ended = Ended { event_id: row.event_id, action_id: row.action_id };
    Ok(body::draft(c, ended, Some(pieces))?
        .is_some_and(|draft| canonical(&draft.sealed(row.id, &row.prev)) == row.body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn row(id: i64, prev: &str, by: &str) -> ReceiptRecord {
        let at: jiff::Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let body = canonical(&json!({
            "receipt": id, "event": id * 3, "action": id + 100, "prev": prev, "kind": "power.restart", "by": by,
            "state": "succeeded", "ended_at": at.to_string(),
            "target": {"kind": "instance", "id": id, "name": "vps", "client": null},
        }));
        ReceiptRecord {
            id,
            event_id: id * 3,
            action_id: id + 100,
            at,
            kind: "power.restart".into(),
            state: "succeeded".into(),
            target_kind: "instance".into(),
            target_id: id,
            target_name: "vps".into(),
            client_id: None,
            by: by.into(),
            prev: prev.into(),
            hash: hash_of(&body),
            body,
        }
    }

    fn chain(names: &[String]) -> (Vec<ReceiptRecord>, Head) {
        let mut prev = "0".repeat(64);
        let mut rows = Vec::new();
        for (id, by) in (1..).zip(names) {
            let next = row(id, &prev, by);
            prev.clone_from(&next.hash);
            rows.push(next);
        }
        let head = Head { last_id: rows.len() as i64, last_hash: prev, event_id: rows.len() as i64 * 3 };
        (rows, head)
    }

    fn check(rows: &[ReceiptRecord], head: &Head) -> Report {
        let mut walk = Verifier::default();
        for row in rows {
            walk.take(&Link::of(row));
        }
        walk.finish(head)
    }

    #[derive(Debug, Clone)]
    enum Tampering {
        /// Another name in the text.
        Edit(usize),
        /// Another name in text and hash.
        EditWell(usize),
        /// Another name in a column.
        Column(usize),
        Delete(usize),
        /// Two texts change places.
        Swap(usize, usize),
        /// A copy of one in between, and the later ones moved on.
        Insert(usize),
        /// One more at the end, well linked.
        Append,
    }

    fn tampering() -> impl Strategy<Value = Tampering> {
        let at = || 0_usize..1000;
        prop_oneof![
            at().prop_map(Tampering::Edit),
            at().prop_map(Tampering::EditWell),
            at().prop_map(Tampering::Column),
            at().prop_map(Tampering::Delete),
            (at(), at()).prop_map(|(a, b)| Tampering::Swap(a, b)),
            at().prop_map(Tampering::Insert),
            Just(Tampering::Append),
        ]
    }

    /// Does it, and says which receipts must be named.
    fn tamper(rows: &mut Vec<ReceiptRecord>, what: &Tampering) -> Vec<i64> {
        let n = rows.len();
        let edited = |row: &ReceiptRecord| row.body.replacen("\"by\":\"", "\"by\":\"x", 1);
        match what {
            Tampering::Edit(at) => {
                let row = &mut rows[at % n];
                row.body = edited(row);
                vec![row.id]
            }
            Tampering::EditWell(at) => {
                let row = &mut rows[at % n];
                row.body = edited(row);
                row.by = format!("x{}", row.by);
                row.hash = hash_of(&row.body);
                // Now the next one, or the head, does not fit.
                vec![(row.id + 1).min(n as i64)]
            }
            Tampering::Column(at) => {
                let row = &mut rows[at % n];
                row.by.push('x');
                vec![row.id]
            }
            Tampering::Delete(at) => vec![rows.remove(at % n).id],
            Tampering::Swap(a, b) => {
                let (a, b) = (a % n, b % n);
                if a == b {
                    return Vec::new();
                }
                rows.swap(a, b);
                let (x, y) = (rows[a].id, rows[b].id);
                (rows[a].id, rows[b].id) = (y, x);
                vec![x, y]
            }
            Tampering::Insert(at) => {
                let at = at % n;
                let mut copy = rows[at].clone();
                for row in &mut rows[at..] {
                    row.id += 1;
                }
                copy.action_id += 1000;
                rows.insert(at, copy);
                vec![at as i64 + 1]
            }
            Tampering::Append => {
                let last = rows.last().cloned().unwrap();
                rows.push(row(last.id + 1, &last.hash, "mallory"));
                vec![last.id + 1]
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_a_chain_is_found_and_named(
            names in prop::collection::vec("[a-z]{1,6}", 1..12), what in tampering(),
        ) {
            let (mut rows, head) = chain(&names);
            prop_assert!(check(&rows, &head).is_whole());
            let touched = tamper(&mut rows, &what);
            let report = check(&rows, &head);
            prop_assert_eq!(report.is_whole(), touched.is_empty());
            for id in touched {
                let named = report.findings.iter().any(|f| f.receipt <= id && id <= f.to);
                prop_assert!(named, "{:?} left {id} unnamed: {:?}", what, report.findings);
            }
        }
    }

    #[test]
    fn a_tail_cut_off_is_missed_by_the_head() {
        let (rows, head) = chain(&["a".into(), "b".into(), "c".into()]);
        let report = check(&rows[..1], &head);
        assert_eq!(report.findings, vec![Finding { receipt: 2, to: 3, action_id: None, damage: Damage::Missing }]);
    }
}
