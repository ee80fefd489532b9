//! What a session and the server say to each other while it lasts: it asks what readers see, the server answers, and says when a
//! statement is to be ended.

use std::sync::{Arc, Mutex, PoisonError};

use polder_types::wire::{ServerQuestion, ServerWord, SessionSpec};
use polder_work::Asking;
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;

use crate::Failure;
use crate::error::{Error, Result};

/// The server's end.
pub(crate) struct Control {
    pub(crate) asking: Asking,
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
        let interrupt = Interrupt::default();
        let ends = interrupt.clone();
        let (spec, asking) = Asking::open(stream, move || ends.cancel()).await?;
        Ok((spec, Self { asking, interrupt }))
    }

    /// What readers see now.
    pub(crate) async fn view(&self) -> Result<ServerWord> {
        let gone = || Error::fatal("57P01", "the server has ended the session");
        self.asking.ask(ServerQuestion::View).await.ok_or_else(gone)
    }
}
