//! Every password scheme against Dovecot itself, in both directions: it takes what is written here, and what it writes
//! is taken here.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at once")]

use std::process::Command;
use std::sync::Arc;

use resetgate::account::{AccountError, AccountSettings, HashPool, Mark, Scheme};
use resetgate::domain::{NewPassword, SystemRandom};

const SCHEMES: [Scheme; 5] = [Scheme::Argon2id, Scheme::BlfCrypt, Scheme::Sha512Crypt, Scheme::Ssha512, Scheme::Pbkdf2];

/// What people type, and what breaks programs that are careless.
const PASSWORDS: [&str; 6] = [
    "Correct-Horse-1",
    "Grüße 密码 🔑 İı",
    " spaces at both ends ",
    "*)(uid=*$6${jndi:'\"\\%s",
    "密",
    "ab:cd{ARGON2ID}",
];

/// Exactly what BLF-CRYPT looks at.
const BYTES_72: &str = "012345678901234567890123456789012345678901234567890123456789012345678901";

fn pool(scheme: Scheme, mark: Mark) -> HashPool {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings = toml::from_str::<Root>(include_str!("../config/default.toml")).unwrap().account.hash;
    (settings.scheme, settings.prefix) = (scheme, mark);
    // Cost is no business of this test, but it must be written where it is not the default of Dovecot.
    (settings.memory, settings.passes) = ("64KiB".parse().unwrap(), 2);
    (settings.blf_cost, settings.sha512_rounds, settings.pbkdf2_rounds) = (5, 1_234, 12_345);
    HashPool::new(&settings, Arc::new(SystemRandom)).unwrap()
}

fn password(text: &str) -> NewPassword {
    NewPassword::parse(text).unwrap()
}

fn doveadm(arguments: &[&str]) -> (bool, String) {
    let ran = Command::new("doveadm").arg("pw").args(arguments).output();
    let ran = ran.expect("doveadm of the package dovecot-core is needed");
    (ran.status.success(), String::from_utf8(ran.stdout).unwrap().trim().to_owned())
}

/// Dovecot's word on whether `text` made `hash`, which must say how it was made.
fn dovecot_takes(hash: &str, text: &str) -> bool {
    let (success, said) = doveadm(&["-t", hash, "-p", text]);
    success && said.contains("(verified)")
}

#[tokio::test]
async fn dovecot_takes_every_hash_that_is_written_here() {
    for scheme in SCHEMES {
        for text in PASSWORDS {
            let marked = pool(scheme, Mark::Scheme).hash(&password(text)).await.unwrap();
            assert!(dovecot_takes(marked.expose(), text), "{scheme} {text}");
            assert!(!dovecot_takes(marked.expose(), &format!("{text}x")), "{scheme} {text}");
            let bare = pool(scheme, Mark::None).hash(&password(text)).await.unwrap();
            assert!(dovecot_takes(&format!("{{{scheme}}}{}", bare.expose()), text), "{scheme} {text}");
        }
    }
    for scheme in [Scheme::BlfCrypt, Scheme::Sha512Crypt] {
        let marked = pool(scheme, Mark::Crypt).hash(&password(PASSWORDS[1])).await.unwrap();
        assert!(marked.expose().starts_with("{CRYPT}$"));
        assert!(dovecot_takes(marked.expose(), PASSWORDS[1]), "{scheme}");
    }
}

/// The reader is set to a scheme that is none of these, as it is while the schemes of a mail system are replaced.
#[tokio::test]
async fn every_hash_that_dovecot_writes_is_taken_here_and_no_other_password_with_it() {
    let reader = pool(Scheme::Ssha512, Mark::Scheme);
    let cheap = ["-r", "5"];
    for scheme in
        ["ARGON2ID", "BLF-CRYPT", "SHA512-CRYPT", "SHA256-CRYPT", "SSHA512", "SSHA256", "SSHA", "PBKDF2", "SSHA512.HEX"]
    {
        for text in PASSWORDS {
            let rounds: &[&str] = if scheme == "BLF-CRYPT" { &cheap } else { &[] };
            let (success, hash) = doveadm(&[&["-s", scheme, "-p", text], rounds].concat());
            assert!(success && hash.starts_with('{'), "{scheme}");
            let stored = reader.read(&hash).unwrap();
            assert!(reader.verify(&password(text), &stored).await.unwrap(), "{scheme} {text}");
            assert!(!reader.verify(&password(&format!("{text}x")), &stored).await.unwrap(), "{scheme} {text}");
        }
    }
}

/// case 72: the longest password that BLF-CRYPT keeps whole is the same one to both, and one byte more is refused.
#[tokio::test]
async fn dovecot_and_we_agree_where_blf_crypt_ends() {
    let pool = pool(Scheme::BlfCrypt, Mark::Scheme);
    let stored = pool.hash(&password(BYTES_72)).await.unwrap();
    assert!(dovecot_takes(stored.expose(), BYTES_72));
    assert!(!dovecot_takes(stored.expose(), &BYTES_72[..71]));
    let refused = pool.hash(&password(&format!("{BYTES_72}x"))).await;
    assert!(matches!(refused, Err(AccountError::PasswordRefused { .. })));
    let (_, long) = doveadm(&["-s", "BLF-CRYPT", "-r", "5", "-p", &format!("{BYTES_72}x")]);
    let long = pool.read(&long).unwrap();
    assert!(pool.verify(&password(&format!("{BYTES_72}x")), &long).await.unwrap(), "as it signs in at Dovecot");
}

#[tokio::test]
async fn what_dovecot_writes_in_other_schemes_is_told_by_its_name() {
    let reader = pool(Scheme::Argon2id, Mark::None);
    for scheme in ["MD5-CRYPT", "PLAIN", "SHA512", "CRAM-MD5", "SCRAM-SHA-256", "DES-CRYPT"] {
        let (success, hash) = doveadm(&["-s", scheme, "-p", "Correct-Horse-1"]);
        assert!(success, "{scheme}");
        let problem = reader.read(&hash).unwrap_err().to_string();
        assert!(problem.contains(scheme) && !problem.contains("Horse"), "{problem}");
    }
}
