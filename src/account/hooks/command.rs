//! A program on this machine: no shell, nothing of our environment, nothing to read, and little of what it says.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use super::settings::{ADDRESS, CommandSettings};
use crate::account::PasswordChange;
use crate::domain::{Condition, Finding};
use crate::outbound::one_line;

/// All that a program finds in its environment.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What is read of its complaints.
const MAX_COMPLAINT: usize = 4_096;
/// Programs of one hook that run at once; the others wait within their time.
const AT_ONCE: usize = 8;

pub(super) struct Program {
    path: String,
    arguments: Vec<String>,
    places: Semaphore,
}

impl Program {
    pub fn new(settings: &CommandSettings) -> Result<Self, (String, String)> {
        let refused = |problem: String| ("command".to_owned(), problem);
        let (program, arguments) = settings.command.split_first().ok_or_else(|| refused("is empty".to_owned()))?;
        if !Path::new(program).is_file() {
            return Err(refused(format!("there is no program {program}; install it, or drop the hook")));
        }
        if rustix::fs::access(program.as_str(), rustix::fs::Access::EXEC_OK).is_err() {
            return Err(refused(format!("{program} may not be run by this user; chmod +x it, or run another")));
        }
        Ok(Self { path: program.clone(), arguments: arguments.to_vec(), places: Semaphore::new(AT_ONCE) })
    }

    /// It is there, and may be run; it was looked at when this was made.
    pub fn examine(&self) -> Vec<Finding> {
        vec![Finding::of("command", Condition::Good, format!("{} is there and may be run", self.path))]
    }

    /// Runs it to its end. Whoever drops this before kills the program and everything that it started.
    pub async fn run(&self, change: &PasswordChange) -> Result<(), String> {
        let address = change.address.as_str();
        if address.starts_with('-') {
            return Err("the address begins like an option; the program was not run".to_owned());
        }
        let _place = self.places.acquire().await.map_err(|_| "no program can be run any more".to_owned())?;
        let arguments = self.arguments.iter().map(|argument| if argument == ADDRESS { address } else { argument });
        let mut command = Command::new(&self.path);
        command.args(arguments).env_clear().env("PATH", PATH).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // A group of its own, so that it can be ended with its children.
        command.process_group(0).kill_on_drop(true);
        let child = command.spawn().map_err(|error| format!("it cannot be started: {error}"))?;
        let mut group = Group(child);
        let (status, complaint) = group.finish().await.map_err(|error| format!("it cannot be waited for: {error}"))?;
        if status.success() {
            return Ok(());
        }
        let how = status.code().map_or_else(|| "it was killed".to_owned(), |code| format!("it ended with code {code}"));
        // A complaint often quotes its arguments, and a log holds no whole address.
        let complaint = String::from_utf8_lossy(&complaint).replace(address, "…");
        let complaint = complaint.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        if complaint.is_empty() { Err(how) } else { Err(format!("{how}: {}", one_line(complaint, 160))) }
    }
}

/// A program and what it started.
struct Group(Child);

impl Group {
    /// Waits for the program. What its children say after its end is not waited for.
    async fn finish(&mut self) -> std::io::Result<(ExitStatus, Vec<u8>)> {
        let mut complaint = Vec::new();
        let mut pipe = self.0.stderr.take();
        let mut piece = [0; 1_024];
        while let Some(open) = pipe.as_mut() {
            tokio::select! {
                biased;
                read = open.read(&mut piece) => match read {
                    Ok(count @ 1..) => {
                        complaint.extend_from_slice(&piece[..count]);
                        // Closed, so that a program that goes on complaining does not wait for a reader.
                        pipe = pipe.filter(|_| complaint.len() < MAX_COMPLAINT);
                    }
                    _ => pipe = None,
                },
                status = self.0.wait() => return Ok((status?, complaint)),
            }
        }
        Ok((self.0.wait().await?, complaint))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Without an id it has ended and was waited for; what it left behind on purpose is not ours.
        let id = self.0.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
        if let Some(id) = id {
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests;
