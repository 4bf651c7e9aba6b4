//! The client's address. Forwarded headers are believed only from trusted proxies, and read from the right.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

use crate::domain::Requester;

/// More hops than any deployment has; what lies beyond is not looked at.
const MAX_HOPS: usize = 16;

/// The header that the trusted proxies write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy, …`
    XForwardedFor,
    /// `Forwarded: for=client;proto=https, …` (RFC 7239)
    Forwarded,
    /// `X-Real-IP: client`
    XRealIp,
}

/// Finds the requester behind trusted proxies.
#[derive(Debug, Clone)]
pub struct ClientAddress {
    trusted: Vec<IpNet>,
    header: ForwardedHeader,
}

impl ClientAddress {
    /// With no trusted network every forwarded header is ignored.
    #[must_use]
    pub fn new(trusted: Vec<IpNet>, header: ForwardedHeader) -> Self {
        Self { trusted, header }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The rightmost address that no trusted proxy owns; the last proxy itself where the header ends or makes no sense.
    #[must_use]
    pub fn resolve(&self, peer: IpAddr, headers: &HeaderMap) -> Requester {
        let mut nearest = peer.to_canonical();
        if !self.trusts(nearest) {
            return nearest.into();
        }
        for hop in self.hops(headers).into_iter().rev().take(MAX_HOPS) {
            let Some(address) = parse_hop(hop) else { break };
            nearest = address;
            if !self.trusts(nearest) {
                break;
            }
        }
        nearest.into()
    }

    fn hops<'a>(&self, headers: &'a HeaderMap) -> Vec<&'a str> {
        let lines = |name: &str| headers.get_all(name).map(|line| line.to_str().unwrap_or("?")).collect::<Vec<_>>();
        match self.header {
            ForwardedHeader::XForwardedFor => {
                lines("x-forwarded-for").into_iter().flat_map(|line| line.split(',')).map(str::trim).collect()
            }
            ForwardedHeader::Forwarded => lines("forwarded")
                .into_iter()
                .flat_map(|line| line.split(','))
                .map(|hop| {
                    let node = hop.split(';').map(str::trim).find_map(|pair| {
                        let (name, value) = pair.split_once('=')?;
                        name.eq_ignore_ascii_case("for").then_some(value)
                    });
                    node.unwrap_or("?").trim_matches('"')
                })
                .collect(),
            // Two of them are two opinions; neither is believed.
            ForwardedHeader::XRealIp => match lines("x-real-ip").as_slice() {
                [one] => vec![one.trim()],
                _ => vec![],
            },
        }
    }
}

/// `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:567`; zone ids and names are refused.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn resolve(trusted: &[&str], header: ForwardedHeader, peer: &str, lines: &[(&str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
        ClientAddress::new(trusted, header).resolve(peer.parse().unwrap(), &headers).address().to_string()
    }

    /// case 52: an untrusted peer is itself, whatever it writes.
    #[test]
    fn an_untrusted_peer_is_itself_whatever_it_writes() {
        let long = "1.1.1.1,".repeat(1_200);
        for (name, value) in [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-real-ip", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("true-client-ip", "127.0.0.1"),
            ("cf-connecting-ip", "127.0.0.1"),
            ("x-forwarded-for", long.as_str()),
            ("x-forwarded-for", " [::1]:80 , garbage"),
        ] {
            for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded, ForwardedHeader::XRealIp] {
                assert_eq!(resolve(&["10.0.0.0/8"], header, "203.0.113.7", &[(name, value)]), "203.0.113.7");
                assert_eq!(resolve(&[], header, "10.0.0.1", &[(name, value)]), "10.0.0.1");
            }
        }
    }

    /// case 53: from a trusted peer the rightmost untrusted hop counts.
    #[test]
    fn a_trusted_peer_names_the_rightmost_untrusted_hop() {
        let xff = |lines: &[(&str, &str)]| resolve(&["10.0.0.0/8"], ForwardedHeader::XForwardedFor, "10.0.0.1", lines);
        assert_eq!(xff(&[("x-forwarded-for", "6.6.6.6, 203.0.113.7")]), "203.0.113.7");
        assert_eq!(xff(&[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.7, 10.0.0.2")]), "203.0.113.7");
        assert_eq!(xff(&[]), "10.0.0.1");
        assert_eq!(xff(&[("x-forwarded-for", "6.6.6.6, nonsense")]), "10.0.0.1");
        assert_eq!(xff(&[("x-forwarded-for", "6.6.6.6, 10.0.0.3")]), "6.6.6.6");
        assert_eq!(xff(&[("x-forwarded-for", "203.0.113.7:4711")]), "203.0.113.7");
        assert_eq!(xff(&[("x-forwarded-for", "::ffff:203.0.113.7")]), "203.0.113.7");
        assert_eq!(xff(&[("x-forwarded-for", "fe80::1%eth0")]), "10.0.0.1");
        let far = format!("6.6.6.6, {}", vec!["10.1.1.1"; 40].join(", "));
        assert_eq!(xff(&[("x-forwarded-for", &far)]), "10.1.1.1", "hops are bounded");
    }

    #[test]
    fn forwarded_and_real_ip_are_read_the_same_way() {
        let forwarded =
            |value: &str| resolve(&["10.0.0.0/8"], ForwardedHeader::Forwarded, "10.0.0.1", &[("forwarded", value)]);
        assert_eq!(forwarded("for=6.6.6.6, For=\"[2001:db8::1]:4711\";proto=https"), "2001:db8::1");
        assert_eq!(forwarded("for=unknown"), "10.0.0.1");
        let real = |lines: &[(&str, &str)]| resolve(&["10.0.0.0/8"], ForwardedHeader::XRealIp, "10.0.0.1", lines);
        assert_eq!(real(&[("x-real-ip", "203.0.113.7")]), "203.0.113.7");
        assert_eq!(real(&[("x-real-ip", "203.0.113.7"), ("x-real-ip", "6.6.6.6")]), "10.0.0.1");
    }

    proptest::proptest! {
        #[test]
        fn no_header_text_panics_or_is_believed_from_an_untrusted_peer(value in "[ -~]{0,200}") {
            for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded, ForwardedHeader::XRealIp] {
                for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
                    let _ = resolve(&["10.0.0.0/8"], header, "10.0.0.1", &[(name, &value)]);
                    proptest::prop_assert_eq!(resolve(&[], header, "9.9.9.9", &[(name, &value)]), "9.9.9.9");
                }
            }
        }
    }
}
