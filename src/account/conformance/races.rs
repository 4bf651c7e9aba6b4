//! Many writes at once.

use std::time::Duration;

use futures_util::future::join_all;

use super::{Left, Trial, kept};
use crate::account::AccountError;

/// Writes at once.
const CROWD: usize = 50;

/// Each is written whole or not at all: afterwards exactly one of them signs in.
pub(super) async fn of_many_passwords_at_once_one_is_kept(trial: &Trial) -> Result<(), Left> {
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    let passwords = (0..CROWD).map(|_| trial.fresh()).collect::<Result<Vec<_>, _>>()?;
    let outcomes = join_all(passwords.iter().map(|password| trial.set(&who, password))).await;
    let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    kept(written > 0, "none of them was written")?;
    for outcome in outcomes {
        // Too many at once may be told so; nothing else may go wrong.
        match outcome {
            Ok(_) | Err(AccountError::Busy | AccountError::Unavailable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut signing_in = 0;
    for password in &passwords {
        signing_in += usize::from(trial.signs_in(bound, password).await?);
    }
    kept(signing_in == 1, &format!("{signing_in} of the passwords sign in"))?;
    Ok(())
}

/// case 14: of many repeats of one challenge, one is written and all are answered alike.
pub(super) async fn one_challenge_writes_once(trial: &Trial) -> Result<(), Left> {
    let (bound, who) = (&trial.cast.bound, trial.find(&trial.cast.bound).await?.id);
    let (challenge, now) = (trial.challenge(), trial.clock.now());
    let passwords = (0..CROWD).map(|_| trial.fresh()).collect::<Result<Vec<_>, _>>()?;
    // Each at a moment of its own, so that an answer tells which of them was written.
    let moments = (0..).map(|millis| now.plus(Duration::from_millis(millis)));
    let writes = passwords.iter().zip(moments);
    let writes = writes.map(|(password, moment)| trial.write(&who, password, None, challenge, moment));
    let outcomes = join_all(writes).await;
    let first = outcomes.iter().find_map(|outcome| outcome.as_ref().ok().copied());
    let first = first.ok_or_else(|| Left::Broken("none of them was written".to_owned()))?;
    for outcome in outcomes {
        match outcome {
            Ok(written) => kept(written == first, "repeats are answered differently")?,
            Err(AccountError::Busy | AccountError::Unavailable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut signing_in = 0;
    for password in &passwords {
        signing_in += usize::from(trial.signs_in(bound, password).await?);
    }
    kept(signing_in == 1, &format!("{signing_in} of the passwords sign in"))?;
    Ok(())
}
