//! Cycles of pipelines that start each other across projects: once begun, they would never end.
//!
//! "A causes B" if B has an executions trigger on A, or a step of A starts B. Only what this deployment can have closed
//! is looked at: from its pipelines on downstream, found by index, never through all pipelines.

use std::collections::{BTreeMap, BTreeSet};

use polder_store::runs::PipelineRef;
use polder_store::{Tx, pipelines, triggers};
use polder_types::definition::{Pipeline, Project, StepKind, Trigger};
use polder_types::id::PipelineId;
use polder_types::run::EventStatus;
use polder_types::wire::Mistake;

use crate::Result;

/// `team/name`.
type Name = (String, String);
/// Which pipelines each pipeline causes.
type Graph = BTreeMap<Name, BTreeSet<Name>>;

/// Every cycle that goes through this project and another one, as mistakes in its files.
pub(crate) async fn find(
    tx: &mut Tx,
    workspace: &str,
    environment: &str,
    project: &Project,
) -> Result<Vec<Mistake>> {
    let graph = reachable(tx, workspace, environment, project).await?;
    let own = |name: &Name| {
        name.0 == project.team && project.pipelines.iter().any(|pipeline| pipeline.name == name.1)
    };
    let cycles = cycles(&graph).into_iter().filter(|cycle| cycle.iter().any(own) && !cycle.iter().all(own));
    Ok(cycles.map(|cycle| mistake(project, &from_own(cycle, own))).collect())
}

/// What is caused by the project's pipelines, directly or not.
async fn reachable(tx: &mut Tx, workspace: &str, environment: &str, project: &Project) -> Result<Graph> {
    let mut graph = Graph::new();
    let mut open: Vec<Name> = names(project).collect();
    while let Some(name) = open.pop() {
        if graph.contains_key(&name) {
            continue;
        }
        let mut caused = caused_by_own(project, &name);
        caused.extend(caused_by_others(tx, workspace, environment, project, &name).await?);
        open.extend(caused.iter().cloned());
        graph.insert(name, caused);
    }
    Ok(graph)
}

fn names(project: &Project) -> impl Iterator<Item = Name> {
    project.pipelines.iter().map(|pipeline| (project.team.clone(), pipeline.name.clone()))
}

/// Pipelines of this project that listen to `name`, and what it calls if it is of this project.
fn caused_by_own(project: &Project, name: &Name) -> BTreeSet<Name> {
    let listens = |pipeline: &&Pipeline| upstreams(pipeline).contains(name);
    let mut caused: BTreeSet<Name> = project
        .pipelines
        .iter()
        .filter(listens)
        .map(|own| (project.team.clone(), own.name.clone()))
        .collect();
    let itself = project.pipelines.iter().filter(|own| name.0 == project.team && own.name == name.1);
    caused.extend(itself.flat_map(calls));
    caused
}

/// Deployed pipelines of other projects that listen to `name`, and what it calls if it is one of them.
async fn caused_by_others(
    tx: &mut Tx,
    workspace: &str,
    environment: &str,
    project: &Project,
    name: &Name,
) -> Result<BTreeSet<Name>> {
    let mut caused = BTreeSet::new();
    let key = pipelines::PipelineKey { workspace_id: workspace, environment, team: &name.0, name: &name.1 };
    let own = |pipeline: &pipelines::Pipeline| {
        pipeline.project == project.name && pipeline.team == project.team && !pipeline.job
    };
    if !names(project).any(|own| own == *name)
        && let Some(pipeline) = pipelines::find(tx, key).await?.filter(|pipeline| !own(pipeline))
    {
        caused.extend(calls(&pipeline.definition));
    }
    for listener in listeners(tx, workspace, environment, name).await? {
        let pipeline = pipelines::get(tx, listener).await?;
        if !own(&pipeline) {
            caused.insert((pipeline.team, pipeline.name));
        }
    }
    Ok(caused)
}

async fn listeners(
    tx: &mut Tx,
    workspace: &str,
    environment: &str,
    name: &Name,
) -> Result<BTreeSet<PipelineId>> {
    let key = PipelineRef {
        id: PipelineId(uuid::Uuid::nil()),
        workspace: workspace.to_owned(),
        environment: environment.to_owned(),
        team: name.0.clone(),
        name: name.1.clone(),
    };
    let mut found = BTreeSet::new();
    for status in EventStatus::ALL {
        found.extend(
            triggers::listening(tx, &key, *status).await?.into_iter().map(|trigger| trigger.pipeline),
        );
    }
    Ok(found)
}

