//! The two databases behind one type, and how to write a query that runs on both.
//!
//! ```ignore
//! use crate::{Error, Result, Store, Tx};
//!
//! #[derive(sqlx::FromRow)]
//! struct Row {
//!     id: Uuid,                     // uuid, BLOB
//!     name: String,                 // TEXT
//!     created_at: DateTime<Utc>,    // timestamptz, TEXT
//!     labels: Json<Labels>,         // jsonb, TEXT   (sqlx::types::Json)
//!     definition: JsonText<Value>,  // TEXT, TEXT    (keeps the order of keys)
//!     paused: bool,                 // boolean, BOOLEAN
//!     number: i64,                  // bigint, INTEGER (never i32: both databases answer 64 bits)
//! }
//!
//! // Part of a larger transaction: takes the transaction.
//! pub async fn insert(tx: &mut Tx, id: ThingId, name: &str) -> Result<()> {
//!     let sql = "INSERT INTO things (id, name) VALUES ($1, $2)";
//!     execute!(tx, sqlx::query(sql).bind(id.0).bind(name))?; // the number of rows changed
//!     Ok(())
//! }
//!
//! impl Store {
//!     // On its own: opens one. `read()` is a consistent snapshot, `begin()` may write.
//!     pub async fn thing(&self, id: ThingId) -> Result<Row> {
//!         let mut tx = self.read().await?;
//!         on!(tx, |c| sqlx::query_as::<_, Row>("SELECT * FROM things WHERE id = $1").bind(id.0).fetch_one(c))
//!     }
//!
//!     pub async fn add_thing(&self, id: ThingId, name: &str) -> Result<()> {
//!         let mut tx = self.begin().await?;
//!         insert(&mut tx, id, name).await?;
//!         tx.commit().await
//!     }
//! }
//! ```
//!
//! Rules that keep one text valid on both: `$1` placeholders; `bind(id.0)`; `bind(text)` with `String` or `&str`;
//! `RETURNING`, `ON CONFLICT (…) DO UPDATE SET x = excluded.x`, `LIMIT $n` with an `i64`; compare times only with bound
//! times; `count(*)` is an `i64`; `COALESCE`, not `IFNULL`; rows values `(a, b) < ($1, $2)` work on both; no `::casts`, no `now()`,
//! no `FOR UPDATE` (see [`Tx::lock`]); `LIKE` differs in case: search on a column that is stored in lower case.
//!
//! A transaction that is dropped is rolled back.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::{Error, Result, migrate};

/// Runs one sqlx expression on whichever database the transaction belongs to: `on!(tx, |c| query.fetch_all(c))`.
///
/// `tx` is a `Tx` or `&mut Tx`; the expression is a future, and is awaited. Its sqlx error becomes this crate's.
/// The query is made inside the macro, once for each database: one made before it would belong to one of them.
macro_rules! on {
    ($tx:expr, |$connection:ident| $query:expr) => {
        match $tx.connection() {
            $crate::database::Connection::Sqlite($connection) => $query.await,
            $crate::database::Connection::Postgres($connection) => $query.await,
        }
        .map_err($crate::Error::from)
    };
}

/// Runs a statement without an answer on either database: `execute!(tx, query)` is the number of rows it changed, a `u64`.
macro_rules! execute {
    ($tx:expr, $query:expr) => {
        match $tx.connection() {
            $crate::database::Connection::Sqlite(c) => {
                $query.execute(c).await.map(|done| done.rows_affected())
            }
            $crate::database::Connection::Postgres(c) => {
                $query.execute(c).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::Error::from)
    };
}

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
const READ_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("sqlite", path)) => Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err(Error::Address(text.split('@').next_back().unwrap_or_default().to_owned())),
        }
    }
}

/// Does not show the address of a PostgreSQL: it may hold a password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

/// The database, opened and migrated. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One connection writes, so that writers queue here and not at SQLite's lock; several read beside it.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    pub async fn open(url: &DatabaseUrl) -> Result<Self> {
        let store = Self::connect(url).await?;
        migrate::run(&store).await?;
        Ok(store)
    }

    pub async fn sqlite(path: impl AsRef<Path>) -> Result<Self> {
        Self::open(&DatabaseUrl::Sqlite(path.as_ref().to_owned())).await
    }

    pub async fn postgres(url: &str) -> Result<Self> {
        Self::open(&DatabaseUrl::Postgres(url.to_owned())).await
    }

    /// A transaction that may write. On SQLite there is one at a time; on PostgreSQL it reads committed rows, so take a
    /// [`Tx::lock`] before reading what is decided upon.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Inner::Postgres(begin_postgres(pool, "BEGIN").await?),
        }))
    }

    /// A transaction that only reads, all of it from one consistent snapshot. Waits for no writer.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx(match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Inner::Postgres(begin_postgres(pool, READ_POSTGRES).await?),
        }))
    }

    /// Answers if the database does.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        execute!(tx, sqlx::query("SELECT 1"))?;
        Ok(())
    }

    /// Waits for open transactions, then closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Opens without migrating.
    pub(crate) async fn connect(url: &DatabaseUrl) -> Result<Self> {
        let pools = match url {
            DatabaseUrl::Sqlite(path) => connect_sqlite(path).await?,
            DatabaseUrl::Postgres(url) => connect_postgres(url).await?,
        };
        Ok(Self { pools })
    }
}

async fn connect_sqlite(path: &Path) -> Result<Pools> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256);
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    // The writer comes first: it makes the file and switches it to WAL.
    let writer = pool(1).connect_with(options.clone().create_if_missing(true)).await?;
    let readers = pool(READERS).connect_with(options.pragma("query_only", "on")).await?;
    Ok(Pools::Sqlite { writer, readers })
}

async fn connect_postgres(url: &str) -> Result<Pools> {
    let options = PgConnectOptions::from_str(url)?.application_name("polder").statement_cache_capacity(256);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await?;
    Ok(Pools::Postgres(pool))
}

/// Begins in a task of its own, which goes on when the caller goes away: a `BEGIN` that is given up between the question and
/// the answer would leave a transaction open that sqlx knows nothing of, in a connection that goes back to the pool.
async fn begin_postgres(pool: &PgPool, statement: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
}

/// An open transaction on either database. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What a query runs on; for the macro `on!`.
pub(crate) enum Connection<'t> {
    Sqlite(&'t mut SqliteConnection),
    Postgres(&'t mut PgConnection),
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<()> {
        match self.0 {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Keeps other transactions that lock the same thing waiting until this one ends; what is read afterwards is what they
    /// committed. On SQLite nothing is to be done: there is one writer.
    pub async fn lock(&mut self, kind: &str, id: impl Display + Send) -> Result<()> {
        if let Inner::Postgres(tx) = &mut self.0 {
            sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind(format!("{kind} {id}"))
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Inner::Postgres(_))
    }

    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match &mut self.0 {
            Inner::Sqlite(tx) => Connection::Sqlite(tx),
            Inner::Postgres(tx) => Connection::Postgres(tx),
        }
    }
}
