//! Filters. Values are escaped here (RFC 4515), and nowhere else are filters put together.

use std::fmt::Write;

use ldap3::{ldap_escape, parse_filter};

use crate::domain::{MailboxAddress, SubjectId};

const ADDRESS: &str = "{address}";

/// Attributes of 16 bytes that are no text; their values go into a [`SubjectId`] as hexadecimal digits.
const BINARY_IDS: [&str; 2] = ["objectGUID", "mS-DS-ConsistencyGuid"];

/// Whether this is a filter that names an account by its address.
pub(super) fn is_template(filter: &str) -> bool {
    filter.contains(ADDRESS) && parse_filter(filter.replace(ADDRESS, "a")).is_ok()
}

/// The accounts that an address names.
pub(super) fn by_address(template: &str, address: &MailboxAddress) -> String {
    template.replace(ADDRESS, &ldap_escape(address.as_str()))
}

/// Every account that some address names.
pub(super) fn accounts(template: &str) -> String {
    template.replace(ADDRESS, "*")
}

/// The account of this id; `None` when it cannot be one.
pub(super) fn by_id(template: &str, attribute: &str, id: &SubjectId) -> Option<String> {
    let value = if is_binary(attribute) {
        let bytes = data_encoding::HEXLOWER.decode(id.as_str().as_bytes()).ok().filter(|bytes| !bytes.is_empty())?;
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "\\{byte:02x}");
            text
        })
    } else if id.as_str().is_empty() {
        return None;
    } else {
        ldap_escape(id.as_str()).into_owned()
    };
    Some(format!("(&{}({attribute}={value}))", accounts(template)))
}

/// The id as an entry holds it.
pub(super) fn id_of(attribute: &str, value: &[u8]) -> Option<SubjectId> {
    let text = if is_binary(attribute) {
        data_encoding::HEXLOWER.encode(value)
    } else {
        std::str::from_utf8(value).ok()?.to_owned()
    };
    (!text.is_empty()).then(|| SubjectId::new(text))
}

fn is_binary(attribute: &str) -> bool {
    BINARY_IDS.iter().any(|name| name.eq_ignore_ascii_case(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "(|(mail={address})(proxyAddresses=smtp:{address}))";

    /// case 77: what is typed is a value, whatever it holds.
    #[test]
    fn a_value_never_becomes_a_part_of_the_filter() {
        let address = MailboxAddress::parse("*|(uid=*)@example.org");
        assert!(address.is_err(), "parentheses are in no address");
        let star = MailboxAddress::parse("a*&|!@example.org").unwrap();
        assert_eq!(by_address("(mail={address})", &star), "(mail=a\\2a&|!@example.org)");
        let id = SubjectId::new("*)(uid=*\0\\");
        assert_eq!(
            by_id(TEMPLATE, "entryUUID", &id).unwrap(),
            "(&(|(mail=*)(proxyAddresses=smtp:*))(entryUUID=\\2a\\29\\28uid=\\2a\\00\\5c))"
        );
        assert!(parse_filter(by_id(TEMPLATE, "entryUUID", &id).unwrap()).is_ok());
    }

    #[test]
    fn an_id_that_is_no_text_goes_through_hexadecimal_digits() {
        let id = id_of("objectguid", &[0, 0xff, 0x2a]).unwrap();
        assert_eq!(id.as_str(), "00ff2a");
        let filter = by_id("(mail={address})", "objectGUID", &id).unwrap();
        assert_eq!(filter, "(&(mail=*)(objectGUID=\\00\\ff\\2a))");
        assert_eq!(by_id("(mail={address})", "objectGUID", &SubjectId::new("no such key")), None);
        assert_eq!(by_id("(mail={address})", "entryUUID", &SubjectId::new("")), None);
        assert!(id_of("entryUUID", &[0xff]).is_none());
    }

    #[test]
    fn a_template_is_a_filter_that_holds_the_address() {
        assert!(is_template(TEMPLATE) && is_template("(&(objectClass=inetOrgPerson)(mail={address}))"));
        for text in ["", "mail={address", "(mail=x)", "(mail={address}", "{address}"] {
            assert!(!is_template(text), "{text}");
        }
    }

    proptest::proptest! {
        /// case 77
        #[test]
        fn escaping_any_id_never_panics_and_keeps_one_value(id in "\\PC{1,40}") {
            let filter = by_id("(mail={address})", "entryUUID", &SubjectId::new(id.as_str())).unwrap();
            proptest::prop_assert!(parse_filter(&filter).is_ok());
            let value = filter.strip_prefix("(&(mail=*)(entryUUID=").unwrap().strip_suffix("))").unwrap();
            proptest::prop_assert_eq!(ldap3::ldap_unescape(value).unwrap(), id);
        }
    }
}
