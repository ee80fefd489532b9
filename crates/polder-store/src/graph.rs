//! Which pipelines there are, and which depend on which: a few statements for all of them, whatever their number.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use polder_types::id::{PipelineId, RunId};
use polder_types::wire::{EdgeKind, Graph, GraphEdge, GraphNode};
use uuid::Uuid;

use crate::overview::broken::counts;
use crate::sight::Sight;
use crate::statement::{Statement, Value, text};
use crate::stored::{number, parse};
use crate::{Result, Store, Tx};

/// Team and name.
type Name = (String, String);

impl Store {
    /// The pipelines that are seen, what they depend on, and the names that they refer to. Failures since `since` count.
    pub async fn graph(&self, sight: &Sight, since: DateTime<Utc>) -> Result<Graph> {
        let mut tx = self.read().await?;
        let mut nodes = nodes(&mut tx, sight).await?;
        add_standing(&mut tx, sight, since, &mut nodes).await?;
        let edges = edges(&mut tx, sight, &nodes).await?;
        let mut nodes: Vec<GraphNode> = nodes.into_values().collect();
        nodes.extend(referred_to(&mut tx, sight, &nodes, &edges).await?);
        nodes.sort_by(|one, other| (&one.team, &one.name).cmp(&(&other.team, &other.name)));
        let edges = edges.into_iter().map(Edge::view).collect();
        Ok(Graph { environment: sight.environment.clone(), nodes, edges })
    }
}

/// Id, team, name, job, paused; and of the newest run id, status and end.
type NodeRow = (Uuid, String, String, bool, bool, Option<Uuid>, Option<String>, Option<DateTime<Utc>>);

async fn nodes(tx: &mut Tx, sight: &Sight) -> Result<HashMap<Uuid, GraphNode>> {
    let sql = "SELECT p.id, p.team, p.name, p.job, p.paused, r.id, r.status, r.ended_at FROM pipelines p
        LEFT JOIN runs r ON r.id = (SELECT n.id FROM runs n WHERE n.pipeline_id = p.id ORDER BY n.id DESC LIMIT 1)
        WHERE p.archived_at IS NULL";
    let rows: Vec<NodeRow> = Statement::new(sql).seen("p", sight).all(tx).await?;
    let mut nodes = HashMap::new();
    for (id, team, name, job, paused, last_run, status, last_ended_at) in rows {
        let last_status = status.map(|status| parse("status of a run", &status)).transpose()?;
        let last_run = last_run.map(RunId);
        let node = GraphNode {
            id: Some(PipelineId(id)),
            exists: true,
            paused,
            job,
            last_status,
            last_run,
            last_ended_at,
            ..unknown((team, name))
        };
        nodes.insert(id, node);
    }
    Ok(nodes)
}

/// A name of which nothing is known.
fn unknown((team, name): Name) -> GraphNode {
    GraphNode {
        team,
        name,
        id: None,
        exists: false,
        paused: false,
        job: false,
        broken: false,
        last_status: None,
        last_run: None,
        last_ended_at: None,
        active: 0,
        next_at: None,
    }
}

async fn add_standing(
    tx: &mut Tx,
    sight: &Sight,
    since: DateTime<Utc>,
    nodes: &mut HashMap<Uuid, GraphNode>,
) -> Result<()> {
    let sql = "SELECT r.pipeline_id, count(*) FROM runs r WHERE r.status IN ('QUEUED', 'RUNNING')";
    let active: Vec<(Uuid, i64)> =
        Statement::new(sql).seen("r", sight).and("GROUP BY r.pipeline_id").all(tx).await?;
    for (pipeline, count) in active {
        let count = number("count", count)?;
        nodes.entry(pipeline).and_modify(|node| node.active = count);
    }
    let sql = "SELECT pipeline_id, min(next_at) FROM triggers WHERE next_at IS NOT NULL GROUP BY pipeline_id";
    let next: Vec<(Uuid, DateTime<Utc>)> = Statement::new(sql).all(tx).await?;
    for (pipeline, at) in next {
        nodes.entry(pipeline).and_modify(|node| node.next_at = Some(at).filter(|_| !node.paused));
    }
    let broken = Statement::new("SELECT DISTINCT u.pipeline_id FROM unmended_runs u WHERE TRUE")
        .seen("u", sight)
        .with(&format!("AND {}", counts("u", "?")), Value::Time(since));
    let broken: Vec<(Uuid,)> = broken.all(tx).await?;
    for (pipeline,) in broken {
        nodes.entry(pipeline).and_modify(|node| node.broken = true);
    }
    Ok(())
}

