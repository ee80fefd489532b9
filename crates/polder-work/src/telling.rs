use std::sync::Mutex;
use std::time::{Duration, Instant};

use polder_types::wire::Checks;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Result;
use crate::server::Server;

/// How often the server is told, while there is news.
const EVERY: Duration = Duration::from_secs(1);

/// Tells the server what became of models and tests so far. Work does not wait for that, and goes on if the server cannot be told.
pub struct Telling {
    server: Server,
    newest: watch::Sender<Checks>,
    last: Mutex<Option<Instant>>,
    teller: JoinHandle<()>,
}

impl Telling {
    pub(crate) fn new(server: Server) -> Self {
        let (newest, news) = watch::channel(Checks::default());
        let teller = tokio::spawn(tell(server.clone(), news));
        Self { server, newest, last: Mutex::default(), teller }
    }

    /// What is known now; what comes soon after it is told with what comes next.
    pub fn tell(&self, checks: &Checks) {
        let Ok(mut last) = self.last.lock() else { return };
        if last.is_none_or(|last| last.elapsed() >= EVERY) {
            *last = Some(Instant::now());
            self.newest.send_replace(checks.clone());
        }
    }

    /// All that there will be to know. What was told before has arrived by then, or never will.
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn end(self, checks: &Checks) -> Result<()> {
        drop(self.newest);
        let _ = self.teller.await;
        self.server.note(checks).await
    }
}

async fn tell(server: Server, mut news: watch::Receiver<Checks>) {
    while news.changed().await.is_ok() {
        let checks = news.borrow_and_update().clone();
        let _ = server.note_once(&checks).await;
    }
}
