//! What one step does to the lake: it reads a view, and writes on a branch.
//!
//! A table is branched from where the view has it when it is first written, or made on a branch of the root line if the view has it
//! not; what comes later reads what was written before. Nobody else sees any of it. At the end all tables that changed are staged, to
//! be published together. Whatever stops in the middle leaves a branch that nobody asks for; so a work that was stopped there
//! cannot be gone on with.

mod assign;
mod change;
mod create;
mod insert;
mod land;
mod outcome;
mod read;
mod rows;
mod tables;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use polder_types::lake::TableFacts;

pub use self::land::Landing;
pub use self::outcome::{Effect, Outcome};
use crate::means::Means;
use crate::operations::{Batches, Note};
use crate::session::Entry;
use crate::{
    BranchName, Error, Kind, Lake, Limits, Line, Occasion, Result, Staged, Table, TableName, Taken, View,
};
use polder_types::script::{Command, Statement};

/// Where a step begins.
#[derive(Debug, Clone)]
pub struct Base {
    /// What it reads.
    pub view: View,
    /// Where tables are made that the view has not: the main line, or that of an environment.
    pub root: Line,
    /// Of its own: not even an earlier attempt wrote to it.
    pub branch: BranchName,
    /// When what it does is said to have been done.
    pub at: DateTime<Utc>,
    /// What each of its commits says.
    pub note: Note,
}

/// See the head of this file.
#[derive(Debug)]
pub struct Work {
    lake: Lake,
    base: Base,
    means: Means,
    /// As SQL sees them: those of the view, or what became of them.
    known: BTreeMap<TableName, Arc<Entry>>,
    written: BTreeMap<TableName, Table>,
    /// How many rows were put into them, others in their place among them.
    put: BTreeMap<TableName, u64>,
    read: BTreeSet<TableName>,
    /// Whether something was begun and not done.
    is_unfinished: bool,
}

impl Work {
    /// Opens and writes nothing.
    ///
    /// # Errors
    /// When the folder for what does not fit into memory cannot be used.
    pub fn begin(lake: &Lake, base: Base, limits: &Limits) -> Result<Self> {
        let means = Means::new(limits)?;
        let lake = lake.within(&means);
        let entries =
            base.view.tables().map(|(name, pin)| (name.clone(), Arc::new(Entry::pinned(&lake, name, pin))));
        let known = entries.collect();
        let (written, put, read) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Ok(Self { lake, base, means, known, written, put, read, is_unfinished: false })
    }

    /// Does what a statement says. The rows of a query come as they are read, and must be read before the next statement is run if
    /// they are wanted at all.
    ///
    /// # Errors
    /// [`Error::Statement`] around what went wrong. After a statement that writes, the work is over then.
    pub async fn run(&mut self, statement: &Statement) -> Result<Outcome> {
        let (line, column) = (statement.line(), statement.column());
        let at_line = move |error| Error::Statement { line, column, source: Box::new(error) };
        match self.run_command(&statement.command, statement.kind()).await.map_err(at_line)? {
            Outcome::Rows(rows) => {
                let schema = Arc::clone(rows.schema());
                Ok(Outcome::Rows(Batches::new(schema, rows.into_stream().map_err(at_line))))
            }
            wrote @ Outcome::Wrote(_) => Ok(wrote),
        }
    }

    async fn run_command(&mut self, command: &Command, kind: Kind) -> Result<Outcome> {
        if let Command::Select(query) = command {
            self.refuse_unfinished()?;
            return self.query(query).await.map(Outcome::Rows);
        }
        self.start()?;
        let effect = match command {
            Command::Create(create) => Box::pin(self.create(create)).await,
            Command::Insert(insert) => Box::pin(self.insert(insert, kind)).await,
            Command::Update(update) => Box::pin(self.update(update)).await,
            Command::Delete(delete) => Box::pin(self.delete(delete)).await,
            Command::Select(_) => unreachable!("it was answered above"),
        };
        self.finish(effect).map(Outcome::Wrote)
    }

