//! One way to speak to three kinds of servers.
//!
//! Transactions are begun and ended by statements of ours and not by the library's type for them: whatever is left in the
//! middle, because time ran out or an error came back, ends with its connection closed. The server then takes back
//! what was not committed, and no later request finds a connection in an unknown state.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Database, Either, Error, Executor, IntoArguments, Pool, Row,
    SqlSafeStr, Statement as _, TypeInfo,
};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::cell::Cell;
use super::statement::Statement;
use super::value::{Parameter, Value, Values};

/// Why a request was not answered.
#[derive(Debug)]
pub(super) enum Fault {
    /// What the server or the way to it says.
    Server(Error),
    /// A value cannot be one of the type that the server wants in its place; `:id` of a numeric key is no number.
    Unfit(Parameter),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

/// One row: names of columns in lower case, and what they hold.
pub(super) type Record = Vec<(String, Cell)>;

/// What a server says of a statement without running it.
#[derive(Debug)]
pub(super) struct Described {
    /// Names in lower case and types of what it gives; empty where the server does not say before it runs.
    pub(super) columns: Vec<(String, String)>,
    /// What the server wants in the places of the parameters, where it says; and whether that can be given.
    pub(super) wants: Vec<(String, bool)>,
}

/// What differs between servers.
pub(super) trait Dialect: Database + Sized {
    /// Begins a transaction that will write.
    const BEGIN: &'static str;
    /// Whether writers wait for each other here instead of being refused there.
    const ONE_WRITER: bool;

    /// The values as the arguments of `statement`.
    fn arguments(
        statement: &Self::Statement,
        parameters: &[Parameter],
        values: &Values<'_>,
    ) -> Result<Self::Arguments, Parameter>;

    /// Whether a parameter can be given as what the server wants.
    fn fits(parameter: Parameter, wanted: &Self::TypeInfo) -> bool;

    /// What stands in a column.
    fn cell(row: &Self::Row, index: usize) -> Cell;

    /// Rows that a statement matched, changed or not.
    fn touched(result: &Self::QueryResult) -> u64;
}

/// A pool of connections.
#[async_trait]
pub(super) trait Server: Send + Sync {
    /// A connection from the pool.
    async fn session(&self) -> Result<Box<dyn Session>, Error>;

    /// A connection with a transaction begun on it.
    async fn begin(&self) -> Result<Box<dyn Session>, Error>;

    /// Closes all connections.
    async fn close(&self);
}

/// One connection. Dropped without [`Session::done`] it is closed.
#[async_trait]
pub(super) trait Session: Send {
    async fn describe(&mut self, statement: &Statement) -> Result<Described, Error>;

