//! Requests for pages without a browser: for what none would send, and where hundreds are compared.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder};

use super::Site;

/// A client that keeps the cookie of the pages and follows nothing.
pub struct Plain {
    http: reqwest::Client,
    base: String,
    pub cookie: String,
}

/// One answer, read whole.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub status: u16,
    /// Names in lower case; those given twice are joined by a comma.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Sheet {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> &str {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&mark).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        rest.split('"').next().unwrap()
    }

    /// Everything that a stranger can compare but the time: what is drawn afresh is reduced to how long it is.
    pub fn shape(&self) -> String {
        let mut shape = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            match name.as_str() {
                "date" => {}
                "set-cookie" | "x-request-id" => shape += &format!("{name}: {} signs\n", value.len()),
                "ratelimit" => shape += "ratelimit\n",
                _ => shape += &format!("{name}: {value}\n"),
            }
        }
        shape
    }
}

impl Site {
    #[expect(clippy::disallowed_methods, reason = "tests build their own client")]
    pub fn plain(&self) -> Plain {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Plain { http, base: self.origin(), cookie: String::new() }
    }
}

impl Plain {
    pub async fn get(&mut self, path: &str) -> Sheet {
        let request = self.http.request(Method::GET, format!("{}{path}", self.base));
        self.send(request).await
    }

    /// A file.
    pub async fn get_bytes(&self, path: &str) -> Vec<u8> {
        let response = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        response.bytes().await.unwrap().to_vec()
    }

    /// Sends a form as a browser does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Sheet {
        self.post_with(path, fields, &[]).await
    }

    /// The same with more headers.
    pub async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Sheet {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.request(Method::POST, format!("{}{path}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request).await
    }

    /// A GET with more headers.
    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Sheet {
        let request = self.http.request(Method::GET, format!("{}{path}", self.base));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Sheet {
        let request = request.header("accept", "text/html").header("cookie", &self.cookie);
        let response = request.send().await.unwrap();
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in response.headers() {
            let value = value.to_str().unwrap();
            let known = headers.entry(name.to_string()).or_default();
            *known = if known.is_empty() { value.to_owned() } else { format!("{known}, {value}") };
        }
        if let Some(cookie) = headers.get("set-cookie") {
            cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let status = response.status().as_u16();
        Sheet { status, headers, body: response.text().await.unwrap() }
    }
}
