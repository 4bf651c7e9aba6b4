//! A browser without script: it holds the cookie, repeats hidden fields, and follows where it is led.

use url::form_urlencoded;

use super::{Answer, Client, TestApp};

/// The cookie of the pages.
pub const PAGE_COOKIE: &str = "__Host-resetgate-page";

/// One person at the pages.
pub struct Walker<'a> {
    pub app: &'a TestApp,
    pub client: Client,
    pub cookie: Option<String>,
    pub page: String,
    pub base: &'static str,
}

impl<'a> Walker<'a> {
    pub fn new(app: &'a TestApp, client: Client) -> Self {
        let client = client.with("accept", "text/html,application/xhtml+xml");
        Self { app, client, cookie: None, page: String::new(), base: "" }
    }

    /// Where the service stands below a path.
    pub fn below(app: &'a TestApp, client: Client, base: &'static str) -> Self {
        Self { base, ..Self::new(app, client) }
    }

    pub async fn open(&mut self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// Sends a form with the hidden fields of the page and these.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for name in ["csrf", "recovery", "captcha", "account", "step"] {
            if fields.iter().all(|(given, _)| *given != name) && self.has(name) {
                form.append_pair(name, &self.field(name));
            }
        }
        let body = form.extend_pairs(fields).finish();
        self.send("POST", path, Some(body)).await
    }

    /// A GET that follows one redirection.
    pub async fn follow(&mut self, answer: Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", self.page);
        let place = answer.header("location").unwrap().to_owned();
        self.open(&place).await
    }

    async fn send(&mut self, method: &str, path: &str, form: Option<String>) -> Answer {
        let name = if self.base.is_empty() { PAGE_COOKIE } else { "__Secure-resetgate-page" };
        let cookie = self.cookie.clone().map(|cookie| format!("{name}={cookie}"));
        let mut headers = Vec::new();
        if let Some(cookie) = &cookie {
            headers.push(("cookie", cookie.as_str()));
        }
        if form.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let answer = self.client.send(method, path, &headers, form.map(String::into_bytes)).await;
        if let Some(set) = answer.header("set-cookie") {
            let value = set.split(';').next().unwrap().split_once('=').unwrap().1;
            self.cookie = Some(value.to_owned());
        }
        self.page = String::from_utf8_lossy(&answer.bytes).into_owned();
        answer
    }

    fn has(&self, name: &str) -> bool {
        self.page.contains(&format!("name=\"{name}\""))
    }

    /// The value of a field of the page.
    pub fn field(&self, name: &str) -> String {
        let rest =
            self.page.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_else(|| panic!("{name}: {}", self.page));
        rest.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()
    }

    /// What an attribute of the page says.
    pub fn attribute(&self, name: &str) -> String {
        self.page.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Asks for a code by proof of work; ends on the page for the code.
    pub async fn ask(&mut self, account: &str) -> Answer {
        let first = format!("{}/", self.base);
        self.open(&first).await;
        self.submit(&first, &[("account", account), ("action", "pow")]).await.expect(200);
        let nonce = resetgate::captcha::solve_pow(&self.attribute("data-salt"), 8);
        let answer = self.submit(&first, &[("account", account), ("nonce", &nonce), ("action", "send")]).await;
        self.follow(answer).await
    }

    /// Opens the page for the code and sends one.
    pub async fn submit_code_page(&mut self, code: &str) -> Answer {
        self.open("/code").await.expect(200);
        self.submit("/code", &[("code", code)]).await
    }

    /// The anchor that this browser's forms carry.
    pub async fn anchor(mut self) -> String {
        self.open("/").await;
        self.field("csrf")
    }

    /// The id of the recovery under way, from the cookie.
    pub fn recovery(&self) -> String {
        self.cookie.as_ref().unwrap().split('.').nth(2).unwrap().to_owned()
    }

    /// The code that was sent.
    pub async fn code(&self) -> String {
        self.app.delivery(&self.recovery(), 1).await.expect("a code left")
    }
}
