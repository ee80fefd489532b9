//! Doing what a statement asks for.

use deltalake::arrow::datatypes::SchemaRef;
use pgwire::api::results::{DataRowEncoder, Tag};
use pgwire::messages::PgWireBackendMessage as Answer;
use pgwire::messages::response::{CommandComplete, TransactionStatus};
use pgwire::messages::startup::ParameterStatus;

use super::extended::no_portal;
use super::{Bounds, Conversation};
use crate::command::Command;
use crate::error::{Error, Result};
use crate::rows::{self, Fields, Rows};
use crate::statement::{Portal, State, Statement};

impl Conversation {
    /// Does it, and says that it is done, unless rows are left of it: so many are wanted at most. Columns are described first where nobody
    /// has asked for that.
    pub(super) async fn perform(
        &mut self,
        portal: &mut Portal,
        most: Option<u64>,
        describe: bool,
        bounds: &Bounds,
    ) -> Result<bool> {
        let fields = portal.schema.as_ref().map(|schema| rows::fields(schema, &portal.format)).transpose()?;
        if let (Some(fields), true) = (&fields, describe) {
            self.client.put(&Answer::RowDescription(rows::description(fields)))?;
        }
        let tag = portal.command.tag();
        match (&portal.command, fields) {
            (Command::Query(_), Some(fields)) => {
                let (count, is_over) = self.rows(&mut portal.state, fields, most, bounds).await?;
                if !is_over {
                    return Ok(true);
                }
                self.done(Tag::new(tag).with_rows(count))?;
            }
            (Command::Fetch { name, rows }, Some(fields)) => {
                let count = self.fetch(name, fields, *rows, bounds).await?;
                self.done(Tag::new(tag).with_rows(count))?;
            }
            (Command::Show(name), Some(fields)) => {
                self.show(name, fields)?;
                self.done(Tag::new(tag))?;
            }
            (Command::Declare { .. }, _) => {
                self.declare(portal)?;
                self.done(Tag::new(tag))?;
            }
            (command, _) => {
                let tag = self.simple(command)?;
                self.done(Tag::new(tag))?;
            }
        }
        Ok(false)
    }

    fn done(&mut self, tag: Tag) -> Result<()> {
        self.client.put(&Answer::CommandComplete(CommandComplete::from(tag)))
    }

    /// Sends rows; how many, and whether there are no more.
    pub(super) async fn rows(
        &mut self,
        state: &mut State,
        fields: Fields,
        most: Option<u64>,
        bounds: &Bounds,
    ) -> Result<(usize, bool)> {
        if let State::Planned(_) = state {
            let State::Planned(plan) = std::mem::replace(state, State::Over) else { return Ok((0, true)) };
            self.tables.tell_cursors(self.cursors());
            *state = State::Running(Rows::new(bounds.keep(self.tables.run(*plan)).await?, fields));
        }
        let State::Running(rows) = state else { return Ok((0, true)) };
        let mut count = 0;
        while most.is_none_or(|most| (count as u64) < most) {
            let Some(row) = bounds.keep(rows.next()).await? else {
                *state = State::Over;
                return Ok((count, true));
            };
            self.client.put(&Answer::DataRow(row))?;
            bounds.keep(self.client.send_full()).await?;
            count += 1;
        }
        Ok((count, false))
    }

    fn show(&mut self, name: &str, fields: Fields) -> Result<()> {
        let value = self.settings.get(name)?.to_owned();
        let mut row = DataRowEncoder::new(fields);
        row.encode_field(&Some(value))?;
        self.client.put(&Answer::DataRow(row.take_row()))
    }

    /// What has no rows. The tag is that of what came of it.
    fn simple(&mut self, command: &Command) -> Result<&'static str> {
        match command {
            Command::Begin => self.status = TransactionStatus::Transaction,
            Command::Commit | Command::Rollback => return Ok(self.end_transaction(command)),
            Command::Savepoint | Command::Release if self.status == TransactionStatus::Idle => {
                return Err(Error::new("25P01", "savepoints are for transactions: BEGIN one first"));
            }
            Command::RollbackTo => self.status = TransactionStatus::Transaction,
            Command::Set(name, value) => self.set(name, value.as_deref())?,
            Command::ResetAll => self.reset(),
            Command::Close(Some(name)) => {
                self.portals.remove(name).ok_or_else(|| no_portal(name))?;
            }
            Command::Close(None) => self.portals.clear(),
            Command::Deallocate(Some(name)) => {
                self.statements.remove(name);
            }
            Command::Deallocate(None) => self.statements.clear(),
            Command::Discard => self.discard(),
            _ => {}
        }
        Ok(command.tag())
    }

    fn end_transaction(&mut self, command: &Command) -> &'static str {
        let failed = self.status == TransactionStatus::Error;
        self.status = TransactionStatus::Idle;
        self.portals.clear();
        self.tables.release();
        if failed { Command::Rollback.tag() } else { command.tag() }
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        self.settings.set(name, value)?;
        self.tables.look_in(self.settings.schema());
        let told = self.settings.told().find(|(told, _)| told.eq_ignore_ascii_case(name));
        let told = told.map(|(name, value)| ParameterStatus::new(name.to_owned(), value.to_owned()));
        told.map_or(Ok(()), |told| self.client.put(&Answer::ParameterStatus(told)))
    }

    fn reset(&mut self) {
        self.settings.reset();
        self.tables.look_in(self.settings.schema());
    }

    fn discard(&mut self) {
        self.reset();
        self.statements.clear();
        self.portals.clear();
    }

    /// The columns of a statement's answer, of a cursor's where it fetches from one.
    pub(super) fn schema_of(&self, statement: &Statement) -> Option<SchemaRef> {
        match &statement.command {
            Command::Fetch { name, .. } => self.portals.get(name)?.as_ref()?.schema.clone(),
            _ => statement.schema(),
        }
    }
}
