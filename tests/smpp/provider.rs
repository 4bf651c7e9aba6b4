//! A provider with the settings of a test, messages for it, and where its receipts go.

use std::sync::Arc;
use std::time::Duration;

use resetgate::domain::{PhoneNumber, Region};
use resetgate::sms::{
    ConsoleWriter, DeliveryReport, DeliveryState, MessageKind, ReportName, ReportSink, SmsMessage, SmsProvider,
    SmsSettings, Surroundings, build_one,
};
use tokio::sync::mpsc;

pub const NUMBER: &str = "13800138000";
pub const CODE: &str = "002569";

/// A provider and what its receipts say.
pub struct Sender {
    pub provider: Arc<dyn SmsProvider>,
    reports: mpsc::UnboundedReceiver<DeliveryReport>,
}

struct Kept(mpsc::UnboundedSender<DeliveryReport>);

impl ReportSink for Kept {
    fn take(&self, report: DeliveryReport) {
        let _ = self.0.send(report);
    }
}

/// A provider of the SMSC at `port` of this machine. `more` are lines of its table, over the usual ones.
pub fn sender(port: u16, more: &str) -> Sender {
    sender_within(port, "timeout = \"5s\"\nconnect_timeout = \"3s\"", more)
}

/// The same with time-outs of the test.
pub fn sender_within(port: u16, times: &str, more: &str) -> Sender {
    let text = format!(
        "providers = [\"main\"]\nqueue = 1\nworkers = 1\n{times}\n\
         breaker = {{ failures = 5, window = \"30s\", open_for = \"60s\" }}\n\
         text = {{ code = {{ en = \"{{code}}\" }}, notice = {{ en = \"changed\" }} }}\n"
    );
    let mut settings: toml::Table = toml::from_str(&text).unwrap();
    let mut table: toml::Table = toml::from_str(
        "kind = \"smpp\"\nhost = \"127.0.0.1\"\ntls = false\nsystem_id = \"esme1\"\npassword = \"secret08\"\n\
         source_addr = \"MUNIMAIL\"\nreconnect_min = \"100ms\"\nreconnect_max = \"200ms\"",
    )
    .unwrap();
    table.insert("port".to_owned(), toml::Value::Integer(port.into()));
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    let provider = toml::Table::from_iter([("main".to_owned(), toml::Value::Table(table))]);
    settings.insert("provider".to_owned(), toml::Value::Table(provider));
    let settings: SmsSettings = settings.try_into().unwrap();
    assert_eq!(settings.check(), []);
    let (kept, reports) = mpsc::unbounded_channel();
    let around = Surroundings {
        reports: Arc::new(Kept(kept)),
        ..Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink()))
    };
    Sender { provider: build_one(&settings, "main", &around).unwrap(), reports }
}

impl Sender {
    /// The name of the outcome of a message to `number`, or the id that it got.
    pub async fn outcome(&self, number: &str) -> String {
        match self.provider.send(&message(number)).await {
            Ok(receipt) => receipt.message_id.unwrap_or_else(|| "no id".to_owned()),
            Err(error) => error.name().to_owned(),
        }
    }

    /// The next receipt: the id and what became of it.
    pub async fn report(&mut self) -> (String, DeliveryState) {
        let report = soon(self.reports.recv()).await.unwrap();
        assert_eq!(&*report.provider, "main");
        let ReportName::Message(id) = &report.name else { panic!("{report:?}") };
        let id = id.as_str();
        (id.into(), report.state)
    }

    /// Whether no receipt is waiting.
    pub fn has_no_report(&mut self) -> bool {
        self.reports.try_recv().is_err()
    }
}

/// What comes within ten seconds; a wait that never ends is a failure.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), what).await.expect("it comes in time")
}

pub fn message(number: &str) -> SmsMessage {
    text_message(number, &format!("动态密码{CODE}，5分钟内有效"))
}

pub fn text_message(number: &str, text: &str) -> SmsMessage {
    SmsMessage {
        to: PhoneNumber::parse(number, Region::CN).unwrap(),
        kind: MessageKind::Code,
        locale: "zh-CN".into(),
        text: text.to_owned().into(),
        code: Some(CODE.to_owned().into()),
        valid_for: Some(Duration::from_mins(5)),
        domain: "reset.example.gov.cn".into(),
        unit: None,
        order: "ord_0123456789abcdefghjkmnpqr0".parse().unwrap(),
        challenge: None,
    }
}
