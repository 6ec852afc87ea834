//! The operations, one file per area of the documentation. A new one is a copy of its neighbour plus its line in
//! [`mod@crate::registry`].

pub mod audits;
pub mod data_centers;
pub mod dns;
pub mod domains;
pub mod firewalls;
pub mod handles;
pub mod images;
pub mod instance_actions;
pub mod instances;
pub mod object_storages;
pub mod private_networks;
pub mod roles;
pub mod s3_credentials;
pub mod secrets;
pub mod snapshots;
pub mod tag_assignments;
pub mod tags;
pub mod troubleshooting;
pub mod users;
pub mod vips;
