//! Addresses for what is bought while the sandbox runs. All come from ranges that nobody routes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::State;

/// The shared address space of carriers, 100.64.0.0/10: its upper half is ours, the estate draws from the lower.
const FIRST: u32 = 0x6460_0000;

/// The next unused IPv4 address. Last bytes 0, 1 and 255 are skipped: net, gateway, broadcast.
pub(super) fn next_v4(state: &mut State) -> Ipv4Addr {
    loop {
        let number = u32::try_from(state.serial("address")).unwrap_or_default() & 0x1F_FFFF;
        if !matches!(number & 255, 0 | 1 | 255) {
            return Ipv4Addr::from(FIRST + number);
        }
    }
}

/// The first address of the /64 that comes with an IPv4 address.
pub(super) fn v6_for(ip: Ipv4Addr) -> Ipv6Addr {
    Ipv6Addr::from((0x2001_0db8_u128 << 96) | (u128::from(u32::from(ip)) << 64) | 1)
}

/// A hardware address that belongs to an IPv4 address.
pub(super) fn mac_for(ip: Ipv4Addr) -> String {
    let [_, b, c, d] = ip.octets();
    format!("00:50:56:{b:02X}:{c:02X}:{d:02X}")
}

/// The instance that answers on an address, if any: for IPv6 the one that owns the /64.
pub(super) fn owner_of(state: &State, ip: IpAddr) -> Option<i64> {
    let owns = |one: &&super::instances::Instance| match ip {
        IpAddr::V4(ip) => one.addresses().any(|own| own == ip),
        IpAddr::V6(ip) => one.addressed && one.ipv6.octets()[..8] == ip.octets()[..8],
    };
    state.instances.values().find(owns).map(|one| one.id)
}
