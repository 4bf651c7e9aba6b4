//! `resetgate sms test`: one harmless message through the configured providers.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use secrecy::SecretString;

use self::plan::{asked, meaning, plan};
use super::exit::{FAILED, OK, REFUSED, UNREACHABLE, USAGE};
use crate::domain::{OneTimeCode, OrderId, PhoneNumber, Region, nearest_language};
use crate::sms::{
    MessageKind, ProviderSettings, SmsError, SmsMessage, SmsProvider, SmsReceipt, SmsSettings, Surroundings, Texts,
    Transcript, build, build_one,
};

mod plan;

/// Messages.
#[derive(Debug, Subcommand)]
pub enum SmsCommand {
    /// Send one test message: the text of a code, with a code of zeros that opens nothing
    #[command(
        after_help = "Examples:\n  resetgate sms test --to 13800138000 --dry-run\n  resetgate sms test --to +8613800138000 --provider backup --locale en --yes\n  resetgate sms test --to 13800138000 --unit 市税务局 --dry-run"
    )]
    Test(SmsTestArgs),
}

/// What to send where.
#[derive(Debug, Args)]
pub struct SmsTestArgs {
    /// Mobile number that gets the message, like 13800138000 or +8613800138000
    #[arg(long, value_name = "NUMBER")]
    pub to: String,
    /// Ask this provider alone, instead of those of the number's route in their order
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Unit of the receiver, which a route may be chosen by
    #[arg(long, value_name = "NAME")]
    pub unit: Option<String>,
    /// Language of the text; the default language when left out
    #[arg(long, value_name = "TAG")]
    pub locale: Option<String>,
    /// Send without asking, although it may cost money
    #[arg(long)]
    pub yes: bool,
    /// Show what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What the test takes from the configuration and from the machine.
pub struct SmsTest<'a> {
    /// `[sms]`.
    pub settings: &'a SmsSettings,
    /// `text.default_locale`.
    pub default_locale: &'a str,
    /// `limits.countries`.
    pub countries: &'a [String],
    /// `account.region`: the country of a number without a country code.
    pub region: Region,
    /// `code.length`.
    pub code_digits: usize,
    /// `code.ttl` in minutes.
    pub code_minutes: u64,
    /// The domain people see, as in a real message.
    pub domain: &'a str,
    /// What providers work with.
    pub around: Surroundings,
}

/// Who ran the command.
pub struct Terminal<'a> {
    /// Answers to questions; `None` when nobody sits there.
    pub input: Option<&'a mut dyn BufRead>,
    /// Results.
    pub out: &'a mut dyn Write,
    /// Errors and what to do.
    pub err: &'a mut dyn Write,
}

/// Why nothing was taken: the exit code, what is wrong and what to do.
struct Failure(u8, String, String);

impl Failure {
    fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self(USAGE, what.into(), help.into())
    }

    fn settings(what: impl Into<String>) -> Self {
        Self(REFUSED, what.into(), "correct the configuration; `resetgate config check` lists every problem".into())
    }
}

/// Runs the test. Exit codes: 0 taken (or only shown), 1 not taken or unknown, 2 usage, 3 configuration refused, 4 unreachable.
pub async fn run(args: &SmsTestArgs, test: &SmsTest<'_>, mut terminal: Terminal<'_>) -> u8 {
    match attempt(args, test, &mut terminal).await {
        Ok(()) => OK,
        Err(Failure(code, what, help)) => {
            // An error stream that cannot be written to leaves nowhere to complain; the exit code still tells.
            let _ = writeln!(terminal.err, "error: {what}\nhelp: {help}");
            code
        }
    }
}

async fn attempt(args: &SmsTestArgs, test: &SmsTest<'_>, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let message = test.message(args)?;
    let provider = test.provider(args.provider.as_deref())?;
    tell(terminal, &plan(args, test, &message))?;
    if args.dry_run {
        return dry_run(args, test, &message, terminal);
    }
    if !args.yes && test.may_cost(args.provider.as_deref()) {
        confirm(terminal)?;
    }
    let mut transcript = Transcript::default();
    let outcome = provider.send_shown(&message, &mut transcript).await;
    provider.close().await;
    tell(terminal, &transcript.to_string())?;
    match outcome {
        Ok(receipt) => tell(terminal, &taken(&receipt)),
        Err(error) => {
            tell(terminal, &meaning(args, test, &message, &error))?;
            Err(failure(&error))
        }
    }
}

/// What each provider that would be asked would put on the wire.
fn dry_run(
    args: &SmsTestArgs,
    test: &SmsTest<'_>,
    message: &SmsMessage,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    for name in asked(args, test, message) {
        let draft = test.provider(Some(name))?.draft(message).map_err(|error| failure(&error))?.to_string();
        if !draft.is_empty() {
            tell(terminal, &format!("To `{name}`:\n{draft}"))?;
        }
    }
    tell(terminal, "Dry run: nothing was sent.\n")
}

