//! Quantities as operators write them: `"5m"`, `"5/1h"`, `"16KiB"`. A bare number has no unit and is refused.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// Why a quantity was refused; the text says how to write it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a span of time.
    #[error("`{0}` is not a span of time; write a whole number and a unit (ms, s, m, h or d), like \"5m\"")]
    Period(String),
    /// Not a rate.
    #[error("`{0}` is not a rate; write a count, a slash and a span, like \"10/1d\"")]
    Rate(String),
    /// Not a size.
    #[error("`{0}` is not a size; write a whole number and a unit (B, KiB or MiB), like \"16KiB\"")]
    Size(String),
    /// Zero would mean "never" or "nothing" to some readers and "unlimited" to others.
    #[error("`{0}` is zero; a limit must be at least 1")]
    Zero(String),
}

/// A span of time longer than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(Duration);

impl Period {
    /// As the standard library's duration.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }

    /// Whole seconds, rounded up.
    #[must_use]
    pub fn as_secs(self) -> u64 {
        self.0.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }
}

impl FromStr for Period {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::Period(text.to_owned());
        let split = text.find(|sign: char| !sign.is_ascii_digit()).ok_or_else(wrong)?;
        let (digits, unit) = text.split_at(split);
        let count: u64 = digits.parse().map_err(|_| wrong())?;
        let millis: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        if count == 0 {
            return Err(QuantityError::Zero(text.to_owned()));
        }
        Ok(Self(Duration::from_millis(count.checked_mul(millis).ok_or_else(wrong)?)))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let (size, unit) = units.into_iter().find(|(size, _)| millis.is_multiple_of(*size)).unwrap_or((1, "ms"));
        write!(out, "{}{unit}", millis / size)
    }
}

/// So many in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least one.
    pub count: NonZeroU32,
    /// In how long.
    pub period: Period,
}

impl FromStr for Rate {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::Rate(text.to_owned());
        let (count, period) = text.split_once('/').ok_or_else(wrong)?;
        let count: u32 = count.parse().map_err(|_| wrong())?;
        let count = NonZeroU32::new(count).ok_or_else(|| QuantityError::Zero(text.to_owned()))?;
        let period = period.parse().map_err(|error| match error {
            QuantityError::Zero(_) => QuantityError::Zero(text.to_owned()),
            _ => wrong(),
        })?;
        Ok(Self { count, period })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.count, self.period)
    }
}

/// A number of bytes, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(usize);

impl ByteSize {
    /// In bytes.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::Size(text.to_owned());
        let split = text.find(|sign: char| !sign.is_ascii_digit()).ok_or_else(wrong)?;
        let (digits, unit) = text.split_at(split);
        let count: usize = digits.parse().map_err(|_| wrong())?;
        let factor: usize = match unit {
            "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(wrong()),
        };
        if count == 0 {
            return Err(QuantityError::Zero(text.to_owned()));
        }
        count.checked_mul(factor).map(Self).ok_or_else(wrong)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        let (size, unit) = units.into_iter().find(|(size, _)| self.0.is_multiple_of(*size)).unwrap_or((1, "B"));
        write!(out, "{}{unit}", self.0 / size)
    }
}

macro_rules! written_as_text {
    ($($name:ident),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                output.collect_str(self)
            }
        }
    )*};
}
written_as_text!(Period, Rate, ByteSize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_and_print_as_operators_write_them() {
        for text in ["500ms", "60s", "5m", "2h", "30d"] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
        }
        assert_eq!("90s".parse::<Period>().unwrap().get(), Duration::from_secs(90));
        assert_eq!("5/10m".parse::<Rate>().unwrap().to_string(), "5/10m");
        assert_eq!("16KiB".parse::<ByteSize>().unwrap().get(), 16_384);
    }

    /// case 97: no unit, a wrong unit, a negative or a zero is refused with the right way to write it.
    #[test]
    fn a_missing_unit_a_wrong_unit_a_negative_and_a_zero_are_refused() {
        for text in ["", "90", "5 m", "5min", "-5m", "1.5h", "m", "99999999999999999999d"] {
            assert!(matches!(text.parse::<Period>(), Err(QuantityError::Period(_))), "{text}");
        }
        assert!(matches!("0s".parse::<Period>(), Err(QuantityError::Zero(_))));
        for text in ["", "5", "5/", "/10m", "-5/10m", "5/10", "5/10min"] {
            assert!(matches!(text.parse::<Rate>(), Err(QuantityError::Rate(_))), "{text}");
        }
        assert!(matches!("0/10m".parse::<Rate>(), Err(QuantityError::Zero(_))));
        assert!(matches!("5/0s".parse::<Rate>(), Err(QuantityError::Zero(_))));
        assert!(matches!("16kb".parse::<ByteSize>(), Err(QuantityError::Size(_))));
    }
}
