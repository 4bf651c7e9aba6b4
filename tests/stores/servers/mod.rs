//! Servers that tests start for themselves, on free ports of this machine.

pub mod certificates;
pub mod ldap_proxy;
pub mod samba;
pub mod slapd;
