//! `[server]` and `[ops]`: where to listen and whom to believe.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

use super::check::{Problems, within};
use super::web_address::{CorsOrigin, PublicUrl, listen, listen_or_none, networks};
use crate::domain::{ByteSize, Period};
use crate::http::ForwardedHeader;

/// `[server]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port of the API and the pages.
    #[serde(deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// How people reach it.
    pub public_url: PublicUrl,
    /// Peers whose forwarded header is believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// The header that they set.
    pub client_ip_header: ForwardedHeader,
    /// Pages elsewhere that may call the API from a browser.
    pub cors_origins: Vec<CorsOrigin>,
    /// Addresses a claimant may be led back to: origins or path prefixes.
    pub return_to_allow: Vec<String>,
    /// Threads that serve; 0 = one per processor.
    pub workers: usize,
    /// Largest request body.
    pub max_body: ByteSize,
    /// How long the head of a request may take to arrive.
    pub request_timeout: Period,
    /// How long an idle connection stays open.
    pub keep_alive: Period,
    /// Between "not ready" and the end of listening; may be zero.
    #[serde(deserialize_with = "span_or_zero")]
    pub shutdown_delay: Duration,
    /// How long running requests and queued messages get at the end.
    pub shutdown_grace: Period,
}

/// `[ops]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpsSettings {
    /// Address and port of probes and metrics, if there are any.
    #[serde(deserialize_with = "listen_or_none")]
    pub listen: Option<SocketAddr>,
}

/// A [`Period`], or a written zero.
fn span_or_zero<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(input)?;
    if ["0ms", "0s", "0m", "0h", "0d"].contains(&text.as_str()) {
        return Ok(Duration::ZERO);
    }
    text.parse().map(Period::get).map_err(serde::de::Error::custom)
}

impl ServerSettings {
    /// Values out of range.
    #[must_use]
    pub fn check(&self) -> Problems {
        let mut problems = Problems::new();
        for prefix in &self.return_to_allow {
            let rest = prefix.strip_prefix("https://").or_else(|| prefix.strip_prefix("http://"));
            if rest.and_then(|rest| rest.find('/')).is_none_or(|at| at == 0) {
                let problem =
                    format!("`{prefix}` is no address with a path; write like \"https://portal.example.gov.cn/\"");
                problems.push(("return_to_allow".into(), problem));
            }
        }
        within(&mut problems, "workers", self.workers, 0, 1_024);
        within(&mut problems, "max_body", self.max_body, size("1KiB"), size("1MiB"));
        within(&mut problems, "request_timeout", self.request_timeout, span("1s"), span("5m"));
        within(&mut problems, "keep_alive", self.keep_alive, span("1s"), span("1h"));
        if self.shutdown_delay > Duration::from_mins(10) {
            problems.push(("shutdown_delay".into(), "longer than 10m; write the balancer's check interval".into()));
        }
        within(&mut problems, "shutdown_grace", self.shutdown_grace, span("1s"), span("10m"));
        problems
    }
}

impl OpsSettings {
    /// The probes and the API cannot share one address and port.
    #[must_use]
    pub fn check(&self, server: SocketAddr) -> Problems {
        let shared = self.listen.filter(|listen| *listen == server && listen.port() != 0);
        shared
            .map(|listen| ("listen".into(), format!("{listen} is what server.listen takes; write another port")))
            .into_iter()
            .collect()
    }
}

/// A bound that is written in the source; the tests read each of them.
fn span(text: &str) -> Period {
    bound(text)
}

fn size(text: &str) -> ByteSize {
    bound(text)
}

/// Reads a bound as operators write it.
pub(super) fn bound<T: std::str::FromStr>(text: &str) -> T {
    match text.parse() {
        Ok(bound) => bound,
        Err(_) => unreachable!("`{text}` is a bound of the source"),
    }
}
