//! Whether the schema has the attributes that the configuration names.

use std::collections::HashSet;

use super::{bad, doubtful, good};
use crate::account::ldap::LdapAccounts;
use crate::account::ldap::entry::Entry;
use crate::account::ldap::fault::Fault;
use crate::account::ldap::settings::WriteMethod;
use crate::domain::Finding;

impl LdapAccounts {
    pub(super) async fn schema_found(&self, root: Option<&Entry>) -> Result<Vec<Finding>, Fault> {
        let place = root.and_then(|root| root.text("subschemaSubentry"));
        let schema = match place {
            Some(place) => self.look_at(place, &["attributeTypes"]).await?,
            None => None,
        };
        let Some(known) = schema.map(|schema| names_in(&schema)).filter(|known| !known.is_empty()) else {
            return Ok(vec![doubtful(
                "schema",
                "the server does not show it, so names of attributes could not be checked",
            )]);
        };
        let missing: Vec<_> = self.named().into_iter().filter(|name| !known.contains(&plain(name))).collect();
        if missing.is_empty() {
            return Ok(vec![good("schema", "has every attribute that is named")]);
        }
        let of = &self.settings.attributes;
        let dispensable = [&of.work_phone, &of.birthday, &of.unit, &of.password_changed];
        let told = |name: String| {
            let what = format!("attribute {name}");
            let text = "the schema has none of this name; check account.ldap";
            if dispensable.contains(&&name) { doubtful(what, text) } else { bad(what, text) }
        };
        Ok(missing.into_iter().map(told).collect())
    }

    /// Everything that must exist. Marks of disabled accounts are left out: the defaults name those of several products.
    fn named(&self) -> Vec<String> {
        let (of, keeping) = (&self.settings.attributes, &self.settings.password);
        let written = match keeping.write {
            WriteMethod::UnicodePwd => "unicodePwd",
            WriteMethod::PasswordModify | WriteMethod::UserPassword => "userPassword",
        };
        let mut names: Vec<&str> = vec![
            written,
            &self.settings.id,
            &of.address,
            &of.mobile,
            &of.phone_bound,
            &of.work_phone,
            &of.birthday,
            &of.unit,
            &of.password_changed,
            &keeping.expiry,
            &keeping.marker,
        ];
        names.extend(of.aliases.iter().map(String::as_str));
        names.extend(keeping.shadow_last_change.then_some("shadowLastChange"));
        names.extend(keeping.clear_reset.then_some("pwdReset"));
        names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// Without options, in lower case.
fn plain(name: &str) -> String {
    name.split(';').next().unwrap_or(name).to_ascii_lowercase()
}

/// The names and numbers of all attribute types (RFC 4512, 4.1.2), in lower case.
fn names_in(schema: &Entry) -> HashSet<String> {
    let types = schema.bytes("attributeTypes").iter().filter_map(|text| std::str::from_utf8(text).ok());
    types.flat_map(names_of).collect()
}

/// `( 2.5.4.3 NAME ( 'cn' 'commonName' ) …` has three.
fn names_of(text: &str) -> Vec<String> {
    let mut words = text.split_ascii_whitespace().skip_while(|word| *word == "(");
    let mut names: Vec<_> = words.next().map(str::to_ascii_lowercase).into_iter().collect();
    let mut words = words.skip_while(|word| *word != "NAME").skip(1).skip_while(|word| *word == "(");
    while let Some(name) = words.next().and_then(|word| word.strip_prefix('\'')?.strip_suffix('\'')) {
        names.push(name.to_ascii_lowercase());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_an_attribute_type_is_found() {
        assert_eq!(
            names_of("( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'x' SUP name )"),
            ["2.5.4.3", "cn", "commonname"]
        );
        assert_eq!(
            names_of("( 0.9.2342.19200300.100.1.41 NAME 'mobile' SYNTAX 1 )"),
            ["0.9.2342.19200300.100.1.41", "mobile"]
        );
        assert_eq!(names_of("( 1.2.3 DESC 'none' )"), ["1.2.3"]);
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_description_never_panics(text in "[( )'A-Za-z0-9.]{0,60}") {
            let _ = names_of(&text);
        }
    }
}
