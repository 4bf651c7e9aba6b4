//! A person in front of a browser, and what they can do and see.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use super::network::Wire;
use super::session::Session;
use super::{Device, Key, Request, Site, time};

/// How long a page may take for what it does by itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// What differs between two pages.
const PAGE: &str = "(performance.timeOrigin + +(document.querySelector('main')?.dataset.turn ?? 0))";

/// One browser with a fresh profile.
pub struct Visitor<'a> {
    pub site: &'a Site,
    pub(super) session: Session,
    wire: Mutex<Wire>,
}

impl<'a> Visitor<'a> {
    pub(super) async fn arrive(site: &'a Site, device: Device) -> Self {
        let session = Session::start(&device).await;
        let visitor = Self { site, session, wire: Mutex::default() };
        visitor.screen(device.width, device.height, device.phone).await;
        if device.dark {
            visitor.media(&[("prefers-color-scheme", "dark")]).await;
        }
        let clock = if device.held { time::HELD } else { time::OFF };
        if device.held || device.clock_off != 0 {
            let script = clock.replace("OFF", &(device.clock_off * 1_000).to_string());
            visitor.before_scripts(&script).await;
        }
        if !device.script {
            visitor.command("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        }
        visitor
    }

    /// A command of the browser's own protocol.
    pub async fn command(&self, name: &str, parameters: Value) -> Value {
        self.session.command(name, parameters).await
    }

    /// From now on this runs in every page before its own scripts.
    pub async fn before_scripts(&self, script: &str) {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Opens a path of the site.
    pub async fn open(&self, path: &str) -> &Self {
        self.session.go(&format!("{}{path}", self.site.origin())).await;
        self
    }

    /// Opens any address.
    pub async fn open_url(&self, url: &str) -> &Self {
        self.session.go(url).await;
        self
    }

    pub async fn reload(&self) -> &Self {
        self.session.turn("refresh").await;
        self
    }

    pub async fn back(&self) -> &Self {
        self.session.turn("back").await;
        self
    }

    pub async fn forward(&self) -> &Self {
        self.session.turn("forward").await;
        self
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.session.url().await;
        url.strip_prefix(&self.site.origin()).unwrap_or(&url).to_owned()
    }

    pub async fn title(&self) -> String {
        self.session.title().await
    }

    /// Types at the end of what is in a field, key by key.
    pub async fn type_into(&self, selector: &str, text: &str) -> &Self {
        let field = self.session.element(selector).await;
        self.session.keys(&field, text).await;
        self
    }

    /// Empties a field, then types.
    pub async fn fill(&self, selector: &str, text: &str) -> &Self {
        let field = self.session.element(selector).await;
        self.session.clear(&field).await;
        self.session.keys(&field, text).await;
        self
    }

    /// Pastes into a field, as the clipboard does: one event, then the text where the selection is.
    pub async fn paste(&self, selector: &str, text: &str) -> &Self {
        self.focus(selector).await;
        self.command("Input.insertText", json!({ "text": text })).await;
        self
    }

    /// Presses a key wherever the focus is.
    pub async fn press(&self, key: Key) -> &Self {
        self.session.actions(&key.strokes()).await;
        self
    }

    /// Presses a key twice, as fast as it goes.
    pub async fn press_twice(&self, key: Key) -> &Self {
        self.session.actions(&key.twice()).await;
        self
    }

    /// A double click, as fast as it goes.
    pub async fn double_click(&self, selector: &str) -> &Self {
        let place = "(element.scrollIntoView({ block: 'center' }), (box => [box.x + box.width / 2, box.y + box.height / 2])(element.getBoundingClientRect()))";
        let place = self.on(selector, place).await;
        let at = |part: usize| place[part].as_f64().unwrap().round();
        let button = |kind: &str| json!({ "type": kind, "button": 0 });
        let strokes =
            [json!({ "type": "pointerMove", "x": at(0), "y": at(1) }), button("pointerDown"), button("pointerUp")];
        let strokes = [strokes.as_slice(), &strokes[1..]].concat();
        self.session.actions(&json!([{ "type": "pointer", "id": "mouse", "actions": strokes }])).await;
        self
    }

    /// Presses a button or follows a link with the pointer.
    pub async fn click(&self, selector: &str) -> &Self {
        let element = self.session.element(selector).await;
        if let Err(fault) = self.session.click(&element).await {
            panic!("{selector} on {}: {fault}", self.path().await);
        }
        self
    }

    /// Presses what leads to another page, and waits for that page.
    pub async fn follow(&self, selector: &str) -> &Self {
        let page = self.page().await;
        self.click(selector).await.gone_from(page).await
    }

    /// Presses a key that leads to another page, and waits for that page.
    pub async fn press_on(&self, key: Key) -> &Self {
        let page = self.page().await;
        self.press(key).await.gone_from(page).await
    }

    /// Presses the primary button of the step, and waits for what follows.
    pub async fn submit(&self) -> &Self {
        self.follow("#submit").await
    }

    /// Which page this is; every time that one is loaded, or its main part is replaced, it is another.
    pub async fn page(&self) -> f64 {
        self.eval(&format!("return {PAGE}")).await.as_f64().unwrap()
    }

    /// Waits until another page than that is there, whole.
    pub async fn gone_from(&self, page: f64) -> &Self {
        let elsewhere = format!("{PAGE} !== {page} && document.readyState === 'complete'");
        self.until("another page", &elsewhere).await
    }

    pub async fn focus(&self, selector: &str) -> &Self {
        self.session.element(selector).await;
        self.on(selector, "element.focus()").await;
        self
    }

    /// Id of the element with the focus; its tag where it has none.
    pub async fn focused(&self) -> String {
        self.eval_text("const one = document.activeElement; return one.id || one.localName").await
    }

    /// Runs a function body in the page. Works where the page's own scripts do not run, too.
    pub async fn eval(&self, script: &str) -> Value {
        self.session.run(script, &[]).await
    }

    pub async fn eval_with(&self, script: &str, values: &[Value]) -> Value {
        self.session.run(script, values).await
    }

    pub async fn eval_text(&self, script: &str) -> String {
        let value = self.eval(script).await;
        value.as_str().unwrap_or_else(|| panic!("{script} gave {value}")).to_owned()
    }

    /// Runs a function body that hands its result to its last argument.
    pub async fn eval_later(&self, script: &str, values: &[Value]) -> Value {
        self.session.run_later(script, values).await
    }

    /// An expression about `element`, the one that `selector` finds.
    pub async fn on(&self, selector: &str, expression: &str) -> Value {
        let script = format!("const element = document.querySelector(arguments[0]); return ({expression})");
        self.session.element(selector).await;
        self.session.run(&script, &[Value::from(selector)]).await
    }

    /// The text that stands there.
    pub async fn text(&self, selector: &str) -> String {
        self.on(selector, "element.textContent.replace(/\\s+/g, ' ').trim()").await.as_str().unwrap().to_owned()
    }

    /// The texts of all that `selector` finds.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent.trim())";
        let texts = self.session.run(script, &[Value::from(selector)]).await;
        texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    pub async fn count(&self, selector: &str) -> u64 {
        let script = "return document.querySelectorAll(arguments[0]).length";
        self.session.run(script, &[Value::from(selector)]).await.as_u64().unwrap()
    }

    pub async fn shows(&self, selector: &str) -> bool {
        let script = "return [...document.querySelectorAll(arguments[0])].some(one => one.checkVisibility())";
        self.session.run(script, &[Value::from(selector)]).await == true
    }

    /// An attribute; nothing when it is not there.
    pub async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let value = self.on(selector, &format!("element.getAttribute({name:?})")).await;
        value.as_str().map(str::to_owned)
    }

    /// What is in a field.
    pub async fn value(&self, selector: &str) -> String {
        self.on(selector, "element.value").await.as_str().unwrap().to_owned()
    }

    /// Name and role as assistive technology is told them.
    pub async fn spoken(&self, selector: &str) -> (String, String) {
        let element = self.session.element(selector).await;
        self.session.spoken(&element).await
    }

    /// What can be read on the page.
    pub async fn words(&self) -> String {
        self.session.words().await
    }

    /// The whole document as it is by now.
    pub async fn source(&self) -> String {
        self.eval_text("return document.documentElement.outerHTML").await
    }

    /// Waits until a condition of the page holds, and fails with what was waited for.
    pub async fn until(&self, what: &str, condition: &str) -> &Self {
        let script = format!("return !!({condition})");
        let holds = async {
            // Between two pages there is nothing to ask.
            while self.session.try_run(&script).await != Ok(true.into()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let happened = tokio::time::timeout(PATIENCE, holds).await.is_ok();
        assert!(happened, "never happened: {what}, on {}:\n{}", self.path().await, self.words().await);
        self
    }

    /// Lets time pass on a page that [`Device::with_held_time`] holds.
    pub async fn pass(&self, seconds: u32) -> &Self {
        self.eval(&format!("heldPass({seconds} * 1000)")).await;
        self
    }

    /// The tab sleeps, then wakes up; also only with held time.
    pub async fn sleep(&self, seconds: u32) -> &Self {
        self.eval(&format!("heldSleep({seconds} * 1000)")).await;
        self
    }

    /// Every request since the browser was opened, once all are answered.
    pub async fn requests(&self) -> Vec<Request> {
        let mut patience = 100;
        loop {
            let entries = self.session.log("performance").await;
            let (requests, quiet) = {
                let mut wire = self.wire.lock().unwrap();
                for entry in &entries {
                    wire.take(entry);
                }
                (wire.requests(), wire.is_quiet())
            };
            // A recording that nobody plays is never read to its end.
            if quiet || patience == 0 {
                return requests;
            }
            patience -= 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What the browser complained about since it was last asked, but for answers that were meant to be errors.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.session.log("browser").await;
        let grave = entries.iter().filter(|entry| entry["level"] != "INFO" && entry["source"] != "network");
        grave.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Drops every cookie.
    pub async fn forget(&self) {
        self.command("Network.clearBrowserCookies", json!({})).await;
    }

    /// The cookies that pages of the site get.
    pub async fn cookies(&self) -> Vec<Value> {
        self.session.cookies().await
    }
}