    /// Another work on the same branch, for what is done at the same time: it sees what this one sees now. Each must write tables of its own;
    /// what one wrote is seen by others when it is [joined](Work::join).
    #[must_use]
    pub fn beside(&self) -> Self {
        let means = self.means.apart();
        Self {
            lake: self.lake.within(&means),
            base: self.base.clone(),
            means,
            known: self.known.clone(),
            written: self.written.clone(),
            put: self.put.clone(),
            read: BTreeSet::new(),
            is_unfinished: self.is_unfinished,
        }
    }

    /// The rows that came in to be written since it began; it goes on counting.
    #[must_use]
    pub fn taken(&self) -> Taken {
        self.means.taken.clone()
    }

    /// Takes over what a work beside this one has done. One that failed is left out: what it wrote is not staged.
    ///
    /// # Errors
    /// [`Error::Unfinished`] when it did not do something to its end.
    pub fn join(&mut self, beside: Self) -> Result<()> {
        beside.refuse_unfinished()?;
        let is_newer =
            |table: &Table, than: Option<&Table>| than.is_none_or(|than| than.version() < table.version());
        for (name, table) in beside.written {
            if is_newer(&table, self.written.get(&name)) {
                self.known.extend(beside.known.get(&name).map(|entry| (name.clone(), Arc::clone(entry))));
                self.put.extend(beside.put.get(&name).map(|put| (name.clone(), *put)));
                self.written.insert(name, table);
            }
        }
        self.read.extend(beside.read);
        Ok(())
    }

    /// Whether a table is there, as queries see it.
    #[must_use]
    pub fn has(&self, table: &TableName) -> bool {
        self.known.contains_key(&self.known_as(table))
    }

    /// Tables that statements read, as far as they were planned.
    #[must_use]
    pub fn tables_read(&self) -> &BTreeSet<TableName> {
        &self.read
    }

    /// Tables that were written, each as it is now on its branch.
    pub fn tables_written(&self) -> impl Iterator<Item = &Table> {
        self.written.values()
    }

    /// Makes the commit of each table that changed. Nobody sees them yet.
    ///
    /// # Errors
    /// [`Error::Conflict`] when others changed one meanwhile; [`Error::Unfinished`].
    pub async fn stage(&self, occasion: &Occasion) -> Result<Vec<(Staged, TableFacts)>> {
        self.refuse_unfinished()?;
        let tables = self.written.values().map(|table| async move {
            let staged = self.lake.stage(table, occasion).await?;
            staged.map(|staged| Ok((self.with_rows(staged), table.facts()?))).transpose()
        });
        let staged: Vec<_> = tables.collect();
        let staged = futures::stream::iter(staged).buffered(AT_ONCE);
        staged.try_filter_map(|staged| std::future::ready(Ok(staged))).try_collect().await
    }

    /// Files that were written anew for one row hold others too, and what was put in may be gone again: neither counts.
    fn with_rows(&self, staged: Staged) -> Staged {
        let put = self.put.get(&staged.table).copied().unwrap_or_default();
        Staged { rows: staged.rows.min(put), ..staged }
    }

    fn count(&mut self, effect: &Effect) {
        *self.put.entry(effect.table.clone()).or_default() += effect.inserted + effect.updated;
    }

    fn refuse_unfinished(&self) -> Result<()> {
        if self.is_unfinished { Err(Error::Unfinished) } else { Ok(()) }
    }

    /// From here to [`Work::finish`] something may be written that is not known yet.
    fn start(&mut self) -> Result<()> {
        self.refuse_unfinished()?;
        self.is_unfinished = true;
        Ok(())
    }

    fn finish(&mut self, effect: Result<Effect>) -> Result<Effect> {
        self.is_unfinished = effect.is_err();
        effect.inspect(|effect| self.count(effect))
    }
}

/// Logs that are worked on at the same time.
const AT_ONCE: usize = 16;
