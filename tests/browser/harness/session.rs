//! One browser under `WebDriver`. Only the words that visitors need of the protocol.
//!
//! A client of our own: those on crates.io either change how `serde_json` is built, and with it the code under test
//! (`preserve_order`), or bring licences that `.deny.toml` does not allow.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::device::Device;
use super::driver::{Driver, program};

/// Tests with browsers at once. More of them than processors only make each other late.
const AT_ONCE: u32 = 2;
static FREE: Semaphore = Semaphore::const_new(AT_ONCE as usize);

/// The key that names an element in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

thread_local! {
    /// The turn of the test that runs on this thread.
    static MINE: RefCell<Weak<Turn>> = RefCell::default();
}

/// The right of one test to run browsers. All browsers of a test share it: if each took one, two tests with two
/// browsers could wait for each other for ever.
pub struct Turn(#[expect(dead_code, reason = "held, not read")] SemaphorePermit<'static>);

impl Turn {
    async fn take() -> Arc<Self> {
        if let Some(mine) = Self::mine() {
            return mine;
        }
        let turn = Arc::new(Self(FREE.acquire().await.unwrap()));
        MINE.with_borrow_mut(|mine| *mine = Arc::downgrade(&turn));
        turn
    }

    fn mine() -> Option<Arc<Self>> {
        MINE.with_borrow(Weak::upgrade)
    }

    /// No other browser runs meanwhile, for what is measured.
    pub async fn alone() -> Self {
        Self::none_yet();
        Self(FREE.acquire_many(AT_ONCE).await.unwrap())
    }

    /// Who waits for others with a browser in hand may wait for ever.
    pub fn none_yet() {
        assert!(Self::mine().is_none(), "this comes before the first visitor of a test, or after the last is gone");
    }
}

/// A browser with a profile of its own, gone at the end.
pub struct Session {
    http: reqwest::Client,
    base: String,
    path: String,
    driver: Arc<Driver>,
    profile: tempfile::TempDir,
    _turn: Arc<Turn>,
}

impl Session {
    pub async fn start(device: &Device) -> Self {
        Self::start_in(Turn::take().await, device).await
    }

    #[expect(clippy::disallowed_methods, reason = "tests build their own client")]
    async fn start_in(turn: Arc<Turn>, device: &Device) -> Self {
        let binary = program("chromium", "chromium");
        let driver = Driver::shared();
        // Fails when another test was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut session = Self { http, base: driver.base(), path: String::new(), driver, profile, _turn: turn };
        let asked = device.capabilities(&binary.display().to_string(), &session.profile.path().display().to_string());
        let granted = session.post("/session", &asked).await;
        session.path = format!("/session/{}", granted["sessionId"].as_str().unwrap());
        session.post("/timeouts", &json!({ "script": 60_000, "pageLoad": 60_000, "implicit": 0 })).await;
        session
    }

    async fn send(&self, request: reqwest::RequestBuilder, about: &str) -> Result<Value, String> {
        let answer = request.send().await.unwrap_or_else(|error| panic!("chromedriver, {about}: {error}"));
        let fine = answer.status().is_success();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let value = body["value"].clone();
        let fault = || format!("{about}: {}: {}", value["error"], value["message"]);
        if fine { Ok(value) } else { Err(fault()) }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.unwrap_or_else(|fault| panic!("{fault}"))
    }

    async fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("{}{}{path}", self.base, self.path);
        let request = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        self.send(request, path).await
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{}{path}", self.base, self.path));
        self.send(request, path).await.unwrap_or_else(|fault| panic!("{fault}"))
    }

    pub async fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url })).await;
    }

    /// `back`, `forward` or `refresh`.
    pub async fn turn(&self, way: &str) {
        self.post(&format!("/{way}"), &json!({})).await;
    }

    pub async fn url(&self) -> String {
        self.get("/url").await.as_str().unwrap().to_owned()
    }

    pub async fn title(&self) -> String {
        self.get("/title").await.as_str().unwrap().to_owned()
    }

    /// Runs a function body in the page; what it returns.
    pub async fn run(&self, script: &str, values: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": values })).await
    }

    /// The same where there may be no page just now.
    pub async fn try_run(&self, script: &str) -> Result<Value, String> {
        self.try_post("/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Runs a function body that hands its result to its last argument.
    pub async fn run_later(&self, script: &str, values: &[Value]) -> Value {
        self.post("/execute/async", &json!({ "script": script, "args": values })).await
    }

    /// A command of the browser's own protocol.
    pub async fn command(&self, name: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": name, "params": parameters })).await
    }

    /// The element, which must be there.
    pub async fn element(&self, selector: &str) -> String {
        let asked = json!({ "using": "css selector", "value": selector });
        match self.try_post("/element", &asked).await {
            Ok(found) => found[ELEMENT].as_str().unwrap().to_owned(),
            Err(fault) => panic!("{selector} is not on {} ({fault}):\n{}", self.url().await, self.words().await),
        }
    }

    pub async fn active(&self) -> String {
        self.get("/element/active").await[ELEMENT].as_str().unwrap().to_owned()
    }

    pub async fn click(&self, element: &str) -> Result<(), String> {
        self.try_post(&format!("/element/{element}/click"), &json!({})).await.map(drop)
    }

    pub async fn clear(&self, element: &str) {
        self.post(&format!("/element/{element}/clear"), &json!({})).await;
    }

    pub async fn keys(&self, element: &str, text: &str) {
        self.post(&format!("/element/{element}/value"), &json!({ "text": text })).await;
    }

    /// Name and role as assistive technology is told them.
    pub async fn spoken(&self, element: &str) -> (String, String) {
        let name = self.get(&format!("/element/{element}/computedlabel")).await;
        let role = self.get(&format!("/element/{element}/computedrole")).await;
        (name.as_str().unwrap_or_default().to_owned(), role.as_str().unwrap_or_default().to_owned())
    }

    pub async fn actions(&self, actions: &Value) {
        self.post("/actions", &json!({ "actions": actions })).await;
    }

    pub async fn cookies(&self) -> Vec<Value> {
        self.get("/cookie").await.as_array().unwrap().clone()
    }

    /// What a log has gained since it was last read.
    pub async fn log(&self, kind: &str) -> Vec<Value> {
        self.post("/se/log", &json!({ "type": kind })).await.as_array().unwrap().clone()
    }

    /// The visible part of the page as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let picture = self.get("/screenshot").await;
        data_encoding::BASE64.decode(picture.as_str().unwrap().as_bytes()).unwrap()
    }

    /// What stands on the page, for messages.
    pub async fn words(&self) -> String {
        self.run("return document.body ? document.body.innerText : ''", &[]).await.as_str().unwrap_or("").to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.path.is_empty() {
            self.driver.call("DELETE", &self.path);
        }
    }
}
