//! What the tables and their columns are, for whoever shows, completes or reads them.

use super::OwnTable;
use crate::lake::ColumnFacts;

/// A column of a table of Polder's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnColumn {
    pub name: &'static str,
    pub kind: OwnKind,
    pub nullable: bool,
    pub description: &'static str,
}

/// What its values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKind {
    Text,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInteger,
    Number,
    /// An instant, to the microsecond.
    Time,
    Day,
}

use OwnKind::{BigInteger, Day, Integer, Number, Text, Time};

const fn always(name: &'static str, kind: OwnKind, description: &'static str) -> OwnColumn {
    OwnColumn { name, kind, nullable: false, description }
}

const fn may(name: &'static str, kind: OwnKind, description: &'static str) -> OwnColumn {
    OwnColumn { name, kind, nullable: true, description }
}

const TEAM: OwnColumn = always("team", Text, "The pipeline's team");
const PIPELINE: OwnColumn = always("pipeline", Text, "The pipeline's name");
const ENVIRONMENT: OwnColumn = always("environment", Text, "Where it runs, such as prod");
const RUN: OwnColumn = always("run_id", Text, "The run: polder.runs.id");
const LOGICAL_AT: OwnColumn = always("logical_at", Time, "The instant that the run is about");
const LOGICAL_DAY: OwnColumn =
    may("logical_day", Day, "The day that the run is about, where it is about a whole day");
const STARTED_AT: OwnColumn = may("started_at", Time, "When its first attempt began");
const ENDED_AT: OwnColumn = may("ended_at", Time, "When it ended; null while it has not");
const SECONDS: OwnColumn = may("seconds", Number, "From its start to its end");
const ERROR_CODE: OwnColumn = may("error_code", Text, "What went wrong: polder explain CODE says what to do");
const ERROR_MESSAGE: OwnColumn = may("error_message", Text, "What went wrong, in a sentence");

const RUNS: &[OwnColumn] = &[
    always("id", Text, "The run's id"),
    TEAM,
    PIPELINE,
    ENVIRONMENT,
    always("status", Text, "QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED"),
    LOGICAL_AT,
    LOGICAL_DAY,
    always("created_at", Time, "When it was asked for"),
    may("started_at", Time, "When its first step began"),
    ENDED_AT,
    SECONDS,
    always("reason", Text, "What started it: manual, schedule, executions, follow, webhook, step or rerun"),
    may("started_by", Text, "Who, where somebody did"),
    may("rerun_of", Text, "The run that it repeats"),
    may("revision", Text, "The revision of its project"),
    always("parameters", Text, "What it was given, as JSON"),
    always("labels", Text, "As JSON"),
    ERROR_CODE,
    ERROR_MESSAGE,
];

const STEPS: &[OwnColumn] = &[
    RUN,
    TEAM,
    PIPELINE,
    ENVIRONMENT,
    LOGICAL_AT,
    LOGICAL_DAY,
    always("position", Integer, "From 1, in the order in which the steps are written"),
    always("step", Text, "The step's name"),
    always("kind", Text, "What it does: run, http, pipeline, sql, sync or models"),
    always("status", Text, "As the run's page shows it"),
    always("attempts", Integer, "How often it was tried"),
    STARTED_AT,
    ENDED_AT,
    SECONDS,
    may("rows", BigInteger, "Rows that it wrote, where it says so"),
    may("bytes", BigInteger, "Bytes that it wrote, where it says so"),
    ERROR_CODE,
    ERROR_MESSAGE,
];

const EVENTS: &[OwnColumn] = &[
    always("at", Time, "When it happened"),
    RUN,
    TEAM,
    PIPELINE,
    ENVIRONMENT,
    LOGICAL_AT,
    LOGICAL_DAY,
    always("object", Text, "What it happened to: run, step or attempt"),
    may("step", Text, "The step's name"),
    may("attempt", Integer, "Which try of the step, from 1"),
    always(
        "status",
        Text,
        "Where it stood from then on; an attempt: READY, CLAIMED, STARTED, ENDED or WITHDRAWN",
    ),
    may("agent", Text, "Who worked on the attempt"),
    may("exit_code", Integer, "What its program ended with"),
    may("peak_memory_bytes", BigInteger, "The largest memory of any of its processes"),
    may("cpu_seconds", Number, "CPU time of all its processes"),
    ERROR_CODE,
    ERROR_MESSAGE,
];

impl OwnTable {
    #[must_use]
    pub const fn columns(self) -> &'static [OwnColumn] {
        match self {
            Self::Runs => RUNS,
            Self::Steps => STEPS,
            Self::Events => EVENTS,
        }
    }

    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Runs => "Runs of pipelines, of all environments",
            Self::Steps => "The steps of those runs",
            Self::Events => "What happened to those runs, their steps and the attempts at them",
        }
    }
}

impl OwnKind {
    /// As SQL calls it.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Text => "VARCHAR",
            Integer => "INTEGER",
            BigInteger => "BIGINT",
            Number => "DOUBLE",
            Time => "TIMESTAMP WITH TIME ZONE",
            Day => "DATE",
        }
    }
}

impl From<&OwnColumn> for ColumnFacts {
    fn from(column: &OwnColumn) -> Self {
        Self {
            name: column.name.to_owned(),
            data_type: column.kind.sql().to_owned(),
            nullable: column.nullable,
            description: Some(column.description.to_owned()),
        }
    }
}
