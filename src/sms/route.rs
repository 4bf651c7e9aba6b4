//! `[sms.route.NAME]`: which providers some messages go to instead of the usual ones.

use serde::Deserialize;

use super::{MessageKind, SmsSettings};
use crate::domain::{PhoneNumber, Region};

mod check;

/// One way for some messages. Every condition that is given must hold; of its values any.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// Countries of the receiver's number, two letters each.
    #[serde(default)]
    pub country: Vec<Region>,
    /// How the number begins, like `+86170`.
    #[serde(default)]
    pub prefix: Vec<String>,
    /// The receiver's unit, exactly as the account store writes it.
    #[serde(default)]
    pub unit: Vec<String>,
    /// Names of provider tables, tried in this order.
    pub providers: Vec<String>,
}

impl RouteSettings {
    /// Whether a message to this number, of a receiver of this unit, goes this way.
    #[must_use]
    pub fn matches(&self, to: &PhoneNumber, unit: Option<&str>) -> bool {
        let country = self.country.is_empty() || self.country.contains(&to.region());
        let prefix = self.prefix.is_empty() || self.prefix.iter().any(|prefix| to.e164().starts_with(prefix));
        let of_unit = self.unit.is_empty() || self.unit.iter().any(|own| Some(own.as_str()) == unit);
        country && prefix && of_unit
    }
}

impl SmsSettings {
    /// The providers of a message to this number, of a receiver of this unit, in the order they are tried.
    #[must_use]
    pub fn providers_for(&self, to: &PhoneNumber, unit: Option<&str>) -> &[String] {
        let routes = self.routes.iter().filter_map(|name| self.route.get(name));
        let found = routes.into_iter().find(|route| route.matches(to, unit));
        found.map_or(&self.providers, |route| &route.providers)
    }

    /// The keys of the lists below `[sms]` in which no provider carries such messages; empty lists do not count.
    #[must_use]
    pub fn lists_without(&self, kind: MessageKind) -> Vec<String> {
        let carried =
            |names: &[String]| names.iter().any(|name| self.provider.get(name).is_none_or(|own| own.carries(kind)));
        let lists = self.lists().filter(|(_, names)| !names.is_empty() && !carried(names));
        lists.map(|(key, _)| key).collect()
    }

    /// The default list and those of the routes in use, each with its key.
    pub(super) fn lists(&self) -> impl Iterator<Item = (String, &[String])> {
        let routes = self.routes.iter().filter_map(|name| Some((name, self.route.get(name)?)));
        let routes = routes.map(|(name, route)| (format!("route.{name}.providers"), route.providers.as_slice()));
        [("providers".to_owned(), self.providers.as_slice())].into_iter().chain(routes)
    }
}
