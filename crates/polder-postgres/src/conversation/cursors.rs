//! Cursors: queries that are declared, and whose rows are fetched bit by bit.

use std::sync::Arc;

use deltalake::datafusion::sql::sqlparser::ast::Ident;
use pgwire::api::portal::Format;

use super::extended::no_portal;
use super::{Bounds, Conversation};
use crate::catalog::Cursor;
use crate::command::Command;
use crate::error::{Error, Result};
use crate::names;
use crate::rows::Fields;
use crate::statement::{Portal, State};

impl Conversation {
    pub(super) async fn fetch(
        &mut self,
        name: &str,
        fields: Fields,
        most: Option<u64>,
        bounds: &Bounds,
    ) -> Result<usize> {
        let cursor = self.portals.remove(name).flatten();
        let mut cursor = cursor.ok_or_else(|| no_portal(name))?;
        if let State::Running(rows) = &mut cursor.state {
            rows.write_as(Arc::clone(&fields));
        }
        let (count, _) = self.rows(&mut cursor.state, fields, most, bounds).await?;
        self.portals.insert(name.to_owned(), Some(cursor));
        Ok(count)
    }

    pub(super) fn declare(&mut self, portal: &mut Portal) -> Result<()> {
        let Command::Declare { name, query } = &portal.command else { return Ok(()) };
        if self.portals.contains_key(name) {
            return Err(Error::new("42P03", format!("there is a cursor `{name}` already")));
        }
        let State::Planned(plan) = std::mem::replace(&mut portal.state, State::Over) else { return Ok(()) };
        let cursor = Portal {
            command: Command::Query(query.clone()),
            schema: Some(names::of_columns(plan.schema().inner(), query)),
            format: Format::UnifiedText,
            state: State::Planned(plan),
            is_cursor: true,
        };
        self.portals.insert(name.clone(), Some(cursor));
        Ok(())
    }

    /// Those that are declared, by their names.
    pub(super) fn cursors(&self) -> Vec<Cursor> {
        let declared = |(name, portal): (&String, &Option<Portal>)| {
            let query = portal.as_ref().filter(|portal| portal.is_cursor)?.command.query()?;
            let quoted = Ident::with_quote('"', name);
            Some(Cursor { name: name.clone(), statement: format!("DECLARE {quoted} CURSOR FOR {query}") })
        };
        let mut cursors: Vec<_> = self.portals.iter().filter_map(declared).collect();
        cursors.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        cursors
    }
}
