//! Texts for people, by language, from the locale files.

mod catalog;
mod file;
mod language;
mod message;
mod review;

#[cfg(test)]
mod tests;

pub use catalog::{BUILT_IN, Catalog};
pub use file::LocaleError;
pub use language::Language;
pub use review::LocaleReview;
