use clap::Args;

use super::failure::Failure;
use super::{Streams, open_or_make, parse_address, secret};
use crate::account::{AccountSettings, NewAccount, roster};
use crate::cli::exit::{OK, USAGE};
use crate::domain::{Birthday, MailboxAddress, PhoneNumber, Region};

#[derive(Args)]
#[command(after_help = "Examples:
  resetgate account add zhangsan@example.gov.cn --name 张三 --unit 信息中心 --mobile 13800000000
  resetgate account add lisi@example.gov.cn --alias li.si@example.gov.cn --password-stdin < password.txt

Without --password-stdin no password is set: nobody signs in until a recovery by SMS has set one.
The password policy is not applied here.")]
pub struct Add {
    /// Mail address
    #[arg(value_parser = parse_address)]
    address: MailboxAddress,
    /// What the person is called
    #[arg(long, value_parser = text)]
    name: Option<String>,
    /// Organisation whose administrator is responsible
    #[arg(long, value_parser = text)]
    unit: Option<String>,
    /// Mobile number that codes are sent to
    #[arg(long)]
    mobile: Option<String>,
    /// Office number; no password may contain it
    #[arg(long, value_parser = work_phone)]
    work_phone: Option<String>,
    /// Birthday like 1990-01-02; no password may contain it
    #[arg(long)]
    birthday: Option<Birthday>,
    /// Further address of the same account; may be given again
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    alias: Vec<MailboxAddress>,
    /// Add it disabled: no sign-in, no recovery
    #[arg(long)]
    disabled: bool,
    /// Read the password from standard input, one line
    #[arg(long)]
    password_stdin: bool,
}

impl Add {
    pub async fn run(self, settings: &AccountSettings, streams: &mut Streams<'_>) -> Result<u8, Failure> {
        let mobile = self.mobile.as_deref().map(|text| mobile(text, settings.region)).transpose()?;
        let password = if self.password_stdin { Some(secret::read_password(streams)?) } else { None };
        let accounts = open_or_make(settings).await?;
        let password = match password {
            Some(password) => Some(accounts.hashing().hash(&password).await?),
            None => None,
        };
        let account = NewAccount {
            address: self.address,
            aliases: self.alias,
            name: self.name,
            unit: self.unit,
            mobile,
            work_phone: self.work_phone,
            birthday: self.birthday,
            password,
            enabled: !self.disabled,
        };
        accounts.add(&account).await?;
        accounts.close().await;
        writeln!(streams.out, "added {}", account.address.as_str())?;
        if account.password.is_none() && account.mobile.is_none() {
            writeln!(streams.err, "note: without a password and a phone nobody can get into this account")?;
        }
        Ok(OK)
    }
}

fn text(text: &str) -> Result<String, String> {
    roster::free_text(text, roster::MAX_TEXT)?.ok_or_else(|| "is empty; leave the option out".to_owned())
}

fn work_phone(text: &str) -> Result<String, String> {
    roster::free_text(text, roster::MAX_WORK_PHONE)?.ok_or_else(|| "is empty; leave the option out".to_owned())
}

/// A number on the command line. It is not repeated in the error, which may end up in a log.
pub fn mobile(text: &str, region: Region) -> Result<PhoneNumber, Failure> {
    PhoneNumber::parse(text, region).map_err(|error| {
        let what = format!("the mobile number cannot receive a code: {error}");
        Failure::new(USAGE, what, "numbers without + and country code belong to account.region")
    })
}
