//! Certificates of authorities that live as long as a test.

use std::io::Write;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tempfile::NamedTempFile;

/// A private authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What a server shows, as PEM.
pub struct Shown {
    pub certificate: String,
    pub key: String,
    pub authority: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A good certificate for a server of this name.
    pub fn shows(&self, name: &str) -> Shown {
        self.issue(&params(name))
    }

    /// One that ran out.
    pub fn shows_expired(&self, name: &str) -> Shown {
        let mut expired = params(name);
        expired.not_before = date_time_ymd(2020, 1, 1);
        expired.not_after = date_time_ymd(2021, 1, 1);
        self.issue(&expired)
    }

    fn issue(&self, params: &CertificateParams) -> Shown {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Shown { certificate: certificate.pem(), key: key.serialize_pem(), authority: self.0.pem() }
    }

    /// The file that `ca_file` names.
    pub fn file(&self) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(self.0.pem().as_bytes()).unwrap();
        file
    }
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}
