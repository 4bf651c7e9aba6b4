//! A harness that speaks the domain: a site, visitors who walk through it in a browser, and what they see.

// The application harness of the journeys, as it is; not every part of it is of use here.
#[path = "../../it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "shared with tests/it, which uses the rest")]
mod service;

mod axe;
mod device;
mod driver;
mod keys;
mod looks;
mod network;
mod reader;
mod session;
mod site;
mod time;
mod visitor;
mod walk;

pub use device::Device;
pub use keys::Key;
pub use network::Request;
pub use service::{ANNA, UNBOUND, UNKNOWN};
pub use site::Site;
pub use visitor::Visitor;
pub use walk::GOOD_PASSWORD;
