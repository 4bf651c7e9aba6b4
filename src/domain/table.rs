//! A table as spreadsheets save it: a header and rows of text, in one of several encodings and with one of several signs
//! between the cells. What was assumed is told, because no file says it of itself.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

use super::signs;

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}", .column.map(|(at, name)| format!(", column {at} ({name})")).unwrap_or_default())]
pub struct TableError {
    /// From 1.
    pub line: u64,
    /// Number, from 1, and name of the column, where one is wrong.
    pub column: Option<(usize, &'static str)>,
    /// What is wrong and what to do.
    pub problem: String,
}

impl TableError {
    /// Of a whole line.
    #[must_use]
    pub fn of_line(line: u64, problem: impl Into<String>) -> Self {
        Self { line, column: None, problem: problem.into() }
    }
}

/// Signs between cells, and what they are called.
const SEPARATORS: [(u8, &str); 3] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs")];

/// A table whose header names columns that are known.
#[derive(Debug)]
pub struct Table<'a> {
    text: Cow<'a, str>,
    encoding: &'static str,
    separator: (u8, &'static str),
    /// Lines before the header that are none of the table.
    before: u64,
    header_line: u64,
    columns: Vec<usize>,
}

/// One row that is not blank.
#[derive(Debug)]
pub struct Row {
    /// Where it begins in the file, from 1.
    pub line: u64,
    cells: csv::StringRecord,
}

impl Row {
    /// Its cells, as many as the header has columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }

    fn is_blank(&self) -> bool {
        self.cells().all(|cell| signs::trimmed(cell).is_empty())
    }

    /// Without the blank cells beyond `width`.
    fn cut(mut self, width: usize) -> Self {
        if self.cells().skip(width).all(|cell| signs::trimmed(cell).is_empty()) {
            self.cells.truncate(width);
        }
        self
    }
}

impl<'a> Table<'a> {
    /// Reads a file: UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030 (and so GBK); cells with commas,
    /// semicolons or tabs between, as the header shows, and in quotes where needed; any line ends. Rows without anything
    /// in them are passed over, and so are columns at the end that have no name and nothing in them.
    ///
    /// # Errors
    /// It is in no such encoding, or its header is missing, names a column that is none of `names`, or one twice.
    pub fn read(file: &'a [u8], names: &[&'static str]) -> Result<Self, TableError> {
        let (text, encoding) = decoded(file)?;
        let (text, separator, before) = separated(text);
        let mut table = Self { text, encoding, separator, before, header_line: 1, columns: Vec::new() };
        let all = names.join(",");
        let missing = || TableError::of_line(1, format!("the header is missing; begin with {all}"));
        let header = table.records().next().ok_or_else(missing)?;
        let width = header.cells().count()
            - header.cells.iter().rev().take_while(|cell| signs::trimmed(cell).is_empty()).count();
        for (at, cell) in header.cells().take(width).enumerate() {
            let name: String = signs::plain(cell).collect();
            let name = name.trim().to_ascii_lowercase();
            let Some(column) = names.iter().position(|known| *known == name) else {
                let problem = format!("there is no column `{}`; the columns are {all}", name.escape_debug());
                return Err(TableError::of_line(header.line, problem));
            };
            if table.columns.contains(&column) {
                let column = Some((at + 1, names[column]));
                return Err(TableError {
                    line: header.line,
                    column,
                    problem: format!("the column `{name}` is there twice; keep one"),
                });
            }
            table.columns.push(column);
        }
        table.header_line = header.line;
        Ok(table)
    }

    /// Which of the names each column has, by its place among them.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Where the header is.
    #[must_use]
    pub const fn header_line(&self) -> u64 {
        self.header_line
    }

    /// `read as GB18030, separated by semicolons`; nothing for UTF-8 with commas, which is what is asked for.
    #[must_use]
    pub fn assumed(&self) -> Option<String> {
        let usual = self.encoding == encoding_rs::UTF_8.name() && self.separator.0 == b',';
        (!usual).then(|| format!("read as {}, separated by {}", self.encoding, self.separator.1))
    }

