use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::failure::Failure;
use super::{Format, Streams, expect_there};
use crate::account::{Expiring, Surroundings, open};
use crate::cli::exit::{FAILED, OK};
use crate::domain::{Clock, OrderId, Period, PhoneNumber, Randomness, Stored, SystemClock, SystemRandom, Timestamp};
use crate::settings::Settings;
use crate::sms::{self, ConsoleWriter, MessageKind, SmsMessage, SmsProvider, Texts};

/// More at once is a mistake in the dates, or a case for several runs.
const MOST: usize = 100_000;

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account expiring --within 7d
  resetgate account expiring --within 7d --from 6d --notify     (once a day: everybody is told once)")]
pub struct RunningOut {
    /// Passwords that run out within this time, like 7d or 36h
    #[arg(long, value_name = "TIME")]
    within: Period,
    /// Leave out those that run out sooner than this
    #[arg(long, value_name = "TIME")]
    from: Option<Period>,
    /// Tell each person by SMS, without asking; exits with 1 when a message did not leave
    #[arg(long)]
    notify: bool,
    /// Language of the messages; the default language when left out
    #[arg(long, value_name = "TAG", requires = "notify")]
    locale: Option<String>,
    /// How to write the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(serde::Serialize)]
struct Line {
    address: String,
    unit: Option<String>,
    expires_at: String,
    mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notified: Option<bool>,
}

impl RunningOut {
    pub async fn run(self, settings: &Settings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let random: Arc<dyn Randomness> = Arc::new(SystemRandom);
        expect_there(&settings.account)?;
        let store = open(&settings.account, &Surroundings { clock: Arc::clone(&clock), random }).await?;
        let now = clock.now();
        let listed = store
            .expiring(now.plus(self.from.map_or(Duration::ZERO, Period::get)), now.plus(self.within.get()), MOST)
            .await?;
        let notifier = if self.notify { Some(self.notifier(settings)?) } else { None };
        let (mut lines, mut lost) = (Vec::new(), 0);
        for one in &listed {
            let told = match &notifier {
                Some(notifier) => Some(notifier.tell(one, streams).await?),
                None => None,
            };
            lost += usize::from(told == Some(false) && one.subject.phone != Stored::Nothing);
            lines.push(line(one, told));
        }
        self.tell(&lines, streams)?;
        if listed.len() == MOST {
            writeln!(streams.err, "note: only the first {MOST} are listed; ask for a shorter time")?;
        }
        Ok(if lost > 0 { FAILED } else { OK })
    }

    fn notifier(&self, settings: &Settings) -> Result<Notifier, Failure> {
        let refused = |error: sms::SmsBuildError| {
            Failure::new(crate::cli::exit::REFUSED, error.to_string(), "`resetgate config check` lists every problem")
        };
        let around = sms::Surroundings::of_this_machine(ConsoleWriter::new(std::io::stdout()));
        let zone = crate::http::Zone::parse(&settings.text.time_zone);
        let zone =
            zone.map_err(|error| Failure::new(crate::cli::exit::REFUSED, error.to_string(), "correct text.time_zone"))?;
        let texts = Texts::new(&settings.sms, &settings.text.default_locale).map_err(refused)?;
        Ok(Notifier {
            provider: sms::build(&settings.sms, &around).map_err(refused)?,
            texts: texts.in_zone(zone.time_zone().clone()),
            domain: settings.server.public_url.host().to_owned(),
            locale: self.locale.clone().unwrap_or_else(|| settings.text.default_locale.clone()),
        })
    }

    fn tell(&self, lines: &[Line], streams: &mut Streams<'_>) -> Result<(), Failure> {
        if self.format == Format::Json {
            serde_json::to_writer_pretty(&mut *streams.out, lines).map_err(std::io::Error::from)?;
            writeln!(streams.out)?;
            return Ok(());
        }
        for line in lines {
            let told = match line.notified {
                Some(true) => "  told",
                Some(false) => "  not told",
                None => "",
            };
            let mobile = line.mobile.as_deref().unwrap_or("no phone");
            writeln!(streams.out, "{:<36}  {:<24}  {mobile}{told}", line.address, line.expires_at)?;
        }
        writeln!(streams.err, "{} passwords run out", lines.len())?;
        Ok(())
    }
}

fn line(one: &Expiring, notified: Option<bool>) -> Line {
    Line {
        address: one.subject.address.as_str().to_owned(),
        unit: one.subject.unit.clone(),
        expires_at: one.expires_at.to_string(),
        mobile: one.subject.phone.as_ref().value().map(PhoneNumber::masked),
        notified,
    }
}

/// Sends the texts.
struct Notifier {
    provider: Arc<dyn SmsProvider>,
    texts: Texts,
    domain: String,
    locale: String,
}

impl Notifier {
    /// Whether a provider took the message. Who has no phone is not told.
    async fn tell(&self, one: &Expiring, streams: &mut Streams<'_>) -> Result<bool, Failure> {
        let Stored::Value(phone) = &one.subject.phone else { return Ok(false) };
        let message = self.message(phone.clone(), one.subject.unit.as_deref(), one.expires_at);
        match self.provider.send(&message).await {
            Ok(_) => Ok(true),
            Err(error) => {
                writeln!(streams.err, "warning: {}: {error}", one.subject.address.as_str())?;
                Ok(false)
            }
        }
    }

    fn message(&self, to: PhoneNumber, unit: Option<&str>, expires_at: Timestamp) -> SmsMessage {
        let random: &dyn Randomness = &SystemRandom;
        SmsMessage {
            to,
            kind: MessageKind::Expiry,
            locale: self.locale.as_str().into(),
            text: self.texts.expiry_text(&self.locale, &self.domain, expires_at).into(),
            code: None,
            // Who learns of it a day later is still in time, or it does not matter any more.
            valid_for: Some(Duration::from_hours(24)),
            domain: self.domain.as_str().into(),
            unit: unit.map(Box::from),
            order: OrderId::draw(random),
            challenge: None,
        }
    }
}
