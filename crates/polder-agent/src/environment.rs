//! What an attempt's environment says of the run, beside the executor's minimum and what the step gives.

use std::collections::BTreeMap;

use polder_types::wire::{Assignment, Task};

/// The variables, and what they are.
pub const VARIABLES: &[(&str, &str)] = &[
    ("POLDER_RUN_ID", "the run's id"),
    ("POLDER_STEP", "the step's name"),
    ("POLDER_EPOCH", "the number of the attempt, from 1"),
    ("POLDER_TEAM", "the team that owns the pipeline"),
    ("POLDER_PIPELINE", "the pipeline's name"),
    ("POLDER_ENVIRONMENT", "the environment, such as prod"),
    ("POLDER_PROJECT", "the project's name; not set for a job without one"),
    ("POLDER_REVISION", "the revision's id; not set for a job without files"),
    ("POLDER_LOGICAL_DATE", "the run's logical day, such as 2026-11-21"),
    ("POLDER_LOGICAL_AT", "the run's logical date as an instant, RFC 3339 in UTC"),
];

/// The variables of an attempt. The step's own win, secrets above all; a request has its secrets in it, and needs none.
#[must_use]
pub fn variables(assignment: &Assignment) -> BTreeMap<String, String> {
    let key = &assignment.key;
    let always = [
        ("POLDER_RUN_ID", key.run.to_string()),
        ("POLDER_STEP", key.step.clone()),
        ("POLDER_EPOCH", key.epoch.to_string()),
        ("POLDER_TEAM", assignment.team.clone()),
        ("POLDER_PIPELINE", assignment.pipeline.clone()),
        ("POLDER_ENVIRONMENT", assignment.environment.clone()),
        ("POLDER_LOGICAL_DATE", assignment.logical_day.to_string()),
        ("POLDER_LOGICAL_AT", assignment.logical_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
    ];
    let mut all: BTreeMap<String, String> = always.map(|(name, value)| (name.to_owned(), value)).into();
    all.extend(assignment.project.iter().map(|project| ("POLDER_PROJECT".to_owned(), project.clone())));
    all.extend(assignment.revision.map(|revision| ("POLDER_REVISION".to_owned(), revision.to_string())));
    all.extend(assignment.env.clone());
    match assignment.task {
        Task::Run(_) => all.extend(assignment.secrets.clone()),
        Task::Sql(_) => all.extend(of_storage()),
        Task::Sync(_) | Task::Models(_) => all.extend(of_storage().chain(folders())),
        Task::Http(_) => {}
    }
    all
}

/// The folders of this machine that syncs may read, as whoever runs the agent says.
fn folders() -> Option<(String, String)> {
    const FOLDERS: &str = "POLDER_FILES";
    std::env::var(FOLDERS).ok().map(|folders| (FOLDERS.to_owned(), folders))
}

/// How the lake's store is reached, as the agent was told: Polder's own work opens tables itself, what users wrote does not get this.
fn of_storage() -> impl Iterator<Item = (String, String)> {
    const PREFIXES: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];
    std::env::vars().filter(|(name, _)| PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
}
