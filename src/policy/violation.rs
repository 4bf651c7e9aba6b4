//! Broken rules, by stable id.

use std::collections::BTreeMap;

/// A rule that a password can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Too short or too long.
    Length,
    /// Too few of digit, lower case, upper case, other.
    Classes,
    /// On the list of common passwords, or put together from few of its entries.
    Common,
    /// Contains the user name.
    UserName,
    /// Contains a personal fact; which one is never said.
    Personal,
    /// Was not typed the same twice. Not a rule of the password itself, so no description lists it.
    Match,
}

impl Rule {
    /// Every rule of a password.
    pub const ALL: [Self; 5] = [Self::Length, Self::Classes, Self::Common, Self::UserName, Self::Personal];

    /// The code in problem bodies, texts and metrics, like `policy.length`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Length => "policy.length",
            Self::Classes => "policy.classes",
            Self::Common => "policy.common",
            Self::UserName => "policy.username",
            Self::Personal => "policy.personal",
            Self::Match => "policy.match",
        }
    }

    /// The id without its family, as the description of the policy lists it: `length`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.id().trim_start_matches("policy.")
    }
}

/// The numbers that a rule's text names: `min` and `max`, or `k`.
pub type Params = BTreeMap<&'static str, usize>;

/// One broken rule. Holds nothing of the password or of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// The numbers for its text.
    pub params: Params,
}

impl Violation {
    /// The rule's stable id.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.rule.id()
    }
}

/// Every rule that one check found broken; empty when the password passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a password may be written only when no rule is broken"]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Whether the password passes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `rule` is broken.
    #[must_use]
    pub fn contains(&self, rule: Rule) -> bool {
        self.iter().any(|violation| violation.rule == rule)
    }

    /// The broken rules: first those of the shape, then those of facts, each in the order of [`Rule::ALL`].
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// These, and that two entries differ when they do.
    pub fn and_match(mut self, alike: bool) -> Self {
        if !alike {
            self.push(Rule::Match);
        }
        self
    }

    /// These and the others.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The ids of the broken rules.
    #[must_use]
    pub fn ids(&self) -> Vec<&'static str> {
        self.iter().map(Violation::id).collect()
    }

    /// How many rules are broken.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, rule: Rule) {
        self.push_with(rule, []);
    }

    pub(super) fn push_with<const N: usize>(&mut self, rule: Rule, params: [(&'static str, usize); N]) {
        self.0.push(Violation { rule, params: params.into() });
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
