//! A `SQLite` file of another program. Its journal and its schema stay as that program wants them.

use std::time::Duration;

use futures_util::FutureExt;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqlitePoolOptions, SqliteQueryResult, SqliteRow, SqliteStatement,
    SqliteTypeInfo,
};
use sqlx::{Arguments, Connection, Pool, Row, Sqlite, TypeInfo, ValueRef};

use super::address::Target;
use super::cell::Cell;
use super::server::{Dialect, each, to_connect};
use super::settings::SqlSettings;
use super::value::{Parameter, Value, Values, moment_text};

/// The pool. Nothing is opened yet, and nothing is made.
pub(super) fn pool(settings: &SqlSettings, target: &Target, timeout: Duration) -> Pool<Sqlite> {
    let options = SqliteConnectOptions::new()
        .filename(&target.database)
        .create_if_missing(false)
        // Shorter than the time-out, so that a lock is told as one.
        .busy_timeout(timeout.mul_f64(0.8));
    SqlitePoolOptions::new()
        .max_connections(settings.connections)
        .acquire_timeout(to_connect(timeout))
        .before_acquire(|connection, _| std::future::ready(Ok(!connection.is_in_transaction())).boxed())
        .connect_lazy_with(options)
}

impl Dialect for Sqlite {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const ONE_WRITER: bool = true;

    fn arguments(
        _: &SqliteStatement,
        parameters: &[Parameter],
        values: &Values<'_>,
    ) -> Result<SqliteArguments, Parameter> {
        let mut arguments = SqliteArguments::default();
        each(parameters, values, |value| {
            match value {
                Value::Text(text) => arguments.add(text.to_owned()),
                Value::Whole(number) => arguments.add(number),
                Value::Moment(at) => arguments.add(moment_text(at)),
                Value::Null => arguments.add(None::<String>),
            }
            .is_ok()
        })?;
        Ok(arguments)
    }

    fn fits(_: Parameter, _: &SqliteTypeInfo) -> bool {
        true
    }

    fn cell(row: &SqliteRow, index: usize) -> Cell {
        let Ok(value) = row.try_get_raw(index) else { return Cell::Null };
        if value.is_null() {
            return Cell::Null;
        }
        // What it holds counts; what the column was declared as binds nobody.
        let name = value.type_info().name().to_owned();
        let read = match name.as_str() {
            "INTEGER" | "BOOLEAN" => row.try_get_unchecked::<i64, _>(index).ok().map(Cell::Whole),
            _ => row.try_get_unchecked::<String, _>(index).ok().map(Cell::Text),
        };
        read.unwrap_or(Cell::Other(name))
    }

    fn touched(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }
}
