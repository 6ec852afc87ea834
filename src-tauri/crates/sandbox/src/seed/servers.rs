//! Drawing what stands at the server provider, and what billing believes about it.
//!
//! Most of it agrees. A known share does not, in every way a real company's books disagree with its machines:
//! billed but gone, gone in billing but running, suspended but running, cancelled there but billed here, linked twice,
//! not linked at all, and machines nobody pays for.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;

use super::addresses::Pool;
use super::catalog::{IMAGES, REGIONS, Region};
use super::contracts::{Contract, Phase};
use super::offers::Source;
use super::people::Person;
use super::{Network, Server, Storage, today, uuid_of};

/// Draws everything at the server provider and writes the links into the contracts.
pub(super) struct Racks {
    pool: Pool,
    next_id: u64,
    next_name: u64,
    now: Timestamp,
    pub(super) servers: Vec<Server>,
    pub(super) storages: Vec<Storage>,
    pub(super) networks: Vec<Network>,
}

/// Machines of the company itself.
const OWN_MACHINES: [&str; 8] = ["mon01", "ns1", "ns2", "relay01", "backup-hub", "jump", "ci-runner", "status-page"];

impl Racks {
    pub(super) fn new(rng: &mut ChaCha12Rng, now: Timestamp) -> Self {
        Self {
            pool: Pool::default(),
            next_id: 202_000_000 + rng.random_range(0..900_000),
            next_name: 2_100_000 + rng.random_range(0..90_000),
            now,
            servers: Vec::new(),
            storages: Vec::new(),
            networks: Vec::new(),
        }
    }

    /// A machine or storage for every contract that has one, then machines without one up to `count`.
    pub(super) fn fill(&mut self, rng: &mut ChaCha12Rng, contracts: &mut [Contract], people: &[Person], count: u64) {
        for contract in contracts.iter_mut() {
            match contract.offer.source {
                Source::Instance(plans) => self.machine(rng, contract, plans, people),
                Source::Storage => self.storage(rng, contract),
                Source::Own => {}
            }
        }
        link_twice(contracts);
        let mut number = 0;
        while (self.servers.len() as u64) < count {
            self.unpaid_machine(rng, number);
            number += 1;
        }
        // The provider numbers in the order of ordering.
        self.servers.sort_by_key(|server| server.instance_id);
        self.join_networks(rng, contracts);
    }

    fn machine(&mut self, rng: &mut ChaCha12Rng, contract: &mut Contract, plans: &[&str], people: &[Person]) {
        let number = contract.id;
        let stands = match contract.phase {
            // One in sixty is gone although it is billed.
            Phase::Active => number % 60 != 17,
            Phase::Suspended => true,
            // One in four was forgotten when the service ended.
            Phase::Terminated | Phase::Cancelled => number.is_multiple_of(4),
            Phase::Pending | Phase::Fraud | Phase::Completed => false,
        };
        let mut server = self.blank(rng, contract.started, plans);
        contract.link.resource_type = "instance".to_owned();
        if matches!(contract.phase, Phase::Pending | Phase::Fraud) {
            return;
        }
        contract.link.template = ["base", "docker", "hardened", ""].choose(rng).copied().unwrap_or_default().to_owned();
        contract.link.request_ids = uuid_of(rng);
        contract.link.instance_id = server.instance_id.to_string();
        contract.link.ip = server.ipv4.to_string();
        server.service_id = Some(contract.id);
        server.client_id = Some(contract.client);
        server.display_name = display_name(rng, contract, people);
        // One in three suspended ones was never switched off.
        let off = contract.phase == Phase::Suspended && !number.is_multiple_of(3) || number % 41 == 7;
        server.status = if off { "stopped" } else { "running" }.to_owned();
        if contract.phase == Phase::Active && number % 67 == 11 {
            server.cancel_date = Some(today(self.now).saturating_add((9 + (number % 40) as i64).days()));
        }
        contract.link.last_state = if number % 20 == 3 { "provisioning".to_owned() } else { server.status.clone() };
        if number % 90 == 23 {
            // Set up by hand and never written down.
            contract.link.instance_id.clear();
            contract.link.last_state.clear();
        }
        if stands {
            self.servers.push(server);
        }
    }

    /// A machine ordered on this day, without owner or name.
    fn blank(&mut self, rng: &mut ChaCha12Rng, ordered: Date, plans: &[&str]) -> Server {
        self.next_id += rng.random_range(1..60);
        self.next_name += rng.random_range(1..30);
        let region = REGIONS.choose_weighted(rng, |region| region.weight).unwrap_or(&REGIONS[0]);
        let image = IMAGES.choose_weighted(rng, |image| image.weight).unwrap_or(&IMAGES[0]);
        let ipv4 = self.pool.v4();
        let extra_ipv4 = if rng.random_bool(0.04) { vec![self.pool.v4()] } else { Vec::new() };
        let mut add_ons = Vec::new();
        if !extra_ipv4.is_empty() {
            add_ons.push("additional-ips".to_owned());
        }
        if rng.random_bool(0.12) {
            add_ons.push("backup".to_owned());
        }
        let low: u32 = rng.random();
        Server {
            instance_id: self.next_id,
            name: format!("vmi{}", self.next_name),
            display_name: String::new(),
            product_id: plans.choose(rng).copied().unwrap_or("V91").to_owned(),
            region: region.slug.to_owned(),
            data_center: data_center(rng, region),
            image_id: image.id.to_owned(),
            ipv4,
            ipv6: self.pool.v6(self.next_id),
            extra_ipv4,
            mac: format!("00:50:56:{:02X}:{:02X}:{:02X}", 0x40 + (low >> 16 & 0x1f), low >> 8 & 255, low & 255),
            status: "running".to_owned(),
            created: self.moment_of(rng, ordered),
            cancel_date: None,
            tags: tags(rng),
            add_ons,
            service_id: None,
            client_id: None,
        }
    }

