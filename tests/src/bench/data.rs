//! Believable rows in any number, the same for the same seed.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::date};
use rackdesk_store::{
    log::ExchangeRecord,
    mirror::{Amount, InvoiceRecord},
};
use serde_json::json;

/// A small deterministic source of chance (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

pub(super) const FIRST: [&str; 24] = [
    "Anna",
    "Björn",
    "Chidi",
    "Dana",
    "Elif",
    "François",
    "Grace",
    "Hamid",
    "Ines",
    "Jörg",
    "Katarzyna",
    "Liam",
    "Mei",
    "Noor",
    "Olga",
    "Pavel",
    "Quinn",
    "Rosa",
    "Søren",
    "Tomás",
    "Uma",
    "Viktor",
    "Wanda",
    "Yusuf",
];
const LAST: [&str; 30] = [
    "Okafor",
    "Müller",
    "Nowak",
    "García",
    "Smith",
    "Yılmaz",
    "Dubois",
    "Rossi",
    "Jensen",
    "Kowalski",
    "Ivanov",
    "Silva",
    "Haddad",
    "Novák",
    "Fischer",
    "Weber",
    "Larsen",
    "Moreau",
    "Bianchi",
    "Petrov",
    "Costa",
    "Khan",
    "Zhang",
    "Park",
    "Hughes",
    "Becker",
    "Lindqvist",
    "Papadopoulos",
    "O'Neill",
    "van Dijk",
];
const FORMS: [&str; 6] = ["GmbH", "Ltd", "SARL", "B.V.", "Inc", "AB"];

/// Clients that invoices are spread over.
pub(super) const CLIENTS: u64 = 25_000;

fn name(client: u64) -> (String, String) {
    let mut dice = Dice::new(client);
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    let company =
        if dice.below(3) == 0 { format!("{last} {} {}", client % 97, dice.pick(&FORMS)) } else { String::new() };
    (format!("{first} {last}"), company)
}

/// Invoices `from..to` of a company ten years old: nearly all are paid, ids follow dates.
pub(super) fn invoices(from: i64, to: i64, of: i64) -> Vec<InvoiceRecord> {
    let today = date(2026, 11, 20);
    (from..to)
        .map(|id| {
            let mut dice = Dice::new(id as u64 ^ 0xabcd);
            let client = dice.below(CLIENTS);
            let (client_name, company) = name(client);
            let day = today - ((of - id) * 3_650 / of).days();
            let recent = (of - id) * 3_650 / of < 60;
            let status = match dice.below(1_000) {
                0..=959 if !recent => "Paid",
                0..=699 => "Paid",
                700..=959 => "Unpaid",
                960..=985 => "Cancelled",
                986..=996 => "Refunded",
                _ => "Collections",
            };
            let total = euros(dice.below(40_000) as i64 + 199);
            InvoiceRecord {
                id,
                number: format!("RD-{}-{:06}", day.year(), id),
                client_id: client as i64 + 1,
                client_name,
                company,
                date: Some(day),
                due: Some(day + 14.days()),
                paid: (status == "Paid").then(|| day + (dice.below(20) as i64).days()),
                status: status.into(),
                currency: if client.is_multiple_of(5) { "USD" } else { "EUR" }.into(),
                total,
                balance: None,
                method: dice.pick(&["paypal", "banktransfer", "stripe", "mailin"]).into(),
                extra: json!({"id": id, "userid": client, "subtotal": total.to_string(), "taxrate": "19.00", "notes": ""}),
            }
        })
        .collect()
}

fn euros(cents: i64) -> Amount {
    Amount::new(cents, 2)
}

const READS: [(&str, &str, &str); 6] = [
    ("whmcs", "POST", "GetClients"),
    ("whmcs", "POST", "GetInvoices"),
    ("whmcs", "POST", "GetTickets"),
    ("contabo", "GET", "retrieveInstancesList"),
    ("contabo", "GET", "retrieveInstance"),
    ("contabo", "GET", "retrieveInstancesActionsAuditsList"),
];

/// The n-th exchange: about two kilobytes, as a page of a list or one record.
pub(super) fn exchange(n: i64, of: i64) -> ExchangeRecord {
    let mut dice = Dice::new(n as u64 ^ 0x1234_5678);
    let (provider, method, operation) = dice.pick(&READS);
    let (outcome, status) = match dice.below(100) {
        0 => ("timeout", None),
        1 => ("throttled", Some(429)),
        2 => ("failed", Some(500)),
        3 => ("rejected", Some(404)),
        _ => ("ok", Some(200)),
    };
    let instance = 202_000_000 + dice.below(30_000);
    let rows: Vec<_> = (0..4 + dice.below(8))
        .map(|_| {
            let client = dice.below(CLIENTS);
            json!({"id": client, "name": name(client).0, "status": dice.pick(&["Active", "Paid", "running", "stopped"]),
                "ip": format!("62.171.{}.{}", dice.below(256), dice.below(256)), "region": dice.pick(&["EU", "US-central", "SIN"])})
        })
        .collect();
    let request_id = format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        dice.below(1 << 32),
        dice.below(1 << 16),
        dice.below(1 << 12),
        dice.below(1 << 12),
        dice.below(1 << 48)
    );
    let path = if provider == "whmcs" { operation.to_owned() } else { format!("/v1/compute/instances/{instance}") };
    ExchangeRecord {
        at: Timestamp::from_second(1_795_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
            - SignedDuration::from_secs((of - n) * 20),
        provider: provider.into(),
        operation: operation.into(),
        effect: "read".into(),
        method: method.into(),
        url: if provider == "whmcs" {
            "https://billing.example.com/includes/api.php".into()
        } else {
            format!("https://api.contabo.com{path}")
        },
        path,
        request_headers: vec![
            ("content-type".into(), "application/json".into()),
            ("x-request-id".into(), request_id.clone()),
        ],
        request_body: if provider == "whmcs" {
            format!(
                "action={operation}&limitstart={}&limitnum=100&identifier=[hidden]&secret=[hidden]&responsetype=json",
                n % 4_000
            )
        } else {
            String::new()
        },
        status,
        reply_headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
        reply_body: json!({"data": rows, "result": "success", "totalresults": 25_000, "serial": format!("serial{n}")})
            .to_string(),
        reply_bytes: 2_000,
        duration_us: 40_000 + dice.below(900_000),
        outcome: outcome.into(),
        detail: (status.is_none()).then(|| "no whole answer within 30 s".into()),
        request_id,
        trace_id: (n % 50 == 0).then(|| format!("rackdesk-A-{}-1", n / 50)),
        action_id: (n % 50 == 0).then_some(n / 50),
    }
}
