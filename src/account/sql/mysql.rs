//! MariaDB and MySQL.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use sqlx::mysql::{
    MySqlArguments, MySqlConnectOptions, MySqlPoolOptions, MySqlQueryResult, MySqlRow, MySqlSslMode, MySqlStatement,
    MySqlTypeInfo,
};
use sqlx::{Arguments, Executor, MySql, Pool, Row, TypeInfo, ValueRef};

use super::address::Target;
use super::cell::Cell;
use super::server::{Dialect, each, to_connect};
use super::settings::SqlSettings;
use super::value::{Parameter, Value, Values, moment_text};

/// The pool. Nothing is connected yet.
pub(super) fn pool(settings: &SqlSettings, target: &Target, timeout: Duration) -> Pool<MySql> {
    let mut options = MySqlConnectOptions::new()
        .host(&target.host)
        .port(target.port)
        .username(&target.user)
        .database(&target.database)
        // `||` stays what the operator's server makes of it.
        .pipes_as_concat(false);
    if let Some(password) = settings.password() {
        options = options.password(password);
    }
    options = match (&target.socket, settings.ca_file()) {
        (Some(socket), _) => options.socket(socket).ssl_mode(MySqlSslMode::Disabled),
        (None, Some(file)) => options.ssl_mode(MySqlSslMode::VerifyIdentity).ssl_ca(file),
        (None, None) if target.is_local() => options.ssl_mode(MySqlSslMode::Disabled),
        (None, None) => options.ssl_mode(MySqlSslMode::VerifyIdentity),
    };
    // Strict: a hash that is too long for its column must be an error and not a shorter hash. And what nobody waits for any
    // more shall not wait for locks either.
    let sets = format!(
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), innodb_lock_wait_timeout = {}",
        timeout.as_secs().max(1)
    );
    MySqlPoolOptions::new()
        .max_connections(settings.connections)
        .acquire_timeout(to_connect(timeout))
        .after_connect(move |connection, _| {
            let sets = sqlx::AssertSqlSafe(sets.clone());
            Box::pin(async move { connection.execute(sqlx::raw_sql(sets)).await.map(|_| ()) })
        })
        .connect_lazy_with(options)
}

impl Dialect for MySql {
    const BEGIN: &'static str = "START TRANSACTION";
    const ONE_WRITER: bool = false;

    fn arguments(
        _: &MySqlStatement,
        parameters: &[Parameter],
        values: &Values<'_>,
    ) -> Result<MySqlArguments, Parameter> {
        let mut arguments = MySqlArguments::default();
        each(parameters, values, |value| {
            match value {
                Value::Text(text) => arguments.add(text),
                Value::Whole(number) => arguments.add(number),
                Value::Moment(at) => arguments.add(moment_text(at)),
                Value::Null => arguments.add(None::<String>),
            }
            .is_ok()
        })?;
        Ok(arguments)
    }

    fn fits(_: Parameter, _: &MySqlTypeInfo) -> bool {
        true
    }

    fn cell(row: &MySqlRow, index: usize) -> Cell {
        let Ok(value) = row.try_get_raw(index) else { return Cell::Null };
        if value.is_null() {
            return Cell::Null;
        }
        let name = value.type_info().name().to_owned();
        let read = match name.as_str() {
            "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => {
                row.try_get_unchecked::<i64, _>(index).ok().map(Cell::Whole)
            }
            "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED" | "BIGINT UNSIGNED"
            | "YEAR" | "BIT" => {
                let number = row.try_get_unchecked::<u64, _>(index).ok();
                number.and_then(|number| i64::try_from(number).ok()).map(Cell::Whole)
            }
            "DATETIME" | "TIMESTAMP" | "DATE" => {
                row.try_get_unchecked::<Vec<u8>, _>(index).ok().and_then(|bytes| moment(&bytes, name == "DATE"))
            }
            // Texts, whatever their collation; a binary column may hold text as well.
            _ => row
                .try_get_unchecked::<Vec<u8>, _>(index)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .map(Cell::Text),
        };
        read.unwrap_or(Cell::Other(name))
    }

    fn touched(result: &MySqlQueryResult) -> u64 {
        // Rows that matched: the library asks the server for CLIENT_FOUND_ROWS.
        result.rows_affected()
    }
}

/// Year, month, day, and where they are not zero hour, minute, second and microseconds, after a byte that says how many
/// bytes these are. The date of zeros that old tables keep has none of them, or is no day: it is no moment.
fn moment(bytes: &[u8], only_day: bool) -> Option<Cell> {
    let (length, bytes) = bytes.split_first()?;
    if usize::from(*length) != bytes.len() {
        return None;
    }
    let [year_low, year_high, month, day, time @ ..] = bytes else { return Some(Cell::Null) };
    let year = i16::from_le_bytes([*year_low, *year_high]);
    let Ok(day) = Date::new(year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?) else {
        // A year without its day is something, only no day.
        return (year == 0).then_some(Cell::Null);
    };
    if only_day {
        return Some(Cell::Day(day));
    }
    let at = |index: usize| time.get(index).copied().map_or(Ok(0), i8::try_from).ok();
    let micros = time.get(3..7).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let nanos = i32::try_from(micros).ok()?.checked_mul(1_000)?;
    let at = DateTime::new(day.year(), day.month(), day.day(), at(0)?, at(1)?, at(2)?, nanos).ok()?;
    // Sessions are in UTC, so this is what a TIMESTAMP is, and what a DATETIME is taken for.
    Some(Cell::Text(at.to_string()))
}
