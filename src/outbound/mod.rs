//! How HTTP is spoken to others: SMS gateways, account stores, hooks. Each request is sent once: no retry, no redirect,
//! no proxy; TLS is rustls with ring, verified; an answer is read up to a bound.
//!
//! Below `sms` and `account`, because both ask over HTTP and neither knows the other.

mod address;
mod answer;
mod ask;
mod certificate;
mod client;
mod headers;
mod peer;
mod tls_fault;
mod written;

pub use address::{base_address, on_this_machine};
pub use answer::{Answer, Body, MAX_BODY};
pub use ask::{Unanswered, ask, one_line};
pub use certificate::certificate_end;
pub use client::{Identity, Times, Trust, client, tls};
pub use headers::{Headers, header_problems, read_headers};
pub use peer::{impressions, knock, visit};
pub use tls_fault::tls_fault;
pub use written::{Written, ascii_or_unknown};
