//! All layers as one: every value with the place it came from.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::key::KeyPath;
use super::known::{Found, known};
use super::layer::{Entry, Layer};
use super::origin::Origin;
use super::snippet::MASK;

/// A value and where it came from.
#[derive(Debug, Clone)]
pub struct Held {
    /// The value.
    pub value: Value,
    /// Its origin.
    pub origin: Origin,
}

/// The merged configuration.
#[derive(Clone, Default)]
pub struct Merged {
    values: BTreeMap<KeyPath, Held>,
    tables: BTreeMap<KeyPath, Origin>,
}

impl std::fmt::Debug for Merged {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_map()
            .entries(self.values.iter().map(|(path, held)| (path.to_string(), held.origin.to_string())))
            .finish()
    }
}

impl Merged {
    /// Lays a layer over what is there.
    pub fn lay(&mut self, layer: &mut Layer) {
        for Entry { path, value, origin } in layer.entries.drain(..) {
            self.values.insert(path, Held { value, origin });
        }
        for (path, origin) in layer.tables.drain(..) {
            if known().key(&path).is_none() && !self.tables.contains_key(&path) {
                self.tables.insert(path, origin);
            }
        }
    }

    /// Calls every value a default, for the layer that is built in.
    pub fn forget_places(&mut self) {
        self.values.values_mut().for_each(|held| held.origin = Origin::Default);
        self.tables.values_mut().for_each(|origin| *origin = Origin::Default);
    }

    /// The value of `path`.
    #[must_use]
    pub fn get(&self, path: &KeyPath) -> Option<&Held> {
        self.values.get(path)
    }

    /// The value at a dotted path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Value> {
        self.get(&KeyPath::dotted(path)).map(|held| &held.value)
    }

    /// Sets a value.
    pub fn set(&mut self, path: KeyPath, value: Value, origin: Origin) {
        self.values.insert(path, Held { value, origin });
    }

    /// Takes a value out.
    pub fn take(&mut self, path: &KeyPath) -> Option<Held> {
        self.values.remove(path)
    }

    /// Every value in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&KeyPath, &Held)> {
        self.values.iter()
    }

    /// Lets `change` look at every value and put another in its place.
    pub fn change(&mut self, mut change: impl FnMut(&KeyPath, &mut Held)) {
        self.values.iter_mut().for_each(|(path, held)| change(path, held));
    }

    /// Every key that has a value.
    #[must_use]
    pub fn paths(&self) -> Vec<KeyPath> {
        self.values.keys().chain(self.tables.keys()).cloned().collect()
    }

    /// The kind of the table of chosen name that `path` is or lies in, where such tables have one.
    #[must_use]
    pub fn kind_of(&self, path: &KeyPath) -> Option<&str> {
        let table = path.names().get(..3)?;
        self.get(&KeyPath::new(table).then("kind"))?.value.as_str()
    }

    /// The key or table at `path`, or the nearest above it, with its origin. A table without a header of its own
    /// comes from the first value in it that somebody set.
    #[must_use]
    pub fn nearest(&self, path: &KeyPath) -> (KeyPath, Origin) {
        let mut path = path.clone();
        loop {
            if let Some(held) = self.values.get(&path) {
                return (path, held.origin.clone());
            }
            if let Some(origin) = self.tables.get(&path).filter(|origin| !origin.is_default()) {
                return (path, origin.clone());
            }
            let inside = self.values.iter().filter(|(inner, _)| inner.is_within(&path)).map(|(_, held)| &held.origin);
            if let Some(origin) = inside.clone().find(|origin| !origin.is_default()).or_else(|| inside.clone().next()) {
                return (path, origin.clone());
            }
            if path == KeyPath::root() {
                return (path, Origin::Default);
            }
            path = path.parent();
        }
    }

    /// Puts the defaults in place of what stands at `path`; what has no default goes. `false` when nothing changed.
    pub fn repair(&mut self, path: &KeyPath, defaults: &Self) -> bool {
        let ours = |held: &Held| !held.origin.is_default();
        let changed = self.values.iter().any(|(inner, held)| inner.is_within(path) && ours(held))
            || self.tables.iter().any(|(inner, origin)| {
                inner.is_within(path) && !defaults.tables.contains_key(inner) && !origin.is_default()
            });
        self.values.retain(|inner, _| !inner.is_within(path));
        self.tables.retain(|inner, _| !inner.is_within(path) || defaults.tables.contains_key(inner));
        let restored = defaults.values.iter().filter(|(inner, _)| inner.is_within(path));
        self.values.extend(restored.map(|(inner, held)| (inner.clone(), held.clone())));
        changed
    }

    /// As nested tables, for reading into types.
    #[must_use]
    pub fn to_table(&self) -> Table {
        let mut root = Table::new();
        for path in self.tables.keys() {
            inner(&mut root, path.names());
        }
        for (path, held) in &self.values {
            if let Some(table) = inner(&mut root, path.parent().names()) {
                table.insert(path.last().to_owned(), held.value.clone());
            }
        }
        root
    }

    /// The texts of every secret.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let mut gathered = Layer::default();
        for (path, held) in &self.values {
            if matches!(known().find(path), Found::Key(key) if key.hides(held.value.as_str())) {
                gathered.keep_secret(&held.value);
            }
        }
        gathered.secrets
    }
}

/// A value as it may be printed: TOML, with dots for what is or may hold a secret.
#[must_use]
pub fn shown_value(path: &KeyPath, value: &Value) -> String {
    match (value.as_str(), known().find(path)) {
        (Some(""), _) => "\"\"".to_owned(),
        (text, Found::Key(key)) if key.hides(text) => match text.and_then(|text| text.split_once('?')) {
            Some((start, _)) if path.last() == "url" && !start.contains('@') => format!("\"{start}?{MASK}\""),
            _ => format!("\"{MASK}\""),
        },
        _ => value.to_string(),
    }
}

/// The table at `names`, made where it is missing.
fn inner<'a>(root: &'a mut Table, names: &[String]) -> Option<&'a mut Table> {
    names.iter().try_fold(root, |table, name| {
        table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new())).as_table_mut()
    })
}
