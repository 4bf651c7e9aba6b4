//! `resetgate store check`: the conformance suite on the configured store, with accounts set aside for it.

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::{Streams, expect_there, parse_address, secret};
use crate::account::conformance::{ALL, Cast, Promise, Trial, Verdict};
use crate::account::{AccountSettings, AccountStore, Surroundings, open};
use crate::cli::doctor::word;
use crate::cli::exit::{FAILED, OK};
use crate::domain::{Condition, Finding, MailboxAddress, Stored, SystemClock, SystemRandom};

/// What `resetgate store` can do.
#[derive(Subcommand)]
pub enum StoreCommand {
    /// Try whether the account store does what recoveries need, on an account set aside for it
    Check(Check),
}

/// Whom to try it with.
#[derive(Args)]
#[command(after_help = "Examples:
  resetgate -c resetgate.toml store check --account probe@example.gov.cn < password.txt
  resetgate -c resetgate.toml store check --account probe@example.gov.cn --unbound probe2@example.gov.cn --write

Give it accounts that nobody uses. It asks for the present password of --account. With --write that account gets a
hundred passwords and its own back at the end, and --unbound a phone and none again.
Exit code 0: no promise was broken. 1: one was. 4: the store is unreachable.")]
pub struct Check {
    /// Enabled account whose password is known
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    account: MailboxAddress,
    /// Another address of the same account
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    alias: Option<MailboxAddress>,
    /// Enabled account without a phone
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    unbound: Option<MailboxAddress>,
    /// Disabled account
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    disabled: Option<MailboxAddress>,
    /// Enabled account whose stored number is none
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    malformed: Option<MailboxAddress>,
    /// Also try what writes
    #[arg(long)]
    write: bool,
}

/// Runs the command. Gives the exit code.
pub async fn run(command: StoreCommand, settings: &AccountSettings, streams: &mut Streams<'_>) -> u8 {
    let StoreCommand::Check(check) = command;
    let outcome = check.run(settings, streams).await;
    super::ended(outcome, streams)
}

impl Check {
    async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let around = Surroundings { clock: Arc::new(SystemClock::start()), random: Arc::new(SystemRandom) };
        expect_there(settings)?;
        let store = open(settings, &around).await?;
        let findings = store.examine().await;
        for Finding { what, state, text } in &findings {
            writeln!(streams.out, "{:<10} {what}: {text}", word(*state))?;
        }
        let unreadable = self.tell_unreadable(&*store, streams).await?;
        let password = secret::read_password(streams)?;
        let write = self.write;
        let Surroundings { clock, random } = around;
        let trial = Trial { store, cast: self.cast(password), clock, random };
        let (mut kept, mut untried, mut broken) = (0, 0, 0);
        for promise in ALL.iter().filter(|promise| write || !promise.writes) {
            let verdict = promise.try_on(&trial).await;
            match &verdict {
                Verdict::Kept => kept += 1,
                Verdict::NotTried(_) => untried += 1,
                Verdict::Broken(_) => broken += 1,
            }
            writeln!(streams.out, "{}", line(promise, &verdict))?;
            // Each may take a while on a slow store.
            streams.out.flush()?;
        }
        writeln!(streams.out, "{kept} kept, {untried} not tried, {broken} broken; {unreadable} values unreadable")?;
        if !write {
            writeln!(streams.err, "note: nothing was written; --write tries the rest")?;
        }
        let bad = broken > 0 || findings.iter().any(|finding| finding.state == Condition::Bad);
        Ok(if bad { FAILED } else { OK })
    }

    /// Names the fields of the given accounts that hold something that is no value of them; how many there are.
    async fn tell_unreadable(&self, store: &dyn AccountStore, streams: &mut Streams<'_>) -> Result<usize, Failure> {
        let mut count = 0;
        for address in [Some(&self.account), self.unbound.as_ref(), self.disabled.as_ref()].into_iter().flatten() {
            let Some(subject) = store.find(address).await? else { continue };
            let fields = [
                ("mobile number", matches!(subject.phone, Stored::Unreadable), "a mobile number like 13800000000"),
                ("birthday", matches!(subject.facts.birthday, Stored::Unreadable), "a day like 1990-01-02"),
            ];
            for (field, _, form) in fields.into_iter().filter(|(_, is_unreadable, _)| *is_unreadable) {
                let word = word(Condition::Doubtful);
                writeln!(
                    streams.out,
                    "{word:<10} {field}: what the store holds for {address} is not {form}",
                    address = address.as_str()
                )?;
                count += 1;
            }
        }
        Ok(count)
    }

    fn cast(self, password: crate::domain::NewPassword) -> Cast {
        Cast {
            bound: self.account,
            password,
            phone: None,
            alias: self.alias,
            unbound: self.unbound,
            passwordless: None,
            disabled: self.disabled,
            several: None,
            malformed: self.malformed,
            refused: None,
        }
    }
}

fn line(promise: &Promise, verdict: &Verdict) -> String {
    let name = promise.name.replace('_', " ");
    match verdict {
        Verdict::Kept => format!("kept       {name}"),
        Verdict::NotTried(why) => format!("not tried  {name}: {why}"),
        Verdict::Broken(how) => format!("BROKEN     {name}: {how}"),
    }
}
