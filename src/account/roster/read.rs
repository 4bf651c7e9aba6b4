//! From CSV to rows, with every problem named by line and column.

use std::collections::HashMap;

use super::{Column, Roster, RosterError, RosterRow, RowProblem};
use crate::account::{NewAccount, StoredHash};
use crate::domain::{Birthday, MailboxAddress, PhoneNumber, Region, Row, Table, TableError, signs};

/// Longest name and unit, in characters.
pub const MAX_TEXT: usize = 200;
/// Longest office number, in characters.
pub const MAX_WORK_PHONE: usize = 64;

/// Reads a roster as spreadsheets save it: see [`Table::read`].
///
/// # Errors
/// Every wrong row by its line, or what is wrong with the file or its header.
pub fn read(file: &[u8], region: Region) -> Result<Roster, RosterError> {
    let names = Column::ALL.map(Column::name);
    let table = Table::read(file, &names)?;
    let columns: Vec<Column> = table.columns().iter().filter_map(|at| Column::ALL.get(*at).copied()).collect();
    if !columns.contains(&Column::Address) {
        let problem = format!("the column `address` is missing; a full header is {}", names.join(","));
        return Err(TableError::of_line(table.header_line(), problem).into());
    }
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut seen = HashMap::new();
    for record in table.rows() {
        match record
            .map_err(RowProblem::from)
            .map_err(|problem| vec![problem])
            .and_then(|record| row(&columns, &record, region))
        {
            Ok(row) => {
                problems.extend(repeated(&row, &mut seen));
                rows.push(row);
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    let assumed = table.assumed();
    if problems.is_empty() { Ok(Roster { columns, rows, assumed }) } else { Err(RosterError::Rows(problems)) }
}

fn row(columns: &[Column], record: &Row, region: Region) -> Result<RosterRow, Vec<RowProblem>> {
    let mut draft = Draft::default();
    let mut problems = Vec::new();
    for (&column, text) in columns.iter().zip(record.cells()) {
        let outcome = draft.take(column, text, region);
        problems.extend(outcome.err().map(|problem| RowProblem { line: record.line, column: Some(column), problem }));
    }
    match draft.address.take() {
        Some(address) if problems.is_empty() => Ok(draft.finish(address, record.line)),
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
                let each = text.split(|sign| signs::half_width(sign) == ';').map(signs::trimmed);
                let each = each.filter(|alias| !alias.is_empty());
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
    MailboxAddress::typed(text, "").map_err(|error| error.to_string())
}

/// An empty field is no value.
fn given<T, E: ToString>(text: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Option<T>, String> {
    let text = signs::trimmed(text);
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
    Ok(Some(text.to_owned()).filter(|text| !signs::trimmed(text).is_empty()))
}

fn truth(text: &str) -> Result<bool, &'static str> {
    match signs::plain(text).collect::<String>().to_ascii_lowercase().as_str() {
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
