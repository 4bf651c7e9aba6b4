//! TLS to a store on another machine.
//!
//! Verification of certificates cannot be switched off. The configuration names ring outright, so nothing depends on a
//! process-wide provider having been installed first.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

/// A configuration that believes the authorities in `ca_file` and no other; without one, those of the system.
///
/// # Errors
/// When the file cannot be read or holds no authority, or the system has none.
pub(super) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let builder = match ca_file {
        Some(path) => builder.with_root_certificates(roots(path)?),
        None => builder.with_platform_verifier().map_err(|error| {
            format!("the system's certificate authorities cannot be loaded ({error}); install ca-certificates or set ca_file")
        })?,
    };
    Ok(builder.with_no_client_auth())
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let unusable = |what: String| format!("ca_file {}: {what}", path.display());
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
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
        client_config(Some(file.path())).unwrap_err()
    }

    #[test]
    fn a_file_without_an_authority_is_refused_with_its_name() {
        assert!(problem("").contains("holds no certificate"));
        assert!(problem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("no authority"));
        let missing = client_config(Some(Path::new("/nowhere/ca.pem"))).unwrap_err();
        assert!(missing.starts_with("ca_file /nowhere/ca.pem"), "{missing}");
    }
}
