//! case 92: an API that asks for a certificate, and one that shows a wrong one.

use std::io::Write;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use resetgate::account::{AccountError, AccountStore};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{people, settings, store};
use crate::contract::{address, clock};
use crate::servers::account_api::AccountApi;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn written(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// TLS before the API, which wants a certificate of `clients`; the address.
async fn encrypted(api: &AccountApi, servers: &Authority, clients: &Authority) -> String {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(clients.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&ring)).build().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, servers).unwrap();
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (host, path) = api.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let upstream = host.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/{path}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut server = TcpStream::connect(&upstream).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
        }
    });
    url
}

#[tokio::test]
async fn a_client_certificate_opens_the_door_and_another_one_does_not() {
    let (servers, clients, strangers) = (authority(), authority(), authority());
    let api = AccountApi::start(people(), clock()).await;
    let url = encrypted(&api, &servers, &clients).await;
    let believed = written(&servers.pem());
    let ca = format!("ca_file = \"{}\"", believed.path().display());
    let found = async |more: &str| {
        let store: Arc<dyn AccountStore> = store(&settings(&url, &format!("{ca}\n{more}")), clock()).await;
        store.find(&address("zhang@example.org")).await
    };
    for (authority, is_known) in [(&clients, true), (&strangers, false)] {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(Vec::<String>::new()).unwrap().signed_by(&key, authority).unwrap();
        let (certificate, key) = (written(&certificate.pem()), written(&key.serialize_pem()));
        let more = format!(
            "client_cert_file = \"{}\"\nclient_key_file = \"{}\"",
            certificate.path().display(),
            key.path().display()
        );
        let outcome = found(&more).await;
        assert_eq!(outcome.as_ref().is_ok_and(Option::is_some), is_known, "{outcome:?}");
    }
    let without = found("").await;
    assert!(matches!(without, Err(AccountError::Unavailable { .. })), "{without:?}");
    assert_eq!(api.asked(), ["find"], "only one got through");
    // A server of an authority that we do not believe.
    let other = written(&strangers.pem());
    let store = store(&settings(&url, &format!("ca_file = \"{}\"", other.path().display())), clock()).await;
    let error = store.find(&address("zhang@example.org")).await.unwrap_err().to_string();
    assert!(error.contains("ca_file must hold the authority that signed it"), "{error}");
}
