//! Which password signs in.

use super::{Left, NO_ALIAS, NO_DISABLED, Trial, given, kept, password};
use crate::domain::MailboxAddress;

pub(super) async fn only_the_present_password_of_an_enabled_account_signs_in(trial: &Trial) -> Result<(), Left> {
    let (bound, present) = (&trial.cast.bound, &trial.cast.password);
    kept(trial.signs_in(bound, present).await?, "the present password does not sign in")?;
    let other_case: String = present
        .expose()
        .chars()
        .map(|sign| if sign.is_ascii_lowercase() { sign.to_ascii_uppercase() } else { sign.to_ascii_lowercase() })
        .collect();
    for wrong in [format!("{}x", present.expose()), format!(" {}", present.expose()), other_case] {
        if wrong != present.expose() {
            kept(
                !trial.signs_in(bound, &password(&wrong)?).await?,
                "a password that is nearly the present one signs in",
            )?;
        }
    }
    let nobody = MailboxAddress::parse(&format!("nobody-{}@{}", trial.random.below(u64::MAX), bound.domain()));
    let nobody = nobody.map_err(|error| Left::Broken(error.to_string()))?;
    kept(!trial.signs_in(&nobody, present).await?, "an address that nobody has signs in")?;
    if let Some(alias) = &trial.cast.alias {
        kept(trial.signs_in(alias, present).await?, "the alias does not sign in")?;
    }
    if let Some(passwordless) = &trial.cast.passwordless {
        kept(!trial.signs_in(passwordless, present).await?, "an account without a password signs in")?;
    }
    let disabled = given(trial.cast.disabled.as_ref(), NO_DISABLED)?;
    kept(!trial.signs_in(disabled, present).await?, "a disabled account signs in")?;
    given(trial.cast.alias.as_ref(), NO_ALIAS).map(drop)
}

/// case 77.
pub(super) async fn no_password_is_read_as_part_of_a_query(trial: &Trial) -> Result<(), Left> {
    for hostile in
        ["*", "%", "' OR '1'='1", "\" OR \"\"=\"", "*)(uid=*", "\\", "${jndi:ldap://127.0.0.1/}", "{CLEARTEXT}"]
    {
        kept(!trial.signs_in(&trial.cast.bound, &password(hostile)?).await?, &format!("`{hostile}` signs in"))?;
    }
    Ok(())
}
