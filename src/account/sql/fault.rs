//! What servers say, in words an operator can act on, and what it means for a write.

use sqlx::Error;
use sqlx::mysql::MySqlDatabaseError;

use super::address::{Driver, Target};
use super::server::Fault;
use super::statement::Task;
use super::value::Values;
use crate::account::AccountError;
use crate::outbound::tls_fault;

/// Nothing was written, for this reason.
pub(super) fn unavailable(reason: impl Into<String>) -> AccountError {
    AccountError::Unavailable { reason: reason.into() }
}

/// What went wrong, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ailment {
    /// User or password, or what they may connect to.
    SignIn,
    /// A database, table or column that is not there, or a statement that the server does not read.
    Wording,
    /// The user may not do this.
    Right,
    ReadOnly,
    Full,
    Crowded,
    /// Somebody else holds what is needed, or the server gave up waiting.
    Locked,
    /// A value that the column has no room for.
    TooLong,
    /// A trigger or a check of the operator's says no.
    Rule,
    /// A key that is there already.
    Duplicate,
    Other,
}

/// PostgreSQL by SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(code: &str) -> Ailment {
    match code {
        "25006" => Ailment::ReadOnly,
        "22001" => Ailment::TooLong,
        "23505" => Ailment::Duplicate,
        "23514" | "P0001" => Ailment::Rule,
        "42501" => Ailment::Right,
        "53100" => Ailment::Full,
        "53300" | "57P03" => Ailment::Crowded,
        "40001" | "40P01" | "55P03" | "57014" => Ailment::Locked,
        "3D000" => Ailment::Wording,
        code if code.starts_with("28") => Ailment::SignIn,
        code if code.starts_with("42") => Ailment::Wording,
        _ => Ailment::Other,
    }
}

/// MariaDB and MySQL by number, <https://mariadb.com/docs/server/reference/error-codes>.
fn of_mysql(number: u16) -> Ailment {
    match number {
        1044 | 1045 | 1698 => Ailment::SignIn,
        1142 | 1143 | 1227 | 1370 => Ailment::Right,
        1290 | 1792 | 1836 => Ailment::ReadOnly,
        3 | 28 | 1021 | 1030 | 1041 | 1114 => Ailment::Full,
        1040 | 1203 | 1226 => Ailment::Crowded,
        1205 | 1213 | 1969 | 3024 => Ailment::Locked,
        1264 | 1265 | 1406 => Ailment::TooLong,
        1062 | 1586 => Ailment::Duplicate,
        1644 | 3819 | 4025 => Ailment::Rule,
        1049 | 1054 | 1064 | 1146 | 1305 => Ailment::Wording,
        _ => Ailment::Other,
    }
}

/// `SQLite` by primary or extended code, <https://www.sqlite.org/rescode.html>.
fn of_sqlite(code: u32) -> Ailment {
    match (code, code & 0xff) {
        (1555 | 2067, _) => Ailment::Duplicate,
        (275 | 1811, _) => Ailment::Rule,
        (_, 1) => Ailment::Wording,
        (_, 3 | 8) => Ailment::ReadOnly,
        (_, 5 | 6) => Ailment::Locked,
        (_, 13) => Ailment::Full,
        _ => Ailment::Other,
    }
}

fn ailment(target: &Target, error: &Error) -> Option<Ailment> {
    let Error::Database(inner) = error else { return None };
    Some(match target.driver {
        Driver::Postgres => of_postgres(&inner.code().unwrap_or_default()),
        Driver::MySql => of_mysql(inner.try_downcast_ref::<MySqlDatabaseError>().map_or(0, MySqlDatabaseError::number)),
        Driver::Sqlite => of_sqlite(inner.code().and_then(|code| code.parse().ok()).unwrap_or_default()),
    })
}

/// Whether a statement failed because its key is there already.
pub(super) fn is_duplicate(target: &Target, fault: &Fault) -> bool {
    matches!(fault, Fault::Server(error) if ailment(target, error) == Some(Ailment::Duplicate))
}

/// An error before the commit: nothing was written, because what was not committed is taken back.
pub(super) fn before_commit(target: &Target, task: Task, fault: &Fault, values: &Values<'_>) -> AccountError {
    let error = match fault {
        Fault::Server(error) => error,
        // A key that is no key of this table names nobody.
        Fault::Unfit(super::value::Parameter::Id) => return AccountError::NoSuchAccount,
        Fault::Unfit(other) => {
            return unavailable(format!("account.{}: the server wants another type for :{}", task.key(), other.name()));
        }
    };
    if task == Task::SetPassword && ailment(target, error) == Some(Ailment::Rule) {
        return AccountError::PasswordRefused { reason: said(error, values) };
    }
    unavailable(reason(target, Some(task), error, values))
}

/// An error while a connection was sought or a statement of ours ran.
pub(super) fn of_line(target: &Target, error: &Error) -> AccountError {
    unavailable(reason(target, None, error, &Values::default()))
}

