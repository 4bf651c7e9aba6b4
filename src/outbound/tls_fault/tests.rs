use std::io::Write;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConnection, ServerConfig, ServerConnection};

use super::*;
use crate::outbound::{Trust, tls};

const HOST: &str = "sms.example.gov.cn";

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Our authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What a client that believes `pem` alone says of a server that shows `certificate`; nothing when it is content.
fn said(certificate: &rcgen::Certificate, key: &KeyPair, pem: &str) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    let client = tls(Trust::File(file.path()), None).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let mut client = ClientConnection::new(Arc::new(client), HOST.try_into().unwrap()).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    for _ in 0..10 {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        if let Err(error) = client.process_new_packets() {
            // As it comes out of a socket, and out of a library above it.
            return tls_fault(&std::io::Error::other(std::io::Error::other(error)));
        }
    }
    assert!(!client.is_handshaking());
    None
}

fn signed(change: impl FnOnce(&mut CertificateParams)) -> Option<String> {
    let (authority, key) = (authority(), KeyPair::generate().unwrap());
    let mut params = params(HOST);
    change(&mut params);
    said(&params.signed_by(&key, &authority).unwrap(), &key, &authority.pem())
}

#[test]
fn a_good_certificate_is_taken_and_every_fault_is_told_with_its_mend() {
    assert_eq!(signed(|_| {}), None);
    let expired = signed(|params| params.not_after = date_time_ymd(2021, 1, 1)).unwrap();
    assert!(expired.starts_with("its certificate expired at 2021-01-01T00:00:00Z; renew it"), "{expired}");
    let early = signed(|params| params.not_before = date_time_ymd(2090, 1, 1)).unwrap();
    assert!(early.starts_with("its certificate is not valid before 2090-01-01T00:00:00Z"), "{early}");
    let other = signed(|own| own.subject_alt_names = params("mail.example.gov.cn").subject_alt_names).unwrap();
    assert!(other.starts_with("its certificate is for mail.example.gov.cn, not for sms.example.gov.cn;"), "{other}");
    let nameless = signed(|params| params.subject_alt_names.clear()).unwrap();
    assert!(nameless.contains("names no server") && nameless.contains("subjectAltName"), "{nameless}");
    let client = signed(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]).unwrap();
    assert!(client.contains("not for servers"), "{client}");
}

/// Plain `openssl req -x509` makes an authority; with basicConstraints CA:FALSE it makes a certificate for a server, which
/// may stand in `ca_file` itself.
#[test]
fn a_certificate_that_signs_itself_is_taken_unless_it_is_that_of_an_authority() {
    let key = KeyPair::generate().unwrap();
    let mut plain = params(HOST);
    plain.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let plain = plain.self_signed(&key).unwrap();
    let told = said(&plain, &key, &plain.pem()).unwrap();
    assert!(told.contains("certificate of an authority (CA:TRUE)") && told.contains("CA:FALSE"), "{told}");
    for leaf in [IsCa::ExplicitNoCa, IsCa::NoCa] {
        let mut own = params(HOST);
        own.is_ca = leaf;
        let own = own.self_signed(&key).unwrap();
        assert_eq!(said(&own, &key, &own.pem()), None);
        let stranger = said(&own, &key, &authority().pem()).unwrap();
        assert!(stranger.contains("signed by nobody who is trusted here, perhaps by itself; ca_file"), "{stranger}");
    }
}

#[test]
fn what_is_no_matter_of_certificates_is_told_in_words_too() {
    let plain = Tls::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
    assert!(tls_fault(&plain).unwrap().contains("does not speak TLS; check the port"));
    let refused = Tls::AlertReceived(AlertDescription::CertificateRequired);
    assert!(tls_fault(&refused).unwrap().contains("client certificate"));
    assert_eq!(tls_fault(&std::io::Error::other("broken pipe")), None);
    assert_eq!(
        (plain_name("DnsName(\"a.example\")"), plain_name("IpAddress(10.0.0.1)"), plain_name("a")),
        ("a.example", "10.0.0.1", "a")
    );
}

fn plain_name(name: &str) -> &str {
    plain(name)
}
