//! A harness that speaks the domain: an application, claimants who walk through it, and what left it.

mod application;
mod claimant;
mod client;
mod doubles;
mod shape;
mod stores;
mod wire;

pub use application::{ANNA, DISABLED, OLD_PASSWORD, START, Setup, TestApp, UNBOUND, UNKNOWN, mailbox};
pub use claimant::{Claimant, solve};
pub use client::{Answer, Client};
pub use doubles::{Captured, Events, Outbound, Refusing};
pub use shape::Shape;
pub use stores::{Absent, SlowHits};
pub use wire::{RawAnswer, Wire};
