//! What a store holds in a field.

/// What an account store holds in a field that it may lack. What cannot be read is not the same as nothing: somebody
/// wrote it, and an operator can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stored<T> {
    /// Nothing, or what its product writes for nothing.
    #[default]
    Nothing,
    /// Something that is no value of the field, or several values that contradict each other.
    Unreadable,
    /// A value.
    Value(T),
}

impl<T> Stored<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Unreadable => None,
        }
    }

    /// The same of a reference.
    pub const fn as_ref(&self) -> Stored<&T> {
        match self {
            Self::Nothing => Stored::Nothing,
            Self::Unreadable => Stored::Unreadable,
            Self::Value(value) => Stored::Value(value),
        }
    }

    /// Whether something is there that is no value.
    #[must_use]
    pub const fn is_unreadable(&self) -> bool {
        matches!(self, Self::Unreadable)
    }

    /// The first value of the two; without one unreadable, if either is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Value(_), _) | (_, Self::Nothing) => self,
            (Self::Nothing, _) | (_, Self::Value(_)) | (Self::Unreadable, Self::Unreadable) => other,
        }
    }
}

impl<T> From<Option<T>> for Stored<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

impl<T, E> From<Result<Option<T>, E>> for Stored<T> {
    fn from(read: Result<Option<T>, E>) -> Self {
        read.map_or(Self::Unreadable, Self::from)
    }
}
