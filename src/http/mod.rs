//! The HTTP face: parses outside text into domain types, calls one flow, and words the answer. Decides nothing.

pub mod api;
mod base_path;
mod call;
mod colour;
mod contacts;
mod cookies;
mod credential;
mod headers;
mod help_contact;
mod locale;
mod methods;
mod metrics;
mod observe;
pub mod ops;
pub mod pages;
mod problem;
mod problem_table;
mod requester;
mod return_to;
mod strict;
mod unread;
mod zone;

pub use base_path::{BasePath, BasePathError};
pub use call::{Call, CallRules};
pub use colour::{Colour, ColourError, MIN_CONTRAST};
pub use contacts::{Contact, Contacts};
pub use help_contact::HelpContact;
pub use locale::{BUILT_IN, Catalog, Language, LocaleError, LocaleReview};
pub use methods::understand_head;
pub use metrics::HttpMetrics;
pub use observe::{Observation, observe};
pub use problem::{CODES, Problem};
pub use requester::{ClientAddress, ForwardedHeader};
pub use return_to::ReturnTo;
pub use strict::BodyRules;
pub use zone::{Zone, ZoneError};
