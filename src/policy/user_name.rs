//! User names within passwords.
//!
//! A password holds a user name when, with case, width, accents and separators taken out of both, it holds
//!
//! * the whole name of three signs or more, forwards or backwards;
//! * one of its parts of three letters or more, forwards: `Zhang-2026` for `zhang.wei`, as Active Directory has it;
//! * all its parts in a row in any order, of three letters or more together: `NaLi` for `li.na`;
//! * a name in one piece of six letters or more that begins at another of its letters: `WeiZhang` for `zhangwei`.
//!
//! Parts stand between dots, hyphens, digits and whatever else is no letter; names are parts of mail addresses, which
//! have no upper case to split at. A part of one or two letters alone stands in nearly every password, and one of three
//! read backwards in too many (`wei` in `review`), so neither counts.

use super::fold;

/// A shorter name, or part of one, stands in too many good passwords.
const SHORTEST: usize = 3;
/// A shorter name in one piece has too few letters to be known again from another beginning.
const SHORTEST_TURNED: usize = 6;
/// The orders of more parts are too many to be tried, and their parts long enough to be found alone.
const MOST_PARTS: usize = 5;

/// Whether a squeezed password holds `name`.
pub(super) fn is_held(squeezed: &str, name: &str) -> bool {
    let whole = fold::squeezed(name);
    if whole.chars().count() < SHORTEST {
        return false;
    }
    if fold::holds_either_way(squeezed, &whole) {
        return true;
    }
    let parts: Vec<_> = name.split(|sign: char| !sign.is_alphabetic()).map(fold::squeezed).collect();
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| part.chars().count() >= SHORTEST && squeezed.contains(part)) {
        return true;
    }
    match parts.as_slice() {
        [only] => only.chars().count() >= SHORTEST_TURNED && turned(only).any(|turned| squeezed.contains(&turned)),
        parts if parts.len() <= MOST_PARTS && parts.concat().chars().count() >= SHORTEST => {
            squeezed.char_indices().any(|(at, _)| begins_with_all(&squeezed[at..], parts))
        }
        _ => false,
    }
}

/// The name, begun at each of its letters but the first.
fn turned(name: &str) -> impl Iterator<Item = String> {
    name.char_indices().skip(1).map(|(at, _)| [&name[at..], &name[..at]].concat())
}

/// Whether `text` begins with all `parts`, one after the other, in any order.
fn begins_with_all(text: &str, parts: &[&str]) -> bool {
    parts.is_empty()
        || parts.iter().enumerate().any(|(at, part)| {
            text.strip_prefix(part)
                .is_some_and(|rest| begins_with_all(rest, &[&parts[..at], &parts[at + 1..]].concat()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(password: &str, name: &str) -> bool {
        is_held(&fold::squeezed(password), name)
    }

    #[test]
    fn a_name_is_found_whole_in_parts_and_in_any_order() {
        for (password, name) in [
            ("Q7-WeiZhang-2026", "zhang.wei"),
            ("Q7-Wei-2026-Zhang", "zhang.wei"),
            ("Zhang2026-Q7!x", "zhang.wei"),
            ("x!wei-Q7-2026", "zhang_wei"),
            ("Q7-zhang!88", "zhang88"),
            ("Q7-IewGnahZ", "zhangwei"),
            ("Q7-WeiZhang-2026", "zhangwei"),
            ("Q7-NaLi-2026", "li.na"),
            ("Q7-na.li-2026", "li-na"),
            ("Q7-BCA-2026", "a.b.c"),
            ("Q7-ＷｅｉＺｈāｎｇ", "zhang+wei"),
            ("Q7-service-desk", "it.service"),
        ] {
            assert!(held(password, name), "{password} {name}");
        }
    }

    /// Names of few letters refuse their own letters in a row and nothing else.
    #[test]
    fn short_parts_alone_and_parts_backwards_are_no_match() {
        for (password, name) in [
            ("Q7-Nation-2026", "li.na"),
            ("Q7-Lilac-2026", "li.na"),
            ("Q7-Li-2026-Xna", "li.na"),
            ("Q7-Review-2026", "zhang.wei"),
            ("Q7-zs-2026-xx", "zs"),
            ("Q7-ab-2026-xx", "a.b"),
            ("Q7-88-2026-xx", "li88"),
            ("Q7-mike-2026", "ekim0"),
            ("Q7-nnaa-2026", "anna"),
            ("Q7-weizha-2026", "zhangwei"),
        ] {
            assert!(!held(password, name), "{password} {name}");
        }
    }

    #[test]
    fn names_of_many_parts_are_looked_for_within_bounds() {
        let many = "a.".repeat(32);
        assert!(!held(&"a".repeat(20), &many) && held(&"a".repeat(32), &many));
    }
}
