//! Secrets that a project asks for and that its environment does not have: told before a run fails for them.

use std::collections::{BTreeMap, BTreeSet};

use polder_client::Client;
use polder_types::definition::{Project, did_you_mean};
use polder_types::wire::Mistake;

use crate::commands::names::in_environment;

/// A warning for each; none if the caller may not know what secrets there are.
pub(super) async fn missing(project: &Project, environment: &str, client: &Client) -> Vec<Mistake> {
    let asked = asked(project);
    if asked.is_empty() {
        return Vec::new();
    }
    let Ok(page) = client.secrets(Some(&project.team), Some(environment)).await else { return Vec::new() };
    let known: BTreeSet<&str> = page.items.iter().map(|secret| secret.name.as_str()).collect();
    let missing = asked.into_iter().filter(|(name, _)| !known.contains(name));
    missing.map(|(name, by)| warning(name, &by, &known, &project.team, environment)).collect()
}

/// The names of the secrets, each with the pipelines that ask for it.
fn asked(project: &Project) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut asked: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for pipeline in &project.pipelines {
        for name in pipeline.steps.iter().flat_map(|step| step.secrets.values()) {
            asked.entry(name).or_default().insert(&pipeline.name);
        }
    }
    asked
}

fn warning(
    name: &str,
    by: &BTreeSet<&str>,
    known: &BTreeSet<&str>,
    team: &str,
    environment: &str,
) -> Mistake {
    let by = by.iter().copied().collect::<Vec<_>>().join(", ");
    let nearest = did_you_mean(name, known.iter().copied()).map_or_else(String::new, |nearest| nearest + " ");
    let store = format!("polder secret set {team}/{name}{}", in_environment(environment));
    Mistake::warning(format!("there is no secret `{team}/{name}` in {environment}; asked for by {by}"))
        .hint(format!("{nearest}store it with `{store}`"))
}