    /// The rows below the header, each with as many cells as there are columns.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row, TableError>> {
        let want = self.columns.len();
        self.records().skip(1).map(move |row| {
            let row = row.cut(want);
            let have = row.cells.len();
            if have == want {
                return Ok(row);
            }
            let between = self.separator.1;
            let problem = format!("has {have} fields, the header has {want}; put fields that hold {between} in quotes");
            Err(TableError::of_line(row.line, problem))
        })
    }

    fn records(&self) -> impl Iterator<Item = Row> {
        let text = self.text.as_bytes();
        let mut reader = csv::ReaderBuilder::new();
        reader.flexible(true).has_headers(false).delimiter(self.separator.0);
        let records = reader.from_reader(text).into_records();
        // Of a text in memory, with rows of any length, nothing is left that could fail.
        let rows = records.filter_map(Result::ok).map(|cells| Row { line: self.line_of(&cells), cells });
        rows.filter(|row| !row.is_blank())
    }

    /// The reader's position is where the record before ended: before an empty line, or the second half of a CRLF.
    fn line_of(&self, record: &csv::StringRecord) -> u64 {
        let Some(position) = record.position() else { return 1 };
        let start = usize::try_from(position.byte()).ok();
        let rest = start.and_then(|start| self.text.as_bytes().get(start..)).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
        self.before + position.line() + ends.count() as u64
    }
}

