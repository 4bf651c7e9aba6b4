//! All that is wrong, printed at once.

use std::fmt::Write;

use super::problem::{Level, Place, Problem};
use super::snippet::MASK;

/// Shorter texts are no secrets that a scrubbing could still save, and would tear holes into words.
const MIN_SCRUBBED: usize = 8;

/// Everything that was found, and the secrets that no output may hold.
#[derive(Clone, Default)]
pub struct Report {
    problems: Vec<Problem>,
    secrets: Vec<String>,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.render(false))
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}

impl Report {
    /// Problems in the order of their places; one problem that was found twice counts once.
    #[must_use]
    pub fn new(mut problems: Vec<Problem>, secrets: Vec<String>) -> Self {
        problems.sort_by_key(|problem| (problem.level, rank(&problem.place)));
        problems.dedup_by(|two, one| {
            two.message == one.message && rank(&two.place) == rank(&one.place) && two.number == one.number
        });
        Self { problems, secrets: secrets.into_iter().filter(|secret| secret.len() >= MIN_SCRUBBED).collect() }
    }

    /// What was found.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many refuse to start.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.level == Level::Error).count()
    }

    /// How many are worth knowing.
    #[must_use]
    pub fn notes(&self) -> usize {
        self.problems.len() - self.errors()
    }

    /// The whole as text, one blank line between two problems.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let texts: Vec<_> = self.problems.iter().map(|problem| render(problem, colour)).collect();
        self.scrub(&texts.join("\n"))
    }

    /// `text` without any secret of the configuration: the last line of defence, behind masks by place.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }
}

fn rank(place: &Place) -> (u8, String, usize, usize) {
    match place {
        Place::Line(snippet) => (0, snippet.file.clone(), snippet.line, snippet.column),
        Place::Named(name) => (1, name.clone(), 0, 0),
    }
}

/// Colours for a terminal; empty otherwise.
struct Paint {
    head: &'static str,
    frame: &'static str,
    plain: &'static str,
}

impl Paint {
    const fn of(level: Level, colour: bool) -> Self {
        match (colour, level) {
            (false, _) => Self { head: "", frame: "", plain: "" },
            (true, Level::Error) => Self { head: "\x1b[1;31m", frame: "\x1b[34m", plain: "\x1b[0m" },
            (true, Level::Note) => Self { head: "\x1b[1;33m", frame: "\x1b[34m", plain: "\x1b[0m" },
        }
    }
}

fn render(problem: &Problem, colour: bool) -> String {
    let Paint { head, frame, plain } = Paint::of(problem.level, colour);
    let word = if problem.level == Level::Error { "error" } else { "note" };
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{head}{word}[{}]{plain}: {}", problem.number.code(), problem.message);
    match &problem.place {
        Place::Line(snippet) => {
            let gutter = " ".repeat(snippet.line.to_string().len());
            let carets = snippet.carets();
            let gap = if problem.label.is_empty() { "" } else { " " };
            let _ = writeln!(text, "{frame}{gutter} -->{plain} {}:{}:{}", snippet.file, snippet.line, snippet.column);
            let _ = writeln!(text, "{frame} {} |{plain} {}", snippet.line, snippet.text);
            let _ = writeln!(text, "{frame} {gutter} |{plain} {head}{carets}{gap}{}{plain}", problem.label);
        }
        Place::Named(name) => {
            let _ = writeln!(text, "{frame}  -->{plain} {name}");
            if !problem.label.is_empty() {
                let _ = writeln!(text, "{frame}   ={plain} {}", problem.label);
            }
        }
    }
    for line in &problem.detail {
        let _ = writeln!(text, "{frame}   ={plain} {line}");
    }
    if !problem.help.is_empty() {
        let _ = writeln!(text, "{frame}help{plain}: {}", problem.help);
    }
    text
}
