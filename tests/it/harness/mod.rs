//! A harness that speaks the domain: an application, claimants who walk through it, and what left it.

mod application;
mod chance;
mod claimant;
mod client;
mod directory;
mod doubles;
mod figures;
mod shape;
mod stores;
mod vendor;
mod walker;
mod wire;

pub use application::{
    ANNA, DISABLED, OLD_PASSWORD, Setup, TestApp, UNBOUND, UNKNOWN, WIDE_GATES, WIDE_SENDS, mailbox,
};
pub use chance::Scripted;
pub use claimant::{Claimant, solve};
pub use client::{Answer, Client};
pub use directory::{Directory, Fate};
pub use doubles::{Events, Outbound, Refusing};
pub use shape::Shape;
pub use stores::Gated;
pub use vendor::Vendor;
pub use walker::{PAGE_COOKIE, Walker};
pub use wire::{RawAnswer, Wire};
