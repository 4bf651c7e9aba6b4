//! Account stores: every adapter keeps every promise of the conformance suite, on a real server where it has one.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may end at once")]

mod contract;
mod dovecot;
#[path = "../it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "an application as tests/it starts it; not all of its harness is needed")]
mod harness;
mod hooks;
mod http_api;
mod ldap;
mod ldap_ad;
mod ldap_examine;
mod ldap_faults;
mod ldap_locks;
mod ldap_requests;
mod ldap_tls;
mod ldap_values;
mod ldap_writes;
mod servers;
mod sql;
mod sql_alias_domains;
mod sql_contract;
mod sql_examine;
mod sql_faults;
mod sql_names;
mod sql_presets;
mod sql_readme;
mod sql_rows;
mod sql_tls;
mod sqlite;
