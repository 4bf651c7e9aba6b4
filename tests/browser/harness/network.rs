//! What went over the wire, as the browser tells it.

use std::collections::BTreeMap;

use serde_json::Value;

/// One request and its answer. A redirect is a request of its own.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub url: String,
    pub method: String,
    /// Document, Stylesheet, Script, Image, Media, Fetch …
    pub kind: String,
    pub status: u64,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub sent_headers: BTreeMap<String, String>,
    pub body_sent: String,
    /// Head and body as transferred; nothing for what came from the cache.
    pub bytes: u64,
    /// The head alone.
    pub head_bytes: u64,
    pub cached: bool,
    pub failed: bool,
    /// Whether nothing more is to come.
    pub done: bool,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as transferred.
    pub fn body_bytes(&self) -> u64 {
        self.bytes.saturating_sub(self.head_bytes)
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or("", |place| &rest[place..])
    }

    /// Scheme, host and port; the scheme alone where there is no host.
    pub fn origin(&self) -> &str {
        match self.url.split_once("://") {
            Some((scheme, rest)) => &self.url[..scheme.len() + 3 + rest.find('/').unwrap_or(rest.len())],
            None => self.url.split(':').next().unwrap_or_default(),
        }
    }
}

/// Requests in the order in which they were sent, from the events of the browser's log.
#[derive(Default)]
pub struct Wire {
    seen: Vec<Request>,
    open: BTreeMap<String, usize>,
    /// The `…ExtraInfo` events come before or after what they belong to.
    early: BTreeMap<String, Vec<Value>>,
}

impl Wire {
    pub fn requests(&self) -> Vec<Request> {
        self.seen.clone()
    }

    /// Whether everything that was asked for is there, or failed.
    pub fn is_quiet(&self) -> bool {
        self.seen.iter().all(|request| request.done)
    }

    /// Takes in one entry of the performance log.
    pub fn take(&mut self, entry: &Value) {
        let message: Value = serde_json::from_str(entry["message"].as_str().unwrap_or("{}")).unwrap();
        let (method, about) = (message["message"]["method"].as_str().unwrap_or(""), &message["message"]["params"]);
        let id = about["requestId"].as_str().unwrap_or_default().to_owned();
        if method == "Network.requestWillBeSent" {
            self.begin(&id, about);
            return;
        }
        let Some(&place) = self.open.get(&id) else {
            if method == "Network.responseReceivedExtraInfo" || method == "Network.requestWillBeSentExtraInfo" {
                self.early.entry(id).or_default().push(message["message"].clone());
            }
            return;
        };
        let request = &mut self.seen[place];
        match method {
            "Network.responseReceived" => answered(request, &about["response"]),
            "Network.responseReceivedExtraInfo" => request.headers.extend(named(&about["headers"])),
            "Network.requestWillBeSentExtraInfo" => request.sent_headers.extend(named(&about["headers"])),
            "Network.requestServedFromCache" => request.cached = true,
            "Network.loadingFinished" => {
                request.done = true;
                request.bytes = if request.cached { 0 } else { bytes(&about["encodedDataLength"]) };
            }
            "Network.loadingFailed" => (request.failed, request.done) = (true, true),
            _ => {}
        }
    }

    fn begin(&mut self, id: &str, about: &Value) {
        // The browser's own start page is nothing of ours.
        if about["documentURL"].as_str().is_some_and(|page| page.starts_with("chrome") || page == "data:,") {
            return;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let (Some(&former), Some(_)) = (self.open.get(id), about.get("redirectResponse")) {
            answered(&mut self.seen[former], &about["redirectResponse"]);
            self.seen[former].done = true;
            self.seen[former].bytes = bytes(&about["redirectResponse"]["encodedDataLength"]);
        }
        let sent = &about["request"];
        self.open.insert(id.to_owned(), self.seen.len());
        self.seen.push(Request {
            url: text(&sent["url"]),
            method: text(&sent["method"]),
            kind: text(&about["type"]),
            sent_headers: named(&sent["headers"]),
            body_sent: text(&sent["postData"]),
            ..Request::default()
        });
        for message in self.early.remove(id).unwrap_or_default() {
            let request = self.seen.last_mut().unwrap();
            let headers = named(&message["params"]["headers"]);
            match message["method"].as_str() {
                Some("Network.requestWillBeSentExtraInfo") => request.sent_headers.extend(headers),
                _ => request.headers.extend(headers),
            }
        }
    }
}

fn answered(request: &mut Request, response: &Value) {
    request.head_bytes = bytes(&response["encodedDataLength"]);
    request.status = response["status"].as_u64().unwrap_or(0);
    request.headers.extend(named(&response["headers"]));
    request.cached |= response["fromDiskCache"].as_bool() == Some(true);
}

fn named(headers: &Value) -> BTreeMap<String, String> {
    let pairs = headers.as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn bytes(value: &Value) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and small")]
    value.as_f64().map_or(0, |length| length.max(0.0) as u64)
}
