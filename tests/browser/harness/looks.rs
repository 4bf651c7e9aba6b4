//! How a page looks: screens, media, and what can be measured of it.

use std::path::Path;

use serde_json::json;

use super::visitor::Visitor;

/// Every text that is cut off, or that sticks out of the page or of its button.
const LOST: &str = r"
const wide = document.documentElement.clientWidth, lost = [];
const name = one => one.id ? `#${one.id}` : `${one.localName}.${one.className}`;
const hidden = one => one.closest('.sr, .skip, .default, [hidden], noscript') || !one.checkVisibility();
for (const one of document.body.querySelectorAll('*')) {
  if (hidden(one)) continue;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  // A field scrolls what is typed into it.
  const cuts = side => one.localName !== 'input' && ['hidden', 'clip'].includes(style[`overflow${side}`]);
  if (cuts('X') && one.scrollWidth > one.clientWidth + 1) lost.push(`${name(one)} is cut in width`);
  if (cuts('Y') && one.scrollHeight > one.clientHeight + 1) lost.push(`${name(one)} is cut in height`);
  if (box.width && (box.right > wide + 1 || box.left < -1)) lost.push(`${name(one)} sticks out of the page`);
  for (const text of one.childNodes) {
    if (text.nodeType !== 3 || !text.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      const button = one.closest('button, .button');
      const around = button ? button.getBoundingClientRect() : { left: 0, right: wide, top: -1e9, bottom: 1e9 };
      if (line.left < around.left - 1 || line.right > around.right + 1 || line.top < around.top - 1 || line.bottom > around.bottom + 1)
        lost.push(`the text of ${name(one)} sticks out: ${text.data.trim()}`);
    }
  }
}
return [...new Set(lost)]";

/// WCAG contrasts of what bounds a control, or is drawn: pairs of name and ratio.
const BORDERS: &str = r"
const part = value => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
const colour = text => text.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
const behind = one => {
  for (let at = one; at; at = at.parentElement) {
    const found = colour(getComputedStyle(at).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
const ratio = (one, two) => { const [a, b] = [light(one), light(two)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
return [...document.querySelectorAll('main input:not([type=hidden]):not(.sr), main button:not(.link):not(.default), main .button, #picture')]
  .filter(one => one.checkVisibility())
  .map(one => {
    const style = getComputedStyle(one), around = behind(one.parentElement);
    const edge = parseFloat(style.borderTopWidth) > 0 ? ratio(colour(style.borderTopColor), around) : 0;
    return [`#${one.id} ${one.localName}`, Math.max(edge, ratio(behind(one), around))];
  })";

impl Visitor<'_> {
    /// Another screen.
    pub async fn screen(&self, width: u32, height: u32, phone: bool) -> &Self {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
        self.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await;
        self
    }

    /// Media features, like `("prefers-color-scheme", "dark")`; those not named are as usual.
    pub async fn media(&self, features: &[(&str, &str)]) -> &Self {
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.command("Emulation.setEmulatedMedia", json!({ "media": "", "features": features })).await;
        self
    }

    /// As if printed.
    pub async fn on_paper(&self) -> &Self {
        self.command("Emulation.setEmulatedMedia", json!({ "media": "print", "features": [] })).await;
        self
    }

    /// No network from now on, or again.
    pub async fn offline(&self, offline: bool) -> &Self {
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.command("Network.emulateNetworkConditions", conditions).await;
        self
    }

    /// Addresses that cannot be fetched, like `*.js`.
    pub async fn block(&self, patterns: &[&str]) -> &Self {
        self.command("Network.enable", json!({})).await;
        self.command("Network.setBlockedURLs", json!({ "urls": patterns })).await;
        self
    }

    /// A processor so many times slower.
    pub async fn slow_down(&self, times: u32) -> &Self {
        self.command("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await;
        self
    }

    /// By how many pixels the page is wider than the screen.
    pub async fn sideways(&self) -> i64 {
        // Not `innerWidth`: a phone zooms out until everything is on its screen.
        let script = "return document.scrollingElement.scrollWidth - document.documentElement.clientWidth";
        self.eval(script).await.as_i64().unwrap()
    }

    /// Texts that are cut off, or stick out of the page or of their button.
    pub async fn lost(&self) -> Vec<String> {
        serde_json::from_value(self.eval(LOST).await).unwrap()
    }

    /// Contrasts of the edges of controls and of the picture with what is around them.
    pub async fn edges(&self) -> Vec<(String, f64)> {
        serde_json::from_value(self.eval(BORDERS).await).unwrap()
    }

    /// Width and height of everything that can be pressed or typed into and is seen, but for links within a sentence.
    pub async fn targets(&self) -> Vec<(String, f64, f64)> {
        let script = r"
          const inline = one => one.localName === 'a' && getComputedStyle(one).display === 'inline';
          return [...document.querySelectorAll('a, button, input:not([type=hidden]), summary, audio')]
            .filter(one => one.checkVisibility() && !one.closest('.sr, .skip, .default') && !inline(one))
            .map(one => { const box = one.getBoundingClientRect();
              return [`${one.localName}#${one.id}.${one.className} ${one.textContent.trim()}`, box.width, box.height]; })";
        serde_json::from_value(self.eval(script).await).unwrap()
    }

    /// Whether an element lies on the screen as the page was opened.
    pub async fn on_screen(&self, selector: &str) -> bool {
        let inside =
            "(box => box.top >= 0 && box.bottom <= innerHeight && box.height > 0)(element.getBoundingClientRect())";
        self.on(selector, inside).await == true
    }

    /// A computed property of style.
    pub async fn style(&self, selector: &str, property: &str) -> String {
        let value = self.on(selector, &format!("getComputedStyle(element).getPropertyValue({property:?})")).await;
        value.as_str().unwrap().to_owned()
    }

    /// The whole page as PNG, from top to bottom.
    pub async fn screenshot(&self, file: &Path) {
        let picture = self.command("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        let picture = data_encoding::BASE64.decode(picture["data"].as_str().unwrap().as_bytes()).unwrap();
        std::fs::write(file, picture).unwrap();
    }
}