/// An error of the commit itself. Where the server says that it took everything back, nothing was written; where the
/// answer was lost, or is not one of these, what it did is not known.
pub(super) fn at_commit(target: &Target, error: &Error) -> AccountError {
    let words = reason(target, None, error, &Values::default());
    let code = match error {
        Error::Database(inner) => inner.code().unwrap_or_default().into_owned(),
        _ => String::new(),
    };
    let taken_back = match (target.driver, ailment(target, error)) {
        // Constraints that were deferred, and serialisation; 40003 is "completion unknown".
        (Driver::Postgres, Some(_)) => (code.starts_with("23") || code.starts_with("40")) && code != "40003",
        (Driver::MySql, Some(ailment)) => matches!(ailment, Ailment::Locked | Ailment::ReadOnly),
        (Driver::Sqlite, Some(ailment)) => matches!(ailment, Ailment::Locked | Ailment::ReadOnly | Ailment::Full),
        (_, None) => false,
    };
    if taken_back { unavailable(words) } else { AccountError::Unknown { reason: words } }
}

/// For the operator: where, what, and what to do.
pub(super) fn reason(target: &Target, task: Option<Task>, error: &Error, values: &Values<'_>) -> String {
    let said = said(error, values);
    let key = task.map_or_else(|| "a statement".to_owned(), |task| format!("account.{}", task.key()));
    match (ailment(target, error), error) {
        (Some(Ailment::SignIn), _) => {
            format!("{target} does not let {} in ({said}); check account.sql.url and account.sql.password", target.user)
        }
        (Some(Ailment::Wording), _) => format!("{target} does not take {key}: {said}"),
        (Some(Ailment::Right), _) => {
            format!("{} may not do what {key} says at {target}: {said}; grant it", target.user)
        }
        (Some(Ailment::ReadOnly), _) => {
            format!("{target} may only be read ({said}); let account.sql.url name the server that takes writes")
        }
        (Some(Ailment::Full), _) => format!("the disk of {target} is full ({said}); make room there"),
        (Some(Ailment::Crowded), _) => format!("{target} takes no more connections now ({said})"),
        (Some(Ailment::Locked), _) => format!("{target} is locked by somebody else ({said}); try again"),
        (Some(Ailment::TooLong), _) => {
            format!("a column has no room for what {key} writes ({said}); make it wider, a hash has up to 255 signs")
        }
        (Some(Ailment::Rule | Ailment::Duplicate | Ailment::Other), _) => format!("{target} refuses {key}: {said}"),
        (None, Error::PoolTimedOut) => format!("no connection to {target} within account.timeout"),
        // A certificate that is not believed comes as an error of what is read.
        (None, Error::Io(inner)) if inner.kind() == std::io::ErrorKind::InvalidData => {
            format!("no trusted connection to {target}: {said}; check account.sql.ca_file")
        }
        (None, Error::Tls(_)) => format!("no trusted connection to {target}: {said}; check account.sql.ca_file"),
        (None, Error::Io(inner)) if inner.kind() == std::io::ErrorKind::ConnectionRefused => {
            format!(
                "{target} cannot be reached: connection refused; does the server run, and is it the one of account.sql.url?"
            )
        }
        (None, Error::Io(_)) => format!("{target} cannot be reached: {said}"),
        (None, _) => format!("{target}: {said}"),
    }
}

/// The server's words on one line, cut short, and without any value of ours that it may repeat.
fn said(error: &Error, values: &Values<'_>) -> String {
    let mut words = tls_fault(error).unwrap_or_else(|| match error {
        Error::Database(inner) => inner.message().to_owned(),
        Error::Tls(inner) => inner.to_string(),
        Error::Io(inner) => inner.to_string(),
        other => other.to_string(),
    });
    for text in values.texts().filter(|text| text.len() > 2) {
        words = words.replace(text, "…");
    }
    words.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_servers_are_what_their_books_say() {
        assert_eq!(of_postgres("42P01"), Ailment::Wording);
        assert_eq!(of_postgres("28P01"), Ailment::SignIn);
        assert_eq!(of_mysql(1054), Ailment::Wording);
        assert_eq!(of_sqlite(517), Ailment::Locked);
        assert_eq!(of_sqlite(2067), Ailment::Duplicate);
    }

    /// case 79: a lost answer is an unknown outcome, whatever the server.
    #[test]
    fn a_commit_without_an_answer_is_unknown() {
        for url in ["postgres://a@b/c", "mysql://a@b/c", "sqlite:///c"] {
            let target = Target::parse(url).unwrap();
            let lost = Error::Io(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
            assert!(matches!(at_commit(&target, &lost), AccountError::Unknown { .. }));
            let before = before_commit(&target, Task::SetPassword, &Fault::Server(lost), &Values::default());
            assert!(matches!(before, AccountError::Unavailable { .. }));
        }
    }

    /// case 99: servers repeat values in their messages; ours are taken out.
    #[test]
    fn no_message_repeats_a_value() {
        let error = Error::Protocol("Incorrect value: 'secret-hash'\nfor column".to_owned());
        let words = said(&error, &Values::default().hash("secret-hash"));
        assert!(!words.contains("secret-hash") && !words.contains('\n'), "{words}");
    }
}
