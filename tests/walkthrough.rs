//! README.md is true: its walk-through is run as it is printed, with bash and curl against the real `resetgate dev`, and
//! its lists are compared with what they list.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

const BINARY: &str = env!("CARGO_BIN_EXE_resetgate");

const README: &str = include_str!("../README.md");

/// The first block of shell after the heading.
fn walkthrough() -> &'static str {
    let (_, section) = README.split_once("\n## Walk through it\n").expect("the README walks through a recovery");
    let (_, block) = section.split_once("\n```bash\n").expect("with a block of shell");
    block.split_once("\n```\n").expect("that ends").0
}

/// Ends with the test, even when that fails halfway.
struct Running(Child);

impl Running {
    /// Ctrl-C; gives the exit code.
    fn interrupt(&mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.0), Signal::INT).unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.0.kill();
    }
}

/// A command that sees nothing of the outside but programs, and keeps its data in `directory`.
fn command(program: &str, directory: &std::path::Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("TMPDIR", directory);
    command
}

/// Reads lines until one holds `mark`, and gives what stands behind it.
fn read_to(lines: &mut BufReader<ChildStdout>, mark: &str) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before it printed {mark}");
        if let Some((_, rest)) = line.split_once(mark) {
            return rest.trim_end().to_owned();
        }
    }
}

#[test]
fn the_walk_through_in_the_readme_ends_with_signing_in_by_the_new_password() {
    let directory = tempfile::tempdir().unwrap();
    let dev = command(BINARY, directory.path())
        .args(["dev", "--set", "server.listen=127.0.0.1:0", "--set", "ops.listen=127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn();
    let mut dev = Running(dev.unwrap());
    let mut terminal = BufReader::new(dev.0.stdout.take().unwrap());
    let api = read_to(&mut terminal, "API       http://");
    let base = format!("http://{}", api.split('/').next().unwrap());

    let walk = command("bash", directory.path())
        .args(["-c", walkthrough()])
        .envs([("BASE", base.as_str()), ("BIN", BINARY)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut walk = Running(walk.unwrap());
    // The person reads the code on the terminal of the service and types it.
    let message = read_to(&mut terminal, "SMS → ");
    let code =
        message.split(|sign: char| !sign.is_ascii_digit()).find(|run| run.len() == 6).expect("a code of six digits");
    writeln!(walk.0.stdin.take().unwrap(), "{code}").unwrap();

    let shown = std::io::read_to_string(walk.0.stdout.take().unwrap()).unwrap();
    assert!(walk.0.wait().unwrap().success(), "{shown}");
    assert!(shown.contains(r#""state":"completed""#), "{shown}");
    assert_eq!(shown.lines().last(), Some("zhangsan@example.gov.cn signs in with this password"), "{shown}");
    assert_eq!(dev.interrupt(), Some(0));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "dev leaves nothing behind");
}

#[test]
fn the_readme_lists_every_problem_code_and_no_other() {
    let (_, table) = README.split_once("\n| code | status | what to do |\n").expect("there is a table of codes");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let first_cells = rows.filter_map(|row| row.split('|').nth(1));
    let mut listed: Vec<_> = first_cells.flat_map(str::split_whitespace).map(|code| code.trim_matches('`')).collect();
    let mut known: Vec<_> = resetgate::http::CODES.iter().map(|(code, _)| *code).collect();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn the_readme_shows_the_minimal_file_as_it_is() {
    assert!(README.contains(&format!("```toml\n{}```\n", include_str!("../config/minimal.toml"))));
}
