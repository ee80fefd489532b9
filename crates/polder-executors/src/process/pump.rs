//! Carries what an attempt writes from its two pipes to whoever reads its lines: masked, split, in order.
//!
//! At most a few batches wait for the reader; then nothing more is read, and the attempt is held up by its full pipes.
//! If nobody reads any more, the output is thrown away and the attempt goes on.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use polder_types::Clock;
use polder_types::wire::{LogLine, LogStream};
use rustix::buffer::spare_capacity;
use rustix::io::retry_on_intr;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use crate::lines::Splitter;
use crate::mask::{MaskStream, Masker};

/// How much is read at once: what a pipe holds.
const CHUNK: usize = 64 * 1024;

/// How many batches, each of at most [`CHUNK`] bytes, wait for the reader.
pub(crate) const BATCHES: usize = 8;

/// How long a line may stay without an end before its beginning is shown: soon enough for a prompt, and longer than a
/// busy machine leaves a program without a turn.
const IDLE: Duration = Duration::from_millis(500);

/// How much is still read once all processes are dead. More than the pipes hold can only come from one that got away.
const REMAINDER: usize = 4 * 1024 * 1024;

/// A way to read from a pipe what is there.
type Read = fn(&pipe::Receiver, &mut Vec<u8>) -> io::Result<usize>;

/// One of the two pipes.
struct Source {
    /// Nothing once it has ended.
    pipe: Option<pipe::Receiver>,
    mask: MaskStream,
    splitter: Splitter,
}

pub(crate) struct Pump {
    stdout: Source,
    stderr: Source,
    lines: mpsc::Sender<Vec<LogLine>>,
    clock: Arc<dyn Clock>,
    chunk: Vec<u8>,
    masked: Vec<u8>,
}

impl Pump {
    pub(crate) fn new(
        stdout: pipe::Receiver,
        stderr: pipe::Receiver,
        masker: &Arc<Masker>,
        clock: Arc<dyn Clock>,
    ) -> (Self, mpsc::Receiver<Vec<LogLine>>) {
        let (lines, output) = mpsc::channel(BATCHES);
        let source = |pipe, stream| Source {
            pipe: Some(pipe),
            mask: MaskStream::new(Arc::clone(masker)),
            splitter: Splitter::new(stream),
        };
        let (stdout, stderr) = (source(stdout, LogStream::Stdout), source(stderr, LogStream::Stderr));
        (Self { stdout, stderr, lines, clock, chunk: Vec::with_capacity(CHUNK), masked: Vec::new() }, output)
    }

    /// Carries everything until both pipes have ended, or until `dead` says that nobody is left to write and what had
    /// been written is read.
    pub(crate) async fn run(mut self, mut dead: oneshot::Receiver<()>) {
        let mut idle_at = Instant::now();
        while self.stdout.pipe.is_some() || self.stderr.pipe.is_some() {
            let waiting = self.stdout.splitter.is_waiting() || self.stderr.splitter.is_waiting();
            tokio::select! {
                () = readable(self.stdout.pipe.as_ref()) => { self.take(LogStream::Stdout, when_ready).await; }
                () = readable(self.stderr.pipe.as_ref()) => self.take_complaint().await,
                () = sleep_until(idle_at), if waiting => self.flush().await,
                _ = &mut dead => { self.take_rest().await; break; }
            }
            idle_at = Instant::now() + IDLE;
        }
        self.finish().await;
    }