    /// Sometime in the working day, but never in the future.
    fn moment_of(&self, rng: &mut ChaCha12Rng, day: Date) -> Timestamp {
        let seconds = rng.random_range(7 * 3600..21 * 3600);
        let at = day.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|midnight| midnight.timestamp());
        let at = at.unwrap_or(self.now).saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(self.now);
        at.min(self.now.saturating_sub(SignedDuration::from_mins(30)).unwrap_or(self.now))
    }

    fn unpaid_machine(&mut self, rng: &mut ChaCha12Rng, number: u64) {
        let day = today(self.now).saturating_sub(rng.random_range(20..900_i64).days());
        let mut server = self.blank(rng, day, &["V91", "V92", "V94", "V97"]);
        if number.is_multiple_of(2) {
            let name = OWN_MACHINES[(number / 2) as usize % OWN_MACHINES.len()];
            server.display_name = format!("{name}.nordlicht.example");
            server.tags = vec!["internal".to_owned()];
        } else {
            server.display_name = ["", "test", "old customer box", "tmp-migration", "do not touch!!"]
                .choose(rng)
                .copied()
                .unwrap_or_default()
                .to_owned();
            server.tags.clear();
            if number % 5 == 1 {
                server.status = "stopped".to_owned();
            }
        }
        self.servers.push(server);
    }

    fn storage(&mut self, rng: &mut ChaCha12Rng, contract: &mut Contract) {
        contract.link.resource_type = "object-storage".to_owned();
        if !matches!(contract.phase, Phase::Active | Phase::Suspended) {
            return;
        }
        let sold: Vec<&Region> = REGIONS.iter().filter(|region| region.object_storage).collect();
        let region = sold.choose_weighted(rng, |region| region.weight).copied().unwrap_or(&REGIONS[0]);
        let id = uuid_of(rng);
        contract.link.storage_id.clone_from(&id);
        contract.link.last_state = "READY".to_owned();
        self.storages.push(Storage {
            id,
            display_name: format!("{} #{}", contract.domain, contract.id),
            region: region.slug.to_owned(),
            data_center: data_center(rng, region),
            quarters_tb: [1, 1, 1, 2, 4, 8].choose(rng).copied().unwrap_or(1),
            created: self.moment_of(rng, contract.started),
            service_id: Some(contract.id),
        });
    }

    /// Clients with several machines in one place have some of them in a network.
    fn join_networks(&mut self, rng: &mut ChaCha12Rng, contracts: &mut [Contract]) {
        let mut groups: std::collections::BTreeMap<(u64, String), Vec<usize>> = std::collections::BTreeMap::new();
        for (index, server) in self.servers.iter().enumerate() {
            if let Some(client) = server.client_id.filter(|_| server.cancel_date.is_none()) {
                groups.entry((client, server.data_center.clone())).or_default().push(index);
            }
        }
        for ((client, place), members) in groups {
            if members.len() < 2 || !rng.random_bool(0.5) {
                continue;
            }
            let id = 20_000 + self.networks.len() as u64 * 7;
            let members: Vec<usize> = members.into_iter().take(6).collect();
            let created = members.iter().map(|at| self.servers[*at].created).max().unwrap_or(self.now);
            let region = self.servers[members[0]].region.clone();
            for at in &members {
                let server = &mut self.servers[*at];
                server.add_ons.push("private-networking".to_owned());
                if let Some(contract) = server.service_id.and_then(|id| contracts.get_mut(id as usize - 1)) {
                    contract.link.network_id = id.to_string();
                }
            }
            let members = members.iter().map(|at| self.servers[*at].instance_id).collect();
            let cidr = format!("10.{}.{}.0/22", self.networks.len() / 64 % 256, self.networks.len() % 64 * 4);
            self.networks.push(Network {
                id,
                name: format!("client-{client}"),
                region,
                data_center: place,
                cidr,
                created,
                members,
            });
        }
    }
}

/// Two services that point at one machine, once in a hundred and fifty.
fn link_twice(contracts: &mut [Contract]) {
    let active: Vec<usize> = contracts
        .iter()
        .enumerate()
        .filter(|(_, one)| one.phase == Phase::Active && !one.link.instance_id.is_empty())
        .map(|(at, _)| at)
        .collect();
    for pair in active.chunks(150) {
        if let [first, second, ..] = pair {
            contracts[*second].link.instance_id = contracts[*first].link.instance_id.clone();
        }
    }
}

fn data_center(rng: &mut ChaCha12Rng, region: &Region) -> String {
    region.data_centers.choose(rng).copied().unwrap_or_default().to_owned()
}

fn tags(rng: &mut ChaCha12Rng) -> Vec<String> {
    let mut tags = vec!["customer".to_owned()];
    for (name, chance) in [("managed", 0.2), ("monitoring", 0.35), ("production", 0.25), ("legacy", 0.08)] {
        if rng.random_bool(chance) {
            tags.push(name.to_owned());
        }
    }
    tags
}

fn display_name(rng: &mut ChaCha12Rng, contract: &Contract, people: &[Person]) -> String {
    let person = usize::try_from(contract.client).ok().and_then(|id| people.get(id - 1));
    let company = person.map(|person| person.company.as_str()).unwrap_or_default();
    match rng.random_range(0..20) {
        0 => String::new(),
        1..3 if !company.is_empty() => company.chars().take(60).collect(),
        3..6 => format!("customer {} – {}", contract.client, contract.domain),
        6..12 => format!("svc-{}", contract.id),
        _ => contract.domain.clone(),
    }
}
