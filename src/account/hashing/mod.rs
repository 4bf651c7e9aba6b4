//! Hashing passwords: argon2id, off the async threads, so many at once and no more.
//!
//! A hash costs tens of milliseconds and megabytes by design. Unbounded, a few hundred parallel passwords would take
//! the machine; so some are worked on, some wait, and the rest is told at once to come back.

mod stored;

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use tokio::sync::Semaphore;

pub use stored::{MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES, StoredHash, StoredHashError};

use super::{AccountError, HashSettings};
use crate::domain::{NewPassword, Randomness};

/// The one place where passwords are hashed. Clones share its bounds.
#[derive(Clone)]
pub struct HashPool {
    params: Params,
    random: Arc<dyn Randomness>,
    /// One permit for each hash at work.
    workers: Arc<Semaphore>,
    /// One permit for each hash at work or waiting.
    places: Arc<Semaphore>,
}

impl HashPool {
    /// A pool with the configured cost and bounds. Salts come from `random`.
    ///
    /// # Errors
    /// When argon2 cannot work with the cost, which [`super::AccountSettings::check`] would have said.
    pub fn new(settings: &HashSettings, random: Arc<dyn Randomness>) -> Result<Self, AccountError> {
        let params = Params::new(settings.memory_kib(), settings.passes, settings.lanes, None)
            .map_err(|error| unavailable(format!("account.hash cannot be used: {error}")))?;
        let processors = available_parallelism().map_or(1, usize::from);
        let workers = if settings.workers == 0 { processors } else { settings.workers };
        Ok(Self {
            params,
            random,
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers.saturating_add(settings.queue))),
        })
    }

    /// Hashes a password under a fresh salt.
    ///
    /// # Errors
    /// [`AccountError::Busy`] at once when the queue is full.
    pub async fn hash(&self, password: &NewPassword) -> Result<StoredHash, AccountError> {
        let password = password.clone();
        let argon2 = Argon2::from(self.params.clone());
        let salt = self.random.bytes::<16>();
        let hash = self.run(move || argon2.hash_password_with_salt(password.expose().as_bytes(), &salt)).await?;
        hash.map(StoredHash::from).map_err(|error| unavailable(format!("hashing failed: {error}")))
    }

    /// Whether `password` made `stored`.
    ///
    /// # Errors
    /// [`AccountError::Busy`] at once when the queue is full.
    pub async fn verify(&self, password: &NewPassword, stored: &StoredHash) -> Result<bool, AccountError> {
        let (password, stored) = (password.clone(), stored.clone());
        self.run(move || stored.matches(password.expose().as_bytes())).await
    }

    /// The work of [`Self::verify`] for an account that does not exist or has no password, so that time does not tell.
    /// Always `false`.
    ///
    /// # Errors
    /// [`AccountError::Busy`] at once when the queue is full.
    pub async fn verify_nothing(&self, password: &NewPassword) -> Result<bool, AccountError> {
        self.hash(password).await.map(|_| false)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AccountError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| AccountError::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| AccountError::Busy)?;
        let job = tokio::task::spawn_blocking(move || {
            let done = work();
            // Held by the work and not by the caller: who stops waiting does not make room for one more.
            drop((place, worker));
            done
        });
        // The words of a panic may quote the password.
        job.await
            .map_err(|error| unavailable(format!("hashing {}", if error.is_panic() { "panicked" } else { "stopped" })))
    }
}

#[cfg(test)]
impl HashPool {
    /// Fills every place until the answer is dropped.
    pub(in crate::account) fn crowd(&self) -> impl Drop + use<> {
        let all = u32::try_from(self.places.available_permits()).unwrap();
        Arc::clone(&self.places).try_acquire_many_owned(all).unwrap()
    }
}

fn unavailable(reason: String) -> AccountError {
    AccountError::Unavailable { reason }
}

impl std::fmt::Debug for HashPool {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("HashPool").field("params", &self.params).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
