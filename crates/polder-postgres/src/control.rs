//! What a session and the server say to each other while it lasts: it asks what readers see, the server answers, and says when a
//! statement is to be ended. Lines of JSON, each way.

use std::sync::{Arc, Mutex, PoisonError};

use polder_types::wire::{SessionQuestion, SessionSpec, SessionWord};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Failure;
use crate::error::{Error, Result};

/// The server's end.
pub(crate) struct Control {
    ask: OwnedWriteHalf,
    answers: mpsc::Receiver<SessionWord>,
    pub(crate) interrupt: Interrupt,
}

/// Ends the statement that is being answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<Mutex<CancellationToken>>);

impl Interrupt {
    /// For the next statement: what was said before is not about it.
    pub(crate) fn arm(&self) -> CancellationToken {
        let token = CancellationToken::new();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        token
    }

    fn cancel(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }
}

impl Control {
    /// Listens to the server from now on. Its first line is what the session is.
    pub(crate) async fn open(stream: UnixStream) -> Result<(SessionSpec, Self), Failure> {
        let (read, ask) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let first = lines.next_line().await?.ok_or(Failure::ServerGone)?;
        let (tell, answers) = mpsc::channel(1);
        let interrupt = Interrupt::default();
        tokio::spawn(listen(lines, tell, interrupt.clone()));
        Ok((serde_json::from_str(&first)?, Self { ask, answers, interrupt }))
    }

    /// What readers see now.
    pub(crate) async fn view(&mut self) -> Result<SessionWord> {
        let gone = || Error::fatal("57P01", "the server has ended the session");
        let mut line = serde_json::to_vec(&SessionQuestion::View).map_err(|_| gone())?;
        line.push(b'\n');
        self.ask.write_all(&line).await.map_err(|_| gone())?;
        self.answers.recv().await.ok_or_else(gone)
    }
}

async fn listen(
    mut lines: Lines<BufReader<OwnedReadHalf>>,
    tell: mpsc::Sender<SessionWord>,
    interrupt: Interrupt,
) {
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(SessionWord::Cancel) => interrupt.cancel(),
            Ok(answer) => {
                if tell.send(answer).await.is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
}
