//! A private PostgreSQL.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};

use rustix::process::Signal;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Executor};
use tempfile::TempDir;

use super::{command_as, end, free_port, hand_over, private_file, run, wait_until};

/// Who owns the server where the tests run as root.
const OWNER: &str = "postgres";

pub struct Postgres {
    directory: TempDir,
    pub port: u16,
    child: Option<Child>,
    options: Vec<String>,
}

impl Postgres {
    /// One for all tests that run now and do it no harm.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        super::shared(&SHARED, Self::start)
    }

    /// Made and started, with a superuser `root` whom everybody on the loopback may be.
    pub fn start() -> Self {
        let mut server = Self::made();
        server.boot();
        server
    }

    /// The same, speaking TLS with this certificate and key.
    pub fn start_with_tls(certificate: &str, key: &str) -> Self {
        let mut server = Self::made();
        for (name, pem) in [("certificate", certificate), ("key", key)] {
            let path = private_file(server.directory.path(), name, pem, OWNER);
            let setting = if name == "key" { "ssl_key_file" } else { "ssl_cert_file" };
            server.options.extend(["-c".to_owned(), format!("{setting}={}", path.display())]);
        }
        server.options.extend(["-c".to_owned(), "ssl=on".to_owned()]);
        server.boot();
        server
    }

    fn made() -> Self {
        let directory = tempfile::Builder::new().prefix("resetgate-postgres").tempdir().unwrap();
        hand_over(directory.path(), OWNER);
        let server = Self { directory, port: free_port(), child: None, options: Vec::new() };
        let mut initdb = command_as(OWNER, binary("initdb"));
        initdb.args(["--username=root", "--auth=trust", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "-D"]);
        run(initdb.arg(server.data()), "initdb of the package postgresql");
        server
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn boot(&mut self) {
        let mut command = command_as(OWNER, binary("postgres"));
        command.arg("-D").arg(self.data()).args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-k", ""]);
        command.args(["-c", "max_connections=60", "-c", "logging_collector=off"]);
        command.args(&self.options);
        let log = std::fs::File::create(self.directory.path().join("log")).unwrap();
        self.child = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let port = self.port.to_string();
        let ready = binary("pg_isready");
        wait_until(
            || Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port]).status().is_ok_and(|it| it.success()),
            "PostgreSQL",
        );
    }

    /// Ends it orderly, without waiting for those connected, and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.boot();
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::INT);
        }
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::QUIT);
        }
    }

    pub fn start_again(&mut self) {
        self.boot();
    }

    /// As the superuser.
    pub async fn connect(&self, database: &str) -> PgConnection {
        let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(self.port).username("root");
        options.database(database).password("").ssl_mode(PgSslMode::Disable).connect().await.unwrap()
    }

    /// Runs statements as the superuser.
    pub async fn run(&self, database: &str, sql: &str) {
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        self.connect(database).await.execute(statements).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Debian keeps the servers of every version beside each other and out of PATH.
fn binary(name: &str) -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).max();
    newest.unwrap_or_else(|| PathBuf::from(name))
}
