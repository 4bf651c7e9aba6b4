//! PostgreSQL: every value goes as the type that the server wants in its place.

use std::time::Duration;

use jiff::civil::date;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{
    PgArgumentBuffer, PgArguments, PgConnectOptions, PgPoolOptions, PgQueryResult, PgRow, PgSslMode, PgStatement,
    PgTypeInfo, PgValueRef,
};
use sqlx::{Arguments, Either, Executor, Pool, Postgres, Row, Statement, Type, TypeInfo, ValueRef};

use super::address::Target;
use super::cell::{self, Cell};
use super::server::{Dialect, to_connect};
use super::settings::SqlSettings;
use super::value::{Parameter, Value, Values, moment_text};

/// 2000-01-01, from where PostgreSQL counts, in seconds since 1970.
const EPOCH_SECS: i64 = 946_684_800;

/// The pool. Nothing is connected yet.
pub(super) fn pool(settings: &SqlSettings, target: &Target, timeout: Duration) -> Pool<Postgres> {
    // Nothing is taken from ~/.pgpass; what the environment could say is set below.
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&target.host)
        .port(target.port)
        .username(&target.user)
        .database(&target.database)
        .application_name("resetgate");
    if let Some(password) = settings.password() {
        options = options.password(password);
    }
    options = match (&target.socket, settings.ca_file()) {
        (Some(socket), _) => options.socket(socket).ssl_mode(PgSslMode::Disable),
        (None, Some(file)) => options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(file),
        (None, None) if target.is_local() => options.ssl_mode(PgSslMode::Disable),
        (None, None) => options.ssl_mode(PgSslMode::VerifyFull),
    };
    // Moments are UTC, also those that a statement writes as text. And what nobody waits for any more shall not hold locks
    // on the server either, nor shall a transaction whose client went away without a word.
    let sets = format!(
        "SET TIME ZONE 'UTC'; SET statement_timeout = {0}; SET idle_in_transaction_session_timeout = {0}",
        timeout.as_millis()
    );
    PgPoolOptions::new()
        .max_connections(settings.connections)
        .acquire_timeout(to_connect(timeout))
        .after_connect(move |connection, _| {
            let sets = sqlx::AssertSqlSafe(sets.clone());
            Box::pin(async move { connection.execute(sqlx::raw_sql(sets)).await.map(|_| ()) })
        })
        .connect_lazy_with(options)
}

impl Dialect for Postgres {
    const BEGIN: &'static str = "BEGIN";
    const ONE_WRITER: bool = false;

    fn arguments(
        statement: &PgStatement,
        parameters: &[Parameter],
        values: &Values<'_>,
    ) -> Result<PgArguments, Parameter> {
        let types = match statement.parameters() {
            Some(Either::Left(types)) => types,
            _ => &[],
        };
        let mut arguments = PgArguments::default();
        for (parameter, wanted) in parameters.iter().zip(types) {
            let bytes = match values.of(*parameter) {
                Value::Null => None,
                value => Some(encoded(value, wanted.name()).ok_or(*parameter)?),
            };
            arguments.add(Raw { wanted: wanted.clone(), bytes }).map_err(|_| *parameter)?;
        }
        Ok(arguments)
    }

    fn fits(parameter: Parameter, wanted: &PgTypeInfo) -> bool {
        let example = match parameter {
            Parameter::Now | Parameter::Expires | Parameter::Until => {
                Value::Moment(crate::domain::Timestamp::from_millis(0))
            }
            Parameter::Id => return encoded(Value::Text("1"), wanted.name()).is_some() || wanted.name() == "UUID",
            Parameter::NowSeconds
            | Parameter::NowMillis
            | Parameter::ExpiresSeconds
            | Parameter::ExpiresMillis
            | Parameter::UntilSeconds
            | Parameter::UntilMillis
            | Parameter::Limit => Value::Whole(0),
            _ => return matches!(kind(wanted.name()), Kind::Text),
        };
        encoded(example, wanted.name()).is_some()
    }

    fn cell(row: &PgRow, index: usize) -> Cell {
        let Ok(value) = row.try_get_raw(index) else { return Cell::Null };
        if value.is_null() {
            return Cell::Null;
        }
        decoded(&value, index, row)
    }

    fn touched(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }
}

/// What a type is to us.
enum Kind {
    Text,
    Whole(usize),
    Real,
    Truth,
    Moment,
    Day,
    Uuid,
    Other,
}

fn kind(name: &str) -> Kind {
    match name {
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" => Kind::Text,
        // An extension's type, whose bytes are its text.
        name if name.eq_ignore_ascii_case("citext") => Kind::Text,
        "INT2" => Kind::Whole(2),
        "INT4" => Kind::Whole(4),
        "INT8" => Kind::Whole(8),
        "FLOAT8" => Kind::Real,
        "BOOL" => Kind::Truth,
        "TIMESTAMP" | "TIMESTAMPTZ" => Kind::Moment,
        "DATE" => Kind::Day,
        "UUID" => Kind::Uuid,
        _ => Kind::Other,
    }
}

