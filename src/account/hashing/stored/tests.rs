use super::*;

const ARGON2ID: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$5AsWTjCXRCS6Wr6r9XFYcBI6lW2zYtWfOVYR9nN8vTo";

/// Made by `doveadm pw` of Dovecot 2.3.19, of the password `päss 密码`.
const DOVEADM: [&str; 8] = [
    "{PBKDF2}$1$.F5VgQ0CCWe.6tdb$5000$e0da7a2de67b6e9b771ed12636b5940b338d7068",
    "{SSHA512}QUab/+FTWJix2CK/AoV8oXdLBuiWNi37rlrSUKeY8iBZBZJE9f4xM+wgBFyGZ1x/8G0lQ3EHn3/nZC8TbAbWYPrBMEU=",
    "{SSHA}6Kx+ooYo9pJYmSpDApn1CDIY6g53GZqZ",
    "{SSHA256}oMWyMngl06OKrFh2DHPMWcJmZzqyVifZNevjGHYOxVt+ojKL",
    "{SHA512-CRYPT}$6$SkHuhTzDzFY7O9j6$8EkjGGXBhed1lL.9N/aRiYVBCI5GBxzhD.x6KbR/nF1i56Qjg5oX5ypEAqPtej27gKNjYddnFglRxYuorqpW31",
    "{SHA256-CRYPT}$5$1luPOeZx879WSXot$4rVVmEjSU6aXjEHzm/UDnFwrgWjKEjeK.B89kdkiT/5",
    "{BLF-CRYPT}$2y$05$rpsneQH58k4oYGvuKi6cMO1GwLloBkwiO/2kI2.RHqCf0BxUxwXn.",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$iqvDyIQ/bsnCaeSPsDKNhA$jqjKf52aTF4lIhgxQcQgapolsnXH+YZ/pwjZ90W+E4M",
];

#[test]
fn what_dovecot_wrote_is_taken_with_its_mark_and_where_its_shape_tells_without() {
    for text in DOVEADM {
        let stored = StoredHash::parse(text).unwrap();
        assert_eq!(stored.expose(), text);
        assert!(stored.matches("päss 密码".as_bytes()), "{text}");
        assert!(!stored.matches("päss 密".as_bytes()), "{text}");
        let bare = text.split_once('}').unwrap().1;
        if bare.starts_with('$') {
            assert!(StoredHash::parse(bare).unwrap().matches("päss 密码".as_bytes()), "{bare}");
        } else {
            assert_eq!(StoredHash::parse(bare), Err(StoredHashError::NotAHash));
        }
    }
}

#[test]
fn marks_are_read_in_any_case_and_crypt_by_what_follows_it() {
    let bodies: Vec<_> = DOVEADM.iter().map(|text| text.split_once('}').unwrap().1).collect();
    for text in [
        format!("{{ssha512.b64}}{}", bodies[1]),
        format!("{{crypt}}{}", bodies[4]),
        format!("{{CRYPT}}{}", bodies[5]),
        format!("{{CRYPT}}{}", bodies[6]),
        format!("{{ARGON2}}{}", bodies[7]),
        bodies[6].replace("$2y$", "$2b$"),
    ] {
        assert!(StoredHash::parse(&text).unwrap().matches("päss 密码".as_bytes()), "{text}");
    }
    let hex = "{SSHA.HEX}e8ac7ea28628f69258992a430299f5083218ea0e77199a99";
    assert!(StoredHash::parse(hex).unwrap().matches("päss 密码".as_bytes()));
}

/// case 71: no row of the store can make a sign-in exhaust the machine.
#[test]
fn a_hash_that_would_exhaust_the_machine_is_refused() {
    let argon = |cost: &str| ARGON2ID.replace("m=8,t=1,p=1", cost);
    for text in [
        argon("m=4194304,t=1,p=1"),
        argon("m=8,t=4000000,p=1"),
        argon("m=2048,t=1,p=64"),
        DOVEADM[6].replace("$05$", "$31$"),
        DOVEADM[4].replace("$6$", "$6$rounds=999999999$"),
        DOVEADM[5].replace("$5$", "$5$rounds=1000001$"),
        DOVEADM[0].replace("$5000$", "$4000000000$"),
    ] {
        assert!(matches!(StoredHash::parse(&text), Err(StoredHashError::TooCostly { .. })), "{text}");
    }
}

