//! Where a request comes from, in the sizes that limits count by.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// A client address. An IPv4-mapped IPv6 address is the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Requester(IpAddr);

/// One requester's share of the address space. A single customer holds a whole IPv6 /64, and many a /48.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// One IPv4 address.
    V4(Ipv4Addr),
    /// The upper 64 bits of an IPv6 address.
    V6Site(u64),
    /// The upper 48 bits of an IPv6 address.
    V6Block(u64),
}

impl From<IpAddr> for Requester {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl Requester {
    /// The canonical address.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.0
    }

    /// The network that limits count by: the IPv4 address or the IPv6 /64.
    #[must_use]
    pub fn network(&self) -> Network {
        match self.0 {
            IpAddr::V4(address) => Network::V4(address),
            IpAddr::V6(address) => Network::V6Site(upper_64(address)),
        }
    }

    /// The wider IPv6 network, counted beside the /64 with a wider limit; `None` for IPv4.
    #[must_use]
    pub fn block(&self) -> Option<Network> {
        match self.0 {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(Network::V6Block(upper_64(address) >> 16)),
        }
    }

    /// The neighbourhood a captcha is bound to: an IPv4 /24 or an IPv6 /48, because mobile networks
    /// move a phone between addresses of one block in the middle of a page.
    #[must_use]
    pub fn neighbourhood(&self) -> [u8; 6] {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                [4, a, b, c, 0, 0]
            }
            IpAddr::V6(address) => {
                let mut block = [0; 6];
                block.copy_from_slice(&address.octets()[..6]);
                block
            }
        }
    }
}

/// Reads a network as operators write it; a single address is a network of one.
///
/// # Errors
/// What to write instead.
pub fn network(text: &str) -> Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address));
    }
    let network: IpNet = text
        .parse()
        .map_err(|_| format!("`{text}` is no network; write it like \"10.0.0.0/8\" or \"2001:db8::/32\""))?;
    if network.addr() == network.network() {
        Ok(network)
    } else {
        Err(format!("`{text}` has an address in a network's place; write \"{}\"", network.trunc()))
    }
}

const fn upper_64(address: Ipv6Addr) -> u64 {
    (address.to_bits() >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requester(text: &str) -> Requester {
        Requester::from(text.parse::<IpAddr>().unwrap())
    }

    /// case 48: one /64 is one requester, a /56 of them shares a /48, and a mapped address is the IPv4.
    #[test]
    fn ipv6_counts_by_64_and_48_and_mapped_addresses_are_ipv4() {
        assert_eq!(requester("2001:db8:1:2::1").network(), requester("2001:db8:1:2:ffff::9").network());
        assert_ne!(requester("2001:db8:1:2::1").network(), requester("2001:db8:1:3::1").network());
        assert_eq!(requester("2001:db8:1:2::1").block(), requester("2001:db8:1:ff::1").block());
        assert_ne!(requester("2001:db8:1::1").block(), requester("2001:db8:2::1").block());
        assert_eq!(requester("::ffff:1.2.3.4"), requester("1.2.3.4"));
        assert!("fe80::1%eth0".parse::<IpAddr>().is_err());
    }
}
