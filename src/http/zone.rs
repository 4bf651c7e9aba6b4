//! The time zone that people live in.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::domain::Timestamp;

/// A name that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no time zone; write a name like \"{meant}\"")]
pub struct ZoneError {
    name: String,
    meant: String,
}

/// A time zone, for times that people read.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of an IANA name, by the machine's rules or else by those that are built in; `""` is the machine's zone.
    ///
    /// # Errors
    /// When there is no such zone; names one that was probably meant.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        if name.is_empty() {
            return Ok(Self(TimeZone::system()));
        }
        let built_in = TimeZoneDatabase::bundled();
        // Where the machine has zone files but lacks this one, the built-in rules still know it.
        let zone = TimeZone::get(name).or_else(|_| built_in.get(name));
        zone.map(Self).map_err(|_| ZoneError { name: name.to_owned(), meant: nearest(name, &built_in) })
    }

    /// Universal time.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone itself.
    #[must_use]
    pub const fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// `moment` by a `strftime` pattern; by the one way that needs no pattern when it cannot be written so.
    pub(super) fn written(&self, moment: Timestamp, pattern: &str) -> String {
        jiff::Timestamp::from_millisecond(moment.as_millis())
            .and_then(|moment| jiff::fmt::strtime::format(pattern, &moment.to_zoned(self.0.clone())))
            .unwrap_or_else(|_| moment.to_string())
    }
}

/// What is wrong with a `strftime` pattern, if something is.
pub(super) fn fault_of(pattern: &str) -> Option<String> {
    let moment = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    jiff::fmt::strtime::format(pattern, &moment).err().map(|error| error.to_string())
}

fn nearest(name: &str, names: &TimeZoneDatabase) -> String {
    let likeness = |other: &str| strsim::jaro_winkler(&other.to_lowercase(), &name.to_lowercase());
    let known = names.available().map(|known| (likeness(known.as_str()), known.as_str().to_owned()));
    let best = known.filter(|(likeness, _)| *likeness > 0.8).max_by(|one, two| one.0.total_cmp(&two.0));
    best.map_or_else(|| "Asia/Shanghai".to_owned(), |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_name_even_without_zone_files() {
        for zone in
            [Zone::parse("Asia/Shanghai").unwrap(), Zone(TimeZoneDatabase::bundled().get("Asia/Shanghai").unwrap())]
        {
            assert_eq!(zone.written(Timestamp::from_millis(0), "%Y-%m-%d %H:%M%:z"), "1970-01-01 08:00+08:00");
        }
        assert_eq!(Zone::utc().written(Timestamp::from_millis(0), "%H:%M"), "00:00");
        assert!(Zone::parse("").is_ok());
    }

    #[test]
    fn an_unknown_zone_is_refused_with_the_one_that_was_meant() {
        let problem = |name| Zone::parse(name).unwrap_err().to_string();
        assert_eq!(problem("Asia/Shangai"), "`Asia/Shangai` is no time zone; write a name like \"Asia/Shanghai\"");
        assert!(problem("../../etc/passwd").contains("Asia/Shanghai"));
        assert!(problem("東京").contains("is no time zone"));
    }

    #[test]
    fn a_moment_or_pattern_that_cannot_be_written_is_told_in_utc() {
        let zone = Zone::utc();
        assert_eq!(zone.written(Timestamp::from_millis(0), "%H:%é"), "1970-01-01T00:00:00Z");
        assert!(!zone.written(Timestamp::from_millis(i64::MAX), "%H:%M").is_empty());
        assert!(fault_of("%Q%").is_some() && fault_of("%-I:%M %P").is_none());
    }
}
