//! Addresses nobody owns: the documentation ranges first, the carrier range when those are used up.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Hands out every address once.
#[derive(Debug, Default)]
pub(super) struct Pool {
    given: u32,
}

/// 203.0.113.0, 198.51.100.0, 192.0.2.0.
const DOCUMENTATION: [[u8; 3]; 3] = [[203, 0, 113], [198, 51, 100], [192, 0, 2]];
/// Hosts of a /24 without network, gateway and broadcast.
const HOSTS: u32 = 253;
/// 100.64.0.0/10.
const CARRIER: u32 = 0x6440_0000;

impl Pool {
    /// The next IPv4 address.
    pub(super) fn v4(&mut self) -> Ipv4Addr {
        let number = self.given;
        self.given += 1;
        let documented = DOCUMENTATION.len() as u32 * HOSTS;
        if number < documented {
            let [a, b, c] = DOCUMENTATION[(number / HOSTS) as usize];
            Ipv4Addr::new(a, b, c, 2 + (number % HOSTS) as u8)
        } else {
            // 253 hosts of every /24 here too, so that gateways stay free.
            let rest = number - documented;
            Ipv4Addr::from(CARRIER + (rest / HOSTS) * 256 + 2 + rest % HOSTS)
        }
    }

    /// The first host of a /64 of its own.
    pub(super) fn v6(&self, number: u64) -> Ipv6Addr {
        Ipv6Addr::from((0x2001_0db8_u128 << 96) | (u128::from(number) << 64) | 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_given_twice_and_none_is_anybody_s() {
        let mut pool = Pool::default();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..40_000 {
            let address = pool.v4();
            assert!(seen.insert(address), "{address} was given twice");
            let [a, b, ..] = address.octets();
            assert!(address.is_documentation() || (a == 100 && (64..128).contains(&b)), "{address}");
        }
    }
}
