use clap::Args;

use super::failure::Failure;
use super::{Streams, open, open_any, parse_address, secret};
use crate::account::sqlite::SqliteAccounts;
use crate::account::{AccountKind, AccountSettings, AccountStore};
use crate::cli::exit::{FAILED, OK};
use crate::domain::{Clock, MailboxAddress, SystemClock};

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account verify zhangsan@example.gov.cn                    (asks for the password)
  resetgate account verify zhangsan@example.gov.cn < password.txt && echo it works

Exit code 0: it signs in. 1: it does not.")]
pub struct Verify {
    /// Mail address or alias
    #[arg(value_parser = parse_address)]
    address: MailboxAddress,
}

impl Verify {
    pub async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        if settings.kind != AccountKind::Sqlite {
            return self.elsewhere(settings, streams).await;
        }
        let accounts = open(settings).await?;
        let password = secret::read_password(streams)?;
        let address = self.address.as_str();
        if accounts.verify_password(&self.address, &password).await? {
            writeln!(streams.out, "{address} signs in with this password")?;
            return Ok(OK);
        }
        let why = self.why_not(&accounts).await?;
        writeln!(streams.out, "{address} does not sign in: {why}")?;
        Ok(FAILED)
    }

    /// Why not is known to the other program alone.
    async fn elsewhere(&self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let accounts = open_any(settings).await?;
        let password = secret::read_password(streams)?;
        let right = accounts.verify_password(&self.address, &password).await?;
        let (says, code) = if right { ("signs in", OK) } else { ("does not sign in", FAILED) };
        writeln!(streams.out, "{} {says} with this password", self.address.as_str())?;
        Ok(code)
    }

    /// For the operator, who can read the file anyway; nothing like it is ever told over the network.
    async fn why_not(&self, accounts: &SqliteAccounts) -> Result<String, Failure> {
        let Some(record) = accounts.show(&self.address).await? else { return Ok("no account has this address".into()) };
        let expired = record.password_expires_at.filter(|end| SystemClock::start().now() >= *end);
        Ok(match expired {
            _ if !record.enabled => "the account is disabled".into(),
            _ if !record.has_password() => "no password is set".into(),
            Some(end) => format!("the password ran out at {end}"),
            None => "the password is wrong".into(),
        })
    }
}
