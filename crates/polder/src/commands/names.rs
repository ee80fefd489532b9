//! How things are named on the command line: `TEAM/NAME`, `KEY=VALUE`, and runs.

mod publish;
mod run;

use std::str::FromStr;

use anyhow::Result;
use polder_client::{Client, Error};
use polder_types::Code;
use polder_types::definition::did_you_mean;
use polder_types::wire::PipelineFilter;
use serde_json::{Map, Value};

pub use publish::PublishName;
pub use run::RunName;

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
                problem.hint = Some(self.nearest(client, Some(environment)).await);
                Err(Error::Problem(problem).into())
            }
            answer => Ok(answer?),
        }
    }

    /// Adds the command that lets it start again to what the server says of a pipeline that is paused: it does not know
    /// that a person asks.
    pub fn unless_paused(&self, error: anyhow::Error, environment: &str) -> anyhow::Error {
        match error.downcast::<Error>() {
            Ok(Error::Problem(mut problem)) if problem.code == Code::Paused => {
                let place = in_environment(environment);
                problem.hint = Some(format!("`polder resume {self}{place}` lets it start again."));
                Error::Problem(problem).into()
            }
            Ok(error) => error.into(),
            Err(error) => error,
        }
    }

    /// The nearest name of a pipeline that is there, as a hint.
    pub async fn nearest(&self, client: &Client, environment: Option<&str>) -> String {
        let filter = PipelineFilter {
            environment: environment.map(str::to_owned),
            limit: Some(500),
            ..PipelineFilter::default()
        };
        let known = client.pipelines(&filter).await.map(|page| page.items).unwrap_or_default();
        let names: Vec<String> =
            known.iter().map(|pipeline| format!("{}/{}", pipeline.team, pipeline.name)).collect();
        let nearest = did_you_mean(&self.to_string(), names.iter().map(String::as_str));
        let place = environment.map_or_else(String::new, |environment| format!(" --env {environment}"));
        nearest.unwrap_or_else(|| format!("`polder pipelines{place}` lists what is there."))
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

/// The values by their names; one that is given twice is a mistake.
pub fn by_name(option: &str, given: Vec<Assignment>) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for Assignment { key, value } in given {
        if values.insert(key.clone(), value.into()).is_some() {
            return Err(Failure::usage(format!("{option} {key} is given twice"))
                .hint("Give each name one value.")
                .into());
        }
    }
    Ok(values)
}

/// What a command has to say for its environment: nothing if it is the usual one.
pub fn in_environment(environment: &str) -> String {
    if environment == "prod" { String::new() } else { format!(" --env {environment}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_have_more_of_the_sign() {
        assert_eq!("a=b=c".parse(), Ok(Assignment { key: "a".into(), value: "b=c".into() }));
        assert!("=b".parse::<Assignment>().is_err());
    }

    #[test]
    fn a_name_has_one_value() {
        let given = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(by_name("--param", given(&["a=1", "b=2"])).unwrap().len(), 2);
        let error = by_name("--param", given(&["a=1", "a=1"])).unwrap_err();
        assert_eq!(error.to_string(), "--param a is given twice");
    }
}