#[test]
fn fragments_of_a_known_scheme_are_told_by_its_name() {
    let short = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$5AsWTjCX";
    let no_digest = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0";
    for (text, scheme) in [
        (short, "ARGON2ID"),
        (no_digest, "ARGON2ID"),
        (&ARGON2ID.replace("m=8", "m=1"), "ARGON2ID"),
        (&format!("{{ARGON2ID}}{}", ARGON2ID.replace("argon2id", "argon2i")), "ARGON2ID"),
        ("$2b$10$abcdefghijklmnopqrstuv", "BLF-CRYPT"),
        (&DOVEADM[6].replace("$2y$", "$2x$"), "BLF-CRYPT"),
        (&DOVEADM[6].replace("$05$", "$03$"), "BLF-CRYPT"),
        ("$6$salt$short", "SHA512-CRYPT"),
        (&DOVEADM[4].replace("$6$", "$6$rounds=+9999$"), "SHA512-CRYPT"),
        (&DOVEADM[4].replace("$6$", "$6$rounds=999$"), "SHA512-CRYPT"),
        (&DOVEADM[4].replace("$6$", "$6$longer"), "SHA512-CRYPT"),
        ("{SSHA512}QUab", "SSHA512"),
        ("{SSHA}not base64", "SSHA"),
        ("{PBKDF2}$1$salt$x$00", "PBKDF2"),
        (&DOVEADM[0].replace("$5000$", "$0$"), "PBKDF2"),
    ] {
        let error = StoredHash::parse(text).unwrap_err();
        assert!(
            matches!(&error, StoredHashError::Unsound { scheme: named, .. } if *named == scheme),
            "{text}: {error}"
        );
    }
}

#[test]
fn other_schemes_are_told_by_their_name_and_anything_else_is_not_repeated() {
    for (text, name) in [
        ("{MD5-CRYPT}$1$abcdefgh$0123456789012345678901", "MD5-CRYPT"),
        ("{PLAIN}secret", "PLAIN"),
        ("{CRYPT}ab0123456789.", "CRYPT with an older method"),
        ("$1$abcdefgh$0123456789012345678901", "$1$"),
        ("$y$j9T$abc$def", "$y$"),
        ("$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$5AsWTjCXRCS6Wr6r9XFYcBI6lW2zYtWfOVYR9nN8vTo", "$argon2i$"),
    ] {
        assert_eq!(StoredHash::parse(text), Err(StoredHashError::OtherScheme(name.to_owned())), "{text}");
    }
    for text in ["", "plain", "{}", "{}x", "{", "{a secret\n}", "{ARGON2ID", "$", "$$", "$pass word$", "QUab/+FT"] {
        let error = StoredHash::parse(text).unwrap_err();
        assert_eq!(error, StoredHashError::NotAHash, "{text}");
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn a_hash_is_not_shown() {
    assert_eq!(format!("{:?}", StoredHash::parse(ARGON2ID)), "Ok(StoredHash(••••))");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "(\\{[A-Z0-9.-]{0,12}\\})?(\\$(argon2id|2y|6|5|1)\\$)?(rounds=)?\\PC{0,80}") {
        if let Ok(stored) = StoredHash::parse(&text) {
            proptest::prop_assert_eq!(stored.expose(), text);
        }
    }

    /// A sign changed anywhere in a sound hash makes another sound one or none, and never a panic when it is checked.
    #[test]
    fn no_damage_to_a_sound_hash_makes_checking_it_panic(which in 0..8_usize, at in 0..110_usize, sign in "\\PC") {
        let mut text: Vec<char> = DOVEADM[which].chars().collect();
        let at = at % text.len();
        text[at] = sign.chars().next().unwrap();
        // Damage may raise the cost up to what is taken; a property is no place to pay it.
        if let Ok(stored) = StoredHash::parse(&text.iter().collect::<String>()).map(|stored| (stored.form, stored))
            && matches!(stored.0, Form::Salted(..))
        {
            stored.1.matches(b"x");
        }
    }
}
