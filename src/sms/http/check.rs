//! What is wrong with the settings of a gateway, beside its request and headers.

use super::ca_file;
use super::outgoing::Outgoing;
use super::settings::{AnswerRule, HttpSettings};
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
        problems.extend(self.success.check("success"));
        if !self.success.status.iter().all(|status| (200..300).contains(status)) {
            problems.push(said(
                "success.status",
                "must be of 200 to 299; other answers do not mean that it took the message",
            ));
        }
        for (key, rule) in [("throttled", &self.throttled), ("number_limited", &self.number_limited)] {
            let Some(rule) = rule else { continue };
            problems.extend(rule.check(key));
            if rule.pointer.is_none() && rule.status.iter().any(|status| self.success.status.contains(status)) {
                let problem = "names a status of success as well; tell them apart by pointer and equals";
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

impl AnswerRule {
    fn check(&self, key: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.status.is_empty() {
            problems.push(said(&format!("{key}.status"), "is empty; name at least one status"));
        }
        if self.status.iter().any(|status| !(200..600).contains(status) || (300..400).contains(status)) {
            problems.push(said(
                &format!("{key}.status"),
                "must be of 200 to 299 or 400 to 599; redirects are never followed",
            ));
        }
        match (&self.pointer, &self.equals) {
            (None, None) => {}
            (Some(_), None) => {
                problems.push(said(&format!("{key}.equals"), "is missing; write what the member must be"));
            }
            (None, Some(_)) => problems.push(said(&format!("{key}.pointer"), "is missing; write one like \"/code\"")),
            (Some(pointer), Some(equals)) => {
                if !is_pointer(pointer) {
                    problems.push(said(&format!("{key}.pointer"), &no_pointer(pointer)));
                }
                if equals.is_array() || equals.is_object() {
                    problems.push(said(&format!("{key}.equals"), "must be a text, a number, true or false"));
                }
            }
        }
        problems
    }
}

/// A JSON pointer (RFC 6901) to something inside the document.
fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    text.starts_with('/') && escapes
}

fn no_pointer(text: &str) -> String {
    format!("`{text}` is not a JSON pointer; write one like \"/code\" or \"/data/0/id\"")
}

fn said(key: &str, problem: &str) -> Problem {
    (key.to_owned(), problem.to_owned())
}

#[cfg(test)]
mod tests;
