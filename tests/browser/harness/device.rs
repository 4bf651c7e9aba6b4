//! What a visitor sits in front of.

use serde_json::{Value, json};

/// A screen and the settings of a browser.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Device {
    pub width: u32,
    pub height: u32,
    pub phone: bool,
    pub language: String,
    pub dark: bool,
    pub script: bool,
    pub cookies: bool,
    /// How wrong its clock is, in seconds.
    pub clock_off: i64,
    /// Whether the page's time stands still until a test lets it pass.
    pub held: bool,
}

impl Device {
    /// 1280×800, Chinese, light, everything allowed.
    pub fn desktop() -> Self {
        Self {
            width: 1_280,
            height: 800,
            phone: false,
            language: "zh-CN".to_owned(),
            dark: false,
            script: true,
            cookies: true,
            clock_off: 0,
            held: false,
        }
    }

    /// 360×740 with a finger.
    pub fn phone() -> Self {
        Self { width: 360, height: 740, phone: true, ..Self::desktop() }
    }

    pub fn sized(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    pub fn speaking(self, language: &str) -> Self {
        Self { language: language.to_owned(), ..self }
    }

    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    pub fn without_script(self) -> Self {
        Self { script: false, ..self }
    }

    pub fn without_cookies(self) -> Self {
        Self { cookies: false, ..self }
    }

    /// Its clock is wrong by so many seconds.
    pub fn with_clock_off(self, seconds: i64) -> Self {
        Self { clock_off: seconds, ..self }
    }

    /// Time on its pages passes only when a test says so: [`super::Visitor::pass`].
    pub fn with_held_time(self) -> Self {
        Self { held: true, ..self }
    }

    /// What chromedriver is asked for.
    pub fn capabilities(&self, binary: &str, profile: &str) -> Value {
        let mut arguments = vec![
            "--headless".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            format!("--user-data-dir={profile}"),
            format!("--window-size={},{}", self.width, self.height),
        ];
        // Chromium refuses its sandbox to root, which is who runs a container.
        if rustix::process::geteuid().is_root() {
            arguments.push("--no-sandbox".to_owned());
        }
        let cookies = if self.cookies { 1 } else { 2 };
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": binary,
                "args": arguments,
                "prefs": {
                    // Else it begins with a page of its own, which takes longer to load than all of ours together.
                    "session.restore_on_startup": 4,
                    "session.startup_urls": ["about:blank"],
                    "intl.accept_languages": self.language,
                    "profile.default_content_setting_values.cookies": cookies,
                },
                "perfLoggingPrefs": { "enableNetwork": true, "enablePage": false },
            },
            "goog:loggingPrefs": { "performance": "ALL", "browser": "ALL" },
        }}})
    }
}
