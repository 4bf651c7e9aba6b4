//! case 92, T24: a vendor that cannot prove its name gets no message, whatever the kind.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::chain::{LONG, SHORT, Seen, send};
use crate::gateway::{Gateway, http, read_request};
use crate::rows::{Class, ROWS};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// An authority, and the line of a table that makes a provider believe it alone.
fn authority() -> (Authority, String, NamedTempFile) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(authority.pem().as_bytes()).unwrap();
    let line = format!("ca_file = \"{}\"", file.path().display());
    (authority, line, file)
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// A server that takes everything once its certificate was believed; its origin, and the requests it read.
async fn server(
    params: CertificateParams,
    signer: Option<&Authority>,
    body: &'static str,
) -> (String, Arc<AtomicUsize>) {
    let key = KeyPair::generate().unwrap();
    let certificate = match signer {
        Some(signer) => params.signed_by(&key, signer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if read_request(&mut stream).await.is_some() {
                seen.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(http("200 OK", "", body).as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (origin, requests)
}

/// Shows every kind a certificate and sees who took the message, and how many requests were read by the first.
async fn shown(params: impl Fn() -> CertificateParams, signed: bool, class: Class) {
    for row in ROWS {
        let (authority, line, _file) = authority();
        let (origin, requests) = server(params(), signed.then_some(&authority), row.taken.0).await;
        let (seen, told) = send(row, &origin, LONG, &line).await;
        assert_eq!(seen, Seen::expected(class), "{}: {told}", row.kind);
        let read = if class == Class::Taken { 2 } else { 0 };
        assert_eq!(requests.load(Ordering::SeqCst), read, "{}", row.kind);
    }
}

#[tokio::test]
async fn a_certificate_of_the_private_authority_is_good() {
    shown(|| params("127.0.0.1"), true, Class::Taken).await;
}

#[tokio::test]
async fn a_certificate_that_signs_itself_is_refused() {
    shown(|| params("127.0.0.1"), false, Class::Unreachable).await;
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    shown(|| params("sms.example.org"), true, Class::Unreachable).await;
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let expired = || {
        let mut expired = params("127.0.0.1");
        (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        expired
    };
    shown(expired, true, Class::Unreachable).await;
}

/// Speaking plainly where TLS is expected is no way in either.
#[tokio::test]
async fn a_vendor_without_tls_gets_nothing() {
    for row in ROWS {
        let (_, line, _file) = authority();
        let plain = Gateway::answering(http("200 OK", "", row.taken.0)).await;
        let (seen, told) = send(row, &format!("https://{}", plain.address), SHORT, &line).await;
        assert_eq!((seen, plain.requests()), (Seen::expected(Class::Unreachable), 0), "{}: {told}", row.kind);
    }
}