/// What is started, by what, and in which way.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    from: Name,
    to: Name,
    kind: EdgeKind,
}

struct Edge {
    way: Way,
    statuses: BTreeSet<String>,
}

impl Edge {
    fn view(self) -> GraphEdge {
        let Way { from, to, kind } = self.way;
        let full = |(team, name): Name| format!("{team}/{name}");
        let statuses = self.statuses.iter().filter_map(|status| status.parse().ok()).collect();
        GraphEdge { from: full(from), to: full(to), kind, statuses }
    }
}

async fn edges(tx: &mut Tx, sight: &Sight, nodes: &HashMap<Uuid, GraphNode>) -> Result<Vec<Edge>> {
    let name = |id: &Uuid| nodes.get(id).map(|node| (node.team.clone(), node.name.clone()));
    let sql = "SELECT t.pipeline_id, c.team, c.pipeline, c.status FROM trigger_conditions c
        JOIN triggers t ON t.id = c.trigger_id AND t.active WHERE TRUE";
    let listening = Statement::new(sql)
        .with("AND c.workspace_id = ?", text(&sight.workspace))
        .with("AND c.environment = ?", text(&sight.environment));
    let listening: Vec<(Uuid, String, String, String)> = listening.all(tx).await?;
    let sql = "SELECT c.pipeline_id, c.team, c.pipeline FROM pipelines p
        JOIN pipeline_calls c ON c.pipeline_id = p.id WHERE p.archived_at IS NULL";
    let calls: Vec<(Uuid, String, String)> = Statement::new(sql).seen("p", sight).all(tx).await?;
    let mut ways: BTreeMap<Way, BTreeSet<String>> = BTreeMap::new();
    for (pipeline, team, upstream, status) in listening {
        if let Some(to) = name(&pipeline) {
            let way = Way { from: (team, upstream), to, kind: EdgeKind::Executions };
            ways.entry(way).or_default().insert(status);
        }
    }
    for (pipeline, team, called) in calls {
        if let Some(from) = name(&pipeline) {
            ways.entry(Way { from, to: (team, called), kind: EdgeKind::Step }).or_default();
        }
    }
    Ok(ways.into_iter().map(|(way, statuses)| Edge { way, statuses }).collect())
}

/// The names at the ends of edges that are no nodes yet: of teams that are not seen, or of nothing.
async fn referred_to(
    tx: &mut Tx,
    sight: &Sight,
    nodes: &[GraphNode],
    edges: &[Edge],
) -> Result<Vec<GraphNode>> {
    let mut known: HashSet<Name> = nodes.iter().map(|node| (node.team.clone(), node.name.clone())).collect();
    let ends = edges.iter().flat_map(|edge| [&edge.way.from, &edge.way.to]);
    let names: Vec<Name> = ends.filter(|name| known.insert((*name).clone())).cloned().collect();
    let everywhere = Sight { teams: None, ..sight.clone() };
    let statement = Statement::new("SELECT p.team, p.name FROM pipelines p WHERE p.archived_at IS NULL")
        .seen("p", &everywhere);
    let pairs = names.iter().map(|(team, name)| (text(team), text(name)));
    let existing: Vec<Name> = statement.any_pair("AND (p.team, p.name)", pairs).all(tx).await?;
    let existing: HashSet<Name> = existing.into_iter().collect();
    Ok(names
        .into_iter()
        .map(|name| GraphNode { exists: existing.contains(&name), ..unknown(name) })
        .collect())
}
