//! When certificates end.

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::domain::Timestamp;

/// The end of a certificate in DER; `None` when it is none.
#[must_use]
pub fn certificate_end(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(Timestamp::from_millis(certificate.validity().not_after.timestamp().checked_mul(1_000)?))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_read_and_of_anything_else_there_is_none() {
        let mut params = CertificateParams::new(["sms.example.org".to_owned()]).unwrap();
        params.not_after = date_time_ymd(2027, 2, 3);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert_eq!(
            certificate_end(certificate.der()).map(|end| end.to_string()).as_deref(),
            Some("2027-02-03T00:00:00Z")
        );
        assert_eq!(certificate_end(b"no certificate"), None);
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_bytes_as_a_certificate_never_panics(bytes: Vec<u8>) {
            let _ = certificate_end(&bytes);
        }
    }
}
