//! Drawing the company's clients.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;

use super::names::{COMPANY_STEMS, COMPANY_TRADES, ENDINGS, LEGAL_FORMS, LOCALES, LONGEST_COMPANY, Locale};
use super::today;

/// How somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payer {
    /// On time.
    Good,
    /// A week or three after the due date.
    Late,
    /// The last ones not at all.
    Bad,
}

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Active,
    /// Nothing running any more.
    Inactive,
    /// Closed.
    Closed,
}

/// A client of the company.
#[derive(Debug, Clone)]
pub struct Person {
    /// Client id on the billing side.
    pub id: u64,
    /// Country, currency, tax.
    pub locale: &'static Locale,
    /// Given name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Empty for a private person.
    pub company: String,
    /// Mail address, ASCII.
    pub email: String,
    /// What their domains and servers are called after, ASCII.
    pub handle: String,
    /// Street and number.
    pub street: String,
    /// City, state, postcode.
    pub place: (&'static str, &'static str, &'static str),
    /// National part of the phone number.
    pub phone: String,
    /// Tax number of a company in the tax union; may be empty.
    pub tax_id: String,
    /// How they pay.
    pub payer: Payer,
    /// What became of the account.
    pub standing: Standing,
    /// Since when.
    pub since: Date,
}

/// Draws `count` clients, oldest first.
pub(super) fn draw(rng: &mut ChaCha12Rng, count: u64, now: Timestamp) -> Vec<Person> {
    let mut since: Vec<Date> = (0..count).map(|_| day_ago(rng, now)).collect();
    since.sort_unstable();
    since.into_iter().zip(1..).map(|(since, id)| person(rng, id, since)).collect()
}

/// The company grew: more of its clients came lately than long ago.
fn day_ago(rng: &mut ChaCha12Rng, now: Timestamp) -> Date {
    let share: f64 = rng.random();
    let days = (share.powf(1.4) * 3.0 * 365.0) as i64;
    today(now).saturating_sub(days.days())
}

fn person(rng: &mut ChaCha12Rng, id: u64, since: Date) -> Person {
    let drawn = LOCALES.choose_weighted(rng, |locale| locale.weight).unwrap_or(&LOCALES[0]);
    // The odd ones below live where their names come from.
    let home = match id {
        7 => "DE",
        11 => "IE",
        13 => "AE",
        17 => "GB",
        19 => "AT",
        _ => drawn.country,
    };
    let locale = LOCALES.iter().find(|locale| locale.country == home).unwrap_or(drawn);
    let first = pick(rng, locale.first).to_owned();
    let last = pick(rng, locale.last).to_owned();
    let company = company(rng, id, locale);
    let handle = handle(rng, id, &first, &last, &company);
    let ending = pick(rng, ENDINGS);
    let union_company = !company.is_empty() && locale.vat > 0 && rng.random_bool(0.6);
    let tax_id = if union_company {
        format!("{}{:09}", locale.country, rng.random_range(0..999_999_999_u64))
    } else {
        String::new()
    };
    let payer = match rng.random_range(0..100) {
        0..82 => Payer::Good,
        82..96 => Payer::Late,
        _ => Payer::Bad,
    };
    let standing = match rng.random_range(0..100) {
        // The first clients are the ones tests and demos look at.
        0..82 => Standing::Active,
        _ if id <= 5 => Standing::Active,
        82..93 => Standing::Inactive,
        _ => Standing::Closed,
    };
    Person {
        id,
        locale,
        email: format!("{}@{handle}.example.{ending}", mailbox(rng)),
        street: format!("{} {}", pick(rng, locale.streets), rng.random_range(1..240)),
        place: *locale.cities.choose(rng).unwrap_or(&locale.cities[0]),
        phone: format!("{}", rng.random_range(200_000_000..999_999_999_u64)),
        first,
        last,
        company,
        handle,
        tax_id,
        payer,
        standing,
        since,
    }
}

fn pick(rng: &mut ChaCha12Rng, from: &[&'static str]) -> &'static str {
    from.choose(rng).copied().unwrap_or_default()
}

fn mailbox(rng: &mut ChaCha12Rng) -> &'static str {
    pick(rng, &["info", "office", "mail", "admin", "hello", "hosting", "it", "billing"])
}

fn company(rng: &mut ChaCha12Rng, id: u64, locale: &Locale) -> String {
    // A few that break careless screens and escapers, at places where every scale has them.
    match id {
        7 => return LONGEST_COMPANY.to_owned(),
        11 => return "O'Malley & Söhne <b>\"Fein\"</b> Kost".to_owned(),
        13 => return "شركة النخيل للتقنية".to_owned(),
        17 => return "<script>alert('x')</script> Ltd".to_owned(),
        19 => return "🚀 Rakete & Friends 🧑‍🚀".to_owned(),
        _ => {}
    }
    if rng.random_bool(0.42) {
        return String::new();
    }
    let forms =
        LEGAL_FORMS.iter().find(|(country, _)| *country == locale.country).map_or(&["Ltd"][..], |(_, forms)| forms);
    format!("{} {} {}", pick(rng, COMPANY_STEMS), pick(rng, COMPANY_TRADES), pick(rng, forms))
}

/// ASCII letters and digits of the company or the person; people with other scripts get a made-up one.
fn handle(rng: &mut ChaCha12Rng, id: u64, first: &str, last: &str, company: &str) -> String {
    let source = if company.is_empty() { format!("{first} {last}") } else { company.split(' ').take(2).collect() };
    let mut handle: String = source.chars().filter_map(latin).flat_map(str::chars).take(18).collect();
    if handle.len() < 4 {
        handle = format!("{}{}", pick(rng, &["site", "cloud", "shop", "app"]), id);
    }
    if rng.random_bool(0.35) {
        handle.push_str(&format!("{}", rng.random_range(2..99)));
    }
    handle
}

fn latin(letter: char) -> Option<&'static str> {
    const LETTERS: [&str; 36] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v",
        "w", "x", "y", "z", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    ];
    match letter.to_lowercase().next()? {
        'ä' => Some("ae"),
        'ö' => Some("oe"),
        'ü' => Some("ue"),
        'ß' => Some("ss"),
        'é' | 'è' | 'ë' => Some("e"),
        'ł' => Some("l"),
        plain => LETTERS.iter().find(|one| one.starts_with(plain)).copied(),
    }
}
