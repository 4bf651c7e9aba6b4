//! What an exit code says, the same for every command, and how a refused configuration is told.

use std::io::Write;

use crate::settings::{Report, Sources};

/// The command did what it was asked.
pub const OK: u8 = 0;
/// The command failed, or the answer is no.
pub const FAILED: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// The configuration is refused; starting again does not help.
pub const REFUSED: u8 = 3;
/// Something the command depends on cannot be reached.
pub const UNREACHABLE: u8 = 4;
/// There are notes, and `--strict` was given.
pub const NOTES: u8 = 5;

/// Tells everything that is wrong with the configuration.
pub fn refuse(report: &Report, sources: &dyn Sources, err: &mut dyn Write) -> u8 {
    let errors = report.errors();
    let plural = if errors == 1 { "problem" } else { "problems" };
    // Nobody is left to tell when standard error is closed; the exit code still says it.
    let _ = writeln!(err, "{}\nconfiguration refused: {errors} {plural}", report.render(sources.colour()));
    REFUSED
}
