//! The guess budget: how likely it is that somebody guesses a code of one account within a day.
//!
//! The bound is a union bound over pairs of a guess and a code. A challenge counts every guess, right or wrong, over
//! all its codes, and ends after `max_attempts` of them. So each code, in whatever challenge it was sent, is
//! compared with at most `max_attempts` guesses. A code is uniform over `10^length` and unknown to the guesser, so one
//! such comparison is right with a chance of `1 / 10^length`. At most `sends` codes go to the account in a day, hence
//!
//! ```text
//! chance per day <= sends × max_attempts / 10^length
//! ```
//!
//! It does not matter how the sends are spread. `max_sends` codes in one challenge do make a single guess
//! `max_sends` times as likely to be right, but then there are `max_sends` times fewer challenges, and
//! so fewer guesses: `(sends / max_sends) × max_attempts × max_sends / 10^length` is the same number. Guesses at
//! challenges that hold no code (decoys, sends over quota) cannot be right and do not count. Neither the number
//! of requesters nor of challenges enters, because strangers can have as many as they like. The growing waits of
//! `[failures]` only lower the chance.
//!
//! `sends` is what the rates let through in any 24 hours: `count/period`, counted exactly over a rolling period,
//! passes at most `count × ⌈24h / period⌉`. Of several rates each holds, so the smallest result does.

use std::time::Duration;

use crate::domain::Rate;

/// The highest chance per account and day that is accepted; the defaults come to half of it.
pub const MAX_CHANCE: f64 = 1e-4;

const DAY: Duration = Duration::from_hours(24);

/// What the chance depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct GuessBudget {
    /// Digits of a code.
    pub length: u32,
    /// Guesses that count per challenge.
    pub max_attempts: u32,
    /// Rates of sends to one account, with the names of their keys; empty when nothing limits them.
    pub rates: Vec<(&'static str, Rate)>,
}

impl GuessBudget {
    /// Codes that one account may be sent in any 24 hours, and the rate that says so.
    #[must_use]
    pub fn sends(&self) -> Option<(u64, &'static str, Rate)> {
        let each = self.rates.iter().map(|(key, rate)| (per_day(*rate), *key, *rate));
        each.min_by_key(|(sends, _, _)| *sends)
    }

    /// The chance that a code of one account is guessed within a day, at most 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 sends the chance is 1 anyway")]
    pub fn chance(&self) -> f64 {
        let Some((sends, _, _)) = self.sends() else { return 1.0 };
        (sends as f64 * f64::from(self.max_attempts) / self.codes()).min(1.0)
    }

    /// Whether the chance is too high.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.chance() > MAX_CHANCE
    }

    /// The arithmetic, line by line.
    #[must_use]
    pub fn arithmetic(&self) -> Vec<String> {
        let (length, attempts, codes) = (self.length, self.max_attempts, self.codes());
        let Some((sends, key, rate)) = self.sends() else {
            return vec!["codes sent to one account in 24h: no limit".into(), "chance per account and day: 1".into()];
        };
        let spans = DAY.as_nanos().div_ceil(rate.period.get().as_nanos().max(1));
        vec![
            format!(
                "codes sent to one account in 24h: {sends}, as {key} lets \"{rate}\" through ({} × {spans})",
                rate.count
            ),
            format!("guesses compared with each code:  {attempts} (code.max_attempts)"),
            format!("codes there are:                  {codes} (10^{length}, code.length)"),
            format!("chance per account and day:       {sends} × {attempts} / {codes} = {:.1e}", self.chance()),
            format!("accepted:                         {MAX_CHANCE:.1e}"),
        ]
    }

    fn codes(&self) -> f64 {
        10_f64.powi(i32::try_from(self.length).unwrap_or(i32::MAX))
    }
}

