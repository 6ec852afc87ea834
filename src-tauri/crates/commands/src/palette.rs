//! Finding any record by what was typed.

use std::cmp::Reverse;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use rackdesk_store::{
    StoreError,
    list::{CLIENTS, INVOICES, ListQuery, ListSpec, SERVERS, SERVICES, TICKETS, Today, window},
    queue::ACTIONS,
    rusqlite::{self, Connection, Row},
};

use crate::{app::PaletteHit, list};

/// Title, what tells it apart, state word.
type Shown = (String, String, Option<String>);

/// A kind of record: its list, and what a hit shows of a row.
struct Source {
    spec: &'static ListSpec,
    kind: &'static str,
    read: fn(&Row<'_>) -> rusqlite::Result<Shown>,
    /// Column whose letters are matched in order, where the list is short.
    letters: Option<&'static str>,
}

/// In the order in which equally good hits are shown.
const SOURCES: [Source; 6] = [
    Source { spec: &SERVERS, kind: "server", read: server, letters: Some("label") },
    Source { spec: &CLIENTS, kind: "client", read: client, letters: Some("name") },
    Source { spec: &SERVICES, kind: "service", read: service, letters: None },
    Source { spec: &INVOICES, kind: "invoice", read: invoice, letters: None },
    Source { spec: &TICKETS, kind: "ticket", read: ticket, letters: None },
    Source { spec: &ACTIONS, kind: "action", read: action, letters: None },
];

/// Lists up to this long are also searched by letters in order (`vpdan` finds `vps-dana-1`).
const SHORT: u32 = 5_000;

fn server(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let (ip, client): (String, String) = (row.get("ipv4")?, row.get("client_name")?);
    Ok((row.get("label")?, aside([ip, client]), Some(row.get("status")?)))
}

fn client(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let (name, company): (String, String) = (row.get("name")?, row.get("company")?);
    let title = if name.is_empty() { company.clone() } else { name };
    let company = if title == company { String::new() } else { company };
    Ok((title, aside([company, row.get("email")?]), Some(row.get("status")?)))
}

fn service(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let (domain, product): (String, String) = (row.get("domain")?, row.get("product")?);
    let (title, product) = if domain.is_empty() { (product, String::new()) } else { (domain, product) };
    Ok((title, aside([product, row.get("client_name")?]), Some(row.get("status")?)))
}

fn invoice(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let (total, currency): (String, String) = (row.get("total")?, row.get("currency")?);
    Ok((row.get("number")?, aside([row.get("client_name")?, format!("{total} {currency}")]), Some(row.get("status")?)))
}

fn ticket(row: &Row<'_>) -> rusqlite::Result<Shown> {
    Ok((row.get("subject")?, aside([row.get("tid")?, row.get("client_name")?]), Some(row.get("status")?)))
}

fn action(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let (id, kind): (i64, String) = (row.get("id")?, row.get("kind")?);
    Ok((format!("A-{id}"), aside([kind, row.get("target_name")?]), Some(row.get("state")?)))
}

fn aside<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The best hits over all kinds of records: by words, and in short lists also by letters in order.
pub(crate) fn search(c: &Connection, text: &str, limit: usize, today: &Today) -> Result<Vec<PaletteHit>, StoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut found: Vec<(bool, Reverse<u32>, usize, PaletteHit)> = Vec::new();
    for (place, source) in SOURCES.iter().enumerate() {
        let by_words = hits(c, source, text, limit, today)?;
        let missing = limit - by_words.len().min(limit);
        let mut candidates: Vec<_> = by_words.into_iter().map(|hit| (true, hit)).collect();
        for id in by_letters(c, source, &pattern, &mut matcher, missing)? {
            if !candidates.iter().any(|(_, known)| known.id == id)
                && let Some(hit) = list::one(c, source.spec, id, |row| read_hit(source, row))?
            {
                candidates.push((false, hit));
            }
        }
        for (by_words, mut hit) in candidates {
            let score = place_hits(&pattern, &mut matcher, &mut hit);
            // Letters in order alone need a match in the title; a word may stand anywhere in the record.
            if by_words || score > 0 {
                found.push((hit.title.eq_ignore_ascii_case(text), Reverse(score), place, hit));
            }
        }
    }
    found.sort_by(|a, b| (!a.0, &a.1, a.2).cmp(&(!b.0, &b.1, b.2)));
    found.truncate(limit);
    Ok(found.into_iter().map(|(.., hit)| hit).collect())
}

fn hits(
    c: &Connection,
    source: &Source,
    text: &str,
    limit: usize,
    today: &Today,
) -> Result<Vec<PaletteHit>, StoreError> {
    let limit = u32::try_from(limit).unwrap_or(50);
    let query = ListQuery { text: text.chars().take(200).collect(), limit, ..ListQuery::default() };
    Ok(window(c, source.spec, &query, today, |row| read_hit(source, row))?.rows)
}

fn read_hit(source: &Source, row: &Row<'_>) -> rusqlite::Result<PaletteHit> {
    let (title, aside, state) = (source.read)(row)?;
    Ok(PaletteHit { kind: source.kind.to_owned(), id: row.get("_id")?, title, aside, state, hits: Vec::new() })
}

/// The best rows of a short list whose title has the letters typed, in order.
fn by_letters(
    c: &Connection,
    source: &Source,
    pattern: &Pattern,
    matcher: &mut Matcher,
    most: usize,
) -> Result<Vec<i64>, StoreError> {
    let Some(column) = source.letters.filter(|_| most > 0) else { return Ok(Vec::new()) };
    let sql = format!("SELECT id, {column} FROM {} WHERE gone_at IS NULL LIMIT {}", source.spec.table, SHORT + 1);
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut scored: Vec<(Reverse<u32>, i64)> = Vec::new();
    let (mut seen, mut buffer) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        seen += 1;
        let title: String = row.get(1)?;
        if let Some(score) = pattern.score(Utf32Str::new(&title, &mut buffer), matcher) {
            scored.push((Reverse(score), row.get(0)?));
        }
    }
    if seen > SHORT {
        return Ok(Vec::new());
    }
    scored.sort_unstable();
    Ok(scored.into_iter().take(most).map(|(_, id)| id).collect())
}

/// Scores the title and notes which of its characters matched.
fn place_hits(pattern: &Pattern, matcher: &mut Matcher, hit: &mut PaletteHit) -> u32 {
    let mut buffer = Vec::new();
    let mut places = Vec::new();
    let score = pattern.indices(Utf32Str::new(&hit.title, &mut buffer), matcher, &mut places).unwrap_or(0);
    places.sort_unstable();
    places.dedup();
    hit.hits = places;
    score
}
