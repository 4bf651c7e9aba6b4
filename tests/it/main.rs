//! The journeys, against the real application on free ports, with a clock that moves only when told to.
//!
//! One binary, one application per test, no order and no shared state. Numbers like "case 12" are the security cases
//! that a test covers.

mod bodies;
mod credentials;
mod enumeration;
mod fuzz;
mod harness;
mod heads;
mod journey;
mod limits;
mod origins;
mod requesters;
mod routes;
mod sends;
mod slowness;
mod states;
mod strictness;
mod timing;
