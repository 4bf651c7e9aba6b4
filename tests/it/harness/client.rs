//! An HTTP client that checks what every answer must have.

use std::net::SocketAddr;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response};
use serde_json::Value;

/// Header names that answers may have; anything else is a leak until somebody says otherwise.
const ALLOWED: [&str; 31] = [
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "allow",
    "cache-control",
    "connection",
    "content-language",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-resource-policy",
    "date",
    "etag",
    "ratelimit",
    "ratelimit-policy",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "transfer-encoding",
    "vary",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
    "location",
    "permissions-policy",
    "cross-origin-opener-policy",
    "x-robots-tag",
    "strict-transport-security",
];

/// One answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub body: Value,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, headers, bytes, body }
    }

    /// What holds for every answer of the public listener.
    fn check_head(&self) {
        for name in self.headers.keys() {
            assert!(ALLOWED.contains(&name.as_str()), "unexpected header {name}");
        }
        let kept = self.header("cache-control");
        // Only the files of the pages, which are named by their content.
        assert!(kept == Some("no-store") || kept.is_some_and(|rule| rule.contains("immutable")), "{kept:?}");
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert!(self.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
    }

    fn check_problem(&self) {
        if self.status >= 400 && self.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            let page = String::from_utf8_lossy(&self.bytes);
            let told = self.status == 422 || page.contains(self.header("x-request-id").unwrap());
            assert!(told, "an error page names its incident: {page}");
        } else if self.status >= 400 {
            assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
            assert_eq!(self.body["status"], self.status);
            assert_eq!(self.body["instance"], self.header("x-request-id").unwrap());
            assert!(self.body["title"].is_string() && self.body["detail"].is_string());
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The problem's code, or nothing.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The answer must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The answer must be this problem.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        self
    }

    pub fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("{member} in {}", self.body)).to_owned()
    }
}

/// A client at one address, which the test's trusted proxy names.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
}

impl Client {
    #[expect(clippy::disallowed_methods, reason = "tests build their own client")]
    pub fn new(api: SocketAddr, address: &str) -> Self {
        // Fails when another test was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let client = Self { http, base: format!("http://{api}"), headers: HeaderMap::new() };
        client.with("x-forwarded-for", address)
    }

    /// The same client with one more header; an earlier one of that name is replaced.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    /// The same client at another address.
    pub fn at(&self, address: &str) -> Self {
        self.clone().with("x-forwarded-for", address)
    }

    /// Sends whatever is asked for.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(verb, format!("{}{path}", self.base)).headers(self.headers.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = Answer::read(request.send().await.unwrap()).await;
        answer.check_head();
        // An answer to HEAD is a head.
        if method != "HEAD" {
            answer.check_problem();
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string()).await
    }

    /// Posts a text that calls itself JSON.
    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], Some(body.into())).await
    }

    /// The same client with a flow credential.
    pub fn holding(&self, credential: &str) -> Self {
        self.clone().with("authorization", &format!("Flow {credential}"))
    }
}

/// Fetches from the operators' listener, which has other rules.
pub async fn fetch(ops: SocketAddr, path: &str) -> (u16, String) {
    let client = Client::new(ops, "127.0.0.1");
    let response = client.http.get(format!("http://{ops}{path}")).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}
