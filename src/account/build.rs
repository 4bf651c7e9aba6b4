//! From settings to a store.

use std::sync::Arc;

use super::http::HttpAccounts;
use super::ldap::LdapAccounts;
use super::sql::SqlAccounts;
use super::sqlite::SqliteAccounts;
use super::{AccountError, AccountKind, AccountSettings, AccountStore, HashPool};
use crate::domain::{Clock, Randomness};

/// What stores work with.
#[derive(Clone)]
pub struct Surroundings {
    /// For expiry, and what signed requests are stamped with.
    pub clock: Arc<dyn Clock>,
    /// For salts and nonces.
    pub random: Arc<dyn Randomness>,
}

/// Opens the configured store.
///
/// # Errors
/// [`AccountError::Unavailable`] with what to do: it cannot be reached, or is not what the settings say.
pub async fn open(settings: &AccountSettings, around: &Surroundings) -> Result<Arc<dyn AccountStore>, AccountError> {
    let hashing = || HashPool::new(&settings.hash_of_store(), Arc::clone(&around.random));
    match settings.kind {
        AccountKind::Sqlite => {
            Ok(Arc::new(SqliteAccounts::open(settings, hashing()?, Arc::clone(&around.clock)).await?))
        }
        AccountKind::Sql => Ok(Arc::new(SqlAccounts::open(settings, hashing()?, Arc::clone(&around.clock)).await?)),
        AccountKind::Ldap => Ok(Arc::new(LdapAccounts::open(settings, hashing()?, around).await?)),
        AccountKind::Http => Ok(Arc::new(HttpAccounts::open(settings, around)?)),
    }
}
