//! Messages of one process that receipts are awaited for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use moka::ops::compute::Op;
use moka::sync::Cache;

use super::cache;
use crate::domain::{DeliveryReport, DeliveryState, ReportName, Timestamp};
use crate::state::{SentOrder, SentOrders, Settled, Settlement, StateError};

/// Receipts of mainland carriers come within 72 hours or not at all.
const AWAITED: Duration = Duration::from_hours(72);

/// How long before its message a receipt may come; a provider answers within a minute.
const EARLY: Duration = Duration::from_mins(2);

/// Receipts for messages that are not known (yet); beyond it the oldest is forgotten.
const MOST_EARLY: u64 = 10_000;

/// What is said of one message before it is known; more than a message of several parts has.
const MOST_OF_ONE: usize = 20;

/// A provider's name for a message, or ours at this provider.
type Name = (Box<str>, ReportName);

/// A message and the latest word about it.
#[derive(Debug)]
struct Awaited {
    order: Arc<SentOrder>,
    last: Mutex<Option<DeliveryState>>,
}

type Early = Arc<Vec<(DeliveryReport, Timestamp)>>;

/// Messages of one process. A restart forgets them: their receipts are then unknown, which changes nothing else.
#[derive(Debug)]
pub struct MemoryOrders {
    awaited: Cache<Name, Arc<Awaited>>,
    early: Cache<Name, Early>,
}

impl MemoryOrders {
    /// For so many messages at most; the oldest is forgotten first.
    #[must_use]
    pub fn new(max_orders: u64) -> Self {
        // Each goes by two names.
        Self { awaited: cache(max_orders.saturating_mul(2), Some(AWAITED)), early: cache(MOST_EARLY, Some(EARLY)) }
    }

    fn find(&self, name: &Name, now: Timestamp) -> Option<Arc<Awaited>> {
        self.awaited.get(name).filter(|awaited| now.since(awaited.order.handed_at) < AWAITED)
    }

    /// Lets the caches finish what they put off, so that a test sees their bounds.
    #[cfg(test)]
    pub(in crate::state) fn remembered(&self) -> (u64, u64) {
        self.awaited.run_pending_tasks();
        self.early.run_pending_tasks();
        (self.awaited.entry_count(), self.early.entry_count())
    }
}

impl Awaited {
    fn settle(&self, report: DeliveryReport, came_at: Timestamp) -> Option<Settlement> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|known| known.is_final() || known == report.state) {
            return None;
        }
        *last = Some(report.state);
        Some(Settlement { order: Arc::clone(&self.order), report, came_at })
    }
}

#[async_trait]
impl SentOrders for MemoryOrders {
    async fn note(&self, order: SentOrder, now: Timestamp) -> Result<Vec<Settlement>, StateError> {
        let theirs = order.message_id.as_deref().map(|id| ReportName::Message(id.into()));
        let both = theirs.into_iter().chain([ReportName::Order(order.order)]);
        let names: Vec<Name> = both.map(|name| (order.provider.clone(), name)).collect();
        let awaited = Arc::new(Awaited { order: Arc::new(order), last: Mutex::default() });
        let mut early = Vec::new();
        for name in names {
            self.awaited.insert(name.clone(), Arc::clone(&awaited));
            // After the insertion: who settles at this moment either finds the message or is found here.
            self.early.entry(name).and_compute_with(|entry| {
                let Some(entry) = entry else { return Op::Nop };
                early.extend(entry.value().iter().filter(|(_, came)| now.since(*came) < EARLY).cloned());
                Op::Remove
            });
        }
        early.sort_by_key(|(_, came_at)| *came_at);
        Ok(early.into_iter().filter_map(|(report, came_at)| awaited.settle(report, came_at)).collect())
    }

    async fn settle(&self, report: DeliveryReport, now: Timestamp) -> Result<Settled, StateError> {
        let name = (report.provider.clone(), report.name.clone());
        let mut found = self.find(&name, now);
        if found.is_none() {
            self.early.entry(name.clone()).and_compute_with(|entry| {
                found = self.find(&name, now);
                let mut kept = entry.map(|entry| Vec::clone(entry.value())).unwrap_or_default();
                if found.is_some() || kept.len() >= MOST_OF_ONE {
                    return Op::Nop;
                }
                kept.push((report.clone(), now));
                Op::Put(Arc::new(kept))
            });
        }
        Ok(match found {
            None => Settled::Unknown,
            Some(awaited) => awaited.settle(report, now).map_or(Settled::Known, Settled::News),
        })
    }
}
