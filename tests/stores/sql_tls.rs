//! case 92: TLS to the database, with a certificate that is right for it and no other.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::Postgres;
use crate::sql::{Base, Server};

/// An authority, and what it has signed for `names`: PEM of authority, certificate and key.
fn authority(names: &[&str]) -> [String; 3] {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    [issuer.pem(), certificate.pem(), key.serialize_pem()]
}

#[tokio::test]
async fn only_a_certificate_of_the_authority_for_this_host_is_trusted() {
    let files = tempfile::TempDir::new().unwrap();
    let [good, certificate, key] = authority(&["127.0.0.1"]);
    let [other, _, _] = authority(&["127.0.0.1"]);
    let [elsewhere, wrong_certificate, wrong_key] = authority(&["db.example.org"]);
    let file = |name: &str, pem: &str| {
        let path = files.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path
    };
    let (good, other, elsewhere) = (file("good", &good), file("other", &other), file("elsewhere", &elsewhere));
    for (mut right, mut wrong) in [
        (
            Base::with_people(Server::Postgres(Arc::new(Postgres::start_with_tls(&certificate, &key)))).await,
            Base::with_people(Server::Postgres(Arc::new(Postgres::start_with_tls(&wrong_certificate, &wrong_key))))
                .await,
        ),
        (
            Base::with_people(Server::MariaDb(Arc::new(MariaDb::start_with_tls(&certificate, &key)))).await,
            Base::with_people(Server::MariaDb(Arc::new(MariaDb::start_with_tls(&wrong_certificate, &wrong_key)))).await,
        ),
    ] {
        right.settings.sql.ca_file.clone_from(&good);
        right.open().await;
        right.settings.sql.ca_file.clone_from(&other);
        let refusal = right.refusal().await;
        assert!(refusal.contains("account.sql.ca_file"), "{refusal}");
        wrong.settings.sql.ca_file.clone_from(&elsewhere);
        let refusal = wrong.refusal().await;
        assert!(refusal.contains("account.sql.ca_file"), "{refusal}");
    }
}

/// A server that speaks no TLS gets no password in the clear.
#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_wanted() {
    let files = tempfile::TempDir::new().unwrap();
    let path = files.path().join("ca");
    std::fs::write(&path, &authority(&["127.0.0.1"])[0]).unwrap();
    for mut base in [
        Base::postgres().await,
        Base::with_people(Server::MariaDb(Arc::new(MariaDb::start_with(&["--skip-ssl"])))).await,
    ] {
        base.settings.sql.ca_file.clone_from(&path);
        let refusal = base.refusal().await;
        assert!(refusal.contains("TLS") || refusal.contains("trusted"), "{refusal}");
    }
}
