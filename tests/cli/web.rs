//! HTTP as far as these tests need it, and the journey over it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("{name}: {self:?}")).to_owned()
    }
}

/// Asks once, on a connection of its own.
///
/// # Errors
/// When nobody listens, or the answer breaks off.
pub fn ask(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> std::io::Result<Answer> {
    let patience = Some(Duration::from_secs(30));
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let broken = || std::io::Error::other(format!("no answer: {text:?}"));
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    Ok(Answer { status, head: head.to_owned(), text: body.to_owned() })
}

pub fn get(to: SocketAddr, path: &str) -> Answer {
    ask(to, "GET", path, &[], "").unwrap()
}

/// A person with a browser.
pub struct Person {
    pub api: SocketAddr,
    pub id: String,
    pub credential: String,
    /// Everything that was secret on the way.
    pub secrets: Vec<String>,
    /// Everything that was answered.
    pub answers: Vec<Answer>,
}

impl Person {
    pub fn at(api: SocketAddr) -> Self {
        Self { api, id: String::new(), credential: String::new(), secrets: Vec::new(), answers: Vec::new() }
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        let authorization = format!("Flow {}", self.credential);
        let mut headers = vec![("Content-Type", "application/json"), ("Accept-Language", "en")];
        if !self.credential.is_empty() {
            headers.push(("Authorization", authorization.as_str()));
        }
        let answer = ask(self.api, "POST", path, &headers, &body.to_string()).unwrap();
        if let Ok(Some(told)) =
            serde_json::from_str(&answer.text).map(|body: Value| body["flow_token"].as_str().map(str::to_owned))
        {
            self.secrets.push(told.clone());
            self.credential = told;
        }
        self.answers.push(answer.clone());
        answer
    }

    /// Gets a proof of work and does it.
    pub fn captcha(&mut self) -> Value {
        let captcha = self.post("/v1/captchas", &json!({ "kind": "pow" })).expect(201);
        let bits = u8::try_from(captcha.json()["bits"].as_u64().unwrap()).unwrap();
        let nonce = resetgate::captcha::solve_pow(&captcha.member("salt"), bits);
        json!({ "id": captcha.member("id"), "nonce": nonce })
    }

    pub fn start(&mut self, account: &str) -> Answer {
        self.credential.clear();
        let captcha = self.captcha();
        let started = self.post("/v1/password-resets", &json!({ "account": account, "captcha": captcha }));
        if started.status == 202 {
            self.id = started.member("id");
        }
        started
    }

    pub fn step(&mut self, step: &str, body: &Value) -> Answer {
        let path = format!("/v1/password-resets/{}/{step}", self.id);
        self.post(&path, body)
    }
}
