//! One made-up hosting company, drawn from a seed and shared by both providers, so that what billing says about a
//! server can be checked against the server.

mod addresses;
pub mod catalog;
pub mod contracts;
mod draw;
pub mod names;
pub mod offers;
pub mod people;
mod servers;

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use jiff::civil::Date;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sha2::{Digest, Sha256};

use crate::contabo::ContaboCredentials;

/// An independent source of chance for one purpose: drawing more in one place changes nothing elsewhere.
pub fn stream(seed: u64, purpose: &str) -> ChaCha12Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(purpose.as_bytes());
    ChaCha12Rng::from_seed(hash.finalize().into())
}

/// A random UUID (version 4) from a source of chance.
pub fn uuid_of(rng: &mut ChaCha12Rng) -> String {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string()
}

/// The day of a moment, in the zone everything is laid out in.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The company.
#[derive(Debug, Clone)]
pub struct Estate {
    /// Name, domain, address.
    pub company: Company,
    /// 1 is a company of 250 clients.
    pub scale: f64,
    /// Its clients, by id from 1.
    pub people: Vec<people::Person>,
    /// What they bought, by service id from 1.
    pub contracts: Vec<contracts::Contract>,
    /// What the server side lets in.
    pub contabo_credentials: ContaboCredentials,
    /// Virtual servers at the server provider, with and without a service that pays for them.
    pub servers: Vec<Server>,
    /// Object storages there.
    pub storages: Vec<Storage>,
    /// Private networks there.
    pub networks: Vec<Network>,
}

/// The hosting company itself.
#[derive(Debug, Clone)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Its mail address.
    pub email: String,
}

/// A virtual server at the server provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Instance id.
    pub instance_id: u64,
    /// The provider's own name, `vmi1234567`.
    pub name: String,
    /// The name the company gave it; may be empty, may hold anything a person types.
    pub display_name: String,
    /// `V91` …, see [`catalog::PLANS`].
    pub product_id: String,
    /// Region slug, see [`catalog::REGIONS`].
    pub region: String,
    /// Data centre name.
    pub data_center: String,
    /// Standard image, see [`catalog::IMAGES`].
    pub image_id: String,
    /// First address.
    pub ipv4: Ipv4Addr,
    /// First IPv6 address (of a /64).
    pub ipv6: Ipv6Addr,
    /// Addresses bought in addition.
    pub extra_ipv4: Vec<Ipv4Addr>,
    /// Upper case, with colons.
    pub mac: String,
    /// `running`, `stopped`, `error`, … as the server provider spells it.
    pub status: String,
    /// When it was ordered.
    pub created: Timestamp,
    /// The day it ends, when it has been cancelled there.
    pub cancel_date: Option<Date>,
    /// Names of tags on it.
    pub tags: Vec<String>,
    /// `private-networking`, `backup`, `additional-ips` add-ons bought with it.
    pub add_ons: Vec<String>,
    /// The paying service, when there is one.
    pub service_id: Option<u64>,
    /// That service's client.
    pub client_id: Option<u64>,
}

/// An object storage at the server provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Storage {
    /// Its UUID.
    pub id: String,
    /// The name the company gave it.
    pub display_name: String,
    /// Region slug.
    pub region: String,
    /// Data centre name.
    pub data_center: String,
    /// Bought space in units of 250 GB.
    pub quarters_tb: u32,
    /// When it was ordered.
    pub created: Timestamp,
    /// The paying service, when there is one.
    pub service_id: Option<u64>,
}

/// A private network at the server provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Region slug; members stand in the same one.
    pub region: String,
    /// Data centre name.
    pub data_center: String,
    /// `10.0.0.0/22`.
    pub cidr: String,
    /// When it was made.
    pub created: Timestamp,
    /// Instances in it.
    pub members: Vec<u64>,
}