    /// Reads once; gives the number of bytes, 0 if there is nothing at present or at all.
    async fn take(&mut self, stream: LogStream, read: Read) -> usize {
        let Self { stdout, stderr, chunk, masked, clock, .. } = self;
        let source = if stream == LogStream::Stdout { stdout } else { stderr };
        let Some(pipe) = &source.pipe else { return 0 };
        chunk.clear();
        match read(pipe, chunk) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return 0,
            Ok(count) if count > 0 => {}
            Ok(_) | Err(_) => source.pipe = None,
        }
        masked.clear();
        source.mask.push(chunk, masked);
        let mut lines = Vec::new();
        source.splitter.push(masked, clock.now(), &mut lines);
        let count = chunk.len();
        self.send(lines).await;
        count
    }

    /// Programs say why they fail as their last words: what they had written before is read before.
    async fn take_complaint(&mut self) {
        self.take(LogStream::Stdout, at_once).await;
        self.take(LogStream::Stderr, when_ready).await;
    }

    async fn take_rest(&mut self) {
        for stream in [LogStream::Stdout, LogStream::Stderr] {
            let mut total = 0;
            while total < REMAINDER {
                match self.take(stream, at_once).await {
                    0 => break,
                    count => total += count,
                }
            }
        }
    }

    /// Shows what waits for the end of its line, unless that has come: it may be this process that had no turn.
    async fn flush(&mut self) {
        if self.take(LogStream::Stdout, at_once).await + self.take(LogStream::Stderr, at_once).await > 0 {
            return;
        }
        let (at, mut lines) = (self.clock.now(), Vec::new());
        self.stdout.splitter.flush(at, &mut lines);
        self.stderr.splitter.flush(at, &mut lines);
        self.send(lines).await;
    }

    async fn finish(&mut self) {
        let (at, mut lines) = (self.clock.now(), Vec::new());
        for source in [&mut self.stdout, &mut self.stderr] {
            self.masked.clear();
            source.mask.finish(&mut self.masked);
            source.splitter.push(&self.masked, at, &mut lines);
            source.splitter.finish(at, &mut lines);
        }
        self.send(lines).await;
    }

    async fn send(&self, lines: Vec<LogLine>) {
        if !lines.is_empty() {
            // Refused only if nobody reads any more.
            drop(self.lines.send(lines).await);
        }
    }
}

fn when_ready(pipe: &pipe::Receiver, chunk: &mut Vec<u8>) -> io::Result<usize> {
    pipe.try_read_buf(chunk)
}

/// Asks the system itself: the runtime may hear of a process's death before it hears of the last words of that process,
/// and says until then that there is nothing to read.
fn at_once(pipe: &pipe::Receiver, chunk: &mut Vec<u8>) -> io::Result<usize> {
    Ok(retry_on_intr(|| rustix::io::read(pipe, spare_capacity(&mut *chunk)))?)
}

async fn readable(pipe: Option<&pipe::Receiver>) {
    match pipe {
        Some(pipe) => drop(pipe.readable().await),
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use polder_types::SystemClock;

    use super::*;

    fn receiver(reader: io::PipeReader) -> pipe::Receiver {
        pipe::Receiver::from_owned_fd(reader.into()).unwrap()
    }

    /// Nothing is awaited between the words and the death, so that the runtime has not heard of the words.
    #[tokio::test]
    async fn last_words_are_read_though_the_runtime_has_not_heard_of_them() {
        let ((stdout, mut writer), (stderr, _silent)) = (io::pipe().unwrap(), io::pipe().unwrap());
        let (pump, mut output) =
            Pump::new(receiver(stdout), receiver(stderr), &Arc::default(), Arc::new(SystemClock));
        let (all_dead, dead) = oneshot::channel();
        writer.write_all(b"last words\n").unwrap();
        all_dead.send(()).unwrap();
        pump.run(dead).await;
        let lines = output.recv().await.expect("the last words");
        assert_eq!(lines[0].text, "last words");
    }

    /// Which of two pipes is read first when both can be was left to chance.
    #[tokio::test]
    async fn why_it_failed_comes_after_what_it_did() {
        for _ in 0..32 {
            let ((stdout, mut out), (stderr, mut err)) = (io::pipe().unwrap(), io::pipe().unwrap());
            let (pump, mut output) =
                Pump::new(receiver(stdout), receiver(stderr), &Arc::default(), Arc::new(SystemClock));
            out.write_all(b"begins\n").unwrap();
            err.write_all(b"fails\n").unwrap();
            drop((out, err));
            let (_all_dead, dead) = oneshot::channel();
            pump.run(dead).await;
            let mut told = Vec::new();
            while let Some(lines) = output.recv().await {
                told.extend(lines.into_iter().map(|line| line.text));
            }
            assert_eq!(told, ["begins", "fails"]);
        }
    }

    /// A machine that is busy elsewhere may leave this process waiting for longer than any prompt does.
    #[tokio::test]
    async fn a_line_is_not_torn_by_a_pause_of_ours() {
        let ((stdout, mut out), (stderr, _silent)) = (io::pipe().unwrap(), io::pipe().unwrap());
        let (mut pump, mut output) =
            Pump::new(receiver(stdout), receiver(stderr), &Arc::default(), Arc::new(SystemClock));
        out.write_all(b"drop 3").unwrap();
        pump.take(LogStream::Stdout, at_once).await;
        out.write_all(b"1 of the flood\n").unwrap();
        pump.flush().await;
        let lines = output.try_recv().expect("a line");
        assert_eq!((lines[0].text.as_str(), lines[0].continued), ("drop 31 of the flood", false));
    }
}
