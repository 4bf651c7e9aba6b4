//! A private `OpenLDAP` server in a temporary directory, on free ports of this machine.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use super::certificates::Shown;

/// Where the accounts of the stage are.
pub const BASE: &str = "ou=people,dc=example,dc=org";

/// Whom this service signs in as.
pub const SERVICE: &str = "cn=resetgate,dc=example,dc=org";

/// Its password.
pub const SERVICE_PASSWORD: &str = "of the service";

/// The administrator of the server, for what tests change behind the service's back.
pub const ADMIN: &str = "cn=admin,dc=example,dc=org";

/// The administrator's password.
pub const ADMIN_PASSWORD: &str = "of the administrator";

const SCHEMA: &str = "
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload argon2
moduleload pw-sha2
attributetype ( 1.3.6.1.4.1.32473.1.1 NAME 'mailAlternateAddress'
  EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
attributetype ( 1.3.6.1.4.1.32473.1.2 NAME 'phoneBoundAt'
  EQUALITY generalizedTimeMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.32473.1.3 NAME 'passwordEnds' EQUALITY generalizedTimeMatch
  ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.32473.1.4 NAME 'birthday'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.32473.1.5 NAME 'resetMarker'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.32473.2.1 NAME 'mailPerson' SUP top AUXILIARY
  MAY ( mailAlternateAddress $ phoneBoundAt $ passwordEnds $ birthday $ resetMarker $ shadowExpire $ shadowLastChange ) )
";

const RIGHTS: &str = "
access to attrs=userPassword by dn.exact=cn=resetgate,dc=example,dc=org =w by anonymous auth
access to attrs=mobile,phoneBoundAt,passwordEnds,resetMarker,shadowExpire,shadowLastChange,pwdReset
  by dn.exact=cn=resetgate,dc=example,dc=org write
access to * by dn.exact=cn=resetgate,dc=example,dc=org read
";

const TREE: &str = "dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: cn=policy,dc=example,dc=org
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdMinLength: 8
pwdCheckQuality: 1
pwdMustChange: FALSE

dn: cn=resetgate,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: resetgate
userPassword: of the service
";

/// The people of the contract, whose passwords were set a day before its `NOW`.
const PEOPLE: &str = "
dn: uid=zhang,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: mailPerson
uid: zhang
cn: zhang
sn: zhang
mail: zhang@example.org
mailAlternateAddress: zhang.san@example.org
mobile: +86 138 0000 0000
telephoneNumber: 010-55500123
birthday: 19900102
userPassword: Old-Password-1
pwdChangedTime: 20261122030000Z

dn: uid=li,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: mailPerson
uid: li
cn: li
sn: li
mail: li@example.org

dn: uid=wang,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: mailPerson
uid: wang
cn: wang
sn: wang
mail: wang@example.org
mobile: 13800000002
userPassword: Old-Password-1
pwdAccountLockedTime: 000001010000Z

dn: uid=zhao,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: mailPerson
uid: zhao
cn: zhao
sn: zhao
mail: zhao@example.org
mobile: 010-55500124
mobile: 13800000003

dn: uid=qian,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: mailPerson
uid: qian
cn: qian
sn: qian
mail: qian@example.org
mobile: call me
birthday: 1990-02-31
";

/// How a server is set up.
#[derive(Default)]
pub struct Setup<'a> {
    /// Its certificate; without one it speaks no TLS.
    pub shows: Option<&'a Shown>,
    /// Lines of the configuration before the database.
    pub globally: &'a str,
    /// Lines of the database.
    pub database: &'a str,
    /// Lines of the password policy.
    pub policy: &'a str,
    /// Rights other than the usual ones.
    pub rights: Option<&'a str>,
    /// Entries besides the people.
    pub entries: &'a str,
}

/// The server. It ends with the value.
pub struct Slapd {
    directory: TempDir,
    port: u16,
    tls_port: u16,
    has_tls: bool,
    child: Option<Child>,
}

impl Slapd {
    /// Starts a server with the people of the contract.
    pub fn start(setup: &Setup<'_>) -> Self {
        let directory = TempDir::new().unwrap();
        let at = directory.path();
        std::fs::create_dir(at.join("data")).unwrap();
        std::fs::write(at.join("slapd.conf"), configuration(at, setup)).unwrap();
        let slapadd =
            Command::new("/usr/sbin/slapadd").arg("-f").arg(at.join("slapd.conf")).stdin(Stdio::piped()).spawn();
        let mut slapadd = slapadd.expect("slapd is needed; apt-get install slapd");
        let entries = format!("{TREE}{PEOPLE}{}", setup.entries);
        slapadd.stdin.take().unwrap().write_all(entries.as_bytes()).unwrap();
        assert!(slapadd.wait().unwrap().success(), "the entries are no good");
        let (port, tls_port) = (free_port(), free_port());
        let mut server = Self { directory, port, tls_port, has_tls: setup.shows.is_some(), child: None };
        server.start_again();
        server
    }

