//! Whom everybody may turn to.

/// From `[help]`; empty texts are not shown.
#[derive(Debug, Clone, Default)]
pub struct HelpContact {
    /// Office or person.
    pub name: String,
    /// As people dial it.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
    /// A page with more.
    pub url: String,
}

impl HelpContact {
    /// All of it but the page, in one line; `None` when nothing is known.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let parts = [&self.name, &self.phone, &self.email, &self.hours];
        let known: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        (!known.is_empty()).then(|| known.join(" · "))
    }
}
