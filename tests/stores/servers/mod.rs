//! Servers that the tests start for themselves, on free ports of this machine, and end again.

pub mod account_api;
pub mod certificates;
pub mod dovecot;
pub mod fault;
pub mod ldap_proxy;
pub mod samba;
pub mod slapd;
