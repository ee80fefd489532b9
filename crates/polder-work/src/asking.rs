//! What a program that answers queries asks the server meanwhile, over the stream on which it was told what to do: a line of JSON each way.

use std::collections::VecDeque;
use std::io;

use polder_types::wire::{ServerQuestion, ServerWord};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

/// Questions that wait to be asked.
const WAITING: usize = 16;

/// The server, as one asks it. Whoever stops waiting for an answer does not get it; it goes to nobody else either.
#[derive(Debug, Clone)]
pub struct Asking(mpsc::Sender<Asked>);

type Asked = (ServerQuestion, oneshot::Sender<ServerWord>);

/// The two ends of a stream to the server.
struct Line {
    words: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
    questions: mpsc::Receiver<Asked>,
    /// Who waits for the next words, in this order.
    waiting: VecDeque<oneshot::Sender<ServerWord>>,
}

impl Asking {
    /// Listens to the server from now on. Its first line is what there is to do; `cancel` is called when it says that a statement is to end.
    ///
    /// # Errors
    /// When it says nothing, or something else.
    pub async fn open<T: DeserializeOwned>(
        stream: UnixStream,
        cancel: impl Fn() + Send + 'static,
    ) -> io::Result<(T, Self)> {
        let (read, write) = stream.into_split();
        let mut words = BufReader::new(read).lines();
        let first = words.next_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let (ask, questions) = mpsc::channel(WAITING);
        let line = Line { words, write, questions, waiting: VecDeque::new() };
        tokio::spawn(line.hold(cancel));
        Ok((serde_json::from_str(&first)?, Self(ask)))
    }

    /// None when the server is gone.
    pub async fn ask(&self, question: ServerQuestion) -> Option<ServerWord> {
        let (tell, answer) = oneshot::channel();
        self.0.send((question, tell)).await.ok()?;
        answer.await.ok()
    }
}

impl Line {
    /// Until one of the two ends is gone. Those who wait then learn that by getting nothing.
    async fn hold(mut self, cancel: impl Fn()) {
        loop {
            tokio::select! {
                word = self.words.next_line() => match word {
                    Ok(Some(word)) if self.heard(&word, &cancel) => {}
                    _ => return,
                },
                Some((question, tell)) = self.questions.recv() => {
                    self.waiting.push_back(tell);
                    if self.say(&question).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn say(&mut self, question: &ServerQuestion) -> io::Result<()> {
        let mut line = serde_json::to_vec(question)?;
        line.push(b'\n');
        self.write.write_all(&line).await
    }

    /// False for what is no word of the server.
    fn heard(&mut self, word: &str, cancel: &impl Fn()) -> bool {
        match serde_json::from_str(word) {
            Ok(ServerWord::Cancel) => cancel(),
            Ok(answer) => {
                if let Some(tell) = self.waiting.pop_front() {
                    let _ = tell.send(answer);
                }
            }
            Err(_) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use polder_types::lake::View;
    use tokio::io::BufStream;

    use super::*;

    fn view() -> ServerWord {
        ServerWord::View { view: View::default(), branch: None }
    }

    async fn tell(server: &mut BufStream<UnixStream>, word: &impl serde::Serialize) {
        let line = serde_json::to_string(word).unwrap() + "\n";
        server.write_all(line.as_bytes()).await.unwrap();
        server.flush().await.unwrap();
    }

    #[tokio::test]
    async fn an_answer_that_nobody_waits_for_goes_to_nobody() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut server = BufStream::new(theirs);
        tell(&mut server, &"what to do").await;
        let (spec, asking): (String, _) = Asking::open(ours, || {}).await.unwrap();
        assert_eq!(spec, "what to do");
        let mut line = String::new();
        tokio::select! {
            _ = asking.ask(ServerQuestion::View) => unreachable!("nobody has answered"),
            read = server.read_line(&mut line) => { read.unwrap(); }
        }
        let (answer, ()) = tokio::join!(asking.ask(ServerQuestion::View), async {
            tell(&mut server, &ServerWord::No("the first".to_owned())).await;
            tell(&mut server, &view()).await;
        });
        assert_eq!(answer, Some(view()));
        drop(server);
        assert_eq!(asking.ask(ServerQuestion::View).await, None);
    }

    #[tokio::test]
    async fn a_statement_is_ended_while_an_answer_is_waited_for() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut server = BufStream::new(theirs);
        tell(&mut server, &()).await;
        let (cancelled, mut heard) = mpsc::unbounded_channel();
        let opened = Asking::open::<()>(ours, move || cancelled.send(()).unwrap()).await;
        let ((), asking) = opened.unwrap();
        let (answer, ()) = tokio::join!(asking.ask(ServerQuestion::View), async {
            tell(&mut server, &ServerWord::Cancel).await;
            heard.recv().await.unwrap();
            tell(&mut server, &view()).await;
        });
        assert_eq!(answer, Some(view()));
    }
}
