//! What every account store promises, as a suite that any store can be run through: in the tests, where each adapter
//! passes it unchanged, and for operators, as `resetgate store check`, against an account that they set aside for it.
//!
//! A promise is tried only where the cast has somebody to try it on; what was not tried is said.

mod lookups;
mod phones;
mod races;
mod sign_ins;
mod writes;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{AccountError, AccountStore, MaxAge, PasswordWrite, PasswordWritten};
use crate::domain::{
    ChallengeId, Clock, MailboxAddress, NewPassword, PhoneNumber, Randomness, Stored, Subject, SubjectId, Timestamp,
};

/// The accounts that a store is tried with. Only the first is needed.
pub struct Cast {
    /// Enabled, with `password` and the phone `phone`.
    pub bound: MailboxAddress,
    /// The present password of `bound`.
    pub password: NewPassword,
    /// The phone of `bound`.
    pub phone: Option<PhoneNumber>,
    /// Another address of `bound`.
    pub alias: Option<MailboxAddress>,
    /// Enabled, without a phone. It may have any password, also that of `bound`.
    pub unbound: Option<MailboxAddress>,
    /// Enabled, without a password.
    pub passwordless: Option<MailboxAddress>,
    /// Disabled, with `password` and a phone.
    pub disabled: Option<MailboxAddress>,
    /// Enabled, with several numbers of which only one, this one, is a mobile number.
    pub several: Option<(MailboxAddress, PhoneNumber)>,
    /// Enabled, whose stored number and birthday are none.
    pub malformed: Option<MailboxAddress>,
    /// A password that the store's own rules refuse.
    pub refused: Option<NewPassword>,
}

/// A store under trial.
pub struct Trial {
    /// The store.
    pub store: Arc<dyn AccountStore>,
    /// Whom it is tried with.
    pub cast: Cast,
    /// The time of writes.
    pub clock: Arc<dyn Clock>,
    /// For challenges.
    pub random: Arc<dyn Randomness>,
}

/// What became of one promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was kept.
    Kept,
    /// It could not be tried, and what is missing.
    NotTried(&'static str),
    /// It was broken, and how.
    Broken(String),
}

/// Why a promise was left.
#[derive(Debug)]
enum Left {
    NotTried(&'static str),
    Broken(String),
}

impl From<AccountError> for Left {
    fn from(error: AccountError) -> Self {
        Self::Broken(error.to_string())
    }
}

type Course<'a> = Pin<Box<dyn Future<Output = Result<(), Left>> + Send + 'a>>;

/// One thing that every store promises.
#[derive(Clone, Copy)]
pub struct Promise {
    /// The promise as a sentence, in snake case.
    pub name: &'static str,
    /// Whether keeping it is shown by writing passwords or phones.
    pub writes: bool,
    run: for<'a> fn(&'a Trial) -> Course<'a>,
}

impl Promise {
    /// Tries it, and puts back what it wrote, whatever came of it: for the next promise, and for whose account it is.
    pub async fn try_on(&self, trial: &Trial) -> Verdict {
        let outcome = (self.run)(trial).await;
        if self.writes
            && let Err(problem) = trial.restore().await
        {
            return Verdict::Broken(format!("what was written could not be put back: {problem}"));
        }
        match outcome {
            Ok(()) => Verdict::Kept,
            Err(Left::NotTried(what)) => Verdict::NotTried(what),
            Err(Left::Broken(how)) => Verdict::Broken(how),
        }
    }
}

/// Those of each module: first what is seen by reading alone, then what writes.
macro_rules! promises {
    ($($module:ident { reads: [$($read:ident)*], writes: [$($write:ident)*] })*) => {
        /// All of them.
        pub const ALL: &[Promise] = &[
            $($(Promise { name: stringify!($read), writes: false, run: |trial| Box::pin($module::$read(trial)) },)*
            $(Promise { name: stringify!($write), writes: true, run: |trial| Box::pin($module::$write(trial)) },)*)*
        ];
    };
}

