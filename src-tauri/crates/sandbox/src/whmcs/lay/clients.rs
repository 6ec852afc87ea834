//! Clients with their users, contacts, groups, stored cards, notes.

use jiff::Span;
use rand::Rng;
use rust_decimal::Decimal;

use super::Plot;
use crate::seed::people::{Person, Standing};
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::model::people::{
    Address, Affiliate, Client, ClientNote, ClientStatus, Contact, Group, Member, PayMethod, PayMethodKind, User,
};

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    groups(state);
    let people = &plot.estate.people;
    for person in people {
        client(state, plot, person);
    }
    colleagues(state, plot);
    contacts(state, plot);
    affiliates(state, plot);
}

fn groups(state: &mut State) {
    for (name, colour, discount, exempt) in [
        ("Resellers", "#28C99B", 1500, true),
        ("Key accounts", "#F0AD4E", 500, true),
        ("Non-profit", "#9B59B6", 2000, false),
    ] {
        state.groups.add(|id| Group {
            id,
            name: name.to_owned(),
            colour: colour.to_owned(),
            discount: Decimal::new(discount, 2),
            suspend_exempt: exempt,
            separate_invoices: name == "Resellers",
        });
    }
}

fn client(state: &mut State, plot: &mut Plot<'_>, person: &Person) {
    let created = plot.time_on(person.since);
    let user = state.users.add(|id| User {
        id,
        firstname: person.first.clone(),
        lastname: person.last.clone(),
        email: person.email.clone(),
        password: letters(plot.rng, 14),
        language: person.locale.language.to_owned(),
        two_factor: plot.rng.random_bool(0.18),
        created,
    });
    let gateway = match plot.rng.random_range(0..100) {
        0..45 => "stripe",
        45..70 => "paypal",
        70..93 => "banktransfer",
        _ => "gocardless",
    };
    let currency = state.currencies.iter().find(|one| one.code == person.locale.currency).map_or(1, |one| one.id);
    let group = match plot.rng.random_range(0..100) {
        0..4 => 1,
        4..7 => 2,
        7..9 => 3,
        _ => 0,
    };
    let last_login = plot.chance(0.8).then(|| {
        let at = plot.time_on(plot.days_ago(person.id as i64 * 7 % 90));
        (at, format!("198.51.100.{}", person.id % 250))
    });
    let uuid = crate::seed::uuid_of(plot.rng);
    let client = Client {
        status: match person.standing {
            Standing::Active => ClientStatus::Active,
            Standing::Inactive => ClientStatus::Inactive,
            Standing::Closed => ClientStatus::Closed,
        },
        group,
        language: person.locale.language.to_owned(),
        notes: notes(plot, person),
        gateway: gateway.to_owned(),
        tax_exempt: !person.tax_id.is_empty() && person.locale.country != "DE",
        late_fee_override: group == 1,
        separate_invoices: group == 1,
        no_auto_close: person.id.is_multiple_of(17),
        marketing: plot.rng.random_bool(0.4),
        email_verified: plot.rng.random_bool(0.85),
        last_login,
        custom_fields: vec![
            (1, String::new()),
            (2, plot.pick(&["", "search engine", "a friend", "forum", "ad"]).to_owned()),
        ],
        ..Client::opened(uuid, address(person), (currency, person.locale.calling_code), person.since, user)
    };
    state.clients.add(|id| Client { id, ..client });
    if gateway == "stripe" || gateway == "gocardless" {
        pay_method(state, plot, person, gateway);
    }
    staff_note(state, plot, person);
}

fn staff_note(state: &mut State, plot: &mut Plot<'_>, person: &Person) {
    if !person.id.is_multiple_of(9) {
        return;
    }
    let text = plot.pick(&[
        "Prefers to be called before 10:00.",
        "Contract with notice period of 3 months, see folder.",
        "Had chargebacks in the past. Do not raise limits.",
        "Wants invoices with purchase order number.",
    ]);
    let (client, sticky) = (person.id, person.id.is_multiple_of(27));
    let created = plot.time_on(person.since);
    state.client_notes.add(|id| ClientNote { id, client, admin: 2, sticky, text: text.to_owned(), created });
}

fn address(person: &Person) -> Address {
    let (city, region, postcode) = person.place;
    Address {
        firstname: person.first.clone(),
        lastname: person.last.clone(),
        companyname: person.company.clone(),
        email: person.email.clone(),
        address1: person.street.clone(),
        address2: if person.id.is_multiple_of(11) { "c/o Empfang, 3. OG".to_owned() } else { String::new() },
        city: city.to_owned(),
        state: region.to_owned(),
        postcode: postcode.to_owned(),
        country: person.locale.country.to_owned(),
        phonenumber: person.phone.clone(),
        tax_id: person.tax_id.clone(),
    }
}

