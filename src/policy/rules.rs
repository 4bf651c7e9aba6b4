//! The rules in force: a preset with the keys that override it.

use super::settings::{Attribute, PolicySettings, Preset};
use crate::domain::MAX_PASSWORD_CODE_POINTS;

/// What applies.
#[derive(Debug)]
pub(super) struct Rules {
    /// Fewest code points.
    pub min_length: usize,
    /// Most code points.
    pub max_length: usize,
    /// Fewest classes; 1 asks for nothing.
    pub min_classes: usize,
    /// Whether the user name is forbidden.
    pub forbid_user_name: bool,
    /// Forbidden facts, each once, in a fixed order.
    pub forbid_personal: Vec<Attribute>,
    /// How many first or last digits of a number make a match.
    pub min_fragment: usize,
    /// Whether pages ask twice.
    pub confirm: bool,
}

impl Rules {
    pub fn of(settings: &PolicySettings) -> Self {
        let (min_length, max_length, min_classes, personal) = preset(settings.preset);
        let mut forbid_personal = settings.forbid_personal.clone().unwrap_or_else(|| personal.to_vec());
        forbid_personal.sort_unstable();
        forbid_personal.dedup();
        Self {
            min_length: settings.min_length.unwrap_or(min_length),
            max_length: settings.max_length.unwrap_or(max_length),
            min_classes: settings.min_classes.unwrap_or(min_classes),
            forbid_user_name: settings.forbid_user_name.unwrap_or(true),
            forbid_personal,
            min_fragment: settings.min_fragment,
            confirm: settings.confirm,
        }
    }
}

/// Fewest and most code points, fewest classes, forbidden facts.
const fn preset(preset: Preset) -> (usize, usize, usize, &'static [Attribute]) {
    match preset {
        Preset::Municipal => (12, 30, 3, &[Attribute::Mobile, Attribute::WorkPhone, Attribute::Birthday]),
        Preset::Nist => (15, MAX_PASSWORD_CODE_POINTS, 1, &[]),
    }
}
