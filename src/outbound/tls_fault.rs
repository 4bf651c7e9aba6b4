//! Why TLS with a peer did not come about, for the operator: what is wrong, and where it is mended. In one place for HTTP,
//! directories, databases and SMSCs.

use std::error::Error;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as Tls};

use super::one_line;
use crate::domain::Timestamp;

/// What TLS says of an error, whatever the library has wrapped it in; nothing where TLS is not the cause.
#[must_use]
pub fn tls_fault(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = error.downcast_ref::<Tls>() {
        return Some(told(tls));
    }
    // Its source is the source of what it wraps, which would be passed over.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(inner) => tls_fault(inner),
        None => error.source().and_then(tls_fault),
    }
}

fn told(error: &Tls) -> String {
    match error {
        Tls::InvalidCertificate(fault) => certificate(fault),
        Tls::InvalidMessage(_) => "what answers there does not speak TLS; check the port".to_owned(),
        Tls::PeerIncompatible(_)
        | Tls::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure) => {
            "it speaks no TLS that is safe: TLS 1.2 with forward secrecy or TLS 1.3 is needed there".to_owned()
        }
        Tls::AlertReceived(AlertDescription::UnrecognisedName) => "it knows no server of this name".to_owned(),
        Tls::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => "it does not take our client certificate, or wants one and got none".to_owned(),
        other => one_line(&other.to_string(), 200),
    }
}

fn certificate(fault: &CertificateError) -> String {
    const TRUSTED: &str = "ca_file must hold the authority that signed it";
    match fault {
        CertificateError::Expired => "its certificate expired; renew it there".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate expired at {}; renew it there, or set this machine's clock", moment(*not_after))
        }
        CertificateError::NotValidYet => "its certificate is not valid yet; compare the clocks".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is not valid before {}; compare the clocks", moment(*not_before))
        }
        CertificateError::NotValidForName => "its certificate is for another name".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let expected = one_line(&expected.to_str(), 100);
            if presented.is_empty() {
                return format!("its certificate names no server; issue one with subjectAltName for {expected}");
            }
            let names: Vec<_> = presented.iter().take(5).map(|name| one_line(plain(name), 100)).collect();
            format!(
                "its certificate is for {}, not for {expected}; write a name that it has, or issue one for {expected}",
                names.join(", ")
            )
        }
        CertificateError::UnknownIssuer => {
            format!("its certificate is signed by nobody who is trusted here, perhaps by itself; {TRUSTED}")
        }
        CertificateError::BadSignature => {
            format!("its certificate is not signed by the authority that it names; {TRUSTED}, as it is now")
        }
        CertificateError::Revoked => "its certificate was revoked; issue another".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its certificate is not for servers; issue one with extendedKeyUsage serverAuth".to_owned()
        }
        CertificateError::Other(other) => of_library(&format!("{other:?}")),
        CertificateError::BadEncoding => of_library("BadEncoding"),
        other => format!("its certificate is not accepted: {}", one_line(&other.to_string(), 200)),
    }
}

/// What the verifier has no public name for.
fn of_library(name: &str) -> String {
    if name.contains("CaUsedAsEndEntity") {
        return "it shows the certificate of an authority (CA:TRUE), which `openssl req -x509` makes, and no server may; make one \
                with -addext basicConstraints=critical,CA:FALSE, or let an authority sign one for the server"
            .to_owned();
    }
    if name.contains("EndEntityUsedAsCa") {
        return "its certificate is signed by one that is no authority; that one must have basicConstraints CA:TRUE"
            .to_owned();
    }
    if name.contains("UnsupportedCertVersion") {
        return "its certificate is of X.509 version 1; issue one of version 3, with subjectAltName".to_owned();
    }
    format!("its certificate is not accepted: {}", one_line(name, 100))
}

fn moment(at: UnixTime) -> Timestamp {
    Timestamp::from_millis(i64::try_from(at.as_secs()).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000))
}

/// `sms.example.org` of `DnsName("sms.example.org")`, and as it is what is written otherwise.
fn plain(name: &str) -> &str {
    for open in ["(\"", "("] {
        if let Some((_, rest)) = name.split_once(open) {
            return rest.split(['"', ')']).next().unwrap_or(rest);
        }
    }
    name
}

#[cfg(test)]
mod tests;
