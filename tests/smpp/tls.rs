//! case 92, T24: a gateway that cannot prove its name gets neither the password nor a message.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use resetgate::sms::SmsError;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::peer::Wire;
use crate::provider::{NUMBER, message, sender};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A gateway with a certificate of `authority` for `name`, and how many connections came as far as the bind.
async fn gateway(authority: &Authority, name: &str) -> (u16, Arc<AtomicUsize>, JoinSet<()>) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let binds = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&binds);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let mut wire = Wire(Box::new(stream));
            wire.bind().await;
            counted.fetch_add(1, Ordering::SeqCst);
            wire.behave().await;
        }
    });
    (port, binds, tasks)
}

async fn sent(shown: &Authority, name: &str, believed: &Authority) -> (Result<(), SmsError>, usize) {
    let (port, binds, _tasks) = gateway(shown, name).await;
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(believed.pem().as_bytes()).unwrap();
    let more = format!(
        "tls = true\nca_file = \"{}\"\nreconnect_min = \"10s\"\nreconnect_max = \"20s\"",
        file.path().display()
    );
    let sender = sender(port, &more);
    let outcome = sender.provider.send(&message(NUMBER)).await.map(drop);
    sender.provider.close().await;
    (outcome, binds.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_gateway_of_the_private_authority_is_spoken_to() {
    let authority = authority();
    assert_eq!(sent(&authority, "127.0.0.1", &authority).await, (Ok(()), 1));
}

#[tokio::test]
async fn a_gateway_of_another_authority_or_another_name_learns_nothing() {
    let (own, other) = (authority(), authority());
    for (shown, name, fault) in
        [(&other, "127.0.0.1", "is not signed by the authority that it names"), (&own, "127.0.0.2", "127.0.0.2")]
    {
        let (outcome, binds) = sent(shown, name, &own).await;
        let Err(SmsError::Unreachable { reason }) = outcome else { panic!("{outcome:?}") };
        assert!(reason.starts_with("no connection: its certificate ") && reason.contains(fault), "{reason}");
        assert_eq!(binds, 0);
    }
}
