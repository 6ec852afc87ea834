//! Drawing the company, part by part, each from its own source of chance.

use jiff::Timestamp;
use rand::Rng;

use super::{Company, Estate, contracts, people, servers, stream};
use crate::contabo::ContaboCredentials;

impl Estate {
    /// Draws the company of this seed and size, as it stands at `now`.
    pub fn draw(seed: u64, scale: f64, now: Timestamp) -> Self {
        let of = |base: f64| (base * scale).round().max(8.0) as u64;
        let people = people::draw(&mut stream(seed, "people"), of(250.0), now);
        let counts = (of(900.0), of(300.0));
        let mut contracts = contracts::draw(&mut stream(seed, "contracts"), &people, counts, now);
        let mut chance = stream(seed, "servers");
        let mut racks = servers::Racks::new(&mut chance, now);
        racks.fill(&mut chance, &mut contracts, &people, of(300.0));
        Self {
            company: Company {
                name: "Nordlicht Hosting".to_owned(),
                domain: "nordlicht.example".to_owned(),
                email: "ops@nordlicht.example".to_owned(),
            },
            scale,
            contabo_credentials: credentials(&mut stream(seed, "contabo credentials")),
            people,
            contracts,
            servers: racks.servers,
            storages: racks.storages,
            networks: racks.networks,
        }
    }
}

fn credentials(rng: &mut impl Rng) -> ContaboCredentials {
    let text = |rng: &mut dyn rand::RngCore, length: usize| -> String {
        (0..length).map(|_| char::from(rng.sample(rand::distr::Alphanumeric))).collect()
    };
    ContaboCredentials {
        client_id: format!("DE-{}", rng.random_range(10_000_000..99_999_999)),
        client_secret: text(rng, 32),
        user: "api@nordlicht.example".to_owned(),
        password: format!("{}+a1!&%", text(rng, 18)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::contracts::Phase;

    fn noon() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_company_has_its_size_and_its_disagreements() {
        let estate = Estate::draw(1, 1.0, noon());
        assert_eq!((estate.people.len(), estate.contracts.len(), estate.servers.len()), (250, 900, 300));
        let linked = estate.contracts.iter().filter(|one| !one.link.resource_type.is_empty()).count();
        assert_eq!(linked, 300);

        let instance_ids: std::collections::BTreeSet<String> =
            estate.servers.iter().map(|server| server.instance_id.to_string()).collect();
        assert_eq!(instance_ids.len(), 300, "ids are unique");
        let gone = |phase: Phase| {
            estate.contracts.iter().filter(move |one| one.phase == phase && !one.link.instance_id.is_empty())
        };
        let billed_not_running =
            gone(Phase::Active).filter(|one| !instance_ids.contains(&one.link.instance_id)).count();
        let ended_but_running = gone(Phase::Terminated)
            .chain(gone(Phase::Cancelled))
            .filter(|one| instance_ids.contains(&one.link.instance_id))
            .count();
        let suspended_running = estate
            .servers
            .iter()
            .filter(|server| server.status == "running")
            .filter_map(|server| estate.contracts.get(server.service_id? as usize - 1))
            .filter(|one| one.phase == Phase::Suspended)
            .count();
        let unpaid = estate.servers.iter().filter(|server| server.service_id.is_none()).count();
        for (what, count, most) in [
            ("billed, not running", billed_not_running, 12),
            ("ended, still running", ended_but_running, 20),
            ("suspended, running", suspended_running, 15),
            ("nobody pays", unpaid, 45),
        ] {
            assert!(count > 0 && count <= most, "{what}: {count}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_company_and_another_draws_another() {
        let (first, again, other) =
            (Estate::draw(7, 0.1, noon()), Estate::draw(7, 0.1, noon()), Estate::draw(8, 0.1, noon()));
        assert_eq!(first.servers, again.servers);
        assert_eq!(first.contabo_credentials, again.contabo_credentials);
        assert_ne!(first.servers, other.servers);
        assert_ne!(first.contabo_credentials, other.contabo_credentials);
    }
}
