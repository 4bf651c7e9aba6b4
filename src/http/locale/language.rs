//! The language of one answer.

use std::sync::Arc;

use super::{Catalog, message};
use crate::domain::Timestamp;
use crate::http::Zone;

/// The texts of one language.
#[derive(Debug, Clone)]
pub struct Language {
    catalog: Arc<Catalog>,
    tag: Box<str>,
}

impl Language {
    /// The best for what was asked, else the default.
    #[must_use]
    pub fn choose<'a>(catalog: &Arc<Catalog>, asked: impl IntoIterator<Item = &'a str>) -> Self {
        let tag = asked.into_iter().find_map(|tag| catalog.find(tag)).unwrap_or_else(|| catalog.default_tag());
        Self { tag: tag.into(), catalog: Arc::clone(catalog) }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The languages there are.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Its name in itself.
    #[must_use]
    pub fn name(&self) -> &str {
        self.catalog.native_name(&self.tag)
    }

    /// Which way it is written, as HTML's `dir` says it: `ltr` or `rtl`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        // Of its own, never the default's: a language that says nothing is written from left to right.
        if self.catalog.own(&self.tag, "language.direction") == Some("rtl") { "rtl" } else { "ltr" }
    }

    /// The time of day, like 15:30 or 3:30 pm.
    #[must_use]
    pub fn clock(&self, moment: Timestamp, zone: &Zone) -> String {
        zone.written(moment, self.catalog.text(&self.tag, "time.clock").unwrap_or("%H:%M"))
    }

    /// The date, like 2026年11月23日 or 23 November 2026.
    #[must_use]
    pub fn day(&self, moment: Timestamp, zone: &Zone) -> String {
        zone.written(moment, self.catalog.text(&self.tag, "time.day").unwrap_or("%Y-%m-%d"))
    }

    /// Whether any file has the key.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.catalog.text(&self.tag, key).is_some()
    }

    /// The text of a key with its `{placeholders}` filled in; a key that no file has is shown as itself.
    #[must_use]
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        let template = self.catalog.text(&self.tag, key).unwrap_or(key);
        message::fill(template, &self.tag, values)
    }
}
