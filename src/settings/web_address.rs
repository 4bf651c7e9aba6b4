//! Addresses in the configuration: where to listen, how people come, whom to believe.

use std::net::SocketAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};
use url::{Host, Url};

use crate::domain::network;
use crate::http::BasePath;

/// How people reach the service from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
    base: BasePath,
}

impl PublicUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("`{text}` {what}; write it like \"https://mail.example.gov.cn\"");
        let url = Url::parse(text).map_err(|error| wrong(&format!("is no web address ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("begins neither with https:// nor with http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a name or password before the @; write it like \"https://mail.example.gov.cn\"".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has a part after ? or #"));
        }
        // As it was written: the reader of addresses takes dots away and escapes signs without a word.
        let after_host = text.split_once("://").and_then(|(_, rest)| rest.find(['/', '\\']).map(|at| &rest[at..]));
        let base = BasePath::parse(after_host.unwrap_or_default().trim_end_matches(char::is_whitespace));
        let base = base.map_err(|error| wrong(&format!("has a path that {error}")))?;
        Ok(Self { url, base })
    }

    /// Without a slash at its end, so that a path can follow.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Its path, which every path of ours follows.
    #[must_use]
    pub const fn base(&self) -> &BasePath {
        &self.base
    }

    /// Scheme, host and port as a browser sends them in `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The host, for the last line of messages (`@host #123456`) and for cookies.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether what passes is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether it leads to this machine only.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
            None => false,
        }
    }
}

impl<'de> Deserialize<'de> for PublicUrl {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(Error::custom)
    }
}

/// The origin of somebody else's page, exactly as browsers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsOrigin(String);

impl CorsOrigin {
    fn parse(text: &str) -> Result<Self, String> {
        if text.contains('*') {
            return Err(format!("`{text}` stands for every page there is; name each origin"));
        }
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let exact = url.map(|url| url.origin().ascii_serialization()).ok_or_else(|| {
            format!("`{text}` is no origin; write scheme, host and port only, like \"https://portal.example.gov.cn\"")
        })?;
        if exact == text {
            Ok(Self(exact))
        } else {
            Err(format!("`{text}` is not how browsers send it; write \"{exact}\""))
        }
    }

    /// As browsers send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for CorsOrigin {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(Error::custom)
    }
}

fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no address and port; write it like \"127.0.0.1:8080\" or \"[::]:8080\""))
}

/// Reads an address and port.
///
/// # Errors
/// When it is something else; names are not looked up.
pub fn listen<'de, D: Deserializer<'de>>(input: D) -> Result<SocketAddr, D::Error> {
    socket(&String::deserialize(input)?).map_err(Error::custom)
}

/// Reads an address and port; empty text is none.
///
/// # Errors
/// When it is something else.
pub fn listen_or_none<'de, D: Deserializer<'de>>(input: D) -> Result<Option<SocketAddr>, D::Error> {
    match String::deserialize(input)?.as_str() {
        "" => Ok(None),
        text => socket(text).map(Some).map_err(Error::custom),
    }
}

/// Reads networks; a single address is a network of one.
///
/// # Errors
/// Names the text that is none.
pub fn networks<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(input)?;
    texts.iter().map(|text| network(text).map_err(Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_http_or_https_with_a_host_and_no_trimmings() {
        let url = PublicUrl::parse("https://Mail.Example.gov.cn:443/forgot/").unwrap();
        assert_eq!(url.as_str(), "https://mail.example.gov.cn/forgot");
        assert_eq!((url.host(), url.origin().as_str()), ("mail.example.gov.cn", "https://mail.example.gov.cn"));
        for text in ["", "mail.example", "ftp://a", "https://", "https://a/?b", "https://a/#b", "https://n:geheim@a/"] {
            let problem = PublicUrl::parse(text).unwrap_err();
            assert!(!problem.contains("geheim"), "{problem}");
        }
    }

    #[test]
    fn a_path_of_the_public_url_is_kept_as_written_or_refused_by_name() {
        for (text, base) in
            [("https://a/reset", "/reset"), ("https://a/x/y/", "/x/y"), ("https://a/", ""), ("https://a", "")]
        {
            assert_eq!(PublicUrl::parse(text).unwrap().base().to_string(), base, "{text}");
        }
        for (text, words) in [
            ("https://a/reset?x=1", "after ? or #"),
            ("https://a/reset#x", "after ? or #"),
            ("https://a/x/../reset", "`..`"),
            ("https://a/./reset", "`.`"),
            ("https://a/re%73et", "%-escape"),
            ("https://a/x//reset", "two slashes"),
            ("https://a\\reset", "other signs"),
            ("https://a/重置", "other signs"),
            ("https://a/v1", "address of a page or of the API"),
        ] {
            let problem = PublicUrl::parse(text).unwrap_err();
            assert!(problem.contains(words), "{text}: {problem}");
        }
    }

    #[test]
    fn loopback_is_recognised_in_every_spelling() {
        for (text, loopback) in [
            ("http://127.0.0.1:8080", true),
            ("http://127.1", true),
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://127.0.0.1.example.org", false),
            ("http://localhost.example.org", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().is_loopback(), loopback, "{text}");
        }
    }

    #[test]
    fn an_origin_is_exact_and_never_a_wildcard() {
        assert_eq!(CorsOrigin::parse("https://portal.example:8443").unwrap().as_str(), "https://portal.example:8443");
        for text in
            ["*", "https://*.example", "null", "https://a/", "https://a:443", "https://A", "a.example", "file:///"]
        {
            assert!(CorsOrigin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_network_is_written_by_its_first_address() {
        assert_eq!(network("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(network("10.0.0.7").unwrap().to_string(), "10.0.0.7/32");
        assert!(network("10.0.0.7/8").unwrap_err().contains("10.0.0.0/8"));
        assert!(network("proxy.example").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_an_address_panic(text in "\\PC{0,40}") {
            let _ = (PublicUrl::parse(&text), CorsOrigin::parse(&text), socket(&text), network(&text));
        }
    }
}
