//! Brings what was gathered into its table.

use std::sync::{Arc, Mutex, PoisonError};

use polder_ingest::{Format, FoundFile, KeptSchema, ReadOptions, infer};
use polder_lake::operations::Batches;
use polder_lake::{Effect, Landing, TableName, Work};
use polder_types::definition::sync::{Stream, StreamSource, SyncMode};
use polder_work::{OFTEN, meanwhile};

use crate::gathered::Gathered;
use crate::log::{AtWork, Log};
use crate::reading::{Found, Reading, Shared};
use crate::rejected::Origin;
use crate::state::State;
use crate::{Error, Result, rules, told, types};

/// What became of a stream.
pub(crate) struct Landed {
    /// None if there was nothing to write.
    pub(crate) effect: Option<Effect>,
    pub(crate) rejected: u64,
}

/// Everything that is known of a stream before it lands.
pub(crate) struct Ready<'a> {
    pub(crate) stream: &'a Stream,
    pub(crate) state: State,
    pub(crate) gathered: Gathered,
    pub(crate) options: Arc<ReadOptions>,
    pub(crate) origin: &'a Origin,
    pub(crate) at: &'a AtWork<'a>,
}

impl Ready<'_> {
    pub(crate) async fn land(mut self, work: &mut Work, log: &mut Log<'_>) -> Result<Landed> {
        let mut schema = Arc::new(self.schema(work).await?);
        let was_there = work.is_there(&self.stream.table).await?;
        if self.begins_to_add() && !self.gathered.files.is_empty() {
            let name = &self.stream.name;
            log.say(&format!("{name}: its rows were replaced whole until now: they are this once more, and added to from then on"))?;
        }
        // The first reading may find that there are more columns; the second one has them all.
        let mut grown_by = Vec::new();
        for _ in 0..2 {
            let found = Shared::new(Mutex::new(Found::default()));
            let taken = work.taken();
            let (before, name) = (taken.rows(), &self.stream.name);
            let attempt = Box::pin(self.attempt(work, was_there, &schema, &found));
            let so_far = || {
                let rows = taken.rows() - before;
                log.came_in(self.at, rows, || format!("{name}: {rows} rows so far"))
            };
            let done = meanwhile(attempt, OFTEN, so_far).await?;
            let mut found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
            if found.error.is_none() {
                self.refuse_stranger(was_there, &found)?;
            }
            match (done, found.error.take(), found.grown.take()) {
                (Ok(effect), None, None) => {
                    found.changes.append(&mut grown_by);
                    self.refuse_only_bad(was_there, &found)?;
                    return self.end(work, schema, effect, found, log).await;
                }
                (_, Some(error), _) => return Err(error),
                (_, None, Some(grown)) => {
                    grown_by = if was_there { found.changes } else { Vec::new() };
                    schema = Arc::new(self.settled(work, Arc::unwrap_or_clone(grown)).await?)
                }
                (Err(error), None, None) => return Err(error),
            }
        }
        Err(Error::api("the columns of the source change while it is read"))
    }

    /// The columns: as they were kept, or by a sample.
    async fn schema(&self, work: &Work) -> Result<KeptSchema> {
        if !self.state.schema.is_empty() {
            return Ok(self.state.schema.clone());
        }
        let Gathered { source, files, .. } = &self.gathered;
        let found = infer(source, files, &self.options, polder_ingest::Sample::default()).await?;
        self.settled(work, found).await
    }

    /// A table may be there already, and have some of these columns.
    async fn settled(&self, work: &Work, mut schema: KeptSchema) -> Result<KeptSchema> {
        types::settle(work, self.stream, &self.options.columns, &mut schema).await?;
        Ok(schema)
    }

    async fn attempt(
        &self,
        work: &mut Work,
        was_there: bool,
        schema: &Arc<KeptSchema>,
        found: &Shared,
    ) -> Result<Option<Effect>> {
        let has_nothing = self.gathered.files.is_empty() && self.stream.mode == SyncMode::Incremental;
        if has_nothing || self.gathered.is_silent {
            return Ok(None);
        }
        let reading = self.reading(schema);
        if schema.is_empty() && !was_there {
            // No table can be made without columns; why the rows do not fit is to be known all the same.
            reading.look(found).await;
            return Ok(None);
        }
        let replaces = self.replaces();
        let how = rules::landing(self.stream, schema, replaces)?;
        let (table, columns) = (&self.stream.table, reading.columns());
        if replaces {
            work.make_room_anew(table, &columns, &how).await?;
        } else {
            work.make_room(table, &columns, &how).await?;
        }
        if replaces && how != Landing::Overwrite {
            // By key, so that there is one row of each; nobody sees the table without rows.
            work.land(table, Batches::new(columns, futures::stream::empty()), &Landing::Overwrite).await?;
        }
        Ok(Some(work.land(table, reading.rows(found), &how).await?))
    }

    /// Whether what comes takes the place of what is there.
    fn replaces(&self) -> bool {
        self.stream.mode == SyncMode::FullRefresh || self.begins_to_add()
    }

    /// Whether the rows of an API were replaced until now, and are added from now on: it was not noted which there are, so all come once more.
    fn begins_to_add(&self) -> bool {
        let is_api = matches!(self.stream.source, StreamSource::Http(_));
        is_api && self.stream.primary_key.is_empty() && self.state.count > 0 && self.state.cursor.is_none()
    }

    fn reading(&self, schema: &Arc<KeptSchema>) -> Reading {
        Reading {
            source: self.gathered.source.clone(),
            files: Arc::new(self.gathered.files.clone()),
            options: Arc::clone(&self.options),
            schema: Arc::clone(schema),
        }
    }

    /// A source of which no row fits is broken, not empty: it neither makes a table nor takes the place of one.
    fn refuse_only_bad(&self, was_there: bool, found: &Found) -> Result<()> {
        let rejected = found.rejected.count();
        if found.good > 0 || rejected == 0 || (was_there && !self.replaces()) {
            return Ok(());
        }
        Err(Error::NothingFits { rejected, first: found.rejected.first.join("; ") })
    }

    /// Of what takes the place of a table one column at least is known from before; only that shows that a file of a header alone is of this
    /// table, and says that there are no rows. A file without anything, or a web page that tells of an error, says nothing.
    fn refuse_stranger(&self, was_there: bool, found: &Found) -> Result<()> {
        let is_of_csv = |file: &FoundFile| {
            self.options.format.csv.header
                && self.options.format.of(&file.name).is_ok_and(|format| format == Format::Csv)
        };
        let files = &self.gathered.files;
        let has_nothing = found.good == 0 && found.rejected.count() == 0;
        let tells_nothing = has_nothing && !files.is_empty() && files.iter().all(is_of_csv);
        let is_stranger = (found.good > 0 || tells_nothing) && !found.is_known;
        let knows = was_there && self.replaces() && !self.state.schema.is_empty();
        if knows && is_stranger {
            return Err(Error::Stranger { table: self.stream.table.to_string() });
        }
        Ok(())
    }

    /// The rejected rows, and how far the source was read.
    async fn end(
        &mut self,
        work: &mut Work,
        schema: Arc<KeptSchema>,
        effect: Option<Effect>,
        found: Found,
        log: &mut Log<'_>,
    ) -> Result<Landed> {
        told::changes(&self.stream.name, &found.changes, self.options.on_added, log)?;
        if let Some(named) = &found.named {
            self.state.met.extend(named.iter().cloned());
            told::unmet(&self.stream.name, &self.state.met, &self.options.columns, &schema, log)?;
        }
        let rejected = found.rejected.count();
        let table: &TableName = &self.stream.table;
        if effect.is_none() && schema.is_empty() && rejected == 0 && !self.gathered.files.is_empty() {
            let name = &self.stream.name;
            log.say(&format!(
                "{name}: no rows, so that no types are known yet: {table} is made when there are some"
            ))?;
        }
        if effect.is_some() {
            found.rejected.land(work, table, self.origin, self.replaces()).await?;
            let mut state = std::mem::take(&mut self.state);
            state.schema = Arc::unwrap_or_clone(schema);
            (state.files, state.cursor) = (self.gathered.seen.take(), self.gathered.cursor.take());
            state.keep(work, table).await?;
        }
        Ok(Landed { effect, rejected })
    }
}
