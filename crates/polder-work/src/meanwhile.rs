use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

/// Between two words in a log about what takes its time.
const PAUSE: Duration = Duration::from_secs(5);
/// How often one looks how far it is, and tells the server while there is news.
pub const OFTEN: Duration = Duration::from_secs(1);

/// So many rows, in words.
#[must_use]
pub fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// Whether it is time for another word in a log.
#[derive(Debug)]
pub struct Turn(Instant);

impl Turn {
    /// The first one is due after a while.
    #[must_use]
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// Takes the turn, if it is one's turn.
    pub fn is_due(&mut self) -> bool {
        let is_due = self.0.elapsed() >= PAUSE;
        if is_due {
            self.0 = Instant::now();
        }
        is_due
    }
}

impl Default for Turn {
    fn default() -> Self {
        Self::new()
    }
}

/// Awaits something, and has `tell` say how far it is each time that a `pause` went by.
///
/// # Errors
/// When it cannot be said; the work is given up then.
pub async fn meanwhile<T>(
    work: impl Future<Output = T>,
    pause: Duration,
    mut tell: impl FnMut() -> io::Result<()>,
) -> io::Result<T> {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout(pause, &mut work).await {
            Ok(done) => return Ok(done),
            Err(_) => tell()?,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_takes_its_time_is_told_of_until_it_is_done() {
        let (end, ended) = oneshot::channel();
        let (mut end, mut told) = (Some(end), 0);
        let done = meanwhile(ended, Duration::from_millis(1), || {
            told += 1;
            if told == 3 {
                end.take().map(|end| end.send("done"));
            }
            Ok(())
        });
        assert_eq!(done.await.unwrap().unwrap(), "done");
        assert!(told >= 3, "{told}");
        let broken = meanwhile(std::future::pending::<()>(), Duration::from_millis(1), || {
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        });
        assert_eq!(broken.await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(meanwhile(async { 1 }, OFTEN, || unreachable!("it is done at once")).await.unwrap(), 1);
    }
}
