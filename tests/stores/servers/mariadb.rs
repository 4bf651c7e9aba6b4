//! A private MariaDB.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, Weak};

use rustix::process::Signal;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{ConnectOptions, Executor};
use tempfile::TempDir;

use super::{command_as, end, free_port, hand_over, private_file, run, wait_until};

/// Who owns the server where the tests run as root.
const OWNER: &str = "mysql";

pub struct MariaDb {
    directory: TempDir,
    pub port: u16,
    child: Option<Child>,
    options: Vec<String>,
}

impl MariaDb {
    /// One for all tests that run now and do it no harm.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<MariaDb>> = Mutex::new(Weak::new());
        super::shared(&SHARED, Self::start)
    }

    /// Made and started, with a superuser `root` without a password.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with options of the server, like `--read-only=1`.
    pub fn start_with(options: &[&str]) -> Self {
        let mut server = Self::made(options);
        server.boot();
        server
    }

    /// The same, speaking TLS with this certificate and key.
    pub fn start_with_tls(certificate: &str, key: &str) -> Self {
        let mut server = Self::made(&[]);
        for (name, pem) in [("cert", certificate), ("key", key)] {
            let path = private_file(server.directory.path(), name, pem, OWNER);
            server.options.push(format!("--ssl-{name}={}", path.display()));
        }
        server.boot();
        server
    }

    fn made(options: &[&str]) -> Self {
        let directory = tempfile::Builder::new().prefix("resetgate-mariadb").tempdir().unwrap();
        hand_over(directory.path(), OWNER);
        let options = options.iter().map(ToString::to_string).collect();
        let server = Self { directory, port: free_port(), child: None, options };
        let mut install = command_as(OWNER, "mariadb-install-db");
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        install.args(&server.options);
        run(
            install.arg(format!("--datadir={}", server.data().display())),
            "mariadb-install-db of the package mariadb-server",
        );
        server
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn boot(&mut self) {
        let mut command = command_as(OWNER, "mariadbd");
        let inside = |name: &str| self.directory.path().join(name).display().to_string();
        command.args(["--no-defaults", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=2"]);
        command.args([
            format!("--datadir={}", self.data().display()),
            format!("--port={}", self.port),
            format!("--socket={}", inside("socket")),
            format!("--pid-file={}", inside("pid")),
        ]);
        command.args(&self.options);
        let log = std::fs::File::create(inside("log")).unwrap();
        self.child = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let socket = self.directory.path().join("socket");
        wait_until(|| std::os::unix::net::UnixStream::connect(&socket).is_ok(), "MariaDB");
    }

    /// Ends it orderly and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.boot();
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::TERM);
        }
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child, Signal::KILL);
        }
    }

    pub fn start_again(&mut self) {
        self.boot();
    }

    /// As the superuser, through the socket.
    pub async fn connect(&self, database: &str) -> MySqlConnection {
        let socket = self.directory.path().join("socket");
        let options = MySqlConnectOptions::new().socket(socket).username("root").ssl_mode(MySqlSslMode::Disabled);
        options.database(database).connect().await.unwrap()
    }

    /// Runs statements as the superuser.
    pub async fn run(&self, database: &str, sql: &str) {
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        self.connect(database).await.execute(statements).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.kill();
    }
}
