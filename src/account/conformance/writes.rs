//! Writing a password: whole, once, or not at all.

use std::time::Duration;

use super::{Left, NO_DISABLED, Trial, given, kept, password};
use crate::account::{AccountError, MaxAge};
use crate::domain::{NewPassword, SubjectId};

/// A day, over which a store keeps no secret of what it wrote.
const DAY: Duration = Duration::from_hours(24);

/// Whether a store that answers `refused` refused, and everything else is an error.
fn unless_refused<T>(outcome: Result<T, AccountError>) -> Result<Option<T>, Left> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(AccountError::PasswordRefused { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// case 16, case 81: the stamp that codes were sent under no longer matches.
pub(super) async fn a_new_password_replaces_the_old_one_and_voids_its_codes(trial: &Trial) -> Result<(), Left> {
    let (bound, new) = (&trial.cast.bound, trial.fresh()?);
    let before = trial.find(bound).await?;
    let now = trial.clock.now();
    let written = trial.set(&before.id, &new).await?;
    kept(written.changed_at == now, "the store answers another moment than it was given")?;
    kept(trial.signs_in(bound, &new).await?, "the new password does not sign in")?;
    kept(!trial.signs_in(bound, &trial.cast.password).await?, "the old password still signs in")?;
    let after = trial.find(bound).await?;
    kept(after.id == before.id, "the account changed its key")?;
    let told = after.password_changed_at.is_some();
    kept(!told || !after.stamp().matches(&before.stamp()), "codes that were sent before the change still count")?;
    Ok(())
}

/// case 71: NFC and NFD spellings are one password, and spaces at its ends belong to it.
pub(super) async fn a_password_of_any_script_is_kept_whole(trial: &Trial) -> Result<(), Left> {
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    if unless_refused(trial.set(&who, &password(" pa\u{308}ss wo\u{308}rd 密码 🔑 7Q ")?).await)?.is_none() {
        return Err(Left::NotTried("the store's own rules refuse other scripts or spaces"));
    }
    kept(
        trial.signs_in(bound, &password(" päss wörd 密码 🔑 7Q ")?).await?,
        "another spelling of it does not sign in",
    )?;
    kept(!trial.signs_in(bound, &password("päss wörd 密码 🔑 7Q")?).await?, "spaces at its ends were dropped")?;
    Ok(())
}

/// case 77: whatever a password holds is the password.
pub(super) async fn a_password_that_looks_like_a_query_is_kept_whole_or_refused(trial: &Trial) -> Result<(), Left> {
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    let longest = format!("Aa7-{}", "密".repeat(40));
    for hostile in [
        "Aa7'; DROP TABLE account; --",
        "Aa7*)(userPassword=*",
        "Aa7\"quoted\"\\back",
        "{SSHA512}Aa7-plain",
        "Aa7$1$%s%n{0}",
        "Aa7<script>&amp;",
        longest.as_str(),
    ] {
        let hostile = password(hostile)?;
        let signs_in = match unless_refused(trial.set(&who, &hostile).await)? {
            Some(_) => trial.signs_in(bound, &hostile).await?,
            None => !trial.signs_in(bound, &hostile).await?,
        };
        kept(signs_in, "a password was neither kept as it is nor refused")?;
    }
    Ok(())
}

/// case 79: a repeat of the same challenge answers as before and writes nothing.
pub(super) async fn a_repeat_is_recognised_by_its_challenge(trial: &Trial) -> Result<(), Left> {
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    let (challenge, now) = (trial.challenge(), trial.clock.now());
    let (one, other) = (trial.fresh()?, trial.fresh()?);
    let first = trial.write(&who, &one, None, challenge, now).await?;
    let later = now.plus(Duration::from_mins(1));
    let again = trial.write(&who, &other, Some(MaxAge::Months(1)), challenge, later).await?;
    kept(again == first, "the repeat is answered otherwise than the first")?;
    kept(trial.signs_in(bound, &one).await?, "the password of the first no longer signs in")?;
    kept(!trial.signs_in(bound, &other).await?, "the repeat was written")?;
    Ok(())
}

pub(super) async fn validity_is_kept_to_the_calendar_month(trial: &Trial) -> Result<(), Left> {
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    let now = trial.clock.now();
    // What the store's own rule leaves to a password when nothing is chosen.
    let own = trial.write(&who, &trial.fresh()?, None, trial.challenge(), now).await?.expires_at;
    for age in [MaxAge::Months(3), MaxAge::Never] {
        let new = trial.fresh()?;
        let written = trial.write(&who, &new, Some(age), trial.challenge(), now).await?;
        if age != MaxAge::Never && written.expires_at.is_none() {
            return Err(Left::NotTried("the store keeps no validity"));
        }
        let is_chosen = [age.expiry(now), MaxAge::end(Some(age), own, now)].contains(&written.expires_at);
        kept(is_chosen, "the password runs out at another time than was chosen, or than the store's own rule has it")?;
        kept(trial.signs_in(bound, &new).await?, "a password within its validity does not sign in")?;
    }
    Ok(())
}

pub(super) async fn what_runs_out_is_listed(trial: &Trial) -> Result<(), Left> {
    let (bound, now) = (&trial.cast.bound, trial.clock.now());
    let who = trial.find(bound).await?.id;
    let written = trial.write(&who, &trial.fresh()?, Some(MaxAge::Months(1)), trial.challenge(), now).await?;
    let Some(end) = written.expires_at else {
        return Err(Left::NotTried("the store keeps no validity"));
    };
    let lists = async |until| {
        let listed = trial.store.expiring(now, until, 10_000).await?;
        Ok::<_, Left>(listed.iter().any(|one| one.subject.address == *bound))
    };
    kept(lists(end.plus(DAY)).await?, "the account is not listed a day after its end")?;
    kept(!lists(now.plus(DAY)).await?, "the account is listed weeks before its end")?;
    Ok(())
}

/// case 23.
pub(super) async fn a_disabled_or_unknown_account_gets_no_password(trial: &Trial) -> Result<(), Left> {
    let unknown = ["no such key", "", "*", "' OR '1'='1", "cn=nobody,dc=invalid", "\u{0}"];
    for who in unknown.map(SubjectId::new).into_iter().chain([trial.nobody()]) {
        let outcome = trial.set(&who, &trial.fresh()?).await;
        kept(
            outcome == Err(AccountError::NoSuchAccount),
            "a key that names nobody is not answered with `no such account`",
        )?;
    }
    kept(trial.signs_in(&trial.cast.bound, &trial.cast.password).await?, "somebody else got the password")?;
    let disabled = trial.find(given(trial.cast.disabled.as_ref(), NO_DISABLED)?).await?.id;
    let outcome = trial.set(&disabled, &trial.fresh()?).await;
    kept(outcome == Err(AccountError::NoSuchAccount), "a disabled account is not answered with `no such account`")
}

pub(super) async fn a_refused_password_leaves_the_old_one(trial: &Trial) -> Result<(), Left> {
    let refused: &NewPassword = given(trial.cast.refused.as_ref(), "no password that the store refuses was named")?;
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    let challenge = trial.challenge();
    let outcome = trial.write(&who, refused, None, challenge, trial.clock.now()).await;
    let refusal = matches!(outcome, Err(AccountError::PasswordRefused { .. }));
    kept(refusal, "a password that the store should refuse is answered otherwise")?;
    kept(trial.signs_in(bound, &trial.cast.password).await?, "the old password no longer signs in")?;
    // The person tries another one, within the same challenge.
    let better = trial.fresh()?;
    trial.write(&who, &better, None, challenge, trial.clock.now()).await?;
    kept(
        trial.signs_in(bound, &better).await?,
        "after a refusal the next password of the same challenge is not written",
    )?;
    Ok(())
}
