//! `resetgate account`: the people of the embedded account store, and what can be done in any.

mod add;
mod expiring;
mod failure;
mod import;
mod list;
mod secret;
mod set_phone;
mod show;
pub mod store;
mod verify;
mod view;

use std::io::{BufRead, Write};
use std::sync::Arc;

use clap::{Subcommand, ValueEnum};

use crate::account::sqlite::SqliteAccounts;
use crate::account::{AccountKind, AccountSettings, AccountStore, HashPool, Surroundings};
use crate::cli::exit::{FAILED, OK, UNREACHABLE};
use crate::domain::{MailboxAddress, MailboxError, SystemClock, SystemRandom};
use crate::settings::Settings;
use failure::Failure;

/// What `resetgate account` can do.
#[derive(Subcommand)]
pub enum AccountCommand {
    /// One of those about people.
    #[command(flatten)]
    Person(PersonCommand),
    /// List accounts whose passwords run out, and tell these people by SMS
    Expiring(expiring::RunningOut),
}

/// What can be done with the people of the store.
#[derive(Subcommand)]
pub enum PersonCommand {
    /// Add an account
    Add(add::Add),
    /// List accounts, numbers masked
    List(list::List),
    /// Show what is stored of an account, numbers masked
    Show(show::Show),
    /// Bind a phone to an account, or unbind it
    SetPhone(set_phone::SetPhone),
    /// Add and update accounts from a CSV file, all rows or none
    Import(import::Import),
    /// Read a password from standard input and say whether it signs in
    Verify(verify::Verify),
}

/// Where a command reads and writes.
pub struct Streams<'a> {
    /// Passwords, one line.
    pub input: &'a mut dyn BufRead,
    /// The answer.
    pub out: &'a mut dyn Write,
    /// Errors and hints.
    pub err: &'a mut dyn Write,
    /// Whether standard input and standard error are a terminal: then a password is asked for and not shown, and
    /// progress is drawn.
    pub interactive: bool,
}

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Runs the command. Gives the exit code: 0 done, 1 failed or the answer is no, 2 usage, 4 the store is unreachable.
pub async fn run(command: AccountCommand, settings: &Settings, streams: &mut Streams<'_>) -> u8 {
    match command {
        AccountCommand::Person(command) => manage(command, &settings.account, streams).await,
        AccountCommand::Expiring(expiring) => {
            let outcome = expiring.run(settings, streams).await.map_err(Failure::of_a_question);
            ended(outcome, streams)
        }
    }
}

async fn manage(command: PersonCommand, settings: &AccountSettings, streams: &mut Streams<'_>) -> u8 {
    let outcome = match command {
        PersonCommand::Add(add) => add.run(settings, streams).await,
        PersonCommand::List(list) => list.run(settings, streams).await.map_err(Failure::of_a_question),
        PersonCommand::Show(show) => show.run(settings, streams).await.map_err(Failure::of_a_question),
        PersonCommand::SetPhone(set_phone) => set_phone.run(settings, streams).await,
        PersonCommand::Import(import) => import.run(settings, streams).await,
        PersonCommand::Verify(verify) => verify.run(settings, streams).await.map_err(Failure::of_a_question),
    };
    ended(outcome, streams)
}

/// Flushes what was said, tells a failure, and gives the exit code.
fn ended(outcome: Result<u8, Failure>, streams: &mut Streams<'_>) -> u8 {
    let outcome = outcome.and_then(|code| streams.out.flush().map(|()| code).map_err(Failure::from));
    match outcome {
        Ok(code) => code,
        Err(failure) if failure.is_closed_pipe() => OK,
        // Nobody is left to tell when standard error is gone, too; the exit code still says it.
        Err(failure) => write!(streams.err, "{failure}").map_or(FAILED, |()| failure.code),
    }
}

/// Opens the store, and makes it where that is meant.
async fn open_or_make(settings: &AccountSettings) -> Result<SqliteAccounts, Failure> {
    expect_embedded(settings)?;
    Ok(SqliteAccounts::open(settings, hash_pool(settings)?, Arc::new(SystemClock::start())).await?)
}

/// Opens whatever store the accounts live in, for what works on all of them.
async fn open_any(settings: &AccountSettings) -> Result<Arc<dyn AccountStore>, Failure> {
    expect_there(settings)?;
    let around = Surroundings { clock: Arc::new(SystemClock::start()), random: Arc::new(SystemRandom) };
    Ok(crate::account::open(settings, &around).await?)
}

/// Accounts of another program are made and changed by that program.
fn expect_embedded(settings: &AccountSettings) -> Result<(), Failure> {
    if settings.kind == AccountKind::Sqlite {
        return Ok(());
    }
    let what = "the accounts belong to another program (account.kind), and this command works on the embedded store";
    Err(Failure::new(FAILED, what, "manage them there; `resetgate store check` tries the store as recoveries use it"))
}

/// Opens the store, or one in memory where there is none: a dry run makes no file.
async fn open_or_imagine(settings: &AccountSettings) -> Result<SqliteAccounts, Failure> {
    expect_embedded(settings)?;
    if settings.sqlite.path.exists() {
        return open_or_make(settings).await;
    }
    Ok(SqliteAccounts::in_memory(settings, hash_pool(settings)?, Arc::new(SystemClock::start())).await?)
}

fn hash_pool(settings: &AccountSettings) -> Result<HashPool, Failure> {
    Ok(HashPool::new(&settings.hash, Arc::new(SystemRandom))?)
}

/// Opens a store that must be there.
async fn open(settings: &AccountSettings) -> Result<SqliteAccounts, Failure> {
    expect_there(settings)?;
    open_or_make(settings).await
}

/// An empty file would say "no such account" when only the path is wrong.
fn expect_there(settings: &AccountSettings) -> Result<(), Failure> {
    let Some(what) = missing_file(settings) else { return Ok(()) };
    let help = "name the right one with --set account.sqlite.path=FILE, or make it with `resetgate account import`";
    Err(Failure::new(UNREACHABLE, what, help))
}

/// What is said when the embedded store's file is not there; opening would make it.
pub(super) fn missing_file(settings: &AccountSettings) -> Option<String> {
    let path = &settings.sqlite.path;
    let is_missing = settings.kind == AccountKind::Sqlite && !path.exists();
    is_missing.then(|| format!("there is no account file {}", path.display()))
}

fn parse_address(text: &str) -> Result<MailboxAddress, MailboxError> {
    MailboxAddress::typed(text, "")
}

fn no_such_account(address: &MailboxAddress) -> Failure {
    let what = format!("no account has the address {}", address.as_str());
    Failure::new(FAILED, what, "see which there are: resetgate account list")
}

#[cfg(test)]
mod tests;