promises! {
    lookups {
        reads: [
            it_says_that_it_can_answer
            an_address_and_its_alias_name_one_account
            an_address_is_looked_up_exactly
            unbound_and_disabled_accounts_are_found_as_what_they_are
            of_several_numbers_the_mobile_one_is_the_phone
            malformed_facts_leave_the_account_and_no_phone
        ],
        writes: []
    }
    sign_ins {
        reads: [
            only_the_present_password_of_an_enabled_account_signs_in
            no_password_is_read_as_part_of_a_query
        ],
        writes: []
    }
    writes {
        reads: [],
        writes: [
            a_new_password_replaces_the_old_one_and_voids_its_codes
            a_password_of_any_script_is_kept_whole
            a_password_that_looks_like_a_query_is_kept_whole_or_refused
            a_repeat_is_recognised_by_its_challenge
            validity_is_kept_to_the_calendar_month
            what_runs_out_is_listed
            a_disabled_or_unknown_account_gets_no_password
            a_refused_password_leaves_the_old_one
        ]
    }
    phones {
        reads: [],
        writes: [
            a_phone_is_bound_and_unbound
            a_disabled_or_unknown_account_gets_no_phone
        ]
    }
    races {
        reads: [],
        writes: [
            of_many_passwords_at_once_one_is_kept
            one_challenge_writes_once
        ]
    }
}

impl Trial {
    async fn find(&self, address: &MailboxAddress) -> Result<Subject, Left> {
        let found = self.store.find(address).await?;
        found.ok_or_else(|| Left::Broken(format!("{} is not found", address.masked())))
    }

    async fn signs_in(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, Left> {
        Ok(self.store.verify_password(address, password).await?)
    }

    async fn set(&self, subject: &SubjectId, password: &NewPassword) -> Result<PasswordWritten, AccountError> {
        self.write(subject, password, None, self.challenge(), self.clock.now()).await
    }

    async fn write(
        &self,
        subject: &SubjectId,
        password: &NewPassword,
        max_age: Option<MaxAge>,
        challenge: ChallengeId,
        now: Timestamp,
    ) -> Result<PasswordWritten, AccountError> {
        let write = PasswordWrite { password, max_age, revoke_sessions: true, challenge, now };
        self.store.set_password(subject, write).await
    }

    /// The bound account has its own password, and the unbound one no phone.
    async fn restore(&self) -> Result<(), AccountError> {
        let Cast { bound, password, unbound, .. } = &self.cast;
        if !self.store.verify_password(bound, password).await?
            && let Some(bound) = self.store.find(bound).await?
        {
            self.write(&bound.id, password, Some(MaxAge::Never), self.challenge(), self.clock.now()).await?;
        }
        if let Some(unbound) = unbound
            && let Some(subject) = self.store.find(unbound).await?
            && subject.phone != Stored::Nothing
        {
            self.store.bind_phone(&subject.id, None, self.clock.now()).await?;
        }
        Ok(())
    }

    fn challenge(&self) -> ChallengeId {
        ChallengeId::draw(&*self.random)
    }

    /// A key like those of many databases that nobody has. Drawn, because whoever had a fixed one would be written to.
    fn nobody(&self) -> SubjectId {
        SubjectId::new(format!("-{}", 1_000_000_000_000_000 + self.random.below(1_000_000_000_000_000)))
    }

    /// Passwords that no policy of the field refuses for want of length or kinds of signs, each another one.
    fn fresh(&self) -> Result<NewPassword, Left> {
        password(&format!("Quay{}-Lamp7", self.random.below(1_000_000_000)))
    }
}

fn password(text: &str) -> Result<NewPassword, Left> {
    NewPassword::parse(text).map_err(|error| Left::Broken(error.to_string()))
}

fn kept(holds: bool, otherwise: &str) -> Result<(), Left> {
    if holds { Ok(()) } else { Err(Left::Broken(otherwise.to_owned())) }
}

fn given<'a, T>(somebody: Option<&'a T>, who: &'static str) -> Result<&'a T, Left> {
    somebody.ok_or(Left::NotTried(who))
}

const NO_ALIAS: &str = "no alias was named";
const NO_UNBOUND: &str = "no account without a phone was named";
const NO_DISABLED: &str = "no disabled account was named";
