//! Binding a phone.

use super::{Left, NO_DISABLED, NO_UNBOUND, Trial, given, kept};
use crate::account::AccountError;
use crate::domain::{PhoneNumber, Region, Stored, SubjectId};

fn phone(text: &str) -> Result<PhoneNumber, Left> {
    PhoneNumber::parse(text, Region::CN).map_err(|error| Left::Broken(error.to_string()))
}

/// case 20: codes sent to the former number are void.
pub(super) async fn a_phone_is_bound_and_unbound(trial: &Trial) -> Result<(), Left> {
    let who = given(trial.cast.unbound.as_ref(), NO_UNBOUND)?;
    let before = trial.find(who).await?;
    let (number, now) = (phone("13800000001")?, trial.clock.now());
    trial.store.bind_phone(&before.id, Some(&number), now).await?;
    let bound = trial.find(who).await?;
    kept(bound.phone.as_ref() == Stored::Value(&number), "the number that was bound is not the phone")?;
    kept(bound.phone_bound_at.is_none_or(|at| at == now), "the phone was bound at another time")?;
    kept(!bound.stamp().matches(&before.stamp()), "codes that were sent before the binding still count")?;
    trial.store.bind_phone(&before.id, None, now).await?;
    kept(trial.find(who).await?.phone == Stored::Nothing, "the phone is bound still")
}

pub(super) async fn a_disabled_or_unknown_account_gets_no_phone(trial: &Trial) -> Result<(), Left> {
    let number = phone("13800000009")?;
    for who in [SubjectId::new("no such key"), SubjectId::new("*"), trial.nobody()] {
        let outcome = trial.store.bind_phone(&who, Some(&number), trial.clock.now()).await;
        kept(
            outcome == Err(AccountError::NoSuchAccount),
            "a key that names nobody is not answered with `no such account`",
        )?;
    }
    let address = given(trial.cast.disabled.as_ref(), NO_DISABLED)?;
    let disabled = trial.find(address).await?;
    let outcome = trial.store.bind_phone(&disabled.id, Some(&number), trial.clock.now()).await;
    kept(outcome == Err(AccountError::NoSuchAccount), "a disabled account is not answered with `no such account`")?;
    kept(trial.find(address).await?.phone == disabled.phone, "the phone of a disabled account was changed")
}
