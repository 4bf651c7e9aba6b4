//! What governor remembers, with an end to it: a flood of new keys never pushes an old one out.

use std::sync::Arc;
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
    /// What to do with it.
    pub(super) step: Step,
}

/// What a question does to a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Nothing.
    Look,
    /// Takes one out.
    Charge,
    /// Puts one back, which is worth so many nanoseconds; a full bucket stays full.
    GiveBack(u64),
}

impl Visit {
    fn measure<T, F, E>(self, state: &InMemoryState, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        match self.step {
            Step::Charge => return state.measure_and_replace(&NotKeyed::NonKey, decide),
            Step::GiveBack(worth) => lower(state, worth),
            Step::Look => {}
        }
        decide(read(state)).map(|(answer, _)| answer)
    }
}

/// A map of at most `max_keys` networks, and one bucket that all further ones share until a sweep makes room.
///
/// Evicting instead would free whoever floods it: the bucket that refuses him would be among those thrown out.
///
/// A copy is the same store: a gate whose rate changes goes on with what was counted.
#[derive(Clone)]
pub(super) struct BoundedStore(Arc<Bounded>);

struct Bounded {
    keys: DashMapStateStore<Network>,
    /// Counted beside the map, whose own `len` takes every lock in it. May pass the bound by one a thread.
    count: AtomicUsize,
    max_keys: usize,
    overflow: InMemoryState,
}

impl BoundedStore {
    pub(super) fn new(max_keys: usize) -> Self {
        Self(Arc::new(Bounded {
            keys: DashMapStateStore::default(),
            count: AtomicUsize::new(0),
            max_keys,
            overflow: InMemoryState::default(),
        }))
    }
}

impl StateStore for BoundedStore {
    type Key = Visit;

    fn measure_and_replace<T, F, E>(&self, visit: &Visit, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if let Some(state) = self.0.keys.get(&visit.network) {
            return visit.measure(&state, decide);
        }
        if self.0.count.load(Ordering::Relaxed) >= self.0.max_keys {
            return visit.measure(&self.0.overflow, decide);
        }
        if visit.step != Step::Charge {
            return decide(None).map(|(answer, _)| answer);
        }
        let state = self.0.keys.entry(visit.network).or_insert_with(|| {
            self.0.count.fetch_add(1, Ordering::Relaxed);
            InMemoryState::default()
        });
        visit.measure(&state, decide)
    }
}

impl ShrinkableKeyedStateStore<Visit> for BoundedStore {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.keys.retain(|_, state| {
            let recent = read(state).is_some_and(|arrival| arrival > drop_below);
            if !recent {
                self.0.count.fetch_sub(1, Ordering::Relaxed);
            }
            recent
        });
    }

    fn shrink_to_fit(&self) {
        self.0.keys.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// governor keeps the moment at which a bucket will be full again; one more in it makes that earlier.
fn lower(state: &InMemoryState, worth: u64) {
    let earlier = |arrival: Option<Nanos>| arrival.map(|at| ((), at.as_u64().saturating_sub(worth).into())).ok_or(());
    // Nothing was taken yet, so nothing is put back.
    let _ = state.measure_and_replace(&NotKeyed::NonKey, earlier);
}

/// governor gives out the state only to a decision; one that always refuses changes nothing.
fn read(state: &InMemoryState) -> Option<Nanos> {
    match state.measure_and_replace(&NotKeyed::NonKey, Err::<((), Nanos), _>) {
        Ok(()) => None,
        Err(arrival) => arrival,
    }
}
