//! Where a vendor is asked.

use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::outbound::{Trust, base_address};
use crate::sms::check::Problem;

/// The origin of a vendor's API: `https`, or `http` on this machine.
#[derive(Debug, Clone)]
pub(in crate::sms) struct Endpoint {
    url: Url,
    host: String,
}

impl Endpoint {
    /// Reads the key `endpoint`; the vendor's own when it is left out or empty.
    ///
    /// # Errors
    /// What to write instead.
    pub(in crate::sms) fn read(text: Option<&str>, usual: &str) -> Result<Self, Problem> {
        let text = text.filter(|text| !text.is_empty()).unwrap_or(usual);
        let said = |problem: String| ("endpoint".to_owned(), problem);
        let url = base_address(text, usual).map_err(said)?;
        if url.path() != "/" {
            return Err(said(format!("is more than scheme and host; write it like \"{usual}\"")));
        }
        let name = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Ok(Self { url, host })
    }

    /// Problems of the keys `endpoint` and `ca_file`.
    pub(in crate::sms) fn problems(text: Option<&str>, usual: &str, ca_file: Option<&PathBuf>) -> Vec<Problem> {
        match Self::read(text, usual) {
            Err(problem) => vec![problem],
            Ok(endpoint) if !endpoint.is_https() && given(ca_file).is_some() => {
                vec![("ca_file".to_owned(), "has no use without https; drop it".to_owned())]
            }
            Ok(_) => Vec::new(),
        }
    }

    /// What the client writes into the header `host`; a signature may cover it.
    pub(in crate::sms) fn host(&self) -> &str {
        &self.host
    }

    /// The address of `path`, which begins with a slash, and of a query that is escaped already.
    pub(in crate::sms) fn at(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Whom to believe that it is the vendor.
    pub(in crate::sms) fn trust<'a>(&self, ca_file: Option<&'a PathBuf>) -> Trust<'a> {
        match given(ca_file) {
            _ if !self.is_https() => Trust::Plain,
            Some(path) => Trust::File(path),
            None => Trust::System,
        }
    }

    fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }
}

fn given(ca_file: Option<&PathBuf>) -> Option<&Path> {
    ca_file.map(PathBuf::as_path).filter(|path| !path.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &str = "https://sms.example.com";

    #[test]
    fn what_is_left_out_is_the_vendors_own_and_the_host_is_as_the_client_writes_it() {
        for (text, host) in [
            (None, "sms.example.com"),
            (Some(""), "sms.example.com"),
            (Some("https://sms.example.com:443/"), "sms.example.com"),
            (Some("https://SMS.example.com:8443"), "sms.example.com:8443"),
            (Some("http://127.0.0.1:9"), "127.0.0.1:9"),
            (Some("http://[::1]:9"), "[::1]:9"),
            (Some("http://localhost"), "localhost"),
        ] {
            assert_eq!(Endpoint::read(text, USUAL).unwrap().host(), host, "{text:?}");
        }
        let endpoint = Endpoint::read(None, USUAL).unwrap();
        assert_eq!(endpoint.at("/a/b", Some("c=%7B%2A~")).as_str(), "https://sms.example.com/a/b?c=%7B%2A~");
    }

    /// case 92: a key and a code are never sent over a network in the clear.
    #[test]
    fn an_endpoint_that_is_not_encrypted_or_not_bare_is_refused() {
        for (text, words) in [
            ("sms.example.com", "is no web address"),
            ("http://sms.example.com", "is not encrypted"),
            ("http://127.0.0.1.example.com", "is not encrypted"),
            ("ftp://sms.example.com", "must begin with https://"),
            ("https://sms.example.com/v1", "more than scheme and host"),
            ("https://sms.example.com?a=b", "drop what follows it"),
            ("https://a:b@sms.example.com", "secrets have keys of their own"),
        ] {
            let (key, problem) = Endpoint::read(Some(text), USUAL).unwrap_err();
            assert!(key == "endpoint" && problem.contains(words), "{text}: {problem}");
        }
    }

    #[test]
    fn an_authority_without_tls_has_no_use() {
        let file = PathBuf::from("/etc/ca.pem");
        assert_eq!(Endpoint::problems(Some("http://localhost"), USUAL, Some(&file))[0].0, "ca_file");
        assert_eq!(Endpoint::problems(Some("http://localhost"), USUAL, Some(&PathBuf::new())), []);
        assert_eq!(Endpoint::problems(None, USUAL, Some(&file)), []);
    }
}
