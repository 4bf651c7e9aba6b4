//! What the files that keys name hold: texts, contacts and the looks of the pages.
//!
//! They are read twice, by the check that tells everything that is wrong, and by the assembly that uses them.

use std::path::Path;

use super::Settings;
use super::problem::{Finding, Number};
use super::sources::Sources;
use crate::http::{BUILT_IN, Catalog, Contacts, LocaleError, LocaleReview, Zone};

const MAX_LOGO: u64 = 16 << 10;
const MAX_CSS: u64 = 32 << 10;
/// Ten thousand rows of Chinese, with room.
const MAX_CONTACTS: u64 = 4 << 20;
const MAX_LOCALE: u64 = 256 << 10;

/// Bytes of a line of names.
const WIDTH: usize = 110;

/// A picture as it was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/svg+xml` or `image/png`.
    pub content_type: &'static str,
}

/// Everything that was read.
#[derive(Debug)]
pub struct Files {
    /// All languages, those of `text.locale_dir` among them.
    pub catalog: Catalog,
    /// The zone of times that people read.
    pub zone: Zone,
    /// Whom people turn to.
    pub contacts: Contacts,
    /// Of the brand.
    pub logo: Option<Logo>,
    /// Laid over our own style sheet.
    pub extra_css: Option<String>,
}

impl Settings {
    /// Reads every file that a key names, and says what is wrong or doubtful. Without an error among it, there are files.
    pub fn read_files(&self, sources: &dyn Sources) -> (Option<Files>, Vec<Finding>) {
        let mut reader = Reader { sources, findings: Vec::new() };
        let brand = &self.page.brand;
        let catalog = reader.catalog(&self.text.locale_dir, &self.text.default_locale);
        let zone = reader.zone(&self.text.time_zone);
        let contacts = reader.contacts(&self.help.contacts_file);
        let logo = reader.logo(&brand.logo_file);
        let extra_css = reader.text("page.brand.css_file", &brand.css_file, MAX_CSS);
        let files = || {
            Ok::<_, Told>(Files {
                catalog: catalog?,
                zone: zone?,
                contacts: contacts?,
                logo: logo?,
                extra_css: extra_css?,
            })
        };
        (files().ok(), reader.findings)
    }
}

/// Something could not be read, and a finding says why.
struct Told;

