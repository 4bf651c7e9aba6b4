//! What a flow refuses. Knows no HTTP; `http::problem` holds the one table from here to status and text.

use std::time::Duration;

use crate::account::AccountError;
use crate::captcha::Issued;
use crate::domain::{ChallengeView, CodeError, FlowCredential, PasswordError, Refusal, State, Timestamp};
use crate::limits::{Limited, RequesterGate};
use crate::policy::Violations;
use crate::state::{StateError, StepError};

/// What was wrong with a captcha.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaFault {
    /// None was given where one is needed.
    Required,
    /// The answer is wrong, or the captcha was used, replaced, made for something else or fetched elsewhere.
    Incorrect,
    /// Its time is over.
    Expired,
}

/// Why a flow did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// A gate by requester is shut.
    #[error("gate {} is shut", gate.name())]
    Limited {
        /// Which.
        gate: RequesterGate,
        /// For how long.
        limited: Limited,
        /// Until when.
        until: Timestamp,
    },
    /// The captcha.
    #[error("captcha {fault:?}")]
    Captcha {
        /// What was wrong.
        fault: CaptchaFault,
        /// The next one, so that the client needs no second round trip.
        fresh: Box<Issued>,
    },
    /// No such captcha.
    #[error("no such captcha")]
    CaptchaNotFound,
    /// A captcha past its time.
    #[error("the captcha is past its time")]
    CaptchaGone,
    /// The typed code cannot be a code; no try was counted.
    #[error(transparent)]
    CodeForm(#[from] CodeError),
    /// The code is wrong.
    #[error("the code is wrong")]
    CodeIncorrect {
        /// Tries left.
        attempts_left: u8,
    },
    /// Every code is past its time.
    #[error("the code is past its time")]
    CodeExpired,
    /// The challenge is over for good.
    #[error("the challenge is locked")]
    Locked,
    /// Time is over, or the account changed meanwhile.
    #[error("the challenge is over")]
    Expired,
    /// No such challenge.
    #[error("no such challenge")]
    NotFound,
    /// Not the credential of the challenge.
    #[error("not the credential of the challenge")]
    Unauthorized,
    /// The challenge stands elsewhere.
    #[error("the challenge is {0:?}")]
    State(State),
    /// A further code may be asked for later.
    #[error("too soon for a further code")]
    TooSoon {
        /// How long to wait.
        wait: Duration,
        /// Until when.
        until: Timestamp,
    },
    /// No further code in this challenge.
    #[error("no further code in this challenge")]
    SendsExhausted,
    /// No message can leave for anybody.
    #[error("no message can leave")]
    SmsUnavailable,
    /// The password breaks rules.
    #[error("the password breaks {} rules", violations.len())]
    Policy {
        /// Which.
        violations: Violations,
        /// Where the challenge stands now.
        view: Box<ChallengeView>,
        /// The rotated credential, when the code was accepted in the same call.
        credential: Option<FlowCredential>,
    },
    /// The text is no password at all.
    #[error(transparent)]
    PasswordForm(#[from] PasswordError),
    /// A validity that is not offered.
    #[error("this validity is not offered")]
    MaxAge,
    /// The account store did not write; the same call may succeed later. Carries the rotated credential as above.
    #[error("the account store did not write: {error}")]
    Store {
        /// Why.
        error: AccountError,
        /// The rotated credential, when the code was accepted in the same call.
        credential: Option<FlowCredential>,
    },
    /// A part of the service cannot answer; nothing is known to have happened.
    #[error("{reason}")]
    Unavailable {
        /// For the operator.
        reason: String,
    },
}

impl From<Refusal> for FlowError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::NotFound,
            Refusal::Credential => Self::Unauthorized,
            Refusal::State(State::Locked) => Self::Locked,
            Refusal::State(State::Expired) => Self::Expired,
            Refusal::State(state) => Self::State(state),
            Refusal::TooSoon { wait, until } => Self::TooSoon { wait, until },
            Refusal::SendsExhausted => Self::SendsExhausted,
        }
    }
}

impl From<StateError> for FlowError {
    fn from(error: StateError) -> Self {
        Self::Unavailable { reason: error.to_string() }
    }
}

impl From<StepError> for FlowError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Refused(refusal) => refusal.into(),
            StepError::State(error) => error.into(),
        }
    }
}
