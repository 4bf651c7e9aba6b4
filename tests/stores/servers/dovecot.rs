//! A Dovecot of its own: IMAP, submission and doveadm's HTTP API on free ports, auth cache on, everything it keeps in a
//! temporary directory.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use data_encoding::BASE64;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// What doveadm's HTTP API is opened with.
pub const API_KEY: &str = "dovecot-api-key-of-the-tests";
/// Somebody without rights, as whom mail is read and written when root starts the server.
const NOBODY: u32 = 65_534;
const PATIENCE: Duration = Duration::from_secs(20);

/// Free ports, so that others can be told before the server is there.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub imap: u16,
    pub submission: u16,
    pub doveadm: u16,
}

impl Ports {
    pub fn free() -> Self {
        let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [imap, submission, doveadm] = listeners.map(|listener| listener.local_addr().unwrap().port());
        Self { imap, submission, doveadm }
    }
}

/// A running server. Ends when it is dropped.
pub struct Dovecot {
    ports: Ports,
    master: Child,
    directory: TempDir,
}

impl Dovecot {
    /// Starts it over a password database: the driver of its `passdb`, and the file that `args` names.
    pub async fn start(ports: Ports, driver: &str, args: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(path.join("mail")).unwrap();
        std::fs::write(path.join("passdb.conf"), args).unwrap();
        let configuration = path.join("dovecot.conf");
        std::fs::write(&configuration, configured(path, ports, driver)).unwrap();
        let mut command = Command::new("/usr/sbin/dovecot");
        command
            .args(["-F", "-c"])
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let master = command.spawn().expect("dovecot starts; is dovecot-core installed?");
        let server = Self { ports, master, directory };
        server.wait_until_ready().await;
        server
    }

    async fn wait_until_ready(&self) {
        let ready = async {
            let mut beat = tokio::time::interval(Duration::from_millis(20));
            loop {
                beat.tick().await;
                if let Ok(stream) = TcpStream::connect(("127.0.0.1", self.ports.imap)).await {
                    let mut line = String::new();
                    let read = BufReader::new(stream).read_line(&mut line).await;
                    if read.is_ok_and(|count| count > 0) {
                        break;
                    }
                }
            }
        };
        let told = tokio::time::timeout(PATIENCE, ready).await;
        told.unwrap_or_else(|_| panic!("dovecot does not answer: {}", self.log()));
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("dovecot.log")).unwrap_or_default()
    }

    /// IMAP LOGIN; a session when it is let in.
    pub async fn imap(&self, user: &str, password: &str) -> Option<Session> {
        let mut session = Session::to(self.ports.imap).await;
        session.line().await;
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        session.say(&format!("a LOGIN {} {}", quoted(user), quoted(password))).await;
        let answer = session.until("a ").await;
        assert!(answer.starts_with("a OK") || answer.contains("AUTHENTICATIONFAILED"), "{answer}: {}", self.log());
        answer.starts_with("a OK").then_some(session)
    }

    /// SMTP AUTH PLAIN; whether it is let in.
    pub async fn submission(&self, user: &str, password: &str) -> bool {
        let mut session = Session::to(self.ports.submission).await;
        session.line().await;
        session.say("EHLO client.example.org").await;
        session.until("250 ").await;
        session.say(&format!("AUTH PLAIN {}", BASE64.encode(format!("\0{user}\0{password}").as_bytes()))).await;
        let answer = session.line().await;
        assert!(answer.starts_with("235") || answer.starts_with("535"), "{answer}: {}", self.log());
        answer.starts_with("235")
    }

    /// Whether both ways in are open; they never differ.
    pub async fn lets_in(&self, user: &str, password: &str) -> bool {
        let (imap, smtp) = (self.imap(user, password).await.is_some(), self.submission(user, password).await);
        assert_eq!(imap, smtp, "IMAP and submission differ for {user}");
        imap
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let id = i32::try_from(self.master.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            // The master ends its processes, and then itself.
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = self.master.wait();
    }
}

/// A connection of lines.
pub struct Session(BufReader<TcpStream>);

impl Session {
    async fn to(port: u16) -> Self {
        Self(BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()))
    }

    async fn say(&mut self, line: &str) {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    /// The next line; empty when the other side hung up.
    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_line(&mut line)).await;
        // A reset is a way of hanging up.
        let _ = read.expect("a line came");
        line
    }

    async fn until(&mut self, start: &str) -> String {
        loop {
            let line = self.line().await;
            if line.is_empty() || line.starts_with(start) {
                return line;
            }
        }
    }

    /// Whether the session still answers.
    pub async fn is_open(&mut self) -> bool {
        // Nobody may be there any more to take it.
        let _ = self.0.write_all(b"n NOOP\r\n").await;
        self.until("n ").await.starts_with("n OK")
    }

    /// Waits until the other side ends the session.
    pub async fn ended(mut self) {
        while !self.line().await.is_empty() {}
    }
}

/// As root Dovecot changes to users of its own; as anybody else everything is that one user.
fn configured(path: &Path, ports: Ports, driver: &str) -> String {
    let Ports { imap, submission, doveadm } = ports;
    let place = path.display();
    let mut text = format!(
        "protocols = imap submission\nlisten = 127.0.0.1\nbase_dir = {place}/run\nlog_path = {place}/dovecot.log\n\
         ssl = no\ndisable_plaintext_auth = no\nauth_mechanisms = plain\nauth_failure_delay = 0\n\
         auth_cache_size = 1M\nauth_cache_ttl = 1 hour\nauth_cache_negative_ttl = 0\n\
         mail_location = maildir:{place}/mail/%u\nhostname = mail.example.org\ndoveadm_api_key = {API_KEY}\n\
         submission_relay_host = 127.0.0.1\nsubmission_relay_port = 1\n\
         passdb {{\n  driver = {driver}\n  args = {place}/passdb.conf\n}}\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {imap}\n  }}\n  inet_listener imaps {{\n    port = 0\n  }}\n}}\n\
         service submission-login {{\n  chroot =\n  inet_listener submission {{\n    port = {submission}\n  }}\n}}\n\
         service doveadm {{\n  inet_listener http {{\n    port = {doveadm}\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\n"
    );
    let (user, group) = if rustix::process::getuid().is_root() {
        chown(path.join("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
        // The embedded store's file is its owner's alone.
        text.push_str("service auth {\n  user = root\n}\n");
        (NOBODY, NOBODY)
    } else {
        let name = |flag: &str| {
            let said = Command::new("id").arg(flag).output().unwrap().stdout;
            String::from_utf8(said).unwrap().trim().to_owned()
        };
        let (user, group) = (name("-un"), name("-gn"));
        write!(
            text,
            "default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n\
             service auth {{\n  user = {user}\n}}\n"
        )
        .unwrap();
        (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
    };
    write!(
        text,
        "first_valid_uid = {user}\nfirst_valid_gid = {group}\n\
         userdb {{\n  driver = static\n  args = uid={user} gid={group} home={place}/mail/%u\n}}\n"
    )
    .unwrap();
    text
}
