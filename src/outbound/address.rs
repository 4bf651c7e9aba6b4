//! Addresses that operators write.

use reqwest::Url;

/// Reads the address of an API, to which paths are added: `https`, or `http` on this machine; no query, no password.
///
/// # Errors
/// What to write instead; the text is not repeated, because it may hold a password.
pub fn base_address(text: &str, example: &str) -> Result<Url, String> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    let url = Url::parse(text).ok().filter(|url| printable && url.has_host());
    let url = url.ok_or_else(|| format!("is no web address; write one like \"{example}\""))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or a password; secrets have keys of their own".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("holds a `?` or a `#`; drop what follows it".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if on_this_machine(&url) => Ok(url),
        "http" => Err("is not encrypted; write https (http is for this machine alone)".to_owned()),
        _ => Err("must begin with https://".to_owned()),
    }
}

/// Loopback by name or by address.
#[must_use]
pub fn on_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_or_on_this_machine_and_holds_nothing_else() {
        let read = |text: &str| base_address(text, "https://accounts.example.gov.cn/api");
        for good in ["https://a.example/x/y", "http://127.0.0.1:9/x", "http://[::1]:9", "http://localhost:9/"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "accounts.example.gov.cn",
            "http://accounts.example.gov.cn/",
            "http://127.0.0.1.example.org/",
            "https://me:s3cr3t@a.example/",
            "https://a.example/?key=s3cr3t",
            "https://a.example/#s3cr3t",
            "https://a.example/ x",
            "ftp://127.0.0.1/",
            "data:,",
        ] {
            let problem = read(bad).unwrap_err();
            assert!(!problem.contains("s3cr3t") && !problem.is_empty(), "{bad}: {problem}");
        }
    }
}