/// The most that passes in any 24 hours.
fn per_day(rate: Rate) -> u64 {
    let spans = DAY.as_nanos().div_ceil(rate.period.get().as_nanos().max(1));
    u64::try_from(spans).unwrap_or(u64::MAX).saturating_mul(u64::from(rate.count.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(length: u32, max_attempts: u32, rates: &[&str]) -> GuessBudget {
        let rates = rates.iter().map(|rate| ("limits.account", rate.parse().unwrap())).collect();
        GuessBudget { length, max_attempts, rates }
    }

    #[test]
    fn the_defaults_come_to_one_in_twenty_thousand() {
        let defaults = budget(6, 5, &["1/60s", "5/1h", "10/1d"]);
        assert!((defaults.chance() - 5e-5).abs() < 1e-12);
        assert!(!defaults.is_exceeded());
    }

    #[test]
    fn a_rate_lets_through_its_count_at_every_start_of_its_period() {
        for (rate, sends) in [("10/1d", 10), ("5/1h", 120), ("10/7h", 40), ("3/30d", 3), ("1/25h", 1), ("1/60s", 1440)]
        {
            assert_eq!(budget(6, 5, &[rate]).sends().unwrap().0, sends, "{rate}");
        }
        // Counted one by one: as many sends at each of a day's starts as the rate allows, and none between.
        let (count, period) = (10, 7 * 3600);
        let sent = (0..24 * 3600).filter(|second| second % period == 0).count() * count;
        assert_eq!(u64::try_from(sent).unwrap(), per_day("10/7h".parse().unwrap()));
    }

    #[test]
    fn without_any_rate_a_code_is_guessed_for_sure() {
        let unlimited = budget(10, 1, &[]);
        assert!((unlimited.chance() - 1.0).abs() < f64::EPSILON && unlimited.is_exceeded());
        assert!(!unlimited.arithmetic().is_empty());
    }

    #[test]
    fn the_arithmetic_is_shown_line_by_line() {
        let lines = budget(6, 10, &["5/1h", "1/60s"]).arithmetic().join("\n");
        for part in ["120, as limits.account lets \"5/1h\" through (5 × 24)", "120 × 10 / 1000000 = 1.2e-3", "1.0e-4"]
        {
            assert!(lines.contains(part), "{part}\n{lines}");
        }
    }

    /// The share of all draws of codes in which the best guesser is right at least once, by trying every draw and
    /// every way to guess. `layout` is how many codes each challenge holds. Answers are only "wrong" until
    /// one is "right", so a guesser who decides beforehand does as well as any.
    fn exact(codes: u32, attempts: u32, layout: &[u32]) -> f64 {
        // Challenges are independent: the chance to miss is the product over them.
        let miss: f64 = layout.iter().map(|&held| 1.0 - best_hit(codes, attempts, held)).product();
        1.0 - miss
    }

    fn best_hit(codes: u32, attempts: u32, held: u32) -> f64 {
        let draws = codes.pow(held);
        let hit = |guesses: u32| {
            (0..draws).filter(|draw| (0..held).any(|at| guesses >> (draw / codes.pow(at) % codes) & 1 == 1)).count()
        };
        let most = (0..1_u32 << codes).filter(|guesses| guesses.count_ones() == attempts).map(hit).max().unwrap_or(0);
        f64::from(u32::try_from(most).unwrap()) / f64::from(draws)
    }

    /// case 96: the bound holds for every way to spread the sends over challenges, and is nearly reached.
    #[test]
    fn the_bound_holds_against_every_guesser_and_every_spread_of_sends() {
        let (codes, sends) = (8_u32, 4_u32);
        for attempts in 1..=3 {
            let bound = f64::from(sends * attempts) / f64::from(codes);
            let spreads: [&[u32]; 5] = [&[1, 1, 1, 1], &[2, 1, 1], &[2, 2], &[3, 1], &[4]];
            let worst = spreads.iter().map(|layout| exact(codes, attempts, layout)).fold(0.0, f64::max);
            assert!(worst <= bound + 1e-12, "{attempts} tries: {worst} is above {bound}");
            assert!(attempts > 1 || worst > bound * 0.8, "{attempts} tries: {worst} is far below {bound}");
        }
    }
}
