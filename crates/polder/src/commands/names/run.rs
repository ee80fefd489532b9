//! A run as it is named on the command line: by its id, by the beginning or end of it, or as the latest of a pipeline.
//!
//! Ids begin with the time, so that those of one hour begin alike; their ends tell them apart, and are what is shown.

use std::str::FromStr;

use anyhow::Result;
use polder_client::Client;
use polder_types::Code;
use polder_types::id::RunId;
use polder_types::wire::{RunFilter, RunSummary};

use super::FullName;
use crate::failure::Failure;
use crate::output::format;

/// Digits of an id that are enough to look for it.
const SHORTEST: usize = 4;
/// How many runs are listed if several are meant.
const LISTED: usize = 5;

/// A run as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunName {
    Id(RunId),
    /// The beginning or the end of an id.
    Part(String),
    Latest(FullName),
}

impl FromStr for RunName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(pipeline) = text.strip_prefix("latest:") {
            return pipeline.parse().map(Self::Latest);
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        if is_part(text) {
            return Ok(Self::Part(text.to_ascii_lowercase()));
        }
        Err("expected the id of a run, at least 4 digits of its end or beginning, or latest:TEAM/NAME"
            .to_owned())
    }
}

impl RunName {
    /// The run that is meant.
    pub async fn find(&self, client: &Client, environment: &str) -> Result<RunId> {
        match self {
            Self::Id(id) => Ok(*id),
            Self::Part(part) => {
                let wanted =
                    RunFilter { search: Some(part.clone()), limit: Some(100), ..RunFilter::default() };
                only(part, client.runs(&wanted).await?.items)
            }
            Self::Latest(pipeline) => latest(pipeline, client, environment).await,
        }
    }
}

async fn latest(pipeline: &FullName, client: &Client, environment: &str) -> Result<RunId> {
    let wanted = RunFilter {
        team: Some(pipeline.team.clone()),
        pipeline: Some(pipeline.name.clone()),
        environment: Some(environment.to_owned()),
        limit: Some(1),
        ..RunFilter::default()
    };
    if let Some(run) = client.runs(&wanted).await?.items.first() {
        return Ok(run.id);
    }
    // Has it no runs, or is it not there at all?
    let there = client.pipeline(&pipeline.team, &pipeline.name, Some(environment)).await;
    pipeline.or_nearest(there, client, environment).await?;
    Err(Failure::new(format!("{pipeline} has not run in {environment} yet"))
        .code(Code::NotFound)
        .hint(format!("Start it with `polder run {pipeline}{}`.", super::in_environment(environment)))
        .into())
}

/// The one run whose id begins or ends so. The search has looked at names and labels too.
fn only(part: &str, mut runs: Vec<RunSummary>) -> Result<RunId> {
    runs.retain(|run| is_meant(part, run.id));
    match runs.as_slice() {
        [run] => Ok(run.id),
        [] => Err(Failure::new(format!("there is no run whose id begins or ends with `{part}`"))
            .code(Code::NotFound)
            .hint("`polder runs` lists the newest runs.")
            .into()),
        several => Err(Failure::new(format!("`{part}` may be any of {} runs", several.len()))
            .hint(format!("Give the end of the id, which tells them apart:\n{}", listed(several)))
            .into()),
    }
}

fn listed(runs: &[RunSummary]) -> String {
    let line = |run: &RunSummary| {
        let date = format::logical_date(run);
        format!("    {}  {}/{} for {date}, {}", run.id, run.team, run.pipeline, run.status)
    };
    let mut lines: Vec<String> = runs.iter().take(LISTED).map(line).collect();
    if runs.len() > LISTED {
        lines.push("    …".to_owned());
    }
    lines.join("\n")
}

/// Whether a text may be the beginning or the end of an id.
pub(super) fn is_part(text: &str) -> bool {
    digits(text).len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether an id begins or ends so.
pub(super) fn is_meant(part: &str, id: impl std::fmt::Display) -> bool {
    let (part, id) = (digits(part), digits(&id.to_string()));
    id.starts_with(&part) || id.ends_with(&part)
}

fn digits(text: &str) -> String {
    text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_have_three_kinds_of_names() {
        let id = "0190a7b2-0000-7000-8000-000000000001";
        assert_eq!(id.parse(), Ok(RunName::Id(id.parse().unwrap())));
        assert_eq!("0190A7b2-00".parse(), Ok(RunName::Part("0190a7b2-00".into())));
        assert_eq!("0001".parse(), Ok(RunName::Part("0001".into())));
        let name = FullName { team: "a".into(), name: "b".into() };
        assert_eq!("latest:a/b".parse(), Ok(RunName::Latest(name)));
        for wrong in ["", "abc", "weather", "a-b-c", "latest:x", "latest:a/b/c"] {
            assert!(wrong.parse::<RunName>().is_err(), "{wrong}");
        }
    }
}
