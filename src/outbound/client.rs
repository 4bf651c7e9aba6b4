//! The HTTP client of one peer.
//!
//! Verification of certificates cannot be switched off. The rustls configuration names ring outright, so nothing
//! depends on a process-wide provider having been installed first.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, redirect, retry};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use zeroize::Zeroizing;

/// Whom to believe.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'a> {
    /// The authorities of the system.
    System,
    /// The authorities in this PEM file and no other.
    File(&'a Path),
    /// Nobody, because TLS is not spoken.
    Plain,
}

/// Who we are, for a peer that asks for a certificate.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// PEM of the certificate, those that lead to its authority after it.
    pub certificate: &'a Path,
    /// PEM of its private key.
    pub key: &'a Path,
}

/// Time-outs for connecting and in all.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// For name, connection and TLS.
    pub connect: Duration,
    /// From the first to the last byte.
    pub total: Duration,
}

/// A client that sends a request exactly once, to the address it was given, in the given time.
///
/// # Errors
/// What is wrong with the authorities or our own certificate, with the file.
#[expect(clippy::disallowed_methods, reason = "the place that builds clients with time-outs and without redirects")]
pub fn client(trust: Trust<'_>, identity: Option<Identity<'_>>, times: Times) -> Result<Client, String> {
    Client::builder()
        .tls_backend_preconfigured(tls(trust, identity)?)
        .https_only(!matches!(trust, Trust::Plain))
        .connect_timeout(times.connect)
        .timeout(times.total)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        // A kept connection that the peer closes just as it is used again would turn "nothing left" into "unknown".
        .pool_max_idle_per_host(0)
        .no_proxy()
        .referer(false)
        // For whoever asks when the peer's certificate ends.
        .tls_info(true)
        .user_agent(concat!("resetgate/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| format!("no HTTP client could be built: {}", error.without_url()))
}

/// How TLS is spoken to a peer: with ring, whatever is installed for the process, and with certificates verified.
///
/// # Errors
/// What is wrong with the authorities or our own certificate, with the file.
pub fn tls(trust: Trust<'_>, identity: Option<Identity<'_>>) -> Result<ClientConfig, String> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let builder = match trust {
        Trust::Plain => builder.with_root_certificates(RootCertStore::empty()),
        Trust::File(path) => builder.with_root_certificates(private_roots(path)?),
        Trust::System => builder.with_platform_verifier().map_err(|error| {
            format!("the system's certificate authorities cannot be loaded ({error}); install ca-certificates or set ca_file")
        })?,
    };
    let Some(identity) = identity else { return Ok(builder.with_no_client_auth()) };
    let (certificate, key) = (identity.certificate.display(), identity.key.display());
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let (chain, private) = (read(identity.certificate)?, Zeroizing::new(read(identity.key)?));
    let chain = CertificateDer::pem_slice_iter(unmarked(&chain))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("{certificate}: {error}"))?;
    let private = PrivateKeyDer::from_pem_slice(unmarked(&private)).map_err(|error| format!("{key}: {error}"))?;
    builder
        .with_client_auth_cert(chain, private)
        .map_err(|error| format!("{certificate} and {key} are no certificate and its key: {error}"))
}

/// Without the byte order mark that some editors put in front.
fn unmarked(pem: &[u8]) -> &[u8] {
    pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem)
}

fn private_roots(path: &Path) -> Result<RootCertStore, String> {
    let unusable = |what: String| format!("{}: {what}", path.display());
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(unmarked(&pem)) {
        let certificate = certificate.map_err(|error| unusable(format!("is not PEM: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(format!("holds a certificate that is no authority: {error}")))?;
    }
    if roots.is_empty() {
        return Err(unusable("holds no certificate; it must be the PEM file of an authority".to_owned()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn problem(pem: &str) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(pem.as_bytes()).unwrap();
        private_roots(file.path()).unwrap_err()
    }

    #[test]
    fn a_file_without_an_authority_is_refused_with_its_name() {
        assert!(problem("").contains("holds no certificate"));
        assert!(problem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("no authority"));
        assert!(private_roots(Path::new("/nowhere/ca.pem")).unwrap_err().starts_with("/nowhere/ca.pem"));
    }

    /// A container without CA files must still start when every peer is on this machine.
    #[test]
    fn a_plain_client_needs_no_authorities() {
        let times = Times { connect: Duration::from_secs(1), total: Duration::from_secs(1) };
        assert!(client(Trust::Plain, None, times).is_ok());
    }
}
