//! A page instead of the next step: what went wrong, and the way on.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::http::problem::Problem;

/// How to go on after something went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Start again, with the mailbox filled in as it was typed.
    Again(String),
    /// Open a page.
    To(&'static str),
}

/// What a page handler answers instead of its page. [`super::stopped`] words it.
#[derive(Debug)]
pub struct Stop {
    /// What went wrong.
    pub problem: Problem,
    /// How to go on.
    pub way: Way,
}

impl Stop {
    /// Leads on from a problem.
    #[must_use]
    pub const fn new(problem: Problem, way: Way) -> Self {
        Self { problem, way }
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::new(problem, Way::To("/"))
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(out)
    }
}

/// The middleware turns it into a page; without it, it is worded for programs.
impl ResponseError for Stop {
    fn status_code(&self) -> StatusCode {
        self.problem.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        self.problem.error_response()
    }
}