fn upstreams(pipeline: &Pipeline) -> BTreeSet<Name> {
    let of = |trigger: &Trigger| match trigger {
        Trigger::Executions(executions) => executions
            .expression
            .conditions()
            .iter()
            .map(|condition| (condition.team.clone(), condition.pipeline.clone()))
            .collect(),
        _ => Vec::new(),
    };
    pipeline.triggers.iter().flat_map(of).collect()
}

fn calls(pipeline: &Pipeline) -> BTreeSet<Name> {
    let called = pipeline.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Pipeline(call) => Some((call.team.clone(), call.pipeline.clone())),
        _ => None,
    });
    called.collect()
}

/// One cycle for each edge that closes one, found by depth-first search; each set of pipelines once.
fn cycles(graph: &Graph) -> Vec<Vec<Name>> {
    let mut found = BTreeMap::new();
    let mut done = BTreeSet::new();
    for start in graph.keys() {
        search(graph, start, &mut Vec::new(), &mut done, &mut found);
    }
    found.into_values().collect()
}

fn search(
    graph: &Graph,
    name: &Name,
    path: &mut Vec<Name>,
    done: &mut BTreeSet<Name>,
    found: &mut BTreeMap<BTreeSet<Name>, Vec<Name>>,
) {
    if let Some(start) = path.iter().position(|on_path| on_path == name) {
        let cycle = path[start..].to_vec();
        found.entry(cycle.iter().cloned().collect()).or_insert(cycle);
        return;
    }
    if done.contains(name) {
        return;
    }
    path.push(name.clone());
    for caused in graph.get(name).into_iter().flatten() {
        search(graph, caused, path, done, found);
    }
    path.pop();
    done.insert(name.clone());
}

/// The cycle, told from one of the project's own pipelines on.
fn from_own(mut cycle: Vec<Name>, own: impl Fn(&Name) -> bool) -> Vec<Name> {
    let start = cycle.iter().position(own).unwrap_or(0);
    cycle.rotate_left(start);
    cycle
}

fn mistake(project: &Project, cycle: &[Name]) -> Mistake {
    let words: Vec<String> =
        cycle.iter().chain(cycle.first()).map(|(team, name)| format!("{team}/{name}")).collect();
    let first = cycle.first().map_or("", |(_, name)| name.as_str());
    let file = project
        .pipelines
        .iter()
        .find(|pipeline| pipeline.name == first)
        .map(|pipeline| pipeline.file.clone());
    let message = format!("these pipelines would start each other for ever: {}", words.join(" -> "));
    let mistake = Mistake::error(message).hint("take one of these triggers or `pipeline` steps out");
    Mistake { file, path: Some("triggers".to_owned()), ..mistake }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let name = |text: &str| ("t".to_owned(), text.to_owned());
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry(name(from)).or_default().insert(name(to));
            graph.entry(name(to)).or_default();
        }
        graph
    }

    fn found(edges: &[(&str, &str)]) -> Vec<String> {
        let words = |cycle: Vec<Name>| cycle.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" ");
        cycles(&graph(edges)).into_iter().map(words).collect()
    }

    #[test]
    fn cycles_are_named_in_full_and_once() {
        assert_eq!(found(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]), Vec::<String>::new());
        assert_eq!(found(&[("a", "b"), ("b", "c"), ("c", "a"), ("x", "a")]), ["a b c"]);
        assert_eq!(found(&[("a", "a")]), ["a"]);
        assert_eq!(found(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]), ["a b", "b c"]);
    }

    #[test]
    fn a_cycle_is_told_from_an_own_pipeline_on() {
        let cycle = found(&[("a", "b"), ("b", "c"), ("c", "a")]);
        assert_eq!(cycle, ["a b c"]);
        let names = ["a", "b", "c"].map(|name| ("t".to_owned(), name.to_owned())).to_vec();
        let turned: Vec<String> =
            from_own(names, |name| name.1 == "c").into_iter().map(|name| name.1).collect();
        assert_eq!(turned, ["c", "a", "b"]);
    }
}