/// The text and the name of its encoding.
fn decoded(file: &[u8]) -> Result<(Cow<'_, str>, &'static str), TableError> {
    let whole = |encoding: &'static Encoding, bytes| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        Some((text, encoding.name()))
    };
    if let Some((marked, mark)) = Encoding::for_bom(file) {
        if marked == UTF_16LE || marked == UTF_16BE {
            let ends = || TableError::of_line(1, "the file is no whole UTF-16; save it once more as \"CSV UTF-8\"");
            return whole(marked, &file[mark..]).ok_or_else(ends);
        }
        return std::str::from_utf8(&file[mark..]).map(|text| (text.into(), marked.name())).map_err(|_| no_utf_8(file));
    }
    if let Ok(text) = std::str::from_utf8(file) {
        return Ok((text.into(), encoding_rs::UTF_8.name()));
    }
    // A damaged UTF-8 file would pass for GB18030, with other signs in every name. In true GB18030 hardly two bytes
    // together are UTF-8.
    let (mut sound, mut broken) = (0, 0);
    for chunk in file.utf8_chunks() {
        sound += chunk.valid().chars().filter(|sign| !sign.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if sound > broken { None } else { whole(GB18030, file) }.ok_or_else(|| no_utf_8(file))
}

fn no_utf_8(file: &[u8]) -> TableError {
    let good = file.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
    let line = file[..good].split(|byte| *byte == b'\n').count() as u64;
    TableError::of_line(line, "is neither UTF-8 nor GB18030; save the file as \"CSV UTF-8\"")
}

/// The text from its header on, what stands between its cells, and how many lines were cut off before. A spreadsheet
/// takes a first line `sep=;` for its own word on it, and so it is here.
fn separated(text: Cow<'_, str>) -> (Cow<'_, str>, (u8, &'static str), u64) {
    let named = |sign: u8| SEPARATORS.into_iter().find(|(known, _)| *known == sign);
    let end = text.find('\n').map_or(text.len(), |end| end + 1);
    if let Some(&[sign]) = text[..end].trim_end_matches(['\r', '\n']).strip_prefix("sep=").map(str::as_bytes)
        && let Some(separator) = named(sign)
    {
        let rest = match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[end..]),
            Cow::Owned(text) => Cow::Owned(text[end..].to_owned()),
        };
        return (rest, separator, 1);
    }
    let header = text.lines().find(|line| !signs::trimmed(line).is_empty()).unwrap_or_default();
    let count = |sign: u8| {
        let mut quoted = false;
        header
            .bytes()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                !quoted && *byte == sign
            })
            .count()
    };
    // Of equally many the first: a header of one column is one of commas.
    let most = SEPARATORS.into_iter().rev().max_by_key(|(sign, _)| count(*sign)).unwrap_or(SEPARATORS[0]);
    (text, most, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["address", "name", "mobile"];

    fn rows(file: &[u8]) -> (Vec<(u64, Vec<String>)>, Option<String>) {
        let table = Table::read(file, &NAMES).unwrap();
        let rows = table.rows().map(|row| row.unwrap());
        (rows.map(|row| (row.line, row.cells().map(str::to_owned).collect())).collect(), table.assumed())
    }

    fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy);
        bytes.into_owned()
    }

    fn utf_16(mark: u16, bytes: fn(u16) -> [u8; 2], text: &str) -> Vec<u8> {
        std::iter::once(mark).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    /// As the spreadsheets of Chinese offices write them: see also <https://www.rfc-editor.org/rfc/rfc4180>.
    #[test]
    fn every_encoding_and_separator_of_spreadsheets_is_read_and_told() {
        let expected = [(2, vec!["a@example.org".to_owned(), "张三, 主任;x\ty".to_owned(), "13800138000".to_owned()])];
        for (separator, called) in [(",", "commas"), (";", "semicolons"), ("\t", "tabs")] {
            let text = ["address", "name", "mobile\r\na@example.org", "\"张三, 主任;x\ty\"", "13800138000\r\n"];
            let text = text.join(separator);
            let files = [
                ("UTF-8", text.clone().into_bytes()),
                ("UTF-8", format!("\u{feff}{text}").into_bytes()),
                ("gb18030", encoded(encoding_rs::GBK, &text)),
                ("UTF-16LE", utf_16(0xfeff, u16::to_le_bytes, &text)),
                ("UTF-16BE", utf_16(0xfeff, u16::to_be_bytes, &text)),
            ];
            for (encoding, file) in files {
                let (read, assumed) = rows(&file);
                assert_eq!(read, expected, "{encoding} {called}");
                let told = format!("read as {encoding}, separated by {called}");
                assert_eq!(assumed, (told != "read as UTF-8, separated by commas").then_some(told));
            }
        }
    }

    #[test]
    fn blank_rows_and_nameless_columns_at_the_end_are_passed_over() {
        let file =
            ",,,,\n\u{feff}address , NAME,mobile,,\n,,,,\na,b,c,,\n\u{3000},\u{200b},,,\nd,e,f\ng,h,i,\u{a0}\n,,\n";
        let (read, _) = rows(file.as_bytes());
        let lines: Vec<_> = read.iter().map(|(line, cells)| (*line, cells.join(""))).collect();
        assert_eq!(lines, [(4, "abc".to_owned()), (6, "def".to_owned()), (7, "ghi".to_owned())]);
    }

    #[test]
    fn the_spreadsheets_own_word_on_its_separator_is_taken() {
        assert_eq!(rows(b"sep=;\r\naddress;name\r\na,b;c\r\n").0, [(3, vec!["a,b".to_owned(), "c".to_owned()])]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let problem = |file: &[u8]| Table::read(file, &NAMES).unwrap_err().to_string();
        assert!(problem(b"").starts_with("line 1: the header is missing; begin with address,name,mobile"));
        assert!(problem(b",,\n\n").starts_with("line 1: the header is missing"));
        assert!(problem(b"address,,name\n").starts_with("line 1: there is no column ``"));
        assert!(problem(b"\naddress,tel\n").starts_with("line 2: there is no column `tel`; the columns are address,"));
        assert!(problem(b"name,name\n").starts_with("line 1, column 2 (name): the column `name` is there twice"));
        let table = Table::read(b"address;name\na@b;c;d\n\nx\n", &NAMES).unwrap();
        let problems: Vec<_> = table.rows().map(|row| row.unwrap_err().to_string()).collect();
        assert_eq!(
            problems,
            [
                "line 2: has 3 fields, the header has 2; put fields that hold semicolons in quotes",
                "line 4: has 1 fields, the header has 2; put fields that hold semicolons in quotes"
            ]
        );
    }

    /// Every name would be another one.
    #[test]
    fn a_damaged_utf_8_file_is_not_taken_for_gb18030() {
        let mut file = "address,name\na@example.org,张三\nb@example.org,李四\n".as_bytes().to_vec();
        let at = file.len() - 3;
        file.remove(at);
        let error = Table::read(&file, &NAMES).unwrap_err();
        assert_eq!((error.line, error.problem.contains("neither UTF-8 nor GB18030")), (3, true));
        assert!(Table::read(b"\xef\xbb\xbfaddress,name\na,\xd5\xc5\n", &NAMES).is_err());
        assert!(Table::read(b"\xff\xfea\0b", &NAMES).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            for head in [&b""[..], b"address,name\n", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\naddress;name\n"] {
                if let Ok(table) = Table::read(&[head, &tail[..]].concat(), &NAMES) {
                    let _ = (table.rows().count(), table.assumed());
                }
            }
        }
    }
}
