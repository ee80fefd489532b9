//! The protocol's messages for statements that are prepared, given values, described and performed.

use pgwire::api::portal::Format;
use pgwire::messages::PgWireBackendMessage as Answer;
use pgwire::messages::PgWireFrontendMessage as Message;
use pgwire::messages::data::{NoData, ParameterDescription};
use pgwire::messages::extendedquery::{
    Bind, BindComplete, Close, CloseComplete, Describe, Execute, Parse, ParseComplete, PortalSuspended,
};
use pgwire::messages::response::EmptyQueryResponse;

use super::Conversation;
use crate::command::Command;
use crate::error::{Error, Result};
use crate::rows;
use crate::statement::{Portal, Statement};

const STATEMENT: u8 = b'S';

impl Conversation {
    pub(super) async fn extended(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Parse(parse) => self.parse(parse).await,
            Message::Bind(bind) => self.bind(bind).await,
            Message::Describe(describe) => self.describe(describe).await,
            Message::Execute(execute) => self.execute(&execute).await,
            Message::Close(close) => self.close(close),
            Message::Flush(_) => self.client.send().await,
            // An end of what was never begun is passed over, as the protocol asks.
            Message::CopyData(_) | Message::CopyDone(_) | Message::CopyFail(_) => Ok(()),
            _ => Err(Error::fatal("08P01", "this message has no place here")),
        }
    }

    async fn parse(&mut self, parse: Parse) -> Result<()> {
        let name = parse.name.unwrap_or_default();
        if !name.is_empty() && self.statements.contains_key(&name) {
            return Err(Error::new("42P05", format!("there is a prepared statement `{name}` already")));
        }
        let bounds = self.bounds();
        let mut statements = self.texts.statements(&parse.query)?;
        let statement = match (statements.pop(), statements.is_empty()) {
            (None, _) => None,
            (Some(statement), true) => {
                let command = Command::of(statement)?;
                self.refuse_in_failed(&command)?;
                let mut statement = Statement::new(&parse.query, command, parse.type_oids);
                self.plan(&mut statement, &bounds).await?;
                Some(statement)
            }
            _ => return Err(Error::new("42601", "only one statement can be prepared at a time")),
        };
        self.statements.insert(name, statement);
        self.client.put(&Answer::ParseComplete(ParseComplete::new()))
    }

    async fn bind(&mut self, bind: Bind) -> Result<()> {
        let mut statement = self.statement(bind.statement_name.as_deref().unwrap_or_default())?;
        let portal = match &mut statement {
            Some(statement) => {
                self.refuse_in_failed(&statement.command)?;
                self.replan(bind.statement_name.as_deref().unwrap_or_default(), statement).await?;
                Some(Portal {
                    command: statement.command.clone(),
                    schema: self.schema_of(statement),
                    format: format_of(&bind.result_column_format_codes),
                    state: statement.with_values(&bind)?,
                    is_cursor: false,
                })
            }
            None => None,
        };
        self.portals.insert(bind.portal_name.unwrap_or_default(), portal);
        self.client.put(&Answer::BindComplete(BindComplete::new()))
    }

    /// What readers see may have changed since it was prepared.
    async fn replan(&mut self, name: &str, statement: &mut Statement) -> Result<()> {
        let bounds = self.bounds();
        self.plan(statement, &bounds).await?;
        self.statements.insert(name.to_owned(), Some(statement.clone()));
        Ok(())
    }

    async fn describe(&mut self, describe: Describe) -> Result<()> {
        let name = describe.name.unwrap_or_default();
        let (schema, format) = if describe.target_type == STATEMENT {
            let statement = self.statement(&name)?;
            let types = statement.as_ref().map(|statement| statement.types.clone()).unwrap_or_default();
            let numbers = types.iter().map(pgwire::api::Type::oid).collect();
            self.client.put(&Answer::ParameterDescription(ParameterDescription::new(numbers)))?;
            (statement.and_then(|statement| self.schema_of(&statement)), Format::UnifiedText)
        } else {
            let portal = self.portals.get(&name).ok_or_else(|| no_portal(&name))?.as_ref();
            let portal = portal.map(|portal| (portal.schema.clone(), portal.format.clone()));
            portal.unwrap_or((None, Format::UnifiedText))
        };
        match schema {
            Some(schema) => {
                let fields = rows::fields(&schema, &format)?;
                self.client.put(&Answer::RowDescription(rows::description(&fields)))
            }
            None => self.client.put(&Answer::NoData(NoData::new())),
        }
    }

    async fn execute(&mut self, execute: &Execute) -> Result<()> {
        let name = execute.name.clone().unwrap_or_default();
        let portal = self.portals.remove(&name).ok_or_else(|| no_portal(&name))?;
        let Some(mut portal) = portal else {
            self.portals.insert(name, None);
            return self.client.put(&Answer::EmptyQueryResponse(EmptyQueryResponse::new()));
        };
        let bounds = self.bounds();
        self.refuse_in_failed(&portal.command)?;
        let most = u64::try_from(execute.max_rows).ok().filter(|most| *most > 0);
        if self.perform(&mut portal, most, false, &bounds).await? {
            self.client.put(&Answer::PortalSuspended(PortalSuspended::new()))?;
        }
        self.portals.insert(name, Some(portal));
        Ok(())
    }

    fn close(&mut self, close: Close) -> Result<()> {
        let name = close.name.unwrap_or_default();
        if close.target_type == STATEMENT {
            self.statements.remove(&name);
        } else {
            self.portals.remove(&name);
        }
        self.client.put(&Answer::CloseComplete(CloseComplete::new()))
    }

    fn statement(&self, name: &str) -> Result<Option<Statement>> {
        let unknown = || Error::new("26000", format!("there is no prepared statement `{name}`"));
        self.statements.get(name).cloned().ok_or_else(unknown)
    }
}

pub(super) fn no_portal(name: &str) -> Error {
    Error::new("34000", format!("there is no cursor `{name}`"))
}

/// One for all columns, or one each.
fn format_of(codes: &[i16]) -> Format {
    match codes {
        [] => Format::UnifiedText,
        [code] => Format::from(*code),
        codes => Format::Individual(codes.to_vec()),
    }
}
