//! A PostgreSQL of the test process's own, from the binaries that Debian installs.
//!
//! It listens on a Unix socket in a temporary folder and nowhere else, and syncs nothing. It is watched by a shell that reads
//! a pipe from this process: when the process ends, however it ends, the pipe closes, and the shell stops the server
//! and deletes the folder. `POLDER_TEST_POSTGRES` (see `tools/with-postgres.sh`) names one that is shared instead.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::Store;

static SERVER: OnceCell<Postgres> = OnceCell::const_new();

/// Starts a server in folder $1 with the binaries in $2, says `ready`, and stops it when its standard input ends.
const WATCH: &str = include_str!("postgres.sh");

/// A running PostgreSQL, with a database that is already migrated and copied for each test.
#[derive(Debug)]
pub struct Postgres {
    /// The address up to the name of a database.
    folder: PathBuf,
    template: String,
    unused: Mutex<Vec<String>>,
    _watch: Option<Child>,
}

/// A database for one test. Dropped, it is deleted when the next is made, or with the server.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
}

impl Postgres {
    /// The server that all tests of this process share, started by the first of them.
    pub async fn of_this_process() -> &'static Self {
        SERVER.get_or_init(Self::start).await
    }

    /// A new database with the newest schema.
    pub async fn database(&self) -> Database {
        let name = format!("polder_{}", Uuid::new_v4().simple());
        let mut admin = self.connect("postgres").await;
        let unused = std::mem::take(&mut *self.unused.lock().expect("no test panics while holding the list"));
        for name in unused {
            execute(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
        execute(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {}", self.template)).await;
        Database { url: self.url(&name), name }
    }

    /// A new database without any table.
    pub async fn empty_database(&self) -> Database {
        let name = format!("polder_{}", Uuid::new_v4().simple());
        execute(&mut self.connect("postgres").await, format!("CREATE DATABASE {name}")).await;
        Database { url: self.url(&name), name }
    }

    async fn start() -> Self {
        let (folder, watch) = match env::var_os("POLDER_TEST_POSTGRES") {
            Some(folder) => (PathBuf::from(folder), None),
            None => {
                let (folder, watch) =
                    tokio::task::spawn_blocking(start_server).await.expect("the starter ends");
                (folder, Some(watch))
            }
        };
        let template = format!("polder_template_{}", Uuid::new_v4().simple());
        let server = Self { folder, template, unused: Mutex::default(), _watch: watch };
        server.make_template().await;
        server
    }

    async fn make_template(&self) {
        execute(&mut self.connect("postgres").await, format!("CREATE DATABASE {}", self.template)).await;
        let store = Store::postgres(&self.url(&self.template)).await.expect("the template migrates");
        store.close().await;
    }

    async fn connect(&self, database: &str) -> PgConnection {
        PgConnection::connect(&self.url(database)).await.expect("the test's PostgreSQL answers")
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }
}

impl Database {
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(server) = SERVER.get() {
            server
                .unused
                .lock()
                .expect("no test panics while holding the list")
                .push(std::mem::take(&mut self.name));
        }
    }
}

async fn execute(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.expect("the test's PostgreSQL obeys");
}

fn start_server() -> (PathBuf, Child) {
    let folder = tempfile::Builder::new()
        .prefix("polder-pg-")
        .tempdir()
        .expect("a temporary folder can be made")
        .keep();
    let mut watch = Command::new("setsid")
        .args(["sh", "-c", WATCH, "postgres.sh"])
        .arg(&folder)
        .arg(binaries())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell starts");
    let mut said = String::new();
    let output = watch.stdout.take().expect("the output is piped");
    BufReader::new(output).read_line(&mut said).expect("the output can be read");
    assert_eq!(said.trim(), "ready", "PostgreSQL does not start: see {}/log", folder.display());
    (folder, watch)
}

/// The newest of Debian's installed versions.
fn binaries() -> PathBuf {
    let root = Path::new("/usr/lib/postgresql");
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .expect("PostgreSQL is installed (apt-get install postgresql)")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().expect("PostgreSQL's server is installed (apt-get install postgresql)").1
}
