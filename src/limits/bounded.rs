//! What governor remembers, with an end to it: a flood of new keys never pushes an old one out.

use std::sync::atomic::{AtomicUsize, Ordering};

use governor::nanos::Nanos;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::state::{InMemoryState, NotKeyed, StateStore};

use crate::domain::Network;

/// One question to a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Visit {
    /// Whose bucket.
    pub(super) network: Network,
    /// Whether to take one out, or only to look.
    pub(super) charge: bool,
}

impl Visit {
    fn measure<T, F, E>(self, state: &InMemoryState, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if self.charge {
            state.measure_and_replace(&NotKeyed::NonKey, decide)
        } else {
            decide(read(state)).map(|(answer, _)| answer)
        }
    }
}

/// A map of at most `max_keys` networks, and one bucket that all further ones share until a sweep makes room.
///
/// Evicting instead would free whoever floods it: the bucket that refuses him would be among those thrown out.
pub(super) struct BoundedStore {
    keys: DashMapStateStore<Network>,
    /// Counted beside the map, whose own `len` takes every lock in it. May pass the bound by one a thread.
    count: AtomicUsize,
    max_keys: usize,
    overflow: InMemoryState,
}

impl BoundedStore {
    pub(super) fn new(max_keys: usize) -> Self {
        Self {
            keys: DashMapStateStore::default(),
            count: AtomicUsize::new(0),
            max_keys,
            overflow: InMemoryState::default(),
        }
    }
}

impl StateStore for BoundedStore {
    type Key = Visit;

    fn measure_and_replace<T, F, E>(&self, visit: &Visit, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if let Some(state) = self.keys.get(&visit.network) {
            return visit.measure(&state, decide);
        }
        if self.count.load(Ordering::Relaxed) >= self.max_keys {
            return visit.measure(&self.overflow, decide);
        }
        if !visit.charge {
            return decide(None).map(|(answer, _)| answer);
        }
        let state = self.keys.entry(visit.network).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Relaxed);
            InMemoryState::default()
        });
        visit.measure(&state, decide)
    }
}

impl ShrinkableKeyedStateStore<Visit> for BoundedStore {
    fn retain_recent(&self, drop_below: Nanos) {
        self.keys.retain(|_, state| {
            let recent = read(state).is_some_and(|arrival| arrival > drop_below);
            if !recent {
                self.count.fetch_sub(1, Ordering::Relaxed);
            }
            recent
        });
    }

    fn shrink_to_fit(&self) {
        self.keys.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// governor gives out the state only to a decision; one that always refuses changes nothing.
fn read(state: &InMemoryState) -> Option<Nanos> {
    match state.measure_and_replace(&NotKeyed::NonKey, Err::<((), Nanos), _>) {
        Ok(()) => None,
        Err(arrival) => arrival,
    }
}
