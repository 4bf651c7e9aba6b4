//! A private Active Directory domain controller: Samba, in name spaces of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::certificates::Shown;

/// Where its people are.
pub const BASE: &str = "OU=people,DC=ad,DC=example,DC=org";

/// The domain itself, with its policy.
pub const DOMAIN: &str = "DC=ad,DC=example,DC=org";

/// Whom this service signs in as.
pub const SERVICE: &str = "CN=resetgate,OU=people,DC=ad,DC=example,DC=org";

/// Another one, which may not write lockoutTime.
pub const TIMID: &str = "CN=timid,OU=people,DC=ad,DC=example,DC=org";

/// The password of both.
pub const SERVICE_PASSWORD: &str = "of the Service 7";

const SCRIPT: &str = include_str!("samba.py");

/// The domain controller. It ends with the value.
pub struct Samba {
    _directory: TempDir,
    child: Child,
    port: u16,
}

impl Samba {
    /// Makes a domain and starts its controller, which takes a few seconds.
    pub fn start(shows: &Shown) -> Self {
        let directory = TempDir::new().unwrap();
        let at = directory.path();
        for (name, pem) in
            [("certificate.pem", &shows.certificate), ("key.pem", &shows.key), ("ca.pem", &shows.authority)]
        {
            // Samba refuses a key that others may read.
            let mut file =
                std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(at.join(name)).unwrap();
            file.write_all(pem.as_bytes()).unwrap();
        }
        // In a process name space of its own, all of it ends with its first process.
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "/usr/bin/python3",
            "-c",
            SCRIPT,
        ]);
        command.arg(at).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(std::fs::File::create(at.join("errors")).unwrap());
        let mut child = command.spawn().expect("unshare is needed; apt-get install util-linux");
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while said.read_line(&mut line).unwrap() > 0 && !line.ends_with("ready\n") {}
        let errors = || std::fs::read_to_string(at.join("errors")).unwrap_or_default();
        assert!(
            line.ends_with("ready\n"),
            "no domain controller; apt-get install samba-ad-dc samba-ad-provision, and let processes make name spaces \
             (user.max_user_namespaces): {}",
            errors()
        );
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let port = forward(at.join("ldaps"));
        Self { _directory: directory, child, port }
    }

    /// Changes entries as the administrator.
    pub fn change(&self, ldif: &str) {
        let mut child = self.tool("ldapmodify").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(ldif.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{ldif}");
    }

    /// The only value of an attribute as the administrator sees it; empty where there is none.
    pub fn value(&self, dn: &str, attribute: &str) -> String {
        let mut command = self.tool("ldapsearch");
        let output = command.args(["-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn, attribute]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().find_map(|line| line.strip_prefix(&format!("{attribute}: "))).unwrap_or_default().to_owned()
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        // It talks to the socket of this server alone.
        command.env("LDAPTLS_REQCERT", "never").args(["-x", "-H", &self.url()]);
        command.args(["-D", "CN=Administrator,CN=Users,DC=ad,DC=example,DC=org", "-w", "Admin-Password-1"]);
        command
    }

    /// By the name in its certificate.
    pub fn url(&self) -> String {
        format!("ldaps://localhost:{}", self.port)
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A free port that leads to the socket.
fn forward(socket: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            let _ = carry(client, &socket);
        }
    });
    port
}

fn carry(client: TcpStream, socket: &Path) -> std::io::Result<()> {
    let server = UnixStream::connect(socket)?;
    let (client_too, server_too) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        pour(&client, &server);
        let _ = server.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        pour(&server_too, &client_too);
        let _ = client_too.shutdown(Shutdown::Both);
    });
    Ok(())
}

fn pour(mut from: impl Read, mut to: impl Write) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
}
