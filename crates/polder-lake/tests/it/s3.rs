//! The same on S3, spoken by a server of its own: moto, from PyPI.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use polder_lake::operations::Note;
use polder_lake::{Error, Intent, Kept, Lake, Limits, Line, Pin, StorageOptions, View};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::bench::{branch, ids, name, now, occasion, rows, table_in};

/// An S3 with an empty bucket `lake`; it ends when this is dropped.
struct Server {
    _process: Child,
    address: String,
}

impl Server {
    async fn start() -> Self {
        let mut process = Command::new(program())
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("moto_server starts: `make install-test` installs it");
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap().expect("it says where it listens");
            if let Some((_, address)) = line.split_once("Running on http://") {
                break address.trim().to_owned();
            }
        };
        // What it logs later must go somewhere, or it stops when the pipe is full.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let server = Self { _process: process, address };
        server.put("/lake").await;
        server
    }

    async fn put(&self, path: &str) {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = format!(
            "PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn lake(&self) -> Lake {
        let options = [
            ("aws_access_key_id", "test"),
            ("aws_secret_access_key", "test"),
            ("aws_region", "eu-central-1"),
            ("aws_allow_http", "true"),
            ("aws_endpoint", &format!("http://{}", self.address)),
        ];
        let options = StorageOptions::new(options.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Lake::open("s3://lake/of/ours", &options).unwrap()
    }
}

/// Where `make` puts it, or what the environment says.
fn program() -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.demo/venv/bin/moto_server");
    std::env::var_os("POLDER_TEST_MOTO").map_or(made, PathBuf::from)
}

#[tokio::test]
async fn a_lake_may_be_in_a_bucket() {
    let server = Server::start().await;
    let lake = server.lake();
    let main = table_in(&lake, "raw.Orders", &Line::main(), 1..=3).await;
    let (ours, _) =
        main.branch(branch("run")).await.unwrap().append(rows([4]), &Note::default()).await.unwrap();
    let (ours, _) = ours.overwrite(rows([5, 6]), now(), &Note::default()).await.unwrap();
    assert_eq!(ids(&lake.table(&name("raw.Orders"), &Line::main(), None).await.unwrap()).await, [1, 2, 3]);

    let staged = lake.stage(&ours, &occasion("p1")).await.unwrap().unwrap();
    let intent = Intent { publish: "p1".to_owned(), tables: vec![staged] };
    lake.complete(&intent).await.unwrap();
    lake.complete(&intent).await.unwrap();
    let published = lake.table(&name("raw.Orders"), &Line::main(), None).await.unwrap();
    assert_eq!((ids(&published).await, published.version()), (vec![5, 6], 2));
    assert_eq!(lake.tables().await.unwrap(), [name("raw.Orders")]);

    let view: View = [(name("raw.Orders"), Pin { line: Line::main(), version: 2 })].into_iter().collect();
    let session = lake.session(&view, &Limits::default()).unwrap();
    let answer = session.query("SELECT sum(id) AS n FROM raw.orders").await.unwrap();
    let batches: Vec<_> = futures::TryStreamExt::try_collect(answer).await.unwrap();
    assert_eq!(batches[0].column(0).as_ref(), &deltalake::arrow::array::Int64Array::from(vec![11]));
}

#[tokio::test]
async fn of_two_who_write_one_version_one_is_told() {
    let server = Server::start().await;
    let lake = server.lake();
    let main = table_in(&lake, "raw.orders", &Line::main(), [1]).await;
    let (ours, _) =
        main.branch(branch("run")).await.unwrap().append(rows([2]), &Note::default()).await.unwrap();
    let staged = lake.stage(&ours, &occasion("p1")).await.unwrap().unwrap();
    main.append(rows([3]), &Note::default()).await.unwrap();
    let intent = Intent { publish: "p1".to_owned(), tables: vec![staged] };
    let foreign = lake.complete(&intent).await.unwrap_err();
    assert!(matches!(foreign, Error::Foreign { version: 2, .. }), "{foreign}");
}

#[tokio::test]
async fn what_nobody_needs_is_deleted_from_the_bucket() {
    let server = Server::start().await;
    let lake = server.lake();
    let (table, _) = table_in(&lake, "raw.orders", &Line::main(), [1])
        .await
        .overwrite(rows([2]), now(), &Note::default())
        .await
        .unwrap();
    let mut kept = Kept::since(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    kept.keep(&name("raw.orders"), &Pin { line: Line::main(), version: table.version() });
    table.branch(branch("run")).await.unwrap().append(rows([3]), &Note::default()).await.unwrap();
    let vacuumed = lake.vacuum(&kept, false).await.unwrap();
    let garbage = vacuumed[0].garbage.as_ref().unwrap();
    assert_eq!((garbage.files(), garbage.branches()), (3, 1), "two data files, and the log of the branch");
    assert_eq!(ids(&table).await, [2]);
}