    /// Without TLS.
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// With TLS from the start, by the name in the certificate.
    pub fn tls_url(&self) -> String {
        format!("ldaps://localhost:{}", self.tls_port)
    }

    /// By the name in the certificate, for `StartTLS`.
    pub fn named_url(&self) -> String {
        format!("ldap://localhost:{}", self.port)
    }

    /// The port without TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends the server.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it with the data it had, on the same ports.
    pub fn start_again(&mut self) {
        self.stop();
        let mut addresses = self.url();
        if self.has_tls {
            let _ = write!(addresses, " ldaps://127.0.0.1:{}", self.tls_port);
        }
        let configuration = self.directory.path().join("slapd.conf");
        let mut command = Command::new("/usr/sbin/slapd");
        // "stats" goes to standard error, and the server stays in the foreground.
        command.args(["-d", "256", "-h", &addresses, "-f"]).arg(configuration).stderr(Stdio::piped());
        let mut child = command.spawn().expect("slapd is needed; apt-get install slapd");
        let said = BufReader::new(child.stderr.take().unwrap());
        let ready = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let told = Arc::clone(&ready);
        // Reads on until the server ends: a full pipe would stop it.
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let mut words = told.0.lock().unwrap();
                if words.len() < 100_000 {
                    words.push_str(&line);
                    words.push('\n');
                }
                told.1.notify_all();
            }
        });
        self.child = Some(child);
        let (words, changed) = &*ready;
        let started = changed.wait_timeout_while(words.lock().unwrap(), Duration::from_secs(20), |words| {
            !words.contains("slapd starting")
        });
        let (words, waited) = started.unwrap();
        assert!(!waited.timed_out(), "slapd did not start: {words}");
        // It says so a moment before it listens.
        let listens = (0..1_000_000).any(|_| {
            std::thread::yield_now();
            TcpStream::connect(("127.0.0.1", self.port)).is_ok()
        });
        assert!(listens, "slapd does not listen: {words}");
    }

    /// Ends it and starts it again.
    pub fn restart(&mut self) {
        self.start_again();
    }

    /// Changes entries as the administrator.
    pub fn change(&self, ldif: &str) {
        let mut command = Command::new("ldapmodify");
        command.args(["-x", "-H", &self.url(), "-D", ADMIN, "-w", ADMIN_PASSWORD]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut child = child.expect("ldapmodify is needed; apt-get install ldap-utils");
        child.stdin.take().unwrap().write_all(ldif.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{ldif}");
    }

    /// The values of an attribute as the administrator sees them.
    pub fn values(&self, dn: &str, attribute: &str) -> Vec<String> {
        let mut command = Command::new("ldapsearch");
        command.args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &self.url(), "-D", ADMIN, "-w", ADMIN_PASSWORD]);
        let output = command.args(["-s", "base", "-b", dn, attribute]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let value = |line: &str| line.strip_prefix(&format!("{attribute}: ")).map(str::to_owned);
        text.lines().filter_map(value).collect()
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn configuration(at: &Path, setup: &Setup<'_>) -> String {
    let mut text = format!("{SCHEMA}{}\n", setup.globally);
    if let Some(shown) = setup.shows {
        for (name, pem) in
            [("certificate.pem", &shown.certificate), ("key.pem", &shown.key), ("ca.pem", &shown.authority)]
        {
            std::fs::write(at.join(name), pem).unwrap();
        }
        let _ = writeln!(text, "TLSCertificateFile {}", at.join("certificate.pem").display());
        let _ = writeln!(text, "TLSCertificateKeyFile {}", at.join("key.pem").display());
        let _ = writeln!(text, "TLSCACertificateFile {}", at.join("ca.pem").display());
    }
    let data = at.join("data");
    let _ = write!(
        text,
        "database mdb\nsuffix dc=example,dc=org\nrootdn {ADMIN}\nrootpw \"{ADMIN_PASSWORD}\"\ndirectory {}\ndbnosync\n\
         index mail,mailAlternateAddress,entryUUID eq\n{}\noverlay ppolicy\nppolicy_default cn=policy,dc=example,dc=org\n{}\n{}\n",
        data.display(),
        setup.database,
        setup.policy,
        setup.rights.unwrap_or(RIGHTS),
    );
    text
}

/// A port that nobody listens on. Below those that the system gives to connections, so that none takes it while a
/// server is between two lives.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = 20_000 + own.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
