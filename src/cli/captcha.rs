//! `resetgate captcha`: pictures to look at before people have to, and the work that programs do instead.

use std::io::Write;
use std::path::PathBuf;

use super::exit::FAILED;
use crate::captcha::{CaptchaDesk, CaptchaSettings, contact_sheet, sample, solve_pow};
use crate::domain::{Randomness, SystemRandom};

/// Pictures in a row of the sheet.
const COLUMNS: usize = 5;

/// Look at captchas, and solve one.
#[derive(Debug, clap::Args)]
pub struct CaptchaArgs {
    #[command(subcommand)]
    command: CaptchaCommand,
}

#[derive(Debug, clap::Subcommand)]
enum CaptchaCommand {
    /// Draw pictures as configured, each named after its answer, and a sheet of others with its answers beside it
    #[command(after_help = "Examples:\n  resetgate captcha sample --count 30 --out /tmp/captchas\n  \
                      resetgate --set captcha.length=6 captcha sample --out /tmp/captchas")]
    Sample {
        /// How many (1 to 500)
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
        count: u16,
        /// The directory; made when it is not there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Do a proof of work and print its nonce, for scripts that call the API
    #[command(after_help = "Examples:\n  resetgate captcha solve --salt 5d41402abc4b2a76 --bits 17\n  \
                      nonce=$(resetgate captcha solve --salt \"$salt\" --bits \"$bits\")")]
    Solve {
        /// `salt` of a captcha of kind `pow`
        #[arg(long, value_name = "TEXT")]
        salt: String,
        /// `bits` of the same captcha (0 to 24)
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=24))]
        bits: u8,
    },
}

/// Runs it and gives the exit code.
pub fn run(args: &CaptchaArgs, settings: &CaptchaSettings, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let done = match &args.command {
        CaptchaCommand::Sample { count, out: dir } => draw(settings, usize::from(*count), dir)
            .map(|()| format!("{count} pictures and sheet.png in {}", dir.display())),
        CaptchaCommand::Solve { salt, bits } => Ok(solve_pow(salt, *bits)),
    };
    match done {
        Ok(answer) => u8::from(writeln!(out, "{answer}").is_err()),
        Err(reason) => {
            // The exit code says it where nobody reads.
            let _ = writeln!(err, "error: {reason}");
            FAILED
        }
    }
}

fn draw(settings: &CaptchaSettings, count: usize, dir: &std::path::Path) -> Result<(), String> {
    let random: &dyn Randomness = &SystemRandom;
    let desk = CaptchaDesk::new(settings, random.bytes()).map_err(|error| error.to_string())?;
    let write = |name: String, bytes: &[u8]| {
        let path = dir.join(name);
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let pictures = sample(&desk, random, count);
    for (number, (answer, png)) in pictures.iter().enumerate() {
        write(format!("{:03}-{answer}.png", number + 1), png)?;
    }
    let (answers, sheet) = contact_sheet(&desk, random, count, COLUMNS);
    let rows: Vec<_> = answers.chunks(COLUMNS).map(|row| row.join(" ")).collect();
    write("sheet.png".to_owned(), &sheet)?;
    write("sheet.txt".to_owned(), rows.join("\n").as_bytes())
}
