//! Drawing the company.

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{Company, Estate, Network, Server, Storage, catalog, stream};
use crate::contabo::ContaboCredentials;

impl Estate {
    /// Draws the company of this seed and size, as it stands at `now`.
    pub fn draw(seed: u64, scale: f64, now: Timestamp) -> Self {
        let mut rng = stream(seed, "estate");
        let count = (300.0 * scale).round().max(3.0) as u64;
        let servers = (0..count).map(|index| server(&mut rng, index, now)).collect();
        Self {
            company: Company {
                name: "Nordlicht Hosting".to_owned(),
                domain: "nordlicht.example".to_owned(),
                email: "ops@nordlicht.example".to_owned(),
            },
            contabo_credentials: ContaboCredentials {
                client_id: format!("DE-{}", rng.random_range(10_000_000..99_999_999)),
                client_secret: text(&mut rng, 32),
                user: "api@nordlicht.example".to_owned(),
                password: format!("{}a1!", text(&mut rng, 20)),
            },
            servers,
            storages: Vec::<Storage>::new(),
            networks: Vec::<Network>::new(),
        }
    }
}

fn server(rng: &mut impl Rng, index: u64, now: Timestamp) -> Server {
    let instance_id = 202_000_000 + index * 37;
    let region = &catalog::REGIONS[0];
    let image = catalog::IMAGES.choose_weighted(rng, |image| image.weight).unwrap_or(&catalog::IMAGES[0]);
    let plan = catalog::PLANS.choose(rng).unwrap_or(&catalog::PLANS[0]);
    let low = index as u32;
    Server {
        instance_id,
        name: format!("vmi{instance_id}"),
        display_name: format!("server-{index}"),
        product_id: plan.product_id.to_owned(),
        region: region.slug.to_owned(),
        data_center: region.data_centers[0].to_owned(),
        image_id: image.id.to_owned(),
        ipv4: Ipv4Addr::from(0x6440_0000 + low),
        ipv6: Ipv6Addr::from((0x2001_0db8_u128 << 96) | (u128::from(low) << 64) | 1),
        extra_ipv4: Vec::new(),
        mac: format!("00:50:56:{:02X}:{:02X}:{:02X}", (low >> 16) & 255, (low >> 8) & 255, low & 255),
        status: "running".to_owned(),
        created: now - SignedDuration::from_hours(24 * rng.random_range(1..1000)),
        cancel_date: None,
        tags: Vec::new(),
        add_ons: Vec::new(),
        service_id: None,
        client_id: None,
    }
}

fn text(rng: &mut impl Rng, length: usize) -> String {
    (0..length).map(|_| char::from(rng.sample(rand::distr::Alphanumeric))).collect()
}
