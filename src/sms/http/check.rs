//! What is wrong with the settings of a gateway, beside its request and headers.

use super::answer_rule::{Rule, is_pointer, no_pointer};
use super::ca_file;
use super::outgoing::Outgoing;
use super::settings::HttpSettings;
use crate::outbound::header_problems;
use crate::sms::check::Problem;

impl HttpSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = header_problems(self.given_headers());
        match Outgoing::read(self) {
            Ok(request) if !request.https && ca_file(self).is_some() => {
                problems.push(said("ca_file", "has no use without https; drop it"));
            }
            Ok(_) => {}
            Err(own) => problems.extend(own),
        }
        problems.extend(Rule::read("success", &self.success).err().unwrap_or_default());
        if !self.success.status.iter().all(|status| (200..300).contains(status)) {
            problems.push(said(
                "success.status",
                "must be of 200 to 299; other answers do not mean that it took the message",
            ));
        }
        for (key, rule) in [("throttled", &self.throttled), ("number_limited", &self.number_limited)] {
            let Some(rule) = rule else { continue };
            problems.extend(Rule::read(key, rule).err().unwrap_or_default());
            if rule.pointer.is_none()
                && rule.pattern.is_none()
                && rule.status.iter().any(|status| self.success.status.contains(status))
            {
                let problem = "names a status of success as well; tell them apart by pointer and equals, or by pattern";
                problems.push(said(&format!("{key}.status"), problem));
            }
        }
        if let Some(pointer) = self.message_id.as_deref().filter(|pointer| !is_pointer(pointer) && !pointer.is_empty())
        {
            problems.push(said("message_id", &no_pointer(pointer)));
        }
        problems
    }
}

fn said(key: &str, problem: &str) -> Problem {
    (key.to_owned(), problem.to_owned())
}

#[cfg(test)]
mod tests;
