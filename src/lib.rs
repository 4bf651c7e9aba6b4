//! A gateway that lets people who lost their mail password back in through the phone bound to their mailbox.
//!
//! # The map
//!
//! A module imports only modules of a lower rank, and none of its own; `tests/layering.rs` reads the source and fails
//! when one does. In the last rank, `app` may import `settings` and `telemetry`, and `cli` all three.
//!
//! | rank | module | what it knows |
//! |---|---|---|
//! | 0 | [`domain`] | the words and pure rules: challenge, code, mailbox, phone, password, time; no I/O, no framework |
//! | 0 | [`outbound`] | how HTTP is spoken to others; knows only `domain` |
//! | 1 | [`policy`] | what a new password must be, and must not hold |
//! | 1 | [`captcha`] | the test before a code is sent: picture, sound, proof of work; stores nothing |
//! | 1 | [`limits`] | gates by requester, account, phone, prefix and in all |
//! | 1 | [`state`] | challenges while they live, ids already used, wrong codes per account, messages until their receipts are in |
//! | 1 | [`sms`] | putting a message on a phone: the port, its providers, routes and failover |
//! | 1 | [`account`] | where the accounts live: the port, the embedded store, directories, databases and APIs of others |
//! | 1 | [`audit`] | what happened: events, and a trail that shows when it was changed |
//! | 2 | [`flow`] | the journeys, over ports; the outbox that keeps answers alike |
//! | 3 | [`http`] | from bytes to words and back: the JSON API, the hosted pages and the operators' port; decides nothing |
//! | 4 | [`settings`] | the configuration: layers, checks, unsafe combinations, and where every value is from |
//! | 4 | [`telemetry`] | logs and metrics |
//! | 4 | [`app`] | the assembly; the only place besides `cli` that names what stands behind a port |
//! | 4 | [`cli`] | the command line and its exit codes |
//!
//! # Where to start reading
//!
//! 1. [`domain::Challenge`]: a proof of possession of a phone, from request to end. Its rule, one pure function per
//!    step, is what the rest protects.
//! 2. [`flow::RecoveryFlow`]: start, verify, complete. Then [`flow::Courier`], the half that looks the account up where
//!    nobody can time it.
//! 3. [`state::ChallengeStore`]: why each step is indivisible, and what the memory store does about it.
//! 4. `app/parts.rs`: what is made of what.
//!
//! `config/default.toml` is every key with its default; each section is read by the module of its name.
//!
//! # The seams
//!
//! A thing is a trait only if an operator will choose another implementation of it, or a test must:
//! [`sms::SmsProvider`], [`account::AccountStore`], [`state::ChallengeStore`], [`state::UsedOnce`],
//! [`state::FailureCounts`], [`state::SentOrders`], [`limits::RateLimiter`], [`audit::AuditSink`], [`domain::Clock`],
//! [`domain::Randomness`]. [`sms::ReportSink`] and [`sms::SmsObserver`] are how providers talk back to what lies above them.
//!
//! # What differs from the plan
//!
//! * `cli` names adapters too: `dev` fills an embedded store, `account` works on one, `sms test` builds providers.
//! * `governor` counts requests by requester only. What a message costs is counted exactly over any window, by our own
//!   windows in [`limits`], because a bucket lets through up to twice its rate across a border.
//! * A third port of [`state`] remembers wrong codes per account: they outlive challenges, and a new code never
//!   resets them.
//! * `ChallengeStore` has more steps than four: resuming, resending, disarming, completing, refusing
//!   and reinstating must each be one step, too.

pub mod account;
pub mod app;
pub mod audit;
pub mod captcha;
pub mod cli;
pub mod domain;
pub mod flow;
pub mod http;
pub mod limits;
pub mod outbound;
pub mod policy;
pub mod settings;
pub mod sms;
pub mod state;
pub mod telemetry;
