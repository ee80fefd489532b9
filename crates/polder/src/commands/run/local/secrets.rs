//! Secrets of a local run: from a file of `NAME=VALUE` lines, else from the environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use polder_types::Code;
use polder_types::definition::Step;
use polder_types::wire::RunError;

use crate::failure::Failure;

/// What the file says, by name.
pub(super) struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// Reads the file; without one, `.env` of the project if it is there.
    pub(super) fn load(file: Option<&Path>, project: &Path) -> Result<Self> {
        let default = project.join(".env");
        let path = match file {
            Some(path) => path,
            None if default.is_file() => &default,
            None => return Ok(Self(BTreeMap::new())),
        };
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self(parse(&text).map_err(|line| {
            Failure::new(format!("line {line} of {} is no NAME=VALUE", path.display()))
                .hint("Comments begin with `#`.")
        })?))
    }

    /// The values of a step's secrets by variable. Each is looked for in the file by the secret's name and the variable's,
    /// then in the environment by the variable's.
    pub(super) fn of(&self, step: &Step) -> Result<BTreeMap<String, String>, RunError> {
        let find = |(variable, name): (&String, &String)| {
            let in_file = self.0.get(name).or_else(|| self.0.get(variable)).cloned();
            let value = in_file.or_else(|| std::env::var(variable).ok());
            value.map(|value| (variable.clone(), value)).ok_or_else(|| RunError {
                code: Code::UnknownSecret,
                message: format!(
                    "there is no secret `{name}`: set {variable} in the environment, or {name}=… in .env"
                ),
            })
        };
        step.secrets.iter().map(find).collect()
    }
}

/// The assignments, or the number of the first line that is none. Never its text: it may be a secret.
fn parse(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let mut values = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=').ok_or(index + 1)?;
        values.insert(name.trim().to_owned(), unquoted(value.trim()).to_owned());
    }
    Ok(values)
}

fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_assignments_is_read() {
        let values = parse("# comment\n\nexport A=1\nB = \"x y\"\nC='z'\nD=a=b\n").unwrap();
        let expected =
            [("A", "1"), ("B", "x y"), ("C", "z"), ("D", "a=b")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(values, BTreeMap::from(expected));
        assert_eq!(parse("A=1\nsecret-text"), Err(2));
    }
}
