//! Where a claimant may be led back to.

/// Origins and path prefixes that the configuration allows.
#[derive(Debug, Clone, Default)]
pub struct ReturnTo(Vec<String>);

impl ReturnTo {
    /// Over `server.return_to_allow`.
    #[must_use]
    pub const fn new(allowed: Vec<String>) -> Self {
        Self(allowed)
    }

    /// Only addresses under an allowed one, so that nobody is sent from here to a stranger's page.
    #[must_use]
    pub fn admits(&self, asked: &str) -> bool {
        // Control characters, back slashes and dot segments are read differently by different browsers.
        let plain = asked.len() <= 2_048 && asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let straight = !asked.split(['?', '#']).next().unwrap_or_default().split('/').any(|part| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part == "." || part == ".."
        });
        let allowed = self.0.iter().any(|prefix| {
            let rest = asked.strip_prefix(prefix.as_str());
            rest.is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?', '#']))
        });
        plain && straight && allowed
    }
}
