//! Which environments there are: `prod`, those that something was deployed to, and those that a project declares. Any other name is a mistake;
//! without this it would show what `prod` has, since nothing was written in it.

use std::collections::BTreeSet;

use polder_store::environments;
use polder_types::definition::did_you_mean;

use super::PROD;
use crate::{Engine, Error, Result};

/// Of more environments than these, how many there are.
const TOLD: usize = 10;

impl Engine {
    /// # Errors
    /// [`Error::UnknownEnvironment`] when there is none of that name.
    pub async fn require_environment(&self, workspace_id: &str, environment: &str) -> Result<()> {
        if environment == PROD {
            return Ok(());
        }
        let mut tx = self.store().read().await?;
        if environments::is_used(&mut tx, workspace_id, environment).await? {
            return Ok(());
        }
        let mut known = environments::known(&mut tx, workspace_id).await?;
        known.insert(PROD.to_owned());
        if known.contains(environment) { Ok(()) } else { Err(unknown(environment, &known)) }
    }
}

fn unknown(environment: &str, known: &BTreeSet<String>) -> Error {
    let nearest = did_you_mean(environment, known.iter().map(String::as_str));
    let hint = nearest.map_or_else(|| listed(known), |nearest| format!("{nearest} {}", listed(known)));
    Error::UnknownEnvironment { environment: environment.to_owned(), hint }
}

/// The first of them, and where the others are.
fn listed(known: &BTreeSet<String>) -> String {
    let names: Vec<String> = known.iter().take(TOLD).map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    match known.len() {
        1 => format!("There is {names} only."),
        count if count <= TOLD => format!("There are {names}."),
        count => format!(
            "There are {names} and {} more: GET /api/v1/environments lists those with pipelines.",
            count - TOLD
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(environment: &str, known: impl IntoIterator<Item = String>) -> String {
        match unknown(environment, &known.into_iter().collect()) {
            Error::UnknownEnvironment { hint, .. } => hint,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_nearest_is_named_and_what_there_is() {
        let few = || ["prod", "dev"].map(str::to_owned);
        let many = || (10..30).map(|number| format!("branch-{number}"));
        let told = [
            hint("pord", few()),
            hint("acceptance", few()),
            hint("PROD", few().into_iter().take(1)),
            hint("branch-1O", many()),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        did you mean `prod`? There are `dev`, `prod`.
        There are `dev`, `prod`.
        did you mean `prod`? There is `prod` only.
        did you mean `branch-10`? There are `branch-10`, `branch-11`, `branch-12`, `branch-13`, `branch-14`, `branch-15`, `branch-16`, `branch-17`, `branch-18`, `branch-19` and 10 more: GET /api/v1/environments lists those with pipelines.
        ");
    }
}
