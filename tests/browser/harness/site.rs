//! A running service with everything that its pages can show configured.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use resetgate::audit::EventKind;
use toml::Table;

use super::service::{Scripted, Setup, TestApp, WIDE_GATES, WIDE_SENDS};
use super::{Device, Visitor, reader::Reader};

/// What every page has something to say with.
const FURNISHED: &str = r#"
[server]
return_to_allow = ["https://portal.example.gov.cn/"]
[text]
time_zone = "Asia/Shanghai"
[help]
name = "信息中心"
phone = "010-5550-0100"
email = "help@example.gov.cn"
hours = "9:00–17:30"
[help.name_in]
en = "Information Centre"
[help.hours_in]
en = "Mon to Fri 9:00–17:30"
[page]
login_url = "https://mail.example.gov.cn/login"
mail_domain = "example.gov.cn"
[mail]
imap = "imap.example.gov.cn:993"
pop = "pop.example.gov.cn:995"
smtp = "smtp.example.gov.cn:465"
"#;

/// A service, and the hand of the test on what is around it.
pub struct Site {
    pub app: TestApp,
    reader: Reader,
    codes_read: AtomicUsize,
}

impl Site {
    /// With gates so wide that no test meets them.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// With settings over the usual ones, key by key.
    pub async fn start_with(settings: &str) -> Self {
        Self::start_over(Setup::with(settings)).await
    }

    /// Over whatever a setup puts in the place of store and provider.
    pub async fn start_over(setup: Setup) -> Self {
        let contacts = concat!(env!("CARGO_MANIFEST_DIR"), "/config/contacts.example.csv");
        let contacts = format!("[help]\ncontacts_file = {contacts:?}\n");
        let mut all = Table::new();
        for layer in [FURNISHED, &contacts, &format!("{WIDE_GATES}{WIDE_SENDS}"), &setup.settings] {
            lay_over(&mut all, layer.parse().unwrap());
        }
        let random = Arc::new(Scripted::default());
        let setup = Setup { settings: all.to_string(), random: random.clone(), ..setup };
        let app = TestApp::start_with(setup).await;
        let reader = Reader::new(&app.settings, random);
        Self { app, reader, codes_read: AtomicUsize::new(0) }
    }

    /// A person in front of a desktop.
    pub async fn visitor(&self) -> Visitor<'_> {
        self.visitor_with(Device::desktop()).await
    }

    /// A person in front of a device.
    pub async fn visitor_with(&self, device: Device) -> Visitor<'_> {
        Visitor::arrive(self, device).await
    }

    /// Where the pages are. A browser takes `__Host-` cookies from this host without TLS, because it is its own machine.
    pub fn origin(&self) -> String {
        format!("http://{}", self.app.api)
    }

    /// Lets the service's time pass.
    pub fn pass(&self, seconds: u64) {
        self.app.advance(seconds);
    }

    /// The answer to a captcha, as a person reads it from the picture or hears it.
    pub fn read_captcha(&self, id: &str) -> String {
        self.reader.read(id, self.app.now())
    }

    /// The code of the next message that was not read yet; waits for it.
    pub async fn next_code(&self) -> String {
        let nth = self.codes_read.fetch_add(1, Ordering::SeqCst);
        let sent = |event: &resetgate::audit::AuditEvent| matches!(event.kind, EventKind::CodeSent { .. });
        self.app.events.nth(nth + 1, sent).await;
        self.app.outbound.codes()[nth].code.clone().expect("a code")
    }

    /// How many codes have left so far.
    pub fn codes_sent(&self) -> usize {
        self.app.outbound.codes().len()
    }
}

fn lay_over(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => lay_over(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}
