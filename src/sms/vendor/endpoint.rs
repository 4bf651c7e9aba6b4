//! Where a vendor is asked: its own address, or one that the operator wrote instead.

use std::path::Path;

use reqwest::Url;

use super::client::Trust;
use crate::sms::check::Problem;

/// An origin, `https://host`; on this machine also `http://host`.
#[derive(Debug, Clone)]
pub(in crate::sms) struct Endpoint(Url);

impl Endpoint {
    /// Reads what is written, or takes the vendor's own address when nothing is.
    ///
    /// # Errors
    /// What to write instead.
    pub(in crate::sms) fn read(written: Option<&str>, own: &str) -> Result<Self, String> {
        let text = written.filter(|text| !text.is_empty()).unwrap_or(own);
        let is_origin = |url: &Url| {
            url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        };
        let url = Url::parse(text).ok().filter(|url| url.has_host() && is_origin(url));
        let url = url.ok_or_else(|| format!("must be scheme, host and port alone, like \"{own}\""))?;
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if on_this_machine(&url) => Ok(Self(url)),
            "http" => Err("is not encrypted; write https (http is for this machine alone)".to_owned()),
            _ => Err("must begin with https://".to_owned()),
        }
    }

    /// An address below it; `path` begins with a slash.
    pub(in crate::sms) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// What goes into the `Host` header: the port only where it does not go without saying.
    pub(in crate::sms) fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whom to believe there.
    pub(in crate::sms) fn trust<'a>(&self, ca_file: Option<&'a Path>) -> Trust<'a> {
        match ca_file.filter(|path| !path.as_os_str().is_empty()) {
            _ if self.0.scheme() == "http" => Trust::Plain,
            Some(path) => Trust::File(path),
            None => Trust::System,
        }
    }

    /// Problems of the keys `endpoint` and `ca_file`.
    pub(in crate::sms) fn problems(written: Option<&str>, own: &str, ca_file: Option<&Path>) -> Vec<Problem> {
        let said = |key: &str, problem: String| (key.to_owned(), problem);
        match Self::read(written, own) {
            Err(problem) => vec![said("endpoint", problem)],
            Ok(endpoint)
                if endpoint.0.scheme() == "http" && ca_file.is_some_and(|path| !path.as_os_str().is_empty()) =>
            {
                vec![said("ca_file", "has no use without https; drop it".to_owned())]
            }
            Ok(_) => Vec::new(),
        }
    }
}

/// Loopback by name or by address.
pub(in crate::sms) fn on_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://api.example.org";

    #[test]
    fn an_endpoint_is_encrypted_or_on_this_machine() {
        for good in ["", "https://10.0.0.1:8443/", "http://127.0.0.1:9", "http://[::1]:9", "http://localhost"] {
            assert!(Endpoint::read(Some(good), OWN).is_ok(), "{good}");
        }
        for bad in [
            "http://sms.example.org",
            "http://127.0.0.1.example.org",
            "ftp://127.0.0.1",
            "https://a/b",
            "https://a/?b",
            "https://a/#b",
            "https://b@a",
            "https://:b@a",
            "a",
            "data:,",
        ] {
            assert!(Endpoint::read(Some(bad), OWN).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_path_is_put_below_it_and_a_port_only_named_where_it_is_not_the_usual_one() {
        let endpoint = Endpoint::read(None, OWN).unwrap();
        assert_eq!(
            (endpoint.at("/a/b").as_str(), &*endpoint.host()),
            ("https://api.example.org/a/b", "api.example.org")
        );
        let host = |text| Endpoint::read(Some(text), OWN).unwrap().host();
        assert_eq!((&*host("https://a:443"), &*host("http://127.0.0.1:81")), ("a", "127.0.0.1:81"));
    }

    #[test]
    fn an_authority_is_believed_only_where_it_is_asked() {
        let file = Some(Path::new("/ca.pem"));
        let keys =
            |text, file| Endpoint::problems(Some(text), OWN, file).into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(keys("http://127.0.0.1", file), ["ca_file"]);
        assert_eq!(keys("http://127.0.0.1", Some(Path::new(""))), [""; 0]);
        assert_eq!((keys("https://a", file), keys("http://a", None)), (vec![], vec!["endpoint".to_owned()]));
        let trust = |text, file| Endpoint::read(Some(text), OWN).unwrap().trust(file);
        assert!(matches!(trust("https://a", file), Trust::File(_)));
        assert!(matches!(trust("https://a", Some(Path::new(""))), Trust::System));
        assert!(matches!(trust("http://[::1]", None), Trust::Plain));
    }
}
