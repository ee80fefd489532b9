//! What programs that answer queries ask meanwhile: what readers see, and the rows of Polder's own tables that their caller may see.

use std::io;

use polder_engine::lake::Sight;
use polder_types::wire::{ServerQuestion, ServerWord};
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::Notify;

use crate::{Api, Caller, Result};

/// Who asks.
pub(crate) struct Asker {
    pub(crate) api: Api,
    pub(crate) caller: Caller,
    /// What is seen when it asks for that.
    pub(crate) sees: Sees,
}

pub(crate) enum Sees {
    Environment(String),
    Branch(String),
}

impl Asker {
    /// Tells a program what it is to do, then answers what it asks, and passes on that a statement is to be ended, for as long as it is there.
    ///
    /// # Errors
    /// When it says what makes no sense, or hears nothing more.
    pub(crate) async fn answer(
        &self,
        stream: UnixStream,
        spec: &impl Serialize,
        cancel: &Notify,
    ) -> io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut questions = BufReader::new(read).lines();
        tell(&mut write, spec).await?;
        loop {
            let word = tokio::select! {
                question = questions.next_line() => match question? {
                    Some(question) => self.word(serde_json::from_str(&question)?).await,
                    None => return Ok(()),
                },
                () = cancel.notified() => ServerWord::Cancel,
            };
            tell(&mut write, &word).await?;
        }
    }

    async fn word(&self, question: ServerQuestion) -> ServerWord {
        let word = match question {
            ServerQuestion::View => self.view().await,
            ServerQuestion::Own(question) => {
                let page = self.api.store().own(&question, &self.caller.scope()).await;
                page.map(ServerWord::Own).map_err(Into::into)
            }
        };
        word.unwrap_or_else(|error| ServerWord::No(error.to_string()))
    }

    async fn view(&self) -> Result<ServerWord> {
        let sight = self.sight().await?;
        Ok(ServerWord::View { view: sight.view, branch: sight.branch })
    }

    /// What readers see now.
    ///
    /// # Errors
    /// When there is no such branch or environment.
    pub(crate) async fn sight(&self) -> Result<Sight> {
        let (engine, workspace) = (self.api.engine(), &self.caller.workspace);
        Ok(match &self.sees {
            Sees::Branch(branch) => engine.branch_view(&self.caller.scope(), branch).await?,
            Sees::Environment(environment) => engine.lake_view(workspace, environment).await?,
        })
    }
}

async fn tell(write: &mut OwnedWriteHalf, word: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(word)?;
    line.push(b'\n');
    write.write_all(&line).await
}
