//! The command line: parses, loads the configuration, calls the library, gives an exit code.
//!
//! The codes are named in `exit.rs`.

pub mod account;
pub mod audit;
mod captcha;
pub mod config;
mod config_diff;
mod dev;
mod doctor;
mod exit;
mod follow;
mod healthcheck;
mod new_file;
pub mod secret;
mod serve;
pub mod sms;

use std::io::{IsTerminal, Write};

use clap::{Parser, Subcommand};
use exit::{FAILED, refuse};

use crate::domain::SystemRandom;
use crate::http::api::OPENAPI;
use crate::settings::{Mode, Settings, SystemSources};
use crate::sms::{ConsoleWriter, Surroundings};

/// SMS one-time-code reset gateway: lets people who lost their mail password back in through their bound phone
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 ok · 1 failed · 2 usage · 3 configuration refused · 4 dependency unreachable · 5 notes and --strict\n\
                  Environment: NO_COLOR, CREDENTIALS_DIRECTORY, RESETGATE__SECTION__KEY and RESETGATE__SECTION__KEY_FILE\n\n\
                  Examples:\n  resetgate dev\n  resetgate -c /etc/resetgate/resetgate.toml serve"
)]
struct Arguments {
    #[command(flatten)]
    given: config::GivenArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml serve\n  RESETGATE__SERVER__LISTEN=0.0.0.0:8080 resetgate -c resetgate.toml serve"
    )]
    Serve,
    /// Try it: demo people, codes printed here, loopback only, data gone on exit
    #[command(
        after_help = "Examples:\n  resetgate dev\n  RESETGATE__SERVER__LISTEN=127.0.0.1:9000 RESETGATE__OPS__LISTEN=127.0.0.1:9001 resetgate dev"
    )]
    Dev,
    /// Write, check and show the configuration
    #[command(
        after_help = "Examples:\n  resetgate config example --minimal --out resetgate.toml\n  resetgate -c resetgate.toml config check"
    )]
    Config(config::ConfigArgs),
    /// Look after the accounts: all of it in the embedded store; verify, set-phone and expiring in any
    #[command(
        after_help = "Examples:\n  resetgate account import staff.csv --dry-run\n  resetgate account set-phone zhangsan@example.gov.cn 13800000000"
    )]
    Account {
        #[command(subcommand)]
        command: account::AccountCommand,
    },
    /// Try the account store
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml store check --account probe@example.gov.cn < password.txt\n  resetgate -c resetgate.toml store check --account probe@example.gov.cn --write < password.txt"
    )]
    Store {
        #[command(subcommand)]
        command: account::store::StoreCommand,
    },
    /// Try the SMS providers
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml sms test --to 13800138000 --dry-run\n  resetgate -c resetgate.toml sms test --to +8613800138000 --provider main"
    )]
    Sms {
        #[command(subcommand)]
        command: sms::SmsCommand,
    },
    /// Look at everything the service depends on: providers, account store, trail, disk, clock, certificates
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml doctor\n  resetgate -c resetgate.toml doctor --provider main --format json\n\nSends no message and writes nothing. Exit code 1: something is bad."
    )]
    Doctor(doctor::DoctorArgs),
    /// Look after the audit trail
    #[command(
        after_help = "Examples:\n  resetgate -c resetgate.toml audit verify\n  resetgate -c resetgate.toml audit verify --path /backup/audit"
    )]
    Audit(audit::AuditArgs),
    /// Make secrets
    #[command(
        after_help = "Examples:\n  resetgate secret new --out secrets/pepper\n  resetgate secret new --out secrets/audit"
    )]
    Secret(secret::SecretArgs),
    /// Look at captchas
    #[command(
        after_help = "Examples:\n  resetgate captcha sample --out /tmp/captchas\n  resetgate --set captcha.length=6 captcha sample --count 30 --out /tmp/captchas"
    )]
    Captcha(captcha::CaptchaArgs),
    /// Exit with 0 when the running service is ready; for container health checks
    #[command(
        after_help = "Examples:\n  resetgate healthcheck\n  resetgate -c resetgate.toml healthcheck && echo ready"
    )]
    Healthcheck,
    /// Print the description of the API, OpenAPI 3.1
    #[command(
        after_help = "Examples:\n  resetgate openapi > openapi.json\n  resetgate openapi | jq '.paths | keys'\n  resetgate openapi --store > store.json"
    )]
    Openapi {
        /// Instead, what an account API of your own must answer (account.kind = "http")
        #[arg(long)]
        store: bool,
    },
}

