//! One server as the configuration names it.

use std::net::IpAddr;

/// Where a directory answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    url: url::Url,
    host: String,
    port: u16,
    starttls: bool,
}

impl Server {
    /// Reads a URL. What crosses the network must be encrypted: passwords do.
    ///
    /// # Errors
    /// Names what is wrong and what to write.
    pub(super) fn parse(text: &str, starttls: bool) -> Result<Self, String> {
        let shown = || text.chars().filter(|sign| !sign.is_control()).take(100).collect::<String>();
        let wrong = |what: &str| format!("`{}` {what}", shown());
        let url =
            url::Url::parse(text).map_err(|_| wrong("is no address; write it like \"ldaps://ldap.example.org\""))?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        let Some(host) = url.host_str().filter(|host| bare && !host.is_empty()).map(str::to_owned) else {
            return Err(wrong("must be scheme, host and port alone; write base, filter and bind_dn in their own keys"));
        };
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let is_local = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        let (port, encrypted) = match url.scheme() {
            "ldaps" if starttls => {
                return Err(wrong("is encrypted from the start; write starttls = false, or ldap://"));
            }
            "ldaps" => (636, true),
            "ldap" => (389, starttls),
            _ => return Err(wrong("is neither ldaps:// nor ldap://; write one of them")),
        };
        if !encrypted && !is_local {
            return Err(wrong("sends passwords in the clear; write ldaps://, or starttls = true"));
        }
        if encrypted && address.is_some_and(|address| address.is_ipv6()) {
            return Err(wrong(
                "is an IPv6 address, which no certificate can be checked against here; write the server's name",
            ));
        }
        Ok(Self { port: url.port().unwrap_or(port), host, starttls: starttls && url.scheme() == "ldap", url })
    }

    /// Whether nobody on the way can read along.
    pub(super) fn is_encrypted(&self) -> bool {
        self.starttls || self.url.scheme() == "ldaps"
    }

    /// Whether encryption begins after the connection.
    pub(super) const fn is_starttls(&self) -> bool {
        self.starttls
    }

    /// The name or address to connect to, and the port.
    pub(super) fn address(&self) -> (&str, u16) {
        (self.host.trim_matches(['[', ']']), self.port)
    }

    /// For the library, which takes the name that the certificate must have from it.
    pub(super) const fn url(&self) -> &url::Url {
        &self.url
    }

    /// For logs and findings: it holds no credentials.
    pub(super) fn shown(&self) -> &str {
        self.url.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_leave_this_machine_encrypted_only() {
        for (url, starttls) in [
            ("ldaps://ldap.example.org", false),
            ("ldaps://ldap.example.org:1636/", false),
            ("ldap://ldap.example.org", true),
            ("ldap://127.0.0.1:1389", false),
            ("ldap://[::1]:1389", false),
            ("ldap://localhost", false),
        ] {
            assert!(Server::parse(url, starttls).is_ok(), "{url}");
        }
        for (url, starttls) in [
            ("ldap://ldap.example.org", false),
            ("ldap://10.0.0.1", false),
            ("ldap://127.0.0.1.example.org", false),
            ("ldaps://ldap.example.org", true),
            ("ldaps://[2001:db8::1]", false),
            ("ldapi://%2frun%2fldapi", false),
            ("ldaps://cn=admin:secret@ldap.example.org", false),
            ("ldaps://ldap.example.org/dc=example", false),
            ("ldaps://", false),
            ("ldap.example.org", false),
            ("", false),
        ] {
            let fault = Server::parse(url, starttls).unwrap_err();
            assert!(fault.contains("write"), "{url}: {fault}");
        }
    }

    #[test]
    fn ports_are_those_of_the_scheme_unless_written() {
        let port = |url: &str, starttls| Server::parse(url, starttls).unwrap().port;
        assert_eq!((port("ldaps://a.example", false), port("ldap://a.example", true)), (636, 389));
        assert_eq!(port("ldaps://a.example:1636", false), 1636);
        assert_eq!(Server::parse("ldap://[::1]", false).unwrap().address(), ("::1", 389));
    }
}
