//! Who is found by which address.

use super::{Left, NO_ALIAS, NO_DISABLED, NO_UNBOUND, Trial, given, kept};
use crate::domain::{MailboxAddress, Stored};

pub(super) async fn it_says_that_it_can_answer(trial: &Trial) -> Result<(), Left> {
    Ok(trial.store.check().await?)
}

pub(super) async fn an_address_and_its_alias_name_one_account(trial: &Trial) -> Result<(), Left> {
    let (bound, alias) = (&trial.cast.bound, given(trial.cast.alias.as_ref(), NO_ALIAS)?);
    let (primary, other) = (trial.find(bound).await?, trial.find(alias).await?);
    kept(primary.id == other.id, "the alias names another account")?;
    kept(other.address == *bound, "the account found by its alias has another primary address")?;
    kept(primary.stamp().matches(&other.stamp()), "the account looks different when it is found by its alias")?;
    let names = &other.facts.user_names;
    let both = [bound.local(), alias.local()].iter().all(|name| names.iter().any(|own| own == name));
    kept(both, "the names of address and alias are not both known, so a password may contain one")
}

/// case 56, case 66, case 77: signs that mean something to a directory or a database mean nothing here.
pub(super) async fn an_address_is_looked_up_exactly(trial: &Trial) -> Result<(), Left> {
    let bound = &trial.cast.bound;
    kept(trial.find(bound).await?.address == *bound, "the account found has another primary address")?;
    let (local, domain) = (bound.local(), bound.domain());
    let short = &local[..local.len() - 1];
    let long = "a".repeat(64);
    for near in [
        "*",
        "%",
        "_",
        "?",
        "'",
        "''",
        "`",
        "|",
        "&",
        "!",
        "{}",
        "$",
        "' or '1'='1",
        "*)(uid=*",
        &long,
        short,
        &format!("{short}*"),
        &format!("{short}%"),
        &format!("{short}_"),
        &format!("{short}?"),
        &format!("{local}'"),
        &format!("{local}'--"),
        &format!("{local}+tag"),
        &format!("{local}x"),
        &format!("x{local}"),
        &format!("{local}{{0}}"),
        // Equal to the first sign for a collation that does not tell accents or case apart.
        &format!("{local}=0"),
        &format!("{local}#"),
        &format!("{local}%00"),
        &format!("{local}|(cn=*)"),
    ] {
        let Ok(near) = MailboxAddress::parse(&format!("{near}@{domain}")) else { continue };
        kept(trial.store.find(&near).await?.is_none(), &format!("{} is found, and nobody has it", near.as_str()))?;
    }
    // The domain is part of the name.
    let elsewhere = MailboxAddress::parse(&format!("{local}@x-{domain}"));
    let elsewhere = elsewhere.map_err(|error| Left::Broken(error.to_string()))?;
    kept(trial.store.find(&elsewhere).await?.is_none(), "the name is found in another domain")
}

pub(super) async fn unbound_and_disabled_accounts_are_found_as_what_they_are(trial: &Trial) -> Result<(), Left> {
    let bound = trial.find(&trial.cast.bound).await?;
    kept(bound.enabled, "the account is found as disabled")?;
    kept(
        trial.cast.phone.is_none() || bound.phone.value() == trial.cast.phone,
        "the account is found with another phone",
    )?;
    let unbound = trial.find(given(trial.cast.unbound.as_ref(), NO_UNBOUND)?).await?;
    kept(unbound.enabled && unbound.phone == Stored::Nothing, "the account without a phone has one, or is disabled")?;
    let disabled = trial.find(given(trial.cast.disabled.as_ref(), NO_DISABLED)?).await?;
    kept(!disabled.enabled, "the disabled account is enabled")
}

/// case 70.
pub(super) async fn of_several_numbers_the_mobile_one_is_the_phone(trial: &Trial) -> Result<(), Left> {
    let (who, phone) = given(trial.cast.several.as_ref(), "no account with several numbers was named")?;
    let subject = trial.find(who).await?;
    kept(subject.phone.as_ref() == Stored::Value(phone), "the phone is not the one mobile number")
}

/// case 70.
pub(super) async fn malformed_facts_leave_the_account_and_no_phone(trial: &Trial) -> Result<(), Left> {
    let who = given(trial.cast.malformed.as_ref(), "no account with a malformed number was named")?;
    let subject = trial.find(who).await?;
    kept(subject.enabled, "the account with a malformed number is disabled")?;
    kept(subject.phone.is_unreadable(), "a number that is none became a phone, or is not told apart from none")?;
    kept(subject.facts.birthday.as_ref().value().is_none(), "a day that is none became a birthday")
}
