//! A password at the command line: from a pipe, or typed without being shown.

use std::io::{BufRead, Read};

use zeroize::Zeroizing;

use super::Streams;
use super::failure::Failure;
use crate::cli::exit::USAGE;
use crate::domain::{MAX_PASSWORD_BYTES, NewPassword, single_value};

/// One line; its end is dropped, spaces are kept.
pub fn read_password(streams: &mut Streams<'_>) -> Result<NewPassword, Failure> {
    let line = if streams.interactive { ask(streams)? } else { read_line(streams.input)? };
    NewPassword::parse(&line).map_err(|error| {
        Failure::new(USAGE, error.to_string(), "give it as one line, for example: resetgate account … < password.txt")
    })
}

fn ask(streams: &mut Streams<'_>) -> Result<Zeroizing<String>, Failure> {
    write!(streams.err, "Password (not shown): ")?;
    streams.err.flush()?;
    Ok(Zeroizing::new(console::Term::stderr().read_secure_line()?))
}

fn read_line(input: &mut dyn BufRead) -> Result<Zeroizing<String>, Failure> {
    // Room for everything that may be read, so that no copy is left behind by growing; one byte too many is told. A byte order
    // mark and a line end are none of the password's.
    let limit = MAX_PASSWORD_BYTES + 5;
    let mut line = Zeroizing::new(String::with_capacity(limit + 1));
    input.take(limit as u64 + 1).read_line(&mut line)?;
    if line.starts_with('\u{feff}') {
        line.replace_range(..'\u{feff}'.len_utf8(), "");
    }
    let end = single_value(&line).len();
    line.truncate(end);
    Ok(line)
}
