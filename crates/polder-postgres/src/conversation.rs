//! What is said between a client and its session: one message after another, until one of them leaves.
//!
//! The protocol's rules are those of PostgreSQL's manual, chapter "Frontend/Backend Protocol". A statement outside a transaction sees the
//! newest view; what belongs together (the messages up to a `Sync`, the statements of one `Query`) sees the same one, and so does everything
//! in a transaction.

mod bounds;
mod cursors;
mod extended;
mod perform;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use pgwire::messages::PgWireBackendMessage as Answer;
use pgwire::messages::PgWireFrontendMessage as Message;
use pgwire::messages::response::{EmptyQueryResponse, TransactionStatus};
use pgwire::messages::startup::{BackendKeyData, ParameterStatus, SecretKey};
use polder_types::wire::SessionKey;
use tokio::time::{Instant, timeout_at};

use self::bounds::{Bounds, too_old};
use crate::Failure;
use crate::client::Client;
use crate::command::Command;
use crate::control::Control;
use crate::error::{Error, Result};
use crate::settings::Settings;
use crate::statement::{Portal, Statement};
use crate::tables::Tables;
use crate::text::Texts;

pub(crate) struct Conversation {
    client: Client,
    control: Control,
    tables: Tables,
    texts: Texts,
    settings: Settings,
    /// None for an empty text.
    statements: HashMap<String, Option<Statement>>,
    portals: HashMap<String, Option<Portal>>,
    status: TransactionStatus,
    /// After an error, what comes is passed over until a `Sync`.
    passes_over: bool,
    idle: Duration,
}

impl Conversation {
    pub(crate) fn new(
        client: Client,
        control: Control,
        settings: Settings,
        tables: Tables,
        idle: Duration,
    ) -> Self {
        Self {
            client,
            control,
            tables,
            texts: Texts::new(),
            settings,
            statements: HashMap::new(),
            portals: HashMap::new(),
            status: TransactionStatus::Idle,
            passes_over: false,
            idle,
        }
    }

    /// Until the client leaves.
    pub(crate) async fn run(mut self, key: SessionKey) -> Result<(), Failure> {
        self.greet(key)?;
        self.client.send().await?;
        let leaves = |message: &Message| matches!(message, Message::Terminate(_));
        while let Some(message) = self.listen().await?.filter(|message| !leaves(message)) {
            Box::pin(self.answer(message)).await?;
        }
        Ok(())
    }

    fn greet(&mut self, key: SessionKey) -> Result<()> {
        for (name, value) in self.settings.told() {
            let status = ParameterStatus::new(name.to_owned(), value.to_owned());
            self.client.put(&Answer::ParameterStatus(status))?;
        }
        let key = BackendKeyData::new(key.id, SecretKey::I32(key.secret));
        self.client.put(&Answer::BackendKeyData(key))?;
        self.client.put_ready(self.status)
    }

    async fn listen(&mut self) -> Result<Option<Message>> {
        let idle = Instant::now() + self.idle;
        let until = self.tables.until().filter(|until| *until < idle);
        let heard = match timeout_at(until.unwrap_or(idle), self.client.next()).await {
            Ok(heard) => heard,
            Err(_) if until.is_some() => Err(too_old()),
            Err(_) => Err(Error::fatal("57P05", format!("nothing was asked for {} s", self.idle.as_secs()))),
        };
        if let Err(error) = &heard {
            self.client.put_error(error.clone())?;
            self.client.send().await?;
        }
        heard
    }

    /// An error is told, and ends the connection only if it says so.
    async fn answer(&mut self, message: Message) -> Result<()> {
        if let Message::Query(query) = &message {
            self.passes_over = false;
            let done = self.query(&query.query).await;
            return self.finish(done).await;
        }
        if let Message::Sync(_) = message {
            self.passes_over = false;
            return self.finish(Ok(())).await;
        }
        if self.passes_over {
            return Ok(());
        }
        if let Err(error) = self.extended(message).await {
            self.passes_over = true;
            return self.tell(error).await;
        }
        self.client.send_full().await
    }

    /// The end of what belongs together.
    async fn finish(&mut self, done: Result<()>) -> Result<()> {
        if let Err(error) = done {
            self.tell(error).await?;
        }
        if self.status == TransactionStatus::Idle {
            self.tables.release();
            self.portals.retain(|_, portal| portal.as_ref().is_some_and(|portal| portal.is_cursor));
        }
        self.client.put_ready(self.status)?;
        self.client.send().await
    }

    async fn tell(&mut self, error: Error) -> Result<()> {
        if self.status == TransactionStatus::Transaction {
            self.status = TransactionStatus::Error;
        }
        self.client.put_error(error.clone())?;
        self.client.send().await?;
        if error.fatal { Err(error) } else { Ok(()) }
    }

    /// A text with any number of statements, without values for parameters.
    async fn query(&mut self, text: &str) -> Result<()> {
        let token = self.control.interrupt.arm();
        let statements = self.texts.statements(text)?;
        if statements.is_empty() {
            return self.client.put(&Answer::EmptyQueryResponse(EmptyQueryResponse::new()));
        }
        // What is not understood is refused before anything is done.
        let commands: Vec<Command> = statements.into_iter().map(Command::of).collect::<Result<_>>()?;
        for command in commands {
            let bounds = self.bounds_of(token.clone());
            let mut portal = self.open(Statement::new(text, command, Vec::new()), &bounds).await?;
            self.perform(&mut portal, None, true, &bounds).await?;
        }
        Ok(())
    }

    async fn open(&mut self, mut statement: Statement, bounds: &Bounds) -> Result<Portal> {
        self.refuse_in_failed(&statement.command)?;
        self.plan(&mut statement, bounds).await?;
        let schema = self.schema_of(&statement);
        let state = statement.without_values()?;
        let format = pgwire::api::portal::Format::UnifiedText;
        Ok(Portal { command: statement.command, schema, format, state, is_cursor: false })
    }

    async fn plan(&mut self, statement: &mut Statement, bounds: &Bounds) -> Result<()> {
        if statement.command.query().is_none() {
            return Ok(());
        }
        let (tables, control) = (&mut self.tables, &self.control);
        bounds
            .keep(async {
                tables.pin(control).await?;
                statement.plan(tables).await
            })
            .await
    }

    fn refuse_in_failed(&self, command: &Command) -> Result<()> {
        if self.status == TransactionStatus::Error && !command.mends() {
            let message = "current transaction is aborted, commands ignored until end of transaction block";
            return Err(
                Error::new("25P02", message).hint("an earlier statement failed: ROLLBACK, and begin anew")
            );
        }
        Ok(())
    }
}
