//! What hands do beyond typing and pressing: the clipboard, dragging, a second tab; and the ears of a screen reader.

use serde_json::{Value, json};

use crate::harness::Visitor;

impl Visitor<'_> {
    /// Pastes with the keyboard from the clipboard, over whatever is in the field.
    pub async fn paste_over(&self, selector: &str, text: &str) -> &Self {
        let script = "
            const from = document.body.appendChild(document.createElement('textarea'));
            from.id = 'copied-from'; from.value = arguments[0]; from.focus(); from.select()";
        self.eval_with(script, &[Value::from(text)]).await;
        self.edit("copy").await;
        self.on("#copied-from", "element.remove()").await;
        self.focus(selector).await.on(selector, "element.select()").await;
        self.edit("paste").await;
        self
    }

    /// A command of the editing menu, as its keys give it.
    async fn edit(&self, command: &str) {
        for kind in ["rawKeyDown", "keyUp"] {
            let commands = if kind == "keyUp" { json!([]) } else { json!([command]) };
            let stroke = json!({ "type": kind, "key": command, "modifiers": 2, "commands": commands });
            self.command("Input.dispatchKeyEvent", stroke).await;
        }
    }

    /// Whether the page's own script runs.
    pub async fn scripted(&self) -> bool {
        self.eval("return [...document.querySelectorAll('#show-new-password')].some(one => !one.hidden)").await == true
    }

    /// What is on the clipboard.
    pub async fn clipboard(&self) -> String {
        let allowed = json!({ "permissions": ["clipboardReadWrite"], "origin": self.site.origin() });
        self.command("Browser.grantPermissions", allowed).await;
        let read = "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(`${error}`))";
        self.eval_later(read, &[]).await.as_str().unwrap().to_owned()
    }

    /// Drops a text onto a field, as if it was dragged there from elsewhere.
    pub async fn drop_onto(&self, selector: &str, text: &str) -> &Self {
        self.on(selector, "element.scrollIntoView({ block: 'center' })").await;
        let middle = "(box => [box.x + box.width / 2, box.y + box.height / 2])(element.getBoundingClientRect())";
        let middle = self.on(selector, middle).await;
        let data = json!({
            "items": [{ "mimeType": "text/plain", "data": text }], "dragOperationsMask": 1,
        });
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({ "type": kind, "x": middle[0], "y": middle[1], "data": data });
            self.command("Input.dispatchDragEvent", event).await;
        }
        self
    }

    /// Fills a field as password managers do: the value, then the events of typing, and no key.
    pub async fn fill_as_manager(&self, selector: &str, text: &str) -> &Self {
        let script = "
            const field = document.querySelector(arguments[0]);
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, arguments[1]);
            for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }))";
        self.eval_with(script, &[Value::from(selector), Value::from(text)]).await;
        self
    }

    /// From now on everything that a live region of the page says is kept, in its order.
    pub async fn listen_to(&self, selector: &str) -> &Self {
        let keep = "new MutationObserver(() => (globalThis.heard ??= []).push(element.textContent))
            .observe(element, { childList: true, characterData: true, subtree: true })";
        self.on(selector, keep).await;
        self
    }

    /// What was said since. Nothing that was taken back before anybody could have heard it.
    pub async fn heard(&self) -> Vec<String> {
        serde_json::from_value(self.eval("return globalThis.heard ?? []").await).unwrap()
    }

    /// Forms are kept from leaving the page, after everything of the page has seen that they were submitted.
    pub async fn hold_forms(&self) -> &Self {
        let hold = "addEventListener('submit', event => { event.preventDefault(); globalThis.submitted = true; })";
        self.eval(hold).await;
        self
    }

    /// Opens a path in a second tab of the same browser, and waits for what `selector` names.
    pub async fn second_tab(&self, path: &str, selector: &str) -> &Self {
        // As if by hand: browsers let no page open windows by itself.
        let open = format!("globalThis.second = open({path:?})");
        self.command("Runtime.evaluate", json!({ "expression": open, "userGesture": true })).await;
        self.in_second(selector).await
    }

    /// Waits until what `selector` names is in the second tab.
    pub async fn in_second(&self, selector: &str) -> &Self {
        let there = format!("second.document.readyState === 'complete' && second.document.querySelector({selector:?})");
        self.until(&format!("{selector} in the second tab"), &there).await
    }

    /// The bodies of all forms that went to a path.
    pub async fn sent_to(&self, path: &str) -> Vec<String> {
        let requests = self.requests().await;
        let sent = requests.iter().filter(|request| request.method == "POST" && request.path() == path);
        sent.map(|request| request.body_sent.clone()).collect()
    }

    /// Puts the page's cookie into the browser, as an answer of the service would.
    pub async fn set_cookie(&self, name: &str, value: &str) {
        let cookie = json!({
            "url": self.site.origin(), "name": name, "value": value, "path": "/",
            "secure": true, "httpOnly": true, "sameSite": "Lax",
        });
        let set = self.command("Network.setCookie", cookie).await;
        assert_eq!(set["success"], true, "{set}");
    }
}