/// Runs the command line of this process and gives its exit code.
#[must_use]
pub fn main() -> u8 {
    let arguments = Arguments::parse();
    let inputs = arguments.given.inputs();
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let sources = &SystemSources;
    match arguments.command {
        Command::Serve => serve::run(&inputs, sources, &mut err),
        Command::Dev => dev::run(inputs, sources, &mut out, &mut err),
        Command::Config(args) => config::run(&args, &inputs, sources, &mut out, &mut err),
        Command::Secret(args) => secret::run(&args, &SystemRandom, &mut out, &mut err),
        Command::Openapi { store } => {
            let text = if store { crate::account::http::OPENAPI } else { OPENAPI };
            u8::from(out.write_all(text.as_bytes()).is_err())
        }
        other => match Settings::load(&inputs, sources, Mode::Tool) {
            Ok(loaded) => tool(other, &loaded.settings, &mut out, &mut err),
            Err(report) => refuse(&report, sources, &mut err),
        },
    }
}

/// The commands that work on one section of the configuration.
fn tool(command: Command, settings: &Settings, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    match command {
        Command::Account { command } => {
            let (mut input, interactive) = typed();
            let mut streams = account::Streams { input: &mut input, out, err, interactive };
            wait(account::run(command, settings, &mut streams))
        }
        Command::Store { command } => {
            let (mut input, interactive) = typed();
            let mut streams = account::Streams { input: &mut input, out, err, interactive };
            wait(account::store::run(command, &settings.account, &mut streams))
        }
        Command::Sms { command: sms::SmsCommand::Test(args) } => wait(sms_test(&args, settings, out, err)),
        Command::Doctor(args) => wait(doctor::run(&args, settings, out, err)),
        Command::Audit(args) => audit::run(&args, &settings.audit, out, err),
        Command::Captcha(args) => captcha::run(&args, &settings.captcha, out, err),
        Command::Healthcheck => healthcheck::run(settings.ops.listen, err),
        Command::Serve | Command::Dev | Command::Config(_) | Command::Secret(_) | Command::Openapi { .. } => FAILED,
    }
}

/// Standard input, and whether somebody sits there to be asked.
fn typed() -> (std::io::StdinLock<'static>, bool) {
    (std::io::stdin().lock(), std::io::stdin().is_terminal() && std::io::stderr().is_terminal())
}

async fn sms_test(args: &sms::SmsTestArgs, settings: &Settings, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let test = sms::SmsTest {
        settings: &settings.sms,
        default_locale: &settings.text.default_locale,
        countries: &settings.limits.countries,
        region: settings.account.region,
        code_digits: usize::from(settings.code.length),
        code_minutes: settings.code.ttl.as_secs() / 60,
        domain: settings.server.public_url.host(),
        around: Surroundings::of_this_machine(ConsoleWriter::new(std::io::stdout())),
    };
    let mut input = std::io::stdin().lock();
    let input = std::io::stdin().is_terminal().then_some(&mut input as &mut dyn std::io::BufRead);
    sms::run(args, &test, sms::Terminal { input, out, err }).await
}

/// Runs a command that has to wait for something.
fn wait(work: impl Future<Output = u8>) -> u8 {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            tracing::error!(%error, "the threads cannot be started");
            FAILED
        }
    }
}
