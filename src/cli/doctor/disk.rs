//! Whether what must be written can be.

use std::path::{Path, PathBuf};

use crate::account::AccountKind;
use crate::domain::{Condition, Finding};
use crate::settings::Settings;

const MIB: u64 = 1024 * 1024;
/// Below this somebody should look; below the other the service will soon stop being ready.
const DOUBTFUL: u64 = 1024 * MIB;
const BAD: u64 = 100 * MIB;

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let mut places = vec![("audit.path", settings.audit.path.clone())];
    if settings.account.kind == AccountKind::Sqlite {
        places.push(("account.sqlite.path", settings.account.sqlite.path.clone()));
    }
    places.into_iter().map(|(key, path)| room(key, &there(&path))).collect()
}

/// The path itself, or the nearest directory above it that exists.
fn there(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.ancestors().find(|place| place.exists()).map_or_else(|| PathBuf::from("/"), Path::to_owned)
}

fn room(key: &str, place: &Path) -> Finding {
    match rustix::fs::statvfs(place) {
        Err(error) => Finding::of(key, Condition::Bad, format!("{}: {error}", place.display())),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let state = match free {
                _ if disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) => Condition::Bad,
                ..BAD => Condition::Bad,
                BAD..DOUBTFUL => Condition::Doubtful,
                _ => Condition::Good,
            };
            let read_only =
                if disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) { ", read-only" } else { "" };
            Finding::of(key, state, format!("{} MiB free at {}{read_only}", free / MIB, place.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_there_yet_is_looked_at_where_it_will_be() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(there(&directory.path().join("audit/2026")), directory.path());
        assert!(room("audit.path", directory.path()).text.contains("MiB free at"));
    }
}
