//! The rows behind what people look at.

use chrono::{DateTime, Utc};
use polder_types::id::{PublishId, RunId};
use polder_types::wire::{LakeTable, PublishView, PublishedTable, Reason, RunOfPublish};
use uuid::Uuid;

use super::super::{facts, name};
use crate::runs::day;
use crate::stored::{JsonText, number, parse};
use crate::{Error, Result};

/// The run and the step that a branch was made for.
#[derive(sqlx::FromRow)]
pub(super) struct Origin {
    run_id: Option<Uuid>,
    step: Option<String>,
    team: Option<String>,
    pipeline: Option<String>,
    logical_at: Option<DateTime<Utc>>,
    logical_day: Option<String>,
    reason: Option<JsonText<Reason>>,
}

impl Origin {
    fn run(self) -> Result<Option<RunOfPublish>> {
        let logical_day = self.logical_day.as_deref().map(day).transpose()?;
        let found = || {
            Some(RunOfPublish {
                id: RunId(self.run_id?),
                team: self.team?,
                pipeline: self.pipeline?,
                step: self.step?,
                logical_at: self.logical_at?,
                logical_day,
                started_by: self.reason.and_then(|reason| reason.0.by().map(str::to_owned)),
            })
        };
        Ok(found())
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct TableRow {
    name: String,
    version: i64,
    id: Uuid,
    created_by: String,
    created_at: DateTime<Utc>,
    facts: Option<String>,
    #[sqlx(flatten)]
    origin: Origin,
}

impl TryFrom<TableRow> for LakeTable {
    type Error = Error;

    fn try_from(row: TableRow) -> Result<Self> {
        Ok(Self {
            name: name(&row.name)?,
            version: number("version of a table", row.version)?,
            publish: PublishId(row.id),
            published_at: row.created_at,
            created_by: row.created_by,
            run: row.origin.run()?,
            facts: row.facts.as_deref().map(facts).transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct PublishRow {
    id: Uuid,
    state: String,
    environment: String,
    created_by: String,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    rolls_back: Option<Uuid>,
    rolled_back_by: Option<Uuid>,
    #[sqlx(flatten)]
    origin: Origin,
}

impl TryFrom<PublishRow> for PublishView {
    type Error = Error;

    fn try_from(row: PublishRow) -> Result<Self> {
        Ok(Self {
            id: PublishId(row.id),
            state: parse("state of a publish", &row.state)?,
            environment: row.environment,
            run: row.origin.run()?,
            rolls_back: row.rolls_back.map(PublishId),
            rolled_back_by: row.rolled_back_by.map(PublishId),
            created_by: row.created_by,
            created_at: row.created_at,
            ended_at: row.ended_at,
            tables: Vec::new(),
            reads: Vec::new(),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct PublishedRow {
    pub publish_id: Uuid,
    name: String,
    version_before: Option<i64>,
    version: i64,
    row_count: i64,
    byte_count: i64,
    removed: Option<i64>,
}

impl TryFrom<&PublishedRow> for PublishedTable {
    type Error = Error;

    fn try_from(row: &PublishedRow) -> Result<Self> {
        Ok(Self {
            name: name(&row.name)?,
            version_before: row.version_before.map(|before| number("version", before)).transpose()?,
            version: number("version", row.version)?,
            rows: number("count", row.row_count)?,
            bytes: number("count", row.byte_count)?,
            rows_removed: row.removed.map(|removed| number("count", removed)).transpose()?,
        })
    }
}