/// The value in the binary form of the type; `None` where it cannot be one.
fn encoded(value: Value<'_>, wanted: &str) -> Option<Vec<u8>> {
    let whole = |number: i64, bytes: usize| match bytes {
        2 => i16::try_from(number).ok().map(|number| number.to_be_bytes().to_vec()),
        4 => i32::try_from(number).ok().map(|number| number.to_be_bytes().to_vec()),
        _ => Some(number.to_be_bytes().to_vec()),
    };
    match (value, kind(wanted)) {
        // There is no such text for PostgreSQL, so nothing can be called so.
        (Value::Text(text), Kind::Text) => (!text.contains('\0')).then(|| text.as_bytes().to_vec()),
        (Value::Text(text), Kind::Whole(bytes)) => {
            let number: i64 = text.parse().ok()?;
            // Not `007` or `+7`: two texts must not be one key.
            if number.to_string() == text { whole(number, bytes) } else { None }
        }
        (Value::Text(text), Kind::Uuid) => {
            let hex: String = text.chars().filter(|sign| *sign != '-').collect();
            let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok().filter(|bytes| bytes.len() == 16)?;
            (uuid_text(&bytes) == text).then_some(bytes)
        }
        (Value::Whole(number), Kind::Whole(bytes)) => whole(number, bytes),
        (Value::Whole(number), Kind::Text) => Some(number.to_string().into_bytes()),
        #[expect(clippy::cast_precision_loss, reason = "seconds and milliseconds of this age have less than 53 bits")]
        (Value::Whole(number), Kind::Real) => Some((number as f64).to_be_bytes().to_vec()),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age have less than 53 bits")]
        (Value::Moment(at), Kind::Real) => Some((at.as_millis() as f64 / 1_000.0).to_be_bytes().to_vec()),
        (Value::Moment(at), Kind::Moment) => {
            let micros = at.as_millis().checked_sub(EPOCH_SECS * 1_000)?.checked_mul(1_000)?;
            Some(micros.to_be_bytes().to_vec())
        }
        (Value::Moment(at), Kind::Day) => {
            let days = (at.as_secs() - EPOCH_SECS).div_euclid(86_400);
            i32::try_from(days).ok().map(|days| days.to_be_bytes().to_vec())
        }
        (Value::Moment(at), Kind::Text) => Some((moment_text(at) + "+00").into_bytes()),
        _ => None,
    }
}

fn decoded(value: &PgValueRef<'_>, index: usize, row: &PgRow) -> Cell {
    let info = value.type_info();
    let name = info.name();
    let other = || Cell::Other(name.to_owned());
    if name.ends_with("[]") {
        return row
            .try_get_unchecked::<Vec<Option<String>>, _>(index)
            .map_or_else(|_| other(), |texts| Cell::Texts(texts.into_iter().flatten().collect()));
    }
    let Ok(bytes) = value.as_bytes() else { return other() };
    // Answers to statements of ours without values come as text.
    if value.format() == sqlx::postgres::PgValueFormat::Text {
        return String::from_utf8(bytes.to_vec()).map_or_else(|_| other(), Cell::Text);
    }
    let wide = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes).ok();
    let read = match kind(name) {
        Kind::Whole(2) => bytes.try_into().map(i16::from_be_bytes).ok().map(i64::from).map(Cell::Whole),
        Kind::Whole(4) => bytes.try_into().map(i32::from_be_bytes).ok().map(i64::from).map(Cell::Whole),
        Kind::Whole(_) => wide(bytes).map(Cell::Whole),
        Kind::Truth => Some(Cell::Truth(bytes == [1])),
        Kind::Moment => wide(bytes).map(|micros| cell::since(micros, EPOCH_SECS).map_or(Cell::Null, Cell::Moment)),
        Kind::Day => bytes.try_into().map(i32::from_be_bytes).ok().map(|days| {
            let days = jiff::Span::new().try_days(days);
            days.ok().and_then(|days| date(2000, 1, 1).checked_add(days).ok()).map_or(Cell::Null, Cell::Day)
        }),
        Kind::Uuid => Some(Cell::Text(uuid_text(bytes))),
        // An enumeration's bytes are its text, too.
        Kind::Text | Kind::Other if matches!(kind(name), Kind::Text) || is_enumeration(&info) => {
            String::from_utf8(bytes.to_vec()).ok().map(Cell::Text)
        }
        Kind::Text | Kind::Other | Kind::Real => None,
    };
    read.unwrap_or_else(other)
}

fn is_enumeration(info: &PgTypeInfo) -> bool {
    matches!(info.kind(), sqlx::postgres::PgTypeKind::Enum(_))
}

fn uuid_text(bytes: &[u8]) -> String {
    let hex = data_encoding::HEXLOWER.encode(bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Bytes of whatever type the server wants.
struct Raw {
    wanted: PgTypeInfo,
    bytes: Option<Vec<u8>>,
}

impl Type<Postgres> for Raw {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Raw {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.wanted.clone())
    }
}
