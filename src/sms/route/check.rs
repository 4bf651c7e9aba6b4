//! What is wrong with routes, said before anything starts.

use super::RouteSettings;
use crate::sms::SmsSettings;
use crate::sms::check::{Problem, said};

impl SmsSettings {
    /// Lists of providers, and routes that lead nowhere.
    pub(in crate::sms) fn check_routes(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, names) in self.lists() {
            problems.extend(self.check_list(&key, names));
        }
        for (place, name) in self.routes.iter().enumerate() {
            if self.routes[..place].contains(name) {
                problems.push(said("routes", &format!("`{name}` stands there twice; the second is never reached")));
            }
            match self.route.get(name) {
                None => {
                    let problem = format!("there is no table [sms.route.{name}]; write it or drop the name");
                    problems.push(said("routes", &problem));
                }
                Some(route) => {
                    let own = route.check().into_iter().map(|(key, problem)| (format!("route.{name}.{key}"), problem));
                    problems.extend(own);
                    let earlier = self.routes[..place].iter().filter(|other| *other != name);
                    let covers = |other: &&String| self.route.get(*other).is_some_and(|other| other.covers(route));
                    if let Some(earlier) = earlier.into_iter().find(covers) {
                        let problem = format!("can never match: `{earlier}` before it takes all of its messages");
                        problems.push(said(&format!("route.{name}"), &problem));
                    }
                }
            }
        }
        for name in self.route.keys().filter(|name| !self.routes.contains(name)) {
            let problem = "is not used; add its name to `routes`, in the place where it is to be asked";
            problems.push(said(&format!("route.{name}"), problem));
        }
        problems
    }

    /// Routes for numbers that no code may be sent to; `countries` are the codes of `limits.countries`.
    #[must_use]
    pub fn check_route_countries(&self, countries: &[String]) -> Vec<(String, String)> {
        let unreachable = |route: &RouteSettings| {
            let starts = route.prefix.iter().cloned().chain(route.country.iter().filter_map(|it| it.country_code()));
            let starts: Vec<_> = starts.collect();
            !starts.is_empty() && !starts.iter().any(|start| countries.iter().any(|code| is_same_start(start, code)))
        };
        let routes = self.route.iter().filter(|(_, route)| unreachable(route));
        let problem = "can never match: limits.countries lets nothing be sent to such numbers";
        routes.map(|(name, _)| said(&format!("route.{name}"), problem)).collect()
    }

    fn check_list(&self, key: &str, names: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        if names.is_empty() {
            problems.push(said(key, "is empty; name at least one [sms.provider.NAME] table"));
        }
        for (place, name) in names.iter().enumerate() {
            if !self.provider.contains_key(name) {
                let problem = format!("there is no table [sms.provider.{name}]; write it or drop the name");
                problems.push(said(key, &problem));
            }
            if names[..place].contains(name) {
                problems.push(said(key, &format!("`{name}` stands there twice; name each provider once")));
            }
        }
        problems
    }
}

impl RouteSettings {
    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.country.is_empty() && self.prefix.is_empty() && self.unit.is_empty() {
            let problem = "has no condition; give it `country`, `prefix` or `unit` (what all messages take is \
                           sms.providers)";
            problems.push(said("country", problem));
        }
        for prefix in self.prefix.iter().filter(|prefix| !is_prefix(prefix)) {
            let problem =
                format!("`{prefix}` is no beginning of a number; write + and 1 to 12 digits, like \"+86170\"");
            problems.push(said("prefix", &problem));
        }
        if self.unit.iter().any(|unit| unit.trim().is_empty()) {
            problems.push(said("unit", "holds an empty name; receivers without a unit take the other routes"));
        }
        if !self.numbers_exist() {
            let problem = "can never match: no number of these countries begins like that";
            problems.push(said("prefix", problem));
        }
        problems
    }

    /// Whether countries and prefixes have a number in common, as far as country codes tell.
    fn numbers_exist(&self) -> bool {
        let mut codes = self.country.iter().filter_map(|country| country.country_code());
        self.country.is_empty()
            || self.prefix.is_empty()
            || codes.any(|code| self.prefix.iter().any(|prefix| is_same_start(prefix, &code)))
    }

    /// Whether every message that `later` matches is matched by this one; `false` where it cannot be told.
    fn covers(&self, later: &Self) -> bool {
        let within = |own: &[String], other: &[String]| {
            own.is_empty() || (!other.is_empty() && other.iter().all(|value| own.contains(value)))
        };
        let country = self.country.is_empty()
            || (!later.country.is_empty() && later.country.iter().all(|country| self.country.contains(country)));
        let begins = |prefix: &String| self.prefix.iter().any(|own| prefix.starts_with(own.as_str()));
        let prefix = self.prefix.is_empty() || (!later.prefix.is_empty() && later.prefix.iter().all(begins));
        country && prefix && within(&self.unit, &later.unit)
    }
}

/// Whether some number begins with both.
fn is_same_start(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn is_prefix(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=12).contains(&digits.len()) && digits.bytes().all(|sign| sign.is_ascii_digit()) && !digits.starts_with('0')
}

#[cfg(test)]
mod tests;
