//! case 92, T24: a gateway that cannot prove its name gets no message.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use resetgate::sms::{SmsError, SmsProvider};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::gateway::{alone, chain, http, message, read_request};

pub type Authority = CertifiedIssuer<'static, KeyPair>;

pub fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// The line of a provider table that makes it believe `authority` alone, and the file it names.
pub fn believing(authority: &Authority) -> (String, NamedTempFile) {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(authority.pem().as_bytes()).unwrap();
    (format!("ca_file = \"{}\"", file.path().display()), file)
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// A TLS gateway that takes everything, and the number of requests it read.
struct Gateway {
    url: String,
    requests: Arc<AtomicUsize>,
}

async fn gateway(certificate: Certificate, key: KeyPair) -> Gateway {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/send", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if read_request(&mut stream).await.is_some() {
                seen.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(http("200 OK", "", "{\"code\":0,\"id\":\"m-1\"}").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    Gateway { url, requests }
}

/// Sends to a gateway that shows a certificate of `params`, signed by `signer`, believing `believed`.
async fn send(
    params: CertificateParams,
    signer: Option<&Authority>,
    believed: &Authority,
) -> (Result<(), String>, usize) {
    let key = KeyPair::generate().unwrap();
    let certificate = match signer {
        Some(signer) => params.signed_by(&key, signer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let gateway = gateway(certificate, key).await;
    let (more, _file) = believing(believed);
    let outcome = match chain(&[&gateway.url], &more).send(&message()).await {
        Ok(_) => Ok(()),
        Err(SmsError::Unreachable { reason }) => Err(reason),
        Err(other) => panic!("{other}"),
    };
    (outcome, gateway.requests.load(Ordering::SeqCst))
}

async fn refusal(params: CertificateParams, signer: Option<&Authority>, believed: &Authority) -> String {
    let (outcome, requests) = send(params, signer, believed).await;
    assert_eq!(requests, 0);
    outcome.unwrap_err()
}

#[tokio::test]
async fn a_certificate_of_the_private_authority_is_good() {
    let authority = authority();
    let (outcome, requests) = send(params("127.0.0.1"), Some(&authority), &authority).await;
    assert_eq!((outcome, requests), (Ok(()), 1));
    // Nothing process-wide was installed on the way.
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn a_certificate_that_signs_itself_is_refused() {
    let reason = refusal(params("127.0.0.1"), None, &authority()).await;
    assert!(reason.contains("ca_file must hold the authority that signed it"), "{reason}");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let reason = refusal(params("127.0.0.1"), Some(&authority()), &authority()).await;
    assert!(reason.contains("ca_file must hold the authority that signed it"), "{reason}");
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let authority = authority();
    let mut expired = params("127.0.0.1");
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2021, 1, 1);
    let reason = refusal(expired, Some(&authority), &authority).await;
    assert!(reason.contains("expired"), "{reason}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = authority();
    let reason = refusal(params("sms.example.org"), Some(&authority), &authority).await;
    assert!(reason.contains("is for sms.example.org, not for 127.0.0.1"), "{reason}");
}

/// A container without certificates must start all the same when no gateway needs them.
#[test]
fn missing_system_authorities_matter_only_to_a_gateway_that_needs_them() {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--ignored", "--exact", "tls::without_system_authorities"]);
    let output = child.env("SSL_CERT_FILE", "/dev/null").env_remove("SSL_CERT_DIR").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
#[ignore = "needs a process without certificates; the test above starts one"]
fn without_system_authorities() {
    let built = |url: &str, more: &str| {
        alone(&format!("url = \"{url}\"\nbody = '[\"{{to}}\",\"{{text}}\"]'\nsuccess = {{ status = [200] }}\n{more}"))
            .map(drop)
    };
    let (more, _file) = believing(&authority());
    assert_eq!(built("http://127.0.0.1:9/", ""), Ok(()));
    assert_eq!(built("https://sms.example.org/", &more), Ok(()));
    let error = built("https://sms.example.org/", "").unwrap_err();
    assert!(error.key == "provider.alone.ca_file" && error.problem.contains("install ca-certificates"), "{error}");
}

/// Speaking plainly where TLS is expected is no way in either.
#[tokio::test]
async fn a_gateway_without_tls_gets_nothing() {
    let plain = crate::gateway::Gateway::answering(http("200 OK", "", "{\"code\":0}")).await;
    let (more, _file) = believing(&authority());
    let error = chain(&[&format!("https://{}/", plain.address)], &more).send(&message()).await.unwrap_err();
    assert!(matches!(error, SmsError::Unreachable { .. }), "{error}");
    assert_eq!(plain.requests(), 0);
}