    /// At most `most` rows; one more tells that there were more.
    async fn rows(&mut self, statement: &Statement, values: &Values<'_>, most: usize) -> Result<Vec<Record>, Fault>;

    /// Runs a statement that gives no rows; how many it touched.
    async fn touch(&mut self, statement: &Statement, values: &Values<'_>) -> Result<u64, Fault>;

    /// A statement of ours without values.
    async fn run(&mut self, sql: &'static str) -> Result<(), Error>;

    /// The first column of the first row of a statement of ours.
    async fn ask(&mut self, sql: &'static str) -> Result<Cell, Error>;

    /// Nothing is under way; the connection may be used again.
    fn done(self: Box<Self>);
}

/// The connections to one server.
pub(super) struct Line<D: Dialect> {
    pool: Pool<D>,
    writers: Arc<Semaphore>,
    /// One handle here, and one in each conversation.
    held: Arc<()>,
    /// Whoever waits long looks for the reason; one after the other.
    looking: Mutex<()>,
}

/// After so long without a connection somebody looks for the reason.
const PATIENCE: Duration = Duration::from_millis(300);

impl<D: Dialect> Line<D> {
    pub(super) fn over(pool: Pool<D>) -> Self {
        let writers = if D::ONE_WRITER { 1 } else { Semaphore::MAX_PERMITS };
        let writers = Arc::new(Semaphore::new(writers));
        Self { pool, writers, held: Arc::default(), looking: Mutex::default() }
    }

    async fn conversation(&self, turn: Option<OwnedSemaphorePermit>) -> Result<Conversation<D>, Error> {
        let seen = OnceLock::new();
        let outcome = tokio::select! {
            biased;
            outcome = self.pool.acquire() => outcome,
            error = self.refusal(&seen) => Err(error),
        };
        let connection = match outcome {
            Err(Error::PoolTimedOut) => return Err(seen.into_inner().unwrap_or(Error::PoolTimedOut)),
            outcome => outcome?,
        };
        Ok(Conversation { connection: Some(connection), _turn: turn, _held: Arc::clone(&self.held) })
    }

    /// What a server says that takes no connection. The pool takes that for a server that is starting, tries until its time
    /// is up, and then tells of the time alone. Ends where nobody listens; what a server says that is there, and has no place
    /// for now, is only kept in `seen`.
    async fn refusal(&self, seen: &OnceLock<Error>) -> Error {
        let options = self.pool.options();
        tokio::time::sleep(PATIENCE.min(options.get_acquire_timeout() / 4)).await;
        let _alone = self.looking.lock().await;
        let alive = Arc::strong_count(&self.held) - 1 + self.pool.num_idle();
        // Where all are at work there is a server, and one connection more would be too many.
        if u32::try_from(alive).is_ok_and(|alive| alive < options.get_max_connections()) {
            match self.pool.connect_options().connect().await {
                Err(error @ Error::Io(_)) => return error,
                Err(error) => drop(seen.set(error)),
                // A courtesy.
                Ok(connection) => drop(connection.close().await),
            }
        }
        std::future::pending().await
    }
}

struct Conversation<D: Dialect> {
    /// Taken only when it ends.
    connection: Option<PoolConnection<D>>,
    _turn: Option<OwnedSemaphorePermit>,
    _held: Arc<()>,
}

impl<D: Dialect> Conversation<D> {
    fn connection(&mut self) -> Result<&mut D::Connection, Error> {
        self.connection.as_deref_mut().ok_or(Error::PoolClosed)
    }
}

impl<D: Dialect> Drop for Conversation<D> {
    fn drop(&mut self) {
        // Taken out of the pool first, so that its place is free at once, also when the server does not answer.
        drop(self.connection.take().map(PoolConnection::detach));
    }
}

#[async_trait]
impl<D: Dialect> Server for Line<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
{
    async fn session(&self) -> Result<Box<dyn Session>, Error> {
        Ok(Box::new(self.conversation(None).await?))
    }

    async fn begin(&self) -> Result<Box<dyn Session>, Error> {
        let turn = Arc::clone(&self.writers).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
        let mut session = self.conversation(Some(turn)).await?;
        session.run(D::BEGIN).await?;
        Ok(Box::new(session))
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

#[async_trait]
impl<D: Dialect> Session for Conversation<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
{
    async fn describe(&mut self, statement: &Statement) -> Result<Described, Error> {
        let prepared = prepare(self.connection()?, statement).await?;
        let columns = prepared.columns().iter();
        let columns = columns.map(|one| (one.name().to_lowercase(), one.type_info().name().to_owned()));
        let wants = match prepared.parameters() {
            Some(Either::Left(types)) => statement
                .parameters
                .iter()
                .zip(types)
                .map(|(parameter, wanted)| (wanted.name().to_owned(), D::fits(*parameter, wanted)))
                .collect(),
            _ => Vec::new(),
        };
        Ok(Described { columns: columns.collect(), wants })
    }

    async fn rows(&mut self, statement: &Statement, values: &Values<'_>, most: usize) -> Result<Vec<Record>, Fault> {
        let connection = self.connection()?;
        let prepared = prepare(connection, statement).await?;
        let arguments = D::arguments(&prepared, &statement.parameters, values).map_err(Fault::Unfit)?;
        let mut found = Vec::new();
        {
            let mut rows = connection.fetch(prepared.query_with(arguments));
            while let Some(row) = rows.try_next().await? {
                found.push(record::<D>(&row));
                if found.len() > most {
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn touch(&mut self, statement: &Statement, values: &Values<'_>) -> Result<u64, Fault> {
        let connection = self.connection()?;
        let prepared = prepare(connection, statement).await?;
        let arguments = D::arguments(&prepared, &statement.parameters, values).map_err(Fault::Unfit)?;
        let result = connection.execute(prepared.query_with(arguments)).await?;
        Ok(D::touched(&result))
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), Error> {
        self.connection()?.execute(sqlx::raw_sql(sql)).await.map(|_| ())
    }

    async fn ask(&mut self, sql: &'static str) -> Result<Cell, Error> {
        let row = self.connection()?.fetch_one(sqlx::raw_sql(sql)).await?;
        Ok(D::cell(&row, 0))
    }

    fn done(mut self: Box<Self>) {
        // Dropped as what it is, it goes back to the pool.
        drop(self.connection.take());
    }
}

/// Prepared once for each connection; after that the connection remembers.
async fn prepare<D: Dialect>(connection: &mut D::Connection, statement: &Statement) -> Result<D::Statement, Error>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    // The text is the operator's; values are bound.
    connection.prepare(AssertSqlSafe(Arc::clone(&statement.sql)).into_sql_str()).await
}

fn record<D: Dialect>(row: &D::Row) -> Record {
    let columns = row.columns().iter().enumerate();
    columns.map(|(index, column)| (column.name().to_lowercase(), D::cell(row, index))).collect()
}

/// A little less than a request may take, so that a server that is not there is told as one.
pub(super) fn to_connect(timeout: Duration) -> Duration {
    timeout.mul_f64(0.9)
}

/// For dialects that bind by the kind of a value alone.
pub(super) fn each(
    parameters: &[Parameter],
    values: &Values<'_>,
    mut bind: impl FnMut(Value<'_>) -> bool,
) -> Result<(), Parameter> {
    parameters.iter().try_for_each(|one| if bind(values.of(*one)) { Ok(()) } else { Err(*one) })
}
