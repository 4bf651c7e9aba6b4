//! The journeys, against the real application on free ports, with a clock that moves only when told to.
//!
//! One binary, one application per test, no order and no shared state. Numbers like "case 12" are the security cases
//! that a test covers.

mod contract;
mod harness;
mod journey;
