//! A harness that speaks the domain: a site, visitors who walk through it in a browser, and what they see.

// The application harness of the journeys, as it is; not every part of it is of use here.
#[path = "../../it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "shared with tests/it, which uses the rest")]
mod service;

mod axe;
mod device;
mod driver;
mod keys;
mod lighthouse;
mod looks;
mod network;
mod reader;
mod record;
mod session;
mod site;
mod states;
mod time;
mod visitor;
mod walk;

pub use device::Device;
pub use keys::Key;
pub use lighthouse::Verdict;
pub use network::Request;
pub use record::{Seen, record};
pub use service::{ANNA, DISABLED, Directory, Setup, UNBOUND, UNKNOWN, solve};
pub use site::Site;
pub use states::{State, see, see_on};
pub use visitor::Visitor;
pub use walk::GOOD_PASSWORD;
