//! `resetgate dev`: the whole service with nothing to configure. Loopback only; everything is gone on exit.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;

use super::exit::{FAILED, refuse};
use super::{serve, wait};
use crate::account::HashPool;
use crate::account::demo::{DEMO_ACCOUNTS, DEMO_PASSWORD, seed};
use crate::account::sqlite::SqliteAccounts;
use crate::app::{Application, Outside};
use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{Randomness, SystemRandom};
use crate::settings::{Inputs, Mode, Preset, Settings, Sources};

pub(super) fn run(mut inputs: Inputs, sources: &dyn Sources, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let data = match TemporaryData::make() {
        Ok(data) => data,
        Err(error) => {
            // The exit code says it where nobody reads.
            let _ = writeln!(err, "error: no temporary directory: {error}");
            return FAILED;
        }
    };
    // Under the files and variables, so that whoever tries something out can override it.
    inputs.presets.push(Preset { name: "resetgate dev".to_owned(), text: preset(&data.0) });
    let settings = match Settings::load(&inputs, sources, Mode::Dev) {
        Ok(loaded) => loaded.settings,
        Err(report) => return refuse(&report, sources, err),
    };
    if let Err(error) = serve::start_logs(&settings, sources) {
        let _ = writeln!(err, "error: {error}");
        return FAILED;
    }
    wait(async {
        let mut outside = Outside::system();
        if let Err(error) = prepare(&settings, &data.0, &mut outside).await {
            let _ = writeln!(err, "error: {error}");
            return FAILED;
        }
        serve::serve(&settings, outside, err, None, |application| greet(application, &settings, out)).await
    })
}

async fn prepare(settings: &Settings, data: &Path, outside: &mut Outside) -> Result<(), String> {
    // Demo people have published passwords; they are put into no store that stays.
    if !settings.account.sqlite.path.starts_with(data) {
        let path = settings.account.sqlite.path.display();
        return Err(format!("account.sqlite.path is {path}, but dev keeps its demo people apart; leave the key out"));
    }
    let hashing =
        HashPool::new(&settings.account.hash, Arc::clone(&outside.random)).map_err(|error| error.to_string())?;
    let accounts = SqliteAccounts::open(&settings.account, hashing, Arc::clone(&outside.clock)).await;
    let accounts = accounts.map_err(|error| error.to_string())?;
    seed(&accounts).await.map_err(|error| error.to_string())?;
    outside.accounts = Some(Arc::new(accounts));
    outside.sinks.push(Arc::new(Explain));
    Ok(())
}

fn greet(application: &Application, settings: &Settings, out: &mut dyn Write) -> std::io::Result<()> {
    let api = application.api_address();
    writeln!(
        out,
        "  resetgate {} · dev: nothing leaves this machine, data is gone on exit",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(out, "  Page      http://{api}/")?;
    writeln!(out, "  API       http://{api}/v1/config   described by http://{api}/openapi.json")?;
    if let Some(ops) = application.ops_address() {
        writeln!(out, "  Ops       http://{ops}/readyz?verbose   http://{ops}/metrics")?;
    }
    for person in DEMO_ACCOUNTS {
        writeln!(out, "  Account   {:<26} {}", person.address, person.note)?;
    }
    let path = settings.account.sqlite.path.display();
    writeln!(out, "  Password  {DEMO_PASSWORD} (of the first, until it is changed)")?;
    writeln!(
        out,
        "  Sign in   resetgate --set account.sqlite.path={path} account verify {}",
        DEMO_ACCOUNTS[0].address
    )?;
    writeln!(out, "  Codes are printed below. Ctrl-C stops.")?;
    out.flush()
}

/// Says on the terminal why no message came, which nobody outside may learn.
struct Explain;

impl AuditSink for Explain {
    fn record(&self, event: &AuditEvent) {
        if let EventKind::CodeWithheld { reason, .. } = event.kind {
            tracing::info!(target: "resetgate::dev", reason, account = ?event.account, "no message was sent; a stranger cannot tell");
        }
    }
}

/// Wide gates for whoever tries again and again; everything else is as in production.
fn preset(data: &Path) -> String {
    let random: &dyn Randomness = &SystemRandom;
    let key = || BASE64URL_NOPAD.encode(&random.bytes::<32>());
    let data = data.display();
    format!(
        r#"
[help]
name = "信息中心"
phone = "010-5550-0100"
hours = "工作日 9:00–17:30"
[mail]
imap = "imap.example.gov.cn:993"
smtp = "smtp.example.gov.cn:465"
[code]
pepper = "{}"
[flow]
live_per_account = 10
[limits]
captcha = ["600/1m"]
media = ["600/1m"]
start = ["300/10m"]
verify = ["300/10m"]
account = ["20/1d"]
phone = ["20/1d"]
[account.sqlite]
path = "{data}/accounts.db"
[sms]
providers = ["terminal"]
[sms.provider.terminal]
kind = "console"
[audit]
path = "{data}/audit"
key = "{}"
[log]
level = "warn,resetgate::dev=info"
access = false
"#,
        key(),
        key()
    )
}

/// A private directory that is removed when the process ends in good order.
struct TemporaryData(std::path::PathBuf);

impl TemporaryData {
    fn make() -> std::io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let random: &dyn Randomness = &SystemRandom;
        let name = format!("resetgate-dev-{}", data_encoding::HEXLOWER.encode(&random.bytes::<8>()));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryData {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "the temporary data could not be removed");
        }
    }
}
