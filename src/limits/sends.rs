//! The silent gates that a message passes before it leaves.

use std::time::Duration;

use super::holds::Holds;
use super::window::{Log, Table, Windows};
use super::{Booking, LimitsSettings, SendGate};
use crate::domain::{PhoneNumber, SubjectId, Timestamp};

/// What was sent, by account, phone, prefix and in all. One caller at a time, so that two never share one free place.
pub(super) struct SendBook {
    countries: Box<[Box<str>]>,
    account: Table,
    phone: Table,
    prefix: Table,
    budget: Windows,
    spent: Log,
    holds: Holds,
}

impl SendBook {
    pub(super) fn new(settings: &LimitsSettings) -> Self {
        Self {
            countries: countries(settings),
            account: Table::new(&settings.account, settings.max_keys),
            phone: Table::new(&settings.phone, settings.max_keys),
            prefix: Table::new(&settings.prefix, settings.max_keys),
            budget: Windows::new(&settings.budget),
            spent: Log::default(),
            holds: Holds::new(settings.max_keys),
        }
    }

    /// Other rates over what was sent.
    pub(super) fn follow(&mut self, settings: &LimitsSettings) {
        self.countries = countries(settings);
        self.account.follow(&settings.account);
        self.phone.follow(&settings.phone);
        self.prefix.follow(&settings.prefix);
        self.budget = Windows::new(&settings.budget);
    }

    /// Books one send in every window, or names the first gate that refuses and books nothing.
    pub(super) fn book(
        &mut self,
        account: &SubjectId,
        phone: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Booking, SendGate> {
        if !self.countries.iter().any(|code| **code == *phone.country_code()) {
            return Err(SendGate::Country);
        }
        if self.holds.has(phone.e164(), now) {
            return Err(SendGate::Held);
        }
        let places = [
            (SendGate::Account, account.as_str(), &mut self.account),
            (SendGate::Phone, phone.e164(), &mut self.phone),
            (SendGate::Prefix, phone.prefix(), &mut self.prefix),
        ]
        .map(|(gate, text, table)| (gate, table.slot(text, now), table));
        for (gate, slot, table) in &places {
            if !table.admit(*slot, now) {
                return Err(*gate);
            }
        }
        if !self.budget.admit(&self.spent, now) {
            return Err(SendGate::Budget);
        }
        let places = places.map(|(_, slot, table)| Some((slot, table.note(slot, now))));
        Ok(Booking { places, spent: Some(self.book_notice(now)) })
    }

    /// Strikes a booking out of every window that it still names.
    pub(super) fn give_back(&mut self, Booking { places, spent }: Booking) {
        for (place, table) in places.into_iter().zip([&mut self.account, &mut self.phone, &mut self.prefix]) {
            if let Some((slot, noted)) = place {
                table.strike(slot, noted);
            }
        }
        if let Some(moment) = spent {
            self.spent.strike(moment);
        }
    }

    /// Books a message on the budget that leaves whether or not anything is left; the moment under which it stands.
    pub(super) fn book_notice(&mut self, now: Timestamp) -> Timestamp {
        self.budget.note(&mut self.spent, now)
    }

    /// Refuses sends to a number for a while.
    pub(super) fn hold(&mut self, phone: &PhoneNumber, wait: Duration, now: Timestamp) {
        self.holds.hold(phone.e164(), wait, now);
    }

    /// The part of the budget that is left, 0 to 1.
    pub(super) fn budget_left(&self, now: Timestamp) -> f64 {
        self.budget.left(&self.spent, now)
    }

    pub(super) fn sweep(&mut self, now: Timestamp) {
        for table in [&mut self.account, &mut self.phone, &mut self.prefix] {
            table.prune(now);
            table.shrink();
        }
        self.holds.prune(now);
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.account.len().max(self.phone.len()).max(self.prefix.len())
    }
}

fn countries(settings: &LimitsSettings) -> Box<[Box<str>]> {
    settings.countries.iter().map(|code| code.as_str().into()).collect()
}
