//! Providers that talk to the gateway of the test, messages, and somebody who takes the reports.

use std::sync::Arc;
use std::time::Duration;

use resetgate::domain::{ManualClock, PhoneNumber, Region, SystemRandom, Timestamp};
use resetgate::sms::{
    ConsoleWriter, DeliveryReport, MessageKind, ReportSink, SmsError, SmsMessage, SmsProvider, SmsReceipt, SmsSettings,
    Surroundings, build, build_one,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::ismg::{Ismg, SECRET, SP_ID, within};

pub const NUMBER: &str = "13800138000";
pub const CODE: &str = "002569";
pub const TEXT: &str = "【市政邮箱】动态密码002569，5分钟内有效";
/// 2026-11-23 08:38:27 in Beijing.
pub const NOW: i64 = 1_795_394_307_000;
/// Long enough for a busy machine.
pub const PATIENT: &str = "timeout = \"10s\"\nconnect_timeout = \"5s\"";

pub struct Reports(mpsc::UnboundedSender<DeliveryReport>);

impl ReportSink for Reports {
    fn take(&self, report: DeliveryReport) {
        self.0.send(report).unwrap();
    }
}

pub struct Client {
    pub provider: Arc<dyn SmsProvider>,
    reports: mpsc::UnboundedReceiver<DeliveryReport>,
}

/// A provider for this gateway, with lines of `more` in its table.
pub fn client(ismg: &Ismg, more: &str) -> Client {
    client_within(ismg, PATIENT, more)
}

/// The same with times of the test.
pub fn client_within(ismg: &Ismg, times: &str, more: &str) -> Client {
    let (settings, around, reports) = parts(&[ismg], times, more);
    Client { provider: build_one(&settings, "first", &around).unwrap(), reports }
}

/// A chain of providers, `first` and `second`.
pub fn chain(ismgs: [&Ismg; 2], times: &str) -> Client {
    let (settings, around, reports) = parts(&ismgs, times, "");
    Client { provider: build(&settings, &around).unwrap(), reports }
}

type Parts = (SmsSettings, Surroundings, mpsc::UnboundedReceiver<DeliveryReport>);

fn parts(ismgs: &[&Ismg], times: &str, more: &str) -> Parts {
    let tables = ["first", "second"].iter().zip(ismgs).map(|(name, ismg)| {
        let (port, version) = (ismg.port(), ismg.spoken.name());
        format!(
            "[provider.{name}]\nkind = \"cmpp\"\nhost = \"127.0.0.1\"\nport = {port}\nversion = \"{version}\"\n\
             sp_id = \"{SP_ID}\"\nsecret = \"{SECRET}\"\nservice_id = \"MAIL\"\nsrc_id = \"10690001\"\n{more}\n"
        )
    });
    let names = &["first", "second"][..ismgs.len()];
    let head = format!(
        "providers = {names:?}\nqueue = 1\nworkers = 1\n{times}\n\
         breaker = {{ failures = 1000, window = \"30s\", open_for = \"60s\" }}\n\
         [text]\ncode = {{ en = \"{{code}}\" }}\nnotice = {{ en = \"changed\" }}\nexpiry = {{ en = \"ends\" }}\n"
    );
    let settings: SmsSettings = toml::from_str(&(head + &tables.collect::<String>())).unwrap();
    assert_eq!(settings.check(), []);
    let (sender, reports) = mpsc::unbounded_channel();
    let around = Surroundings {
        clock: Arc::new(ManualClock::at(Timestamp::from_millis(NOW))),
        random: Arc::new(SystemRandom),
        console: ConsoleWriter::new(std::io::sink()),
        reports: Arc::new(Reports(sender)),
    };
    (settings, around, reports)
}

/// A message that is being sent.
pub struct Sending(JoinHandle<Result<SmsReceipt, SmsError>>);

impl Sending {
    pub async fn outcome(self) -> Result<SmsReceipt, SmsError> {
        let outcome = within(self.0).await.unwrap();
        if let Err(error) = &outcome {
            let told = format!("{error} {error:?}");
            for secret in [NUMBER, CODE, "动态密码", SECRET] {
                assert!(!told.contains(secret), "{told}");
            }
        }
        outcome
    }

    pub async fn error(self) -> SmsError {
        self.outcome().await.unwrap_err()
    }
}

impl Client {
    pub fn send(&self) -> Sending {
        self.send_text(TEXT)
    }

    pub fn send_text(&self, text: &str) -> Sending {
        self.send_message(message(text, NUMBER))
    }

    pub fn send_message(&self, message: SmsMessage) -> Sending {
        let provider = Arc::clone(&self.provider);
        Sending(tokio::spawn(async move { provider.send(&message).await }))
    }

    pub async fn report(&mut self) -> DeliveryReport {
        within(self.reports.recv()).await.unwrap()
    }

    pub fn has_report(&mut self) -> bool {
        self.reports.try_recv().is_ok()
    }
}

pub fn message(text: &str, to: &str) -> SmsMessage {
    SmsMessage {
        to: PhoneNumber::parse(to, Region::CN).unwrap(),
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

pub fn receipt(message_id: &str) -> SmsReceipt {
    SmsReceipt { provider: "first".into(), message_id: Some(message_id.to_owned()) }
}
