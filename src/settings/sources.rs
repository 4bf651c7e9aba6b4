//! What the loader reads from: passed in, so that nothing depends on the process it runs in.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A configuration or secret file is never longer than this many bytes; `/dev/zero` must not fill the memory.
const MAX_FILE: u64 = 1 << 20;

/// The outside of the loader.
pub trait Sources {
    /// Every environment variable.
    fn variables(&self) -> Vec<(OsString, OsString)>;

    /// The whole of a file.
    ///
    /// # Errors
    /// As the operating system says, and when the file is longer than `max` bytes.
    fn read_up_to(&self, path: &Path, max: u64) -> io::Result<Vec<u8>>;

    /// The whole of a file of at most 1 MiB.
    ///
    /// # Errors
    /// As [`Sources::read_up_to`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_up_to(path, MAX_FILE)
    }

    /// The files of a directory, in the order of their names.
    ///
    /// # Errors
    /// As the operating system says.
    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>>;

    /// Whether a file can be executed.
    ///
    /// # Errors
    /// As the operating system says.
    fn is_program(&self, path: &Path) -> io::Result<bool>;

    /// A path that begins at the working directory as one from the root. Opens nothing.
    fn absolute(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }

    /// Whether the error stream shows colours.
    fn colour(&self) -> bool {
        false
    }

    /// The value of one variable, if it is set to some text.
    fn variable(&self, name: &str) -> Option<String> {
        let (_, value) = self.variables().into_iter().find(|(key, _)| key == name)?;
        value.into_string().ok().filter(|value| !value.is_empty())
    }
}

/// The process's environment and the machine's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSources;

impl Sources for SystemSources {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        std::env::vars_os().collect()
    }

    fn read_up_to(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(max + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > max { Err(too_long(max)) } else { Ok(bytes) }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(directory)?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        paths.retain(|path| path.is_file());
        paths.sort_unstable();
        Ok(paths)
    }

    fn is_program(&self, path: &Path) -> io::Result<bool> {
        use std::os::unix::fs::PermissionsExt;
        let about = std::fs::metadata(path)?;
        Ok(about.is_file() && about.permissions().mode() & 0o111 != 0)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
    }

    fn colour(&self) -> bool {
        use std::io::IsTerminal;
        self.variable("NO_COLOR").is_none() && io::stderr().is_terminal()
    }
}

fn too_long(max: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {} KiB", max >> 10))
}

/// A layer of text that the program itself puts between its defaults and the files.
#[derive(Debug, Clone)]
pub struct Preset {
    /// Its name in origins and problems.
    pub name: String,
    /// TOML.
    pub text: String,
}

/// What the operator gave, besides the environment.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Layers below the files, such as those of `resetgate dev`.
    pub presets: Vec<Preset>,
    /// Files, the later over the earlier.
    pub files: Vec<PathBuf>,
    /// `section.key=value`, over everything else.
    pub sets: Vec<String>,
}

#[cfg(test)]
pub mod memory {
    use super::{Inputs, Sources, too_long};
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::io;
    use std::path::{Path, PathBuf};

    /// An outside for tests: variables and files by name.
    #[derive(Default)]
    pub struct MemorySources {
        variables: Vec<(OsString, OsString)>,
        files: BTreeMap<String, Vec<u8>>,
    }

    impl MemorySources {
        /// With one more variable.
        #[must_use]
        pub fn variable(mut self, name: &str, value: &str) -> Self {
            self.variables.push((name.into(), value.into()));
            self
        }

        /// With one more file.
        #[must_use]
        pub fn file(mut self, path: &str, content: &(impl AsRef<[u8]> + ?Sized)) -> Self {
            self.files.insert(path.to_owned(), content.as_ref().to_vec());
            self
        }

        /// What an operator gives beside the environment.
        #[must_use]
        pub fn inputs(&self, files: &[&str], sets: &[&str]) -> Inputs {
            Inputs {
                presets: Vec::new(),
                files: files.iter().map(Into::into).collect(),
                sets: sets.iter().map(|&set| set.to_owned()).collect(),
            }
        }
    }

    impl Sources for MemorySources {
        fn variables(&self) -> Vec<(OsString, OsString)> {
            self.variables.clone()
        }

        fn read_up_to(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
            let bytes = self.files.get(&path.display().to_string()).cloned().ok_or_else(missing)?;
            if bytes.len() as u64 > max { Err(too_long(max)) } else { Ok(bytes) }
        }

        /// A file that says who runs it.
        fn is_program(&self, path: &Path) -> io::Result<bool> {
            Ok(self.read(path)?.starts_with(b"#!"))
        }

        fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
            let files = self.files.keys().map(PathBuf::from).filter(|path| path.parent() == Some(directory));
            Some(files.collect::<Vec<_>>()).filter(|files| !files.is_empty()).ok_or_else(missing)
        }
    }

    fn missing() -> io::Error {
        io::Error::new(io::ErrorKind::NotFound, "No such file or directory")
    }
}
