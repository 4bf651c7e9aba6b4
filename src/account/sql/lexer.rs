//! Finding the named parameters of a statement, and nothing else: where a `:name` stands in a text, a quoted name or a
//! comment it is none. Everything around them goes to the server as it was written.

use super::address::Driver;

/// A piece of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Sent as it is.
    Verbatim(&'a str),
    /// A `:name`, without its colon.
    Parameter(&'a str),
}

/// Why a statement cannot be used, in words for the operator.
pub(super) type Flaw = String;

/// Cuts one statement into its pieces. A semicolon may end it; a second statement is refused, and so are the driver's own
/// placeholders, because values are given by name.
///
/// # Errors
/// What is wrong and what to write.
pub(super) fn cut(sql: &str, driver: Driver) -> Result<Vec<Piece<'_>>, Flaw> {
    let mut pieces = Vec::new();
    let (mut at, mut from) = (0, 0);
    while let Some(sign) = sql[at..].chars().next() {
        if let Some(length) = opaque(&sql[at..], is_word(sql[..at].chars().next_back()), driver)? {
            at += length;
            continue;
        }
        let rest = &sql[at + sign.len_utf8()..];
        match sign {
            // A cast, or an assignment to a variable of MySQL.
            ':' if rest.starts_with([':', '=']) => at += 2,
            ':' => {
                let name = &rest[..rest.find(|sign| !is_word(Some(sign))).unwrap_or(rest.len())];
                // An array slice like `a[1:2]` has a digit behind its colon.
                if name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
                    pieces.push(Piece::Verbatim(&sql[from..at]));
                    pieces.push(Piece::Parameter(name));
                    from = at + 1 + name.len();
                }
                at += 1 + name.len();
            }
            ';' => {
                only_blanks_after(rest, driver)?;
                pieces.push(Piece::Verbatim(&sql[from..at]));
                return Ok(pieces);
            }
            // For PostgreSQL it is an operator.
            '?' if driver != Driver::Postgres => return Err(BY_NAME.replace("$$", "?")),
            '$' if rest.starts_with(|next: char| next.is_ascii_digit()) => return Err(BY_NAME.replace("$$", "$1")),
            other => at += other.len_utf8(),
        }
    }
    pieces.push(Piece::Verbatim(&sql[from..]));
    Ok(pieces)
}

const BY_NAME: &str = "has the placeholder `$$`; values are given by name, like :address";

pub(super) fn is_word(sign: Option<char>) -> bool {
    sign.is_some_and(|sign| sign.is_alphanumeric() || sign == '_')
}

fn only_blanks_after(mut rest: &str, driver: Driver) -> Result<(), Flaw> {
    while let Some(sign) = rest.chars().next() {
        let length = match comment(rest, driver)? {
            Some(length) => length,
            None if sign.is_whitespace() || sign == ';' => sign.len_utf8(),
            None => return Err("holds more than one statement; write one".to_owned()),
        };
        rest = &rest[length..];
    }
    Ok(())
}

/// The length of a text, quoted name or comment that begins here.
pub(super) fn opaque(rest: &str, after_word: bool, driver: Driver) -> Result<Option<usize>, Flaw> {
    if let Some(length) = comment(rest, driver)? {
        return Ok(Some(length));
    }
    let mut signs = rest.chars();
    let (first, second) = (signs.next(), signs.next());
    match (first, second) {
        // Escaped by backslashes: always for MySQL, for PostgreSQL when an E stands before.
        (Some(quote @ ('\'' | '"')), _) if driver == Driver::MySql => closed(rest, 1, quote, true).map(Some),
        (Some('E' | 'e'), Some('\'')) if driver == Driver::Postgres && !after_word => {
            closed(rest, 2, '\'', true).map(Some)
        }
        (Some(quote @ ('\'' | '"')), _) => closed(rest, 1, quote, false).map(Some),
        (Some('`'), _) if driver != Driver::Postgres => closed(rest, 1, '`', false).map(Some),
        (Some('['), _) if driver == Driver::Sqlite => closed(rest, 1, ']', false).map(Some),
        (Some('$'), _) if driver == Driver::Postgres && !after_word => dollar_quoted(rest),
        _ => Ok(None),
    }
}

/// The length up to and with the closing sign, which is doubled where it is meant as itself.
fn closed(rest: &str, from: usize, close: char, escapes: bool) -> Result<usize, Flaw> {
    let mut signs = rest[from..].char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        if escapes && sign == '\\' {
            signs.next();
        } else if sign == close && signs.next_if(|(_, next)| *next == close).is_none() {
            return Ok(from + at + close.len_utf8());
        }
    }
    Err(format!("has an opening {close} without its closing one"))
}

/// `$$…$$` and `$tag$…$tag$`. `$1` is none.
fn dollar_quoted(rest: &str) -> Result<Option<usize>, Flaw> {
    let Some(length) = rest[1..].find('$') else { return Ok(None) };
    let tag = &rest[..length + 2];
    let name = &rest[1..=length];
    if name.starts_with(|first: char| first.is_ascii_digit()) || !name.chars().all(|sign| is_word(Some(sign))) {
        return Ok(None);
    }
    let end = rest[tag.len()..].find(tag);
    end.map(|end| Some(end + 2 * tag.len())).ok_or_else(|| format!("has an opening {tag} without its closing one"))
}

fn comment(rest: &str, driver: Driver) -> Result<Option<usize>, Flaw> {
    let is_line = rest.starts_with("--") || (driver == Driver::MySql && rest.starts_with('#'));
    if is_line {
        return Ok(Some(rest.find('\n').map_or(rest.len(), |end| end + 1)));
    }
    if !rest.starts_with("/*") {
        return Ok(None);
    }
    // What MySQL runs only from a version on is part of the statement and would hide parameters.
    if driver == Driver::MySql && (rest.starts_with("/*!") || rest.starts_with("/*M!")) {
        return Err("has a version comment /*!…*/; write it without".to_owned());
    }
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let ahead = &rest[at..];
        if ahead.starts_with("/*") && (depth == 0 || driver == Driver::Postgres) {
            (depth, at) = (depth + 1, at + 2);
        } else if ahead.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Ok(Some(at));
            }
        } else {
            at += ahead.chars().next().map_or(1, char::len_utf8);
        }
    }
    Err("has an opening /* without its closing one".to_owned())
}

#[cfg(test)]
mod tests;
