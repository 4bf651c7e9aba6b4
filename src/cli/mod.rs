//! The command line: parses, loads the configuration, calls the library, gives an exit code.
//!
//! 0 ok · 1 the command failed · 2 usage · 3 configuration refused (do not restart) · 4 a dependency is unreachable ·
//! 5 notes were found and `--strict` was given.

pub mod account;
pub mod audit;
mod captcha;
pub mod config;
mod dev;
mod healthcheck;
mod run;
pub mod secret;
mod serve;
pub mod sms;
mod terminal;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::settings::{Inputs, Mode, Settings, Sources, SystemSources};

/// The command failed.
const FAILED: u8 = 1;
/// The configuration was refused; restarting does not help.
const REFUSED: u8 = 3;
/// A dependency is unreachable.
const UNREACHABLE: u8 = 4;

/// SMS one-time-code reset gateway
///
/// Lets people who lost their mail password back in through the phone bound to their mailbox.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 ok · 1 failed · 2 usage · 3 configuration refused · 4 dependency unreachable · 5 notes and --strict\n\
                  Environment: NO_COLOR, CREDENTIALS_DIRECTORY, RESETGATE__SECTION__KEY and RESETGATE__SECTION__KEY_FILE\n\n\
                  Examples:\n  resetgate dev\n  resetgate -c /etc/resetgate/resetgate.toml serve"
)]
struct Arguments {
    /// Configuration file; later ones win
    #[arg(short = 'c', long = "config", value_name = "FILE", global = true)]
    config: Vec<PathBuf>,
    /// One value, over files and environment
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE", global = true)]
    set: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway
    #[command(after_help = "Examples:\n  resetgate -c resetgate.toml serve\n  RESETGATE__SERVER__LISTEN=0.0.0.0:8080 resetgate -c resetgate.toml serve")]
    Serve,
    /// Try it: demo people, codes printed here, loopback only, data gone on exit
    #[command(after_help = "Examples:\n  resetgate dev\n  RESETGATE__SERVER__LISTEN=127.0.0.1:9000 RESETGATE__OPS__LISTEN=127.0.0.1:9001 resetgate dev")]
    Dev,
    /// Write, check and show the configuration
    Config(config::ConfigArgs),
    /// Look after the accounts of the embedded store
    Account(account::AccountArgs),
    /// Try the SMS providers
    Sms(sms::SmsArgs),
    /// Look after the audit trail
    Audit(audit::AuditArgs),
    /// Make secrets
    Secret(secret::SecretArgs),
    /// Look at captchas
    Captcha(captcha::CaptchaArgs),
    /// Exit with 0 when the running service is ready; for container health checks
    #[command(after_help = "Examples:\n  resetgate healthcheck\n  resetgate -c resetgate.toml healthcheck && echo ready")]
    Healthcheck,
    /// Print the description of the API, OpenAPI 3.1
    #[command(after_help = "Examples:\n  resetgate openapi > openapi.json\n  resetgate openapi | jq '.paths | keys'")]
    Openapi,
}

/// Runs the command line of this process and gives its exit code.
#[must_use]
pub fn main() -> u8 {
    let arguments = Arguments::parse();
    let inputs = Inputs { presets: Vec::new(), files: arguments.config, sets: arguments.set };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let sources = SystemSources;
    match arguments.command {
        Command::Serve => serve::run(&inputs, &sources, &mut err),
        Command::Dev => dev::run(inputs, &sources, &mut out, &mut err),
        Command::Config(args) => config::run(&args, &inputs, &sources, &mut out, &mut err),
        Command::Secret(args) => secret::run(&args, &crate::domain::SystemRandom, &mut out, &mut err),
        Command::Openapi => u8::from(out.write_all(crate::http::api::OPENAPI.as_bytes()).is_err()),
        Command::Account(args) => with_settings(&inputs, &sources, &mut err, |settings, err| {
            run::wait(account::run(args, settings, &mut std::io::stdout(), err))
        }),
        Command::Sms(args) => with_settings(&inputs, &sources, &mut err, |settings, err| {
            run::wait(sms::run(args, settings, &mut std::io::stdout(), err))
        }),
        Command::Audit(args) => with_settings(&inputs, &sources, &mut err, |settings, err| {
            audit::run(&args, &settings.audit, &mut std::io::stdout(), err)
        }),
        Command::Captcha(args) => with_settings(&inputs, &sources, &mut err, |settings, err| {
            captcha::run(&args, &settings.captcha, &mut std::io::stdout(), err)
        }),
        Command::Healthcheck => with_settings(&inputs, &sources, &mut err, |settings, err| {
            run::wait(healthcheck::run(settings, err))
        }),
    }
}
