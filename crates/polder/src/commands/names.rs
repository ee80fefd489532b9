//! How things are named on the command line: `TEAM/NAME`, and runs by their id, a part of it, or as the latest of a
//! pipeline.

use std::str::FromStr;

use anyhow::Result;
use polder_client::{Client, Error};
use polder_types::Code;
use polder_types::definition::did_you_mean;
use polder_types::id::RunId;
use polder_types::wire::{PipelineFilter, RunFilter, RunSummary};

use crate::failure::Failure;

/// `TEAM/NAME`, of a pipeline, a secret or a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullName {
    pub team: String,
    pub name: String,
}

impl FromStr for FullName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((team, name)) if !team.is_empty() && !name.is_empty() && !name.contains('/') => {
                Ok(Self { team: team.to_owned(), name: name.to_owned() })
            }
            _ => Err("expected TEAM/NAME, such as weather/hourly".to_owned()),
        }
    }
}

impl std::fmt::Display for FullName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.team, self.name)
    }
}

impl FullName {
    /// Adds the nearest name to what the server says of a pipeline that is not there.
    pub async fn or_nearest<T>(
        &self,
        answer: Result<T, Error>,
        client: &Client,
        environment: &str,
    ) -> Result<T> {
        match answer {
            Err(Error::Problem(mut problem)) if problem.code == Code::NotFound && problem.hint.is_none() => {
                problem.hint = self.nearest(client, environment).await;
                Err(Error::Problem(problem).into())
            }
            answer => Ok(answer?),
        }
    }

    async fn nearest(&self, client: &Client, environment: &str) -> Option<String> {
        let filter = PipelineFilter {
            environment: Some(environment.to_owned()),
            limit: Some(500),
            ..PipelineFilter::default()
        };
        let known = client.pipelines(&filter).await.ok()?.items;
        let names: Vec<String> =
            known.iter().map(|pipeline| format!("{}/{}", pipeline.team, pipeline.name)).collect();
        let nearest = did_you_mean(&self.to_string(), names.iter().map(String::as_str));
        nearest.or_else(|| Some(format!("`polder pipelines --env {environment}` lists what is there.")))
    }
}

/// `KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub key: String,
    pub value: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Ok(Self { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err("expected KEY=VALUE".to_owned()),
        }
    }
}

/// A run as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunName {
    Id(RunId),
    /// The beginning, or another part, of an id.
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
        let is_part = text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_part {
            return Ok(Self::Part(text.to_ascii_lowercase()));
        }
        Err("expected the id of a run, at least 4 characters of it, or latest:TEAM/NAME".to_owned())
    }
}

impl RunName {
    /// The run that is meant.
    pub async fn find(&self, client: &Client, environment: &str) -> Result<RunId> {
        let wanted = match self {
            Self::Id(id) => return Ok(*id),
            Self::Part(part) => {
                RunFilter { search: Some(part.clone()), limit: Some(100), ..RunFilter::default() }
            }
            Self::Latest(pipeline) => RunFilter {
                team: Some(pipeline.team.clone()),
                pipeline: Some(pipeline.name.clone()),
                environment: Some(environment.to_owned()),
                limit: Some(1),
                ..RunFilter::default()
            },
        };
        self.only(client.runs(&wanted).await?.items)
    }

    fn only(&self, mut runs: Vec<RunSummary>) -> Result<RunId> {
        if let Self::Part(part) = self {
            runs.retain(|run| run.id.to_string().contains(part));
        }
        match (self, runs.as_slice()) {
            (_, [run]) => Ok(run.id),
            (Self::Latest(pipeline), _) => Err(nothing(&format!("there is no run of {pipeline}"))),
            (Self::Part(part), []) => Err(nothing(&format!("there is no run with `{part}` in its id"))),
            (Self::Part(part), [one, other, ..]) => {
                Err(Failure::new(format!("`{part}` is in the ids of several runs"))
                    .hint(format!("Give more of it: {} and {} are two of them.", one.id, other.id))
                    .into())
            }
            (Self::Id(id), _) => Ok(*id),
        }
    }
}

fn nothing(message: &str) -> anyhow::Error {
    Failure::new(message).code(Code::NotFound).hint("Look at `polder runs`.").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_have_three_kinds_of_names() {
        let id = "0190a7b2-0000-7000-8000-000000000001";
        assert_eq!(id.parse(), Ok(RunName::Id(id.parse().unwrap())));
        assert_eq!("0190A7b2-00".parse(), Ok(RunName::Part("0190a7b2-00".into())));
        let name = FullName { team: "a".into(), name: "b".into() };
        assert_eq!("latest:a/b".parse(), Ok(RunName::Latest(name)));
        for wrong in ["", "abc", "weather", "latest:x", "latest:a/b/c"] {
            assert!(wrong.parse::<RunName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_value_may_have_more_of_the_sign() {
        assert_eq!("a=b=c".parse(), Ok(Assignment { key: "a".into(), value: "b=c".into() }));
        assert!("=b".parse::<Assignment>().is_err());
    }
}