struct Reader<'a> {
    sources: &'a dyn Sources,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn refuse(&mut self, number: Number, key: &str, problem: String, help: &str) -> Told {
        self.findings.push(Finding::error(number, key, problem, help));
        Told
    }

    /// The bytes of a file; no path is no bytes.
    fn bytes(&mut self, key: &str, path: &Path, max: u64) -> Result<Option<Vec<u8>>, Told> {
        if path.as_os_str().is_empty() {
            return Ok(None);
        }
        self.sources.read_up_to(path, max).map(Some).map_err(|error| {
            let problem = format!("cannot read {}: {error}", path.display());
            self.refuse(Number::NamedFile, key, problem, "name a readable file, or \"\" for none")
        })
    }

    fn text(&mut self, key: &str, path: &Path, max: u64) -> Result<Option<String>, Told> {
        let Some(bytes) = self.bytes(key, path, max)? else { return Ok(None) };
        let text =
            String::from_utf8(bytes).map(|text| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text));
        text.map(Some).map_err(|error| {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let problem = format!("{}:{}: not UTF-8 text", path.display(), good.split(|byte| *byte == b'\n').count());
            self.refuse(Number::NamedFile, key, problem, "save the file as UTF-8; a spreadsheet calls it \"CSV UTF-8\"")
        })
    }

    fn logo(&mut self, path: &Path) -> Result<Option<Logo>, Told> {
        const KEY: &str = "page.brand.logo_file";
        let Some(bytes) = self.bytes(KEY, path, MAX_LOGO)? else { return Ok(None) };
        match picture_type(&bytes) {
            Ok(content_type) => Ok(Some(Logo { bytes, content_type })),
            Err(problem) => {
                let problem = format!("{} {problem}", path.display());
                Err(self.refuse(Number::NamedFile, KEY, problem, "name an SVG or PNG file without scripts"))
            }
        }
    }

    fn contacts(&mut self, path: &Path) -> Result<Contacts, Told> {
        const KEY: &str = "help.contacts_file";
        let Some(bytes) = self.bytes(KEY, path, MAX_CONTACTS)? else { return Ok(Contacts::default()) };
        let read = Contacts::read(&bytes);
        if let Ok(Some(assumed)) = read.as_ref().map(Contacts::assumed) {
            let problem = format!("{} was {assumed}", path.display());
            self.findings.push(Finding::note(KEY, problem, "save it as \"CSV UTF-8\" with commas if that is wrong"));
        }
        read.map_err(|error| {
            let column = error.column.map(|(at, name)| format!("column {at} ({name}): ")).unwrap_or_default();
            let problem = format!("{}:{}: {column}{}", path.display(), error.line, error.problem);
            let help = "correct the line; config/contacts.example.csv shows the form";
            self.refuse(Number::NamedFile, KEY, problem, help)
        })
    }

    fn zone(&mut self, name: &str) -> Result<Zone, Told> {
        Zone::parse(name).map_err(|error| self.refuse(Number::OutOfRange, "text.time_zone", error.to_string(), ""))
    }

    fn catalog(&mut self, directory: &Path, default: &str) -> Result<Catalog, Told> {
        let own = self.locales(directory)?;
        let files = || BUILT_IN.into_iter().chain(own.iter().map(|(tag, text)| (tag.as_str(), text.as_str())));
        // Each file was read alone before, so only the default can be missing.
        Catalog::read(files(), default).map_err(|_| {
            let tags: Vec<_> = files().map(|(tag, _)| tag).collect();
            let problem = format!("`{default}` is not spoken here; write \"{}\"", tags.join("\" or \""));
            self.refuse(Number::OutOfRange, "text.default_locale", problem, "")
        })
    }

    /// Tag and content of every locale file of the operator.
    fn locales(&mut self, directory: &Path) -> Result<Vec<(String, String)>, Told> {
        const KEY: &str = "text.locale_dir";
        if directory.as_os_str().is_empty() {
            return Ok(Vec::new());
        }
        let paths = self.sources.list(directory).map_err(|error| {
            let problem = format!("cannot read {}: {error}", directory.display());
            self.refuse(Number::NamedFile, KEY, problem, "name a readable directory, or \"\" for none")
        })?;
        let paths = paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml"));
        // All are read before the first fault counts, so that every fault is told.
        paths.map(|path| self.locale(KEY, &path)).collect::<Vec<_>>().into_iter().collect()
    }

    fn locale(&mut self, key: &str, path: &Path) -> Result<(String, String), Told> {
        let text = self.text(key, path, MAX_LOCALE)?.unwrap_or_default();
        let tag = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        match LocaleReview::of(&tag, &text) {
            Ok(review) => {
                self.findings.extend(notes(key, &path.display().to_string(), &review));
                Ok((tag, text))
            }
            Err(LocaleError { place, problem, .. }) => {
                let place = place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
                let problem = format!("{}{place}: {problem}", path.display());
                Err(self.refuse(Number::NamedFile, key, problem, "correct the file, or take it out of the directory"))
            }
        }
    }
}

/// What `config check` says of a locale file that can be used.
fn notes(key: &str, file: &str, review: &LocaleReview) -> Vec<Finding> {
    let mut notes = Vec::new();
    if !review.lacking.is_empty() {
        let problem = format!("{file} lacks {} texts, which are shown in the default language", review.lacking.len());
        let note = Finding::note(key, problem, "translate them");
        notes.push(Finding { detail: wrapped(&review.lacking), ..note });
    }
    for (line, name, meant) in &review.unknown {
        let help = meant.as_ref().map_or("take it out".to_owned(), |meant| format!("did you mean `{meant}`?"));
        notes.push(Finding::note(key, format!("{file}:{line}: no page shows `{name}`"), help));
    }
    for (line, name, wanted) in &review.differing {
        let problem = format!("{file}:{line}: `{name}` does not fill in what the built-in text does: {wanted}");
        notes.push(Finding::note(key, problem, "write the same {placeholders}, anywhere in the text"));
    }
    notes
}

/// Names in lines that fit a terminal.
fn wrapped(names: &[String]) -> Vec<String> {
    names.iter().fold(Vec::<String>::new(), |mut lines, name| {
        match lines.last_mut().filter(|line| line.len() + name.len() < WIDTH) {
            Some(line) => line.extend([" ", name]),
            None => lines.push(name.clone()),
        }
        lines
    })
}

/// What a browser has to be told that a picture is.
fn picture_type(bytes: &[u8]) -> Result<&'static str, &'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR") {
        return Ok("image/png");
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "is neither SVG nor PNG")?;
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    // What may stand before the first element: the declaration, remarks, the document type.
    for (start, end) in [("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"), ("<!--", "-->")] {
        while let Some((_, after)) = rest.strip_prefix(start).and_then(|inside| inside.split_once(end)) {
            rest = after.trim_start();
        }
    }
    if !rest.strip_prefix("<svg").is_some_and(|after| after.starts_with([' ', '\n', '\r', '\t', '>'])) {
        return Err("is neither SVG nor PNG");
    }
    if rest.to_ascii_lowercase().contains("<script") { Err("holds a script") } else { Ok("image/svg+xml") }
}
