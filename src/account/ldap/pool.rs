//! The connections that are kept.
//!
//! An own pool, because an LDAP connection is no database connection: its requests are numbered and any number may be
//! on the way at once. So nothing is checked out and given back; a few connections are shared, and one that failed is
//! replaced by whoever comes next, while the others wait for that one attempt instead of each making their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ldap3::controls::RawControl;
use ldap3::exop::Exop;
use ldap3::{Ldap, LdapResult, Mod, Scope, SearchOptions};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, Semaphore};

use super::connect::{Servers, guarded};
use super::entry::Entry;
use super::fault::{Fault, PASSWORD_POLICY, code};
use super::settings::LdapSettings;

/// Requests that may be on the way on one connection; servers end a connection that has too many.
const AT_ONCE: usize = 64;

/// Connections signed in as this service.
pub(super) struct Pool {
    servers: Arc<Servers>,
    bind_dn: String,
    bind_password: SecretString,
    slots: Vec<Mutex<Slot>>,
    next: AtomicUsize,
    places: Semaphore,
    operation: Duration,
}

#[derive(Default)]
struct Slot {
    generation: u64,
    connection: Option<Ldap>,
}

/// One connection, and where it is kept.
pub(super) struct Lease {
    ldap: Ldap,
    slot: usize,
    generation: u64,
}

/// A search.
pub(super) struct Query {
    pub(super) base: String,
    pub(super) scope: Scope,
    pub(super) filter: String,
    pub(super) attributes: Arc<[String]>,
    /// Entries that are wanted at most.
    pub(super) limit: usize,
}

/// What a search brought.
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    /// Whether there may be more: the limit of the search, or one of the server.
    pub(super) is_cut: bool,
    /// The connection that it came over, which was good a moment ago.
    pub(super) lease: Lease,
}

impl Pool {
    pub(super) fn new(servers: Arc<Servers>, settings: &LdapSettings) -> Self {
        Self {
            servers,
            bind_dn: settings.bind_dn.clone(),
            bind_password: settings.bind_password.clone(),
            slots: (0..settings.connections).map(|_| Mutex::default()).collect(),
            next: AtomicUsize::new(0),
            places: Semaphore::new(settings.connections.saturating_mul(AT_ONCE)),
            operation: settings.operation_timeout.get(),
        }
    }

    /// Asks for entries. A connection that is lost on the way costs a second attempt over another, and no error:
    /// a read writes nothing.
    pub(super) async fn search(&self, query: &Query) -> Result<Found, Fault> {
        let _place = self.places.acquire().await.map_err(|_| Fault::Unsent("the store is closed".to_owned()))?;
        let mut lease = self.lease().await?;
        let first = self.search_on(&lease, query).await;
        let outcome = match first {
            Err(Fault::Unsent(_) | Fault::Silent(_)) => {
                self.discard(&lease).await;
                // The same place, so that it is a fresh connection and not another that was lost along with this one.
                lease = self.lease_at(lease.slot).await?;
                self.search_on(&lease, query).await
            }
            outcome => outcome,
        };
        match outcome {
            Ok((entries, is_cut)) => Ok(Found { entries, is_cut, lease }),
            Err(fault) => {
                if matches!(fault, Fault::Unsent(_) | Fault::Silent(_)) {
                    self.discard(&lease).await;
                }
                Err(fault)
            }
        }
    }

    async fn search_on(&self, lease: &Lease, query: &Query) -> Result<(Vec<Entry>, bool), Fault> {
        let mut ldap = lease.ldap.clone();
        let limit = i32::try_from(query.limit.saturating_add(1)).unwrap_or(i32::MAX);
        let work = async {
            let options = SearchOptions::new().sizelimit(limit);
            let attributes = query.attributes.to_vec();
            let ldap = ldap.with_search_options(options);
            let mut stream = ldap.streaming_search(&query.base, query.scope, &query.filter, attributes).await?;
            let (mut entries, mut is_cut) = (Vec::new(), false);
            while let Some(item) = stream.next().await? {
                // References to other servers are not followed: those were not named in the configuration.
                let Some(entry) = Entry::read(item.0) else { continue };
                if entries.len() == query.limit {
                    is_cut = true;
                } else {
                    entries.push(entry);
                }
            }
            Ok((entries, is_cut, stream.finish().await))
        };
        let (entries, is_cut, result) = guarded(self.operation, work).await?;
        if result.rc == code::SIZE_LIMIT_EXCEEDED {
            return Ok((entries, true));
        }
        Fault::unless_good(result).map(|_| (entries, is_cut))
    }

    /// Changes an entry, once. The policy's own word is asked for.
    pub(super) async fn modify(
        &self,
        lease: &Lease,
        dn: &str,
        changes: Vec<Mod<Vec<u8>>>,
        limit: Duration,
    ) -> Result<LdapResult, Fault> {
        let mut ldap = lease.ldap.clone();
        let work = async { ldap.with_controls(policy_control()).modify(dn, changes).await };
        self.concluded(lease, guarded(limit, work).await).await
    }

    /// An extended operation that writes, once.
    pub(super) async fn extended(
        &self,
        lease: &Lease,
        operation: impl Into<Exop>,
        limit: Duration,
    ) -> Result<LdapResult, Fault> {
        let mut ldap = lease.ldap.clone();
        let operation = operation.into();
        let work = async { ldap.with_controls(policy_control()).extended(operation).await.map(|answer| answer.1) };
        self.concluded(lease, guarded(limit, work).await).await
    }

    async fn concluded(&self, lease: &Lease, outcome: Result<LdapResult, Fault>) -> Result<LdapResult, Fault> {
        match outcome {
            Ok(result) => Fault::unless_good(result),
            Err(fault) => {
                self.discard(lease).await;
                Err(fault)
            }
        }
    }

    /// A connection that is signed in.
    pub(super) async fn lease(&self) -> Result<Lease, Fault> {
        self.lease_at(self.next.fetch_add(1, Ordering::Relaxed) % self.slots.len().max(1)).await
    }

    async fn lease_at(&self, index: usize) -> Result<Lease, Fault> {
        let Some(slot) = self.slots.get(index) else { return Err(Fault::Unsent("no connection is kept".to_owned())) };
        let mut slot = slot.lock().await;
        if let Some(mut ldap) = slot.connection.clone()
            && !ldap.is_closed()
        {
            return Ok(Lease { ldap, slot: index, generation: slot.generation });
        }
        let (ldap, answer) = self.servers.bind(&self.bind_dn, self.bind_password.expose_secret()).await?;
        Fault::unless_good(answer).map_err(|fault| fault.without(self.bind_password.expose_secret()))?;
        slot.generation += 1;
        slot.connection = Some(ldap.clone());
        Ok(Lease { ldap, slot: index, generation: slot.generation })
    }

    /// Keeps a connection no longer, unless somebody has replaced it already.
    async fn discard(&self, lease: &Lease) {
        let Some(slot) = self.slots.get(lease.slot) else { return };
        let mut slot = slot.lock().await;
        if slot.generation == lease.generation {
            slot.connection = None;
        }
    }
}

impl Lease {
    /// A handle of its own, for work that takes several requests.
    pub(super) fn handle(&self) -> Ldap {
        self.ldap.clone()
    }
}

/// Asks for the reason behind a refused password; a server that does not know it passes it by.
fn policy_control() -> RawControl {
    RawControl { ctype: PASSWORD_POLICY.to_owned(), crit: false, val: None }
}