fn notes(plot: &mut Plot<'_>, person: &Person) -> String {
    if person.id % 8 != 3 {
        return String::new();
    }
    plot.pick(&[
        "VIP",
        "Reminder by post only",
        "Referred by client 12\r\nDiscount agreed until further notice",
        "möchte SEPA",
    ])
    .to_owned()
}

fn pay_method(state: &mut State, plot: &mut Plot<'_>, person: &Person, gateway: &str) {
    let bank = gateway == "gocardless";
    let last_four = format!("{:04}", plot.rng.random_range(0..9999));
    let expires = plot.today.saturating_add(Span::new().months(plot.rng.random_range(-3..40)));
    let updated = plot.time_on(person.since);
    let card_type = plot.pick(&["Visa", "MasterCard", "American Express"]);
    let token = format!("cus_{}", letters(plot.rng, 14));
    state.pay_methods.add(|id| PayMethod {
        id,
        client: person.id,
        kind: if bank { PayMethodKind::BankAccount } else { PayMethodKind::RemoteCreditCard },
        description: if bank { "Company account" } else { "" }.to_owned(),
        gateway: gateway.to_owned(),
        card_type: if bank { "" } else { card_type }.to_owned(),
        card_last_four: last_four,
        expiry: if bank { String::new() } else { expires.strftime("%m/%y").to_string() },
        start: String::new(),
        issue_number: String::new(),
        bank_name: if bank { "Hausbank" } else { "" }.to_owned(),
        account_type: if bank { "checking" } else { "" }.to_owned(),
        routing_number: String::new(),
        account_number: String::new(),
        remote_token: token,
        default: true,
        updated,
    });
}

/// Some clients have more than one login; one colleague acts for two clients.
fn colleagues(state: &mut State, plot: &mut Plot<'_>) {
    let count = plot.scaled(60.0);
    let clients = plot.estate.people.len() as u64;
    for _ in 0..count {
        let at = plot.rng.random_range(1..=clients);
        let Some(person) = usize::try_from(at - 1).ok().and_then(|at| plot.estate.people.get(at)) else { continue };
        let first = plot.pick(person.locale.first).to_owned();
        let last = plot.pick(person.locale.last).to_owned();
        let created = plot.time_on(person.since);
        let number = state.users.next_id();
        let user = state.users.add(|id| User {
            id,
            firstname: first,
            lastname: last,
            email: format!("staff{number}@{}.example", person.handle),
            password: letters(plot.rng, 14),
            language: String::new(),
            two_factor: false,
            created,
        });
        let permissions = ["products", "tickets", "invoices"].map(str::to_owned).to_vec();
        for client in [Some(at), user.is_multiple_of(12).then_some(at % clients + 1)].into_iter().flatten() {
            if let Some(client) = state.clients.get_mut(client) {
                client.members.push(Member { user, owner: false, permissions: permissions.clone() });
            }
        }
    }
}

fn contacts(state: &mut State, plot: &mut Plot<'_>) {
    for _ in 0..plot.scaled(120.0) {
        let at = plot.rng.random_range(0..plot.estate.people.len());
        let person = &plot.estate.people[at];
        let firstname = plot.pick(person.locale.first).to_owned();
        let lastname = plot.pick(person.locale.last).to_owned();
        let created = plot.time_on(person.since);
        let role = plot.pick(&["accounting", "technik", "abuse", "einkauf"]);
        state.contacts.add(|id| Contact {
            id,
            client: person.id,
            address: Address {
                firstname,
                lastname,
                email: format!("{role}{id}@{}.example", person.handle),
                companyname: person.company.clone(),
                ..address(person)
            },
            mail: [false, role == "accounting", role == "technik", false, false, false],
            created,
            updated: created,
        });
    }
}

fn affiliates(state: &mut State, plot: &mut Plot<'_>) {
    for number in 0..plot.scaled(12.0) {
        let at = usize::try_from(number * 19).unwrap_or(0) % plot.estate.people.len();
        let person = &plot.estate.people[at];
        let created = plot.time_on(person.since);
        let balance = Decimal::new(plot.rng.random_range(0..9000), 2);
        let visitors = plot.rng.random_range(3..800);
        state.affiliates.add(|id| Affiliate {
            id,
            client: person.id,
            date: person.since,
            visitors,
            pay_type: String::new(),
            pay_amount: Decimal::ZERO,
            one_time: false,
            balance,
            withdrawn: balance * Decimal::TWO,
            created,
        });
    }
}
