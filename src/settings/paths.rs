//! Where relative paths begin: at the directory of the configuration file that has them, so that a service and whoever
//! checks its configuration from elsewhere mean the same files. Those of the environment, the command line and the
//! defaults begin at the working directory.

use std::path::{Path, PathBuf};

use toml::Value;

use super::key::KeyPath;
use super::merged::Merged;
use super::origin::Origin;
use super::sources::Sources;

/// What systemd fills in; such a path is complete once it is.
const CREDENTIALS: [&str; 2] = ["$CREDENTIALS_DIRECTORY", "${CREDENTIALS_DIRECTORY}"];

/// The directory at which relative paths of the configuration file `file` begin.
#[must_use]
pub fn base_of(file: &Path, sources: &dyn Sources) -> Option<PathBuf> {
    sources.absolute(file).parent().map(Path::to_path_buf)
}

/// Makes every path absolute that somebody wrote; with `defaults` those that nobody wrote, too.
pub fn resolve(merged: &mut Merged, sources: &dyn Sources, defaults: bool) {
    merged.change(|path, held| {
        if !names_files(path) || (held.origin.is_default() != defaults) {
            return;
        }
        let base = match &held.origin {
            Origin::File(spot) => base_of(Path::new(&spot.source.name), sources),
            _ => None,
        };
        let absolute = |text: &mut String| {
            if is_complete(text) {
                return;
            }
            let joined = base.as_ref().map_or_else(|| PathBuf::from(&*text), |base| base.join(&*text));
            if let Some(path) = sources.absolute(&joined).to_str() {
                path.clone_into(text);
            }
        };
        match &mut held.value {
            Value::String(text) => absolute(text),
            Value::Table(files) => files.iter_mut().for_each(|(_, file)| {
                if let Value::String(text) = file {
                    absolute(text);
                }
            }),
            _ => {}
        }
    });
}

fn is_complete(text: &str) -> bool {
    let is_filled_in =
        CREDENTIALS.iter().any(|start| text.strip_prefix(start).is_some_and(|rest| rest.starts_with('/')));
    text.is_empty() || is_filled_in || Path::new(text).is_absolute()
}

/// Whether the value is a path, or a table of them.
fn names_files(key: &KeyPath) -> bool {
    let last = key.last();
    last == "path" || last == "header_files" || last.ends_with("_file") || last.ends_with("_dir")
}
