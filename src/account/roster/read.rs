//! From CSV to rows, with every problem named by line and column.

use std::collections::HashMap;

use csv::ByteRecord;

use super::{Column, Roster, RosterError, RosterRow, RowProblem};
use crate::account::{NewAccount, StoredHash};
use crate::domain::{Birthday, MailboxAddress, PhoneNumber, Region};

/// Longest name and unit, in characters.
pub const MAX_TEXT: usize = 200;
/// Longest office number, in characters.
pub const MAX_WORK_PHONE: usize = 64;

/// Reads a roster: UTF-8 with or without a byte order mark, a header row, any line ends, fields quoted where needed.
///
/// # Errors
/// Every wrong row by its line, or what is wrong with the header.
pub fn read(file: &[u8], region: Region) -> Result<Roster, RosterError> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let columns = header(reader.byte_headers().map_err(|error| RosterError::Unreadable(error.to_string()))?)?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut seen = HashMap::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| RosterError::Unreadable(error.to_string()))?;
        let line = line_of(file, record.position());
        match row(&columns, &record, line, region) {
            Ok(row) => {
                problems.extend(repeated(&row, &mut seen));
                rows.push(row);
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() { Ok(Roster { columns, rows }) } else { Err(RosterError::Rows(problems)) }
}

/// The reader's position is where the record before ended, which is before an empty line or the second half of a CRLF.
fn line_of(file: &[u8], position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let rest = usize::try_from(position.byte()).ok().and_then(|start| file.get(start..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + ends.count() as u64
}

fn header(record: &ByteRecord) -> Result<Vec<Column>, RosterError> {
    let all = || Column::ALL.map(Column::name).join(",");
    let mut columns = Vec::new();
    for field in record {
        let name = String::from_utf8_lossy(field);
        let name = name.trim();
        let column = Column::ALL.into_iter().find(|column| column.name() == name).ok_or_else(|| {
            RosterError::Header(format!("there is no column `{}`; the columns are {}", name.escape_debug(), all()))
        })?;
        if columns.contains(&column) {
            return Err(RosterError::Header(format!("the column `{name}` is there twice")));
        }
        columns.push(column);
    }
    if columns.contains(&Column::Address) {
        Ok(columns)
    } else {
        Err(RosterError::Header(format!("the column `address` is missing; a full header is {}", all())))
    }
}

fn row(columns: &[Column], record: &ByteRecord, line: u64, region: Region) -> Result<RosterRow, Vec<RowProblem>> {
    let whole = |problem: String| vec![RowProblem { line, column: None, problem }];
    if record.len() != columns.len() {
        let (have, want) = (record.len(), columns.len());
        return Err(whole(format!("has {have} fields, the header has {want}; put fields that hold commas in quotes")));
    }
    let mut draft = Draft::default();
    let mut problems = Vec::new();
    for (&column, field) in columns.iter().zip(record) {
        // What a Chinese spreadsheet saves as plain "CSV" is GBK.
        let outcome = std::str::from_utf8(field)
            .map_err(|_| "is not UTF-8; save the file as \"CSV UTF-8\"".to_owned())
            .and_then(|text| draft.take(column, text, region));
        problems.extend(outcome.err().map(|problem| RowProblem { line, column: Some(column), problem }));
    }
    match draft.address.take() {
        Some(address) if problems.is_empty() => Ok(draft.finish(address, line)),
        _ => Err(problems),
    }
}

/// A row while its fields are read.
#[derive(Default)]
struct Draft {
    address: Option<MailboxAddress>,
    aliases: Vec<MailboxAddress>,
    name: Option<String>,
    unit: Option<String>,
    mobile: Option<PhoneNumber>,
    work_phone: Option<String>,
    birthday: Option<Birthday>,
    password: Option<StoredHash>,
    enabled: Option<bool>,
}

impl Draft {
    fn take(&mut self, column: Column, text: &str, region: Region) -> Result<(), String> {
        match column {
            Column::Address => self.address = Some(address(text)?),
            Column::Aliases => {
                let each = text.split(';').map(str::trim).filter(|alias| !alias.is_empty());
                self.aliases = each.map(address).collect::<Result<_, _>>()?;
                self.aliases.sort_unstable();
            }
            Column::Name => self.name = free_text(text, MAX_TEXT)?,
            Column::Unit => self.unit = free_text(text, MAX_TEXT)?,
            Column::Mobile => self.mobile = given(text, |text| PhoneNumber::parse(text, region))?,
            Column::WorkPhone => self.work_phone = free_text(text, MAX_WORK_PHONE)?,
            Column::Birthday => self.birthday = Birthday::read(text).map_err(|error| error.to_string())?,
            Column::PasswordHash => self.password = given(text, StoredHash::parse)?,
            Column::Enabled => self.enabled = given(text, truth)?,
        }
        Ok(())
    }

    fn finish(self, address: MailboxAddress, line: u64) -> RosterRow {
        let account = NewAccount {
            address,
            aliases: self.aliases,
            name: self.name,
            unit: self.unit,
            mobile: self.mobile,
            work_phone: self.work_phone,
            birthday: self.birthday,
            password: self.password,
            enabled: self.enabled.unwrap_or(true),
        };
        RosterRow { line, account, says_enabled: self.enabled.is_some() }
    }
}

fn address(text: &str) -> Result<MailboxAddress, String> {
    MailboxAddress::parse(text).map_err(|error| error.to_string())
}

/// An empty field is no value.
fn given<T, E: ToString>(text: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, String> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { parse(text).map(Some).map_err(|error| error.to_string()) }
}

/// A field kept literally, whatever it is: what a spreadsheet, a page or a terminal would make of it is for them to
/// escape. White space alone is no value.
///
/// # Errors
/// When it is longer than `max` characters.
pub fn free_text(text: &str, max: usize) -> Result<Option<String>, String> {
    if text.chars().count() > max {
        return Err(format!("is longer than {max} characters"));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.trim().is_empty()))
}

fn truth(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err("is neither true nor false"),
    }
}

/// Addresses that an earlier row of the file has, too.
fn repeated(row: &RosterRow, seen: &mut HashMap<MailboxAddress, u64>) -> Vec<RowProblem> {
    let primary = (Column::Address, &row.account.address);
    let aliases = row.account.aliases.iter().map(|alias| (Column::Aliases, alias));
    let mut problems = Vec::new();
    for (column, address) in std::iter::once(primary).chain(aliases) {
        if let Some(before) = seen.insert(address.clone(), row.line) {
            let problem = format!("{} is already in line {before}", address.as_str());
            problems.push(RowProblem { line: row.line, column: Some(column), problem });
        }
    }
    problems
}
