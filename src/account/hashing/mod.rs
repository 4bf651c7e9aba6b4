//! Hashing passwords in the schemes that mail systems know, off the async threads, so many at once and no more.
//!
//! A hash costs tens of milliseconds and megabytes by design. Unbounded, a few hundred parallel passwords would take
//! the machine; so some are worked on, some wait, and the rest is told at once to come back.

mod check;
mod form;
mod recipe;
mod scheme;
mod stored;

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

pub use check::{MAX_BLF_COST, MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES, MAX_PBKDF2_ROUNDS, MAX_SHA_ROUNDS};
pub use scheme::{Mark, Scheme};
pub use stored::{StoredHash, StoredHashError};

use recipe::Recipe;

use super::{AccountError, HashSettings};
use crate::domain::{NewPassword, Randomness};

/// The one place where passwords are hashed. Clones share its bounds.
#[derive(Clone)]
pub struct HashPool {
    recipe: Recipe,
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
    /// When the scheme cannot work with the cost, which [`super::AccountSettings::check`] would have said.
    pub fn new(settings: &HashSettings, random: Arc<dyn Randomness>) -> Result<Self, AccountError> {
        let recipe = Recipe::new(settings).map_err(|why| unavailable(format!("account.hash cannot be used: {why}")))?;
        let processors = available_parallelism().map_or(1, usize::from);
        let workers = if settings.workers == 0 { processors } else { settings.workers };
        Ok(Self {
            recipe,
            random,
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers.saturating_add(settings.queue))),
        })
    }

    /// Hashes a password under a fresh salt, in the configured scheme.
    ///
    /// # Errors
    /// [`AccountError::Busy`] at once when the queue is full; [`AccountError::PasswordRefused`] when the scheme
    /// would look at a part of the password only.
    pub async fn hash(&self, password: &NewPassword) -> Result<StoredHash, AccountError> {
        if let Some(reason) = self.recipe.refusal(password.expose().as_bytes()) {
            return Err(AccountError::PasswordRefused { reason });
        }
        let made = self.make(password).await?;
        self.read(&made).map_err(|error| unavailable(format!("hashing made nothing usable: {error}")))
    }

    /// A stored hash; one that is neither marked nor tells its scheme by its shape is taken as the configured scheme's.
    ///
    /// # Errors
    /// When it is no hash of a known scheme, or costs too much to check.
    pub fn read(&self, stored: &str) -> Result<StoredHash, StoredHashError> {
        StoredHash::read(stored, Some(self.recipe.scheme().into()))
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
        self.make(password).await.map(|_| false)
    }

    async fn make(&self, password: &NewPassword) -> Result<String, AccountError> {
        let (password, recipe, salt) = (password.clone(), self.recipe.clone(), self.random.bytes());
        let made = self.run(move || recipe.make(password.expose().as_bytes(), salt)).await?;
        made.map_err(|why| unavailable(format!("hashing failed: {why}")))
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
        out.debug_struct("HashPool").field("recipe", &self.recipe).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
