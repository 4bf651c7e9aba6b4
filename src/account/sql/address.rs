//! `account.sql.url`: which server, which database, as whom.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// PostgreSQL.
    Postgres,
    /// MariaDB and MySQL.
    MySql,
    /// A file of another program.
    Sqlite,
}

impl Driver {
    /// How the `number`th value, from 1, is named to the server.
    pub(super) fn placeholder(self, number: usize) -> String {
        match self {
            Self::Postgres => format!("${number}"),
            Self::MySql => "?".to_owned(),
            Self::Sqlite => format!("?{number}"),
        }
    }
}

/// What the address says. It holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) driver: Driver,
    pub(super) host: String,
    pub(super) port: u16,
    /// Instead of host and port: the directory of PostgreSQL's sockets, or the socket file of MariaDB.
    pub(super) socket: Option<PathBuf>,
    pub(super) user: String,
    /// The database; for a file its path.
    pub(super) database: String,
}

impl Target {
    /// # Errors
    /// What is wrong with the address and what to write.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str =
            "write it like \"postgres://resetgate@db.example.org/mail\", \"mysql://…\" or \"sqlite:///path\"";
        let url = Url::parse(text).map_err(|_| format!("is no address; {EXAMPLE}"))?;
        let (driver, port) = match url.scheme() {
            "postgres" | "postgresql" => (Driver::Postgres, 5432),
            "mysql" | "mariadb" => (Driver::MySql, 3306),
            "sqlite" => (Driver::Sqlite, 0),
            other => return Err(format!("begins with {other}:, which is no database; {EXAMPLE}")),
        };
        if url.password().is_some() {
            return Err("holds a password; write it as account.sql.password or account.sql.password_file".to_owned());
        }
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8().map_err(|_| format!("is not UTF-8; {EXAMPLE}"))?;
            Ok::<_, String>(text.into_owned())
        };
        let mut socket = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "socket" if driver != Driver::Sqlite => socket = Some(PathBuf::from(&*value)),
                other => {
                    return Err(format!("has `{other}` behind the question mark; only socket=/path may stand there"));
                }
            }
        }
        let path = decoded(url.path())?;
        let database = if driver == Driver::Sqlite { &path } else { path.strip_prefix('/').unwrap_or_default() };
        if database.is_empty() || (driver == Driver::Sqlite && url.host().is_some()) {
            return Err(format!("names no database; {EXAMPLE}"));
        }
        if driver != Driver::Sqlite && url.username().is_empty() {
            return Err(format!("names no user; {EXAMPLE}"));
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => decoded(name)?,
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        };
        if driver != Driver::Sqlite && host.is_empty() && socket.is_none() {
            return Err(format!("names no server; {EXAMPLE}"));
        }
        Ok(Self {
            driver,
            host,
            port: url.port().unwrap_or(port),
            socket,
            user: decoded(url.username())?,
            database: database.to_owned(),
        })
    }

    /// Whether what is said stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        let loopback = self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.driver == Driver::Sqlite || self.socket.is_some() || self.host == "localhost" || loopback
    }
}

/// For messages.
impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.socket, self.driver) {
            (_, Driver::Sqlite) => out.write_str(&self.database),
            (Some(socket), _) => write!(out, "{} at {}", self.database, socket.display()),
            (None, _) if self.host.contains(':') => write!(out, "{} at [{}]:{}", self.database, self.host, self.port),
            (None, _) => write!(out, "{} at {}:{}", self.database, self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_sockets_and_files_are_read_from_their_addresses() {
        let target = Target::parse("postgres://reset%40gate@db.example.org/mail").unwrap();
        assert_eq!((target.user.as_str(), target.to_string().as_str()), ("reset@gate", "mail at db.example.org:5432"));
        assert!(!target.is_local());
        let target = Target::parse("mariadb://r@[::1]:3307/vmail").unwrap();
        assert_eq!((target.driver, target.to_string().as_str()), (Driver::MySql, "vmail at [::1]:3307"));
        assert!(target.is_local());
        let target = Target::parse("mysql://r@localhost/vmail?socket=/run/mysqld/mysqld.sock").unwrap();
        assert_eq!(target.to_string(), "vmail at /run/mysqld/mysqld.sock");
        assert!(target.is_local());
        let target = Target::parse("sqlite:///var/lib/mail/users%20of.db").unwrap();
        assert_eq!(target.to_string(), "/var/lib/mail/users of.db");
    }

    #[test]
    fn an_address_that_names_too_little_or_a_password_is_refused() {
        for (text, reason) in [
            ("", "is no address"),
            ("db.example.org", "is no address"),
            ("oracle://a@b/c", "oracle:, which is no database"),
            ("postgres://a:secret@b/c", "account.sql.password"),
            ("postgres://b/c", "no user"),
            ("postgres://a@b", "no database"),
            ("postgres:///c", "no user"),
            ("postgres://a@b/c?sslmode=disable", "`sslmode`"),
            ("sqlite://accounts.db", "no database"),
        ] {
            let problem = Target::parse(text).unwrap_err();
            assert!(problem.contains(reason) && !problem.contains("secret"), "{text}: {problem}");
        }
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_address_never_panics(text in "(postgres|mysql|sqlite)://\\PC{0,60}") {
            let _ = Target::parse(&text);
        }
    }
}
