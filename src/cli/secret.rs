//! `resetgate secret`: keys that cannot be guessed.

use std::io::{self, Write};
use std::path::PathBuf;

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::exit::{FAILED, OK};
use super::new_file::{Readers, create_and_tell};
use crate::domain::Randomness;

/// Make secrets.
#[derive(Debug, Clone, clap::Args)]
pub struct SecretArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: SecretCommand,
}

/// What `resetgate secret` does.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum SecretCommand {
    /// Make a key of 256 random bits, for code.pepper or audit.key
    #[command(
        after_help = "Examples:\n  resetgate secret new --out secrets/pepper\n  resetgate secret new | systemd-creds encrypt --name=pepper - pepper.cred\n\nExit codes: 0 made, 1 not written"
    )]
    New(NewArgs),
}

/// Arguments of `resetgate secret new`.
#[derive(Debug, Clone, clap::Args)]
pub struct NewArgs {
    /// Write it to FILE, readable by its owner alone; never overwrites. Without it, the key is printed
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Runs `resetgate secret`. The exit code: 0, or 1 when nothing could be written.
pub fn run(args: &SecretArgs, random: &dyn Randomness, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let SecretCommand::New(new) = &args.command;
    make(new, random, out, err).unwrap_or(FAILED)
}

fn make(args: &NewArgs, random: &dyn Randomness, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let bytes = Zeroizing::new(random.bytes::<32>());
    let text = Zeroizing::new(format!("{}\n", BASE64URL_NOPAD.encode(&*bytes)));
    match &args.out {
        Some(path) => create_and_tell(path, &text, Readers::Owner, out, err),
        None => out.write_all(text.as_bytes()).map(|()| OK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    fn run_new(out: Option<PathBuf>) -> (u8, String, String) {
        let (mut told, mut complained) = (Vec::new(), Vec::new());
        let args = SecretArgs { command: SecretCommand::New(NewArgs { out }) };
        let code = run(&args, &SystemRandom, &mut told, &mut complained);
        (code, String::from_utf8(told).unwrap(), String::from_utf8(complained).unwrap())
    }

    #[test]
    fn a_secret_has_256_bits_and_two_differ() {
        let (code, one, _) = run_new(None);
        assert_eq!((code, BASE64URL_NOPAD.decode(one.trim_end().as_bytes()).unwrap().len()), (0, 32));
        assert_ne!(one, run_new(None).1);
    }

    #[test]
    fn a_secret_file_is_its_owners_alone_and_is_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets/pepper");
        let (code, told, _) = run_new(Some(path.clone()));
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!((code, told), (0, format!("wrote {}\n", path.display())));
        assert_eq!(written.trim_end().len(), 43);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let (code, told, complained) = run_new(Some(path.clone()));
        assert_eq!((code, told.as_str()), (1, ""));
        assert!(complained.contains("exists and is not overwritten"), "{complained}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    }
}
