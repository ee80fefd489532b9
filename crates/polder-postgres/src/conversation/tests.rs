//! A session between a client and a server that are played here.

use polder_types::lake::View;
use polder_types::wire::{QueryLimits, ServerWord, SessionKey, SessionSpec};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

struct Played {
    client: UnixStream,
    session: JoinHandle<Result<(), crate::Failure>>,
    _lake: TempDir,
}

fn spec(lake: &TempDir, view_seconds: u64) -> SessionSpec {
    SessionSpec {
        lake: format!("file://{}", lake.path().display()),
        database: "prod".to_owned(),
        user: "me".to_owned(),
        settings: std::collections::BTreeMap::new(),
        key: SessionKey { id: 1, secret: 2 },
        limits: QueryLimits { memory: 256 << 20, disk: 1 << 30, threads: 1, rows: 1_000 },
        statement_seconds: 600,
        idle_seconds: 600,
        view_seconds,
    }
}

/// Answers each question with an empty view.
async fn serve(stream: UnixStream, spec: SessionSpec) {
    let mut stream = BufReader::new(stream);
    let mut word = serde_json::to_string(&spec).unwrap();
    loop {
        stream.write_all(format!("{word}\n").as_bytes()).await.unwrap();
        let mut question = String::new();
        if stream.read_line(&mut question).await.unwrap() == 0 {
            return;
        }
        word = serde_json::to_string(&ServerWord::View { view: View::default(), branch: None }).unwrap();
    }
}

impl Played {
    fn begin(view_seconds: u64) -> Self {
        let lake = TempDir::new().unwrap();
        let ((client, its_client), (server, its_server)) =
            (UnixStream::pair().unwrap(), UnixStream::pair().unwrap());
        tokio::spawn(serve(server, spec(&lake, view_seconds)));
        let session = tokio::spawn(Box::pin(crate::run(its_client, its_server)));
        Self { client, session, _lake: lake }
    }

    async fn say(&mut self, text: &str) {
        let length = u32::try_from(text.len() + 5).unwrap();
        let message = [b"Q", &length.to_be_bytes()[..], text.as_bytes(), b"\0"].concat();
        self.client.write_all(&message).await.unwrap();
    }

    /// All that it still says until it hangs up.
    async fn end(mut self) -> (String, Result<(), crate::Failure>) {
        let mut said = Vec::new();
        self.client.read_to_end(&mut said).await.unwrap();
        (String::from_utf8_lossy(&said).into_owned(), self.session.await.unwrap())
    }
}

#[tokio::test]
async fn a_transaction_that_is_open_for_too_long_is_ended() {
    let mut played = Played::begin(1);
    played.say("BEGIN; SELECT 1").await;
    let (said, ended) = played.end().await;
    assert!(said.contains("SELECT 1") && said.contains("C25P04"), "{said}");
    assert!(matches!(ended, Err(crate::Failure::Ended(why)) if why.contains("transaction")));
}

#[tokio::test]
async fn a_statement_takes_no_longer_than_its_view_is_kept() {
    let mut played = Played::begin(1);
    let endless = "SELECT count(*) FROM generate_series(1, 9000000) a, generate_series(1, 9000000) b";
    played.say(&format!("BEGIN; SELECT 1; {endless}")).await;
    let (said, _) = played.end().await;
    let told = said.split("C57014").nth(1).expect("it was ended");
    assert!(told.contains("the statement was ended after ") && !told.contains("600000 ms"), "{told}");
    assert!(told.contains("C25P04"), "and its transaction after it: {told}");
}