impl SmsTest<'_> {
    fn message(&self, args: &SmsTestArgs) -> Result<SmsMessage, Failure> {
        let to = PhoneNumber::parse(&args.to, self.region).map_err(|error| {
            Failure::usage(format!("--to: {error}"), "give the mobile number of somebody who expects a test")
        })?;
        let locale = self.locale(args.locale.as_deref())?;
        let mut problems = self.settings.check();
        problems.extend(self.settings.check_texts(self.domain, self.default_locale));
        problems.extend(self.settings.check_code(self.code_digits));
        if let Some((key, problem)) = problems.first() {
            return Err(Failure::settings(format!("sms.{key}: {problem}")));
        }
        let texts =
            Texts::new(self.settings, self.default_locale).map_err(|error| Failure::settings(error.to_string()))?;
        // Zeros open nothing: no challenge was armed with them.
        let code = OneTimeCode::parse(&"0".repeat(self.code_digits), self.code_digits)
            .map_err(|error| Failure::settings(format!("code.length: {error}")))?;
        Ok(SmsMessage {
            to,
            kind: MessageKind::Code,
            text: texts.code_text(&locale, &code, self.code_minutes, self.domain),
            locale,
            code: Some(SecretString::from(code.expose())),
            valid_for: Some(Duration::from_secs(60 * self.code_minutes)),
            domain: self.domain.into(),
            unit: args.unit.as_deref().map(Box::from),
            order: OrderId::draw(&*self.around.random),
            challenge: None,
        })
    }

    fn locale(&self, asked: Option<&str>) -> Result<Box<str>, Failure> {
        let Some(asked) = asked else { return Ok(self.default_locale.into()) };
        let known = &self.settings.text.code;
        nearest_language(asked, known.keys().map(String::as_str)).map(Box::from).ok_or_else(|| {
            let known: Vec<_> = known.keys().map(String::as_str).collect();
            Failure::usage(
                format!("--locale: there is no text in `{asked}`"),
                format!("use one of {}", known.join(", ")),
            )
        })
    }

    fn provider(&self, name: Option<&str>) -> Result<Arc<dyn SmsProvider>, Failure> {
        let built = match name {
            None => build(self.settings, &self.around).map(|chain| chain as Arc<dyn SmsProvider>),
            Some(name) if !self.settings.provider.contains_key(name) => {
                let known = self.settings.provider.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(Failure::usage(format!("--provider: there is no `{name}`"), format!("use one of {known}")));
            }
            Some(name) => build_one(self.settings, name, &self.around),
        };
        built.map_err(|error| Failure::settings(error.to_string()))
    }

    fn may_cost(&self, name: Option<&str>) -> bool {
        let mut asked = self.settings.provider.iter().filter(|(own, _)| name.is_none_or(|name| *own == name));
        asked.any(|(_, provider)| !matches!(provider, ProviderSettings::Console(_)))
    }
}

fn confirm(terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let Some(input) = terminal.input.as_mut() else {
        return Err(Failure::usage(
            "this may cost money and nobody is there to be asked",
            "add --yes, or --dry-run to send nothing",
        ));
    };
    let mut answer = String::new();
    let asked = write!(terminal.out, "This sends a real message and may cost money. Send it? [y/N] ")
        .and_then(|()| terminal.out.flush())
        .and_then(|()| input.read_line(&mut answer));
    asked.map_err(|error| broken(&error))?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure(FAILED, "nothing was sent".into(), "answer y to send, or give --yes".into())),
    }
}

fn taken(receipt: &SmsReceipt) -> String {
    let id = receipt.message_id.as_deref().unwrap_or("none given");
    format!(
        "Taken by  {}\nTheir id  {id}\nIt is on its way; whether it arrives shows on the phone.\n",
        receipt.provider
    )
}

fn failure(error: &SmsError) -> Failure {
    let (code, help) = match error {
        SmsError::Refused { .. } => {
            (FAILED, "it was not sent; look up the reason in the provider's list of error codes, and check number, signature and text".into())
        }
        SmsError::NumberLimited { wait } => {
            (FAILED, format!("it was not sent; try another number, or this one in {} s", wait.as_secs().max(1)))
        }
        SmsError::Faulty { .. } => {
            (FAILED, "it was not sent; correct it in the provider's console or in the configuration".into())
        }
        SmsError::NotTaken { .. } => {
            (FAILED, "it was not sent; look up the reason in the provider's documentation, and try another number or template".into())
        }
        SmsError::Throttled { retry_after: Some(wait) } => {
            (FAILED, format!("it was not sent; try again in {} s, or raise the limit at the provider", wait.as_secs().max(1)))
        }
        SmsError::Throttled { retry_after: None } => {
            (FAILED, "it was not sent; try again in a minute, or raise the limit at the provider".into())
        }
        SmsError::Unreachable { .. } => {
            (UNREACHABLE, "it was not sent; check url, DNS, firewall, certificates (ca_file) and credentials (headers)".into())
        }
        SmsError::Unknown { .. } => {
            (FAILED, "it may have been sent: look at the phone before you try again; then compare `success` with what the gateway answers".into())
        }
    };
    Failure(code, error.to_string(), help)
}

fn tell(terminal: &mut Terminal<'_>, text: &str) -> Result<(), Failure> {
    terminal.out.write_all(text.as_bytes()).and_then(|()| terminal.out.flush()).map_err(|error| broken(&error))
}

fn broken(error: &std::io::Error) -> Failure {
    Failure(
        FAILED,
        format!("the terminal is gone: {error}"),
        "run it again; whether something was sent shows on the phone".into(),
    )
}

#[cfg(test)]
mod tests;
