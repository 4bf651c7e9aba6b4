//! The page checklist, in a real Chromium against the real application.
//!
//! One application and one fresh browser profile per test. Numbers like `b6` are the points of the checklist; a letter
//! is a section: a frame, b identify, c code, d password, e done, f errors, i language, j security, k elsewhere. The clock of the
//! service moves only when told to, and so does the page's where a test holds it.
//!
//! Needs Debian's packages chromium, chromium-driver and fonts-noto-cjk, and `npm ci` in `tests/browser`; `tests/run`
//! installs all of it. What is missing is a failure and never skipped.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod a_frame;
mod b_captcha;
mod b_identify;
mod b_ways;
mod c_again;
mod c_code;
mod c_resend;
mod c_ways;
mod d_password;
mod d_refused;
mod d_rules;
mod e_done;
mod f_errors;
mod hands;
#[expect(dead_code, unused_imports, reason = "the sections that need it come one by one")]
mod harness;
mod i_brand;
mod i_language;
mod j_security;
mod k_elsewhere;
mod states;
