//! Finding runs by a text, without reading all history.
//!
//! - A part of the pipeline's name (or description, owner, labels): pipelines are searched, and the runs of each found by index.
//! - The beginning of an id, at least four digits of it: a range of the primary key.
//! - The end of an id (its random part, which people can tell apart), or a part of a run's own labels: looked for among the
//!   newest [`LOOKED_AT`] runs that fit the other conditions. Narrow conditions, such as a pipeline, reach further back. So are
//!   the runs of pipelines where more than [`PIPELINES`] have the text.
//!
//! What was found in these ways is one list, newest first.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::RunScope;
use super::conditions::{Conditions, Outline, Value};
use crate::runs::RunRow;
use crate::stored::containing;
use crate::{Result, Tx};

/// Among how many runs labels and ends of ids are looked for.
const LOOKED_AT: u32 = 10_000;
/// Of how many pipelines the runs are found one by one.
const PIPELINES: usize = 20;
/// Fewer digits than these could be anything.
const SHORTEST_ID: usize = 4;
const WHOLE_ID: usize = 32;

/// The newest `limit` runs that the text means.
pub(super) async fn found(
    tx: &mut Tx,
    conditions: &Conditions,
    scope: &RunScope,
    text: &str,
    limit: u32,
) -> Result<Vec<RunRow>> {
    let digits = digits(text);
    let mut rows = Vec::new();
    if let Some((low, high)) = digits.as_deref().and_then(beginning_with) {
        rows.extend(between(conditions, low, high).runs(tx, limit).await?);
        if low == high {
            return Ok(rows);
        }
    }
    let mut pipelines = pipelines(tx, &scope.workspace, text).await?;
    if pipelines.len() <= PIPELINES {
        for pipeline in pipelines.drain() {
            let mut conditions = conditions.clone();
            conditions.and("pipeline_id = ", Value::Id(pipeline));
            rows.extend(conditions.runs(tx, limit).await?);
        }
    }
    let wanted = Wanted { text: text.to_lowercase(), digits, pipelines };
    rows.extend(among_newest(tx, conditions, &wanted, limit).await?);
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(row.id));
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(limit as usize);
    Ok(rows)
}

/// What is looked for in single runs.
struct Wanted {
    /// In lower case.
    text: String,
    digits: Option<String>,
    pipelines: HashSet<Uuid>,
}

impl Wanted {
    fn is_met(&self, run: &Outline) -> bool {
        let ends = |digits: &String| run.id.simple().to_string().ends_with(digits);
        self.digits.as_ref().is_some_and(ends)
            || self.pipelines.contains(&run.pipeline_id)
            || has_label(&run.labels, &self.text)
    }
}

/// The pipelines with this text, also those that are no longer deployed.
async fn pipelines(tx: &mut Tx, workspace: &str, text: &str) -> Result<HashSet<Uuid>> {
    let sql = "SELECT id FROM pipelines WHERE workspace_id = $1 AND search LIKE $2 ESCAPE '\\'";
    let ids: Vec<Uuid> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(workspace).bind(containing(text)).fetch_all(c))?;
    Ok(ids.into_iter().collect())
}

fn between(conditions: &Conditions, low: Uuid, high: Uuid) -> Conditions {
    let mut conditions = conditions.clone();
    conditions.and("id >= ", Value::Id(low));
    conditions.and("id <= ", Value::Id(high));
    conditions
}

async fn among_newest(
    tx: &mut Tx,
    conditions: &Conditions,
    wanted: &Wanted,
    limit: u32,
) -> Result<Vec<RunRow>> {
    let newest = conditions.outlines(tx, LOOKED_AT).await?;
    let met = newest.iter().filter(|run| wanted.is_met(run)).take(limit as usize);
    let ids: Vec<Value> = met.map(|run| Value::Id(run.id)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut conditions = conditions.clone();
    conditions.and_in("id", ids);
    conditions.runs(tx, limit).await
}

/// Whether a label's `key=value` has the text in it; so has then its key, its value, or both.
fn has_label(labels: &str, wanted: &str) -> bool {
    if labels == "{}" {
        return false;
    }
    let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
    labels.iter().any(|(key, value)| format!("{key}={value}").to_lowercase().contains(wanted))
}

/// The digits of what may be a part of an id.
fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
    let fits = (SHORTEST_ID..=WHOLE_ID).contains(&digits.len());
    Some(digits).filter(|digits| fits && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The first and the last id that begin with these digits.
fn beginning_with(digits: &str) -> Option<(Uuid, Uuid)> {
    let filled = |fill: &str| Uuid::parse_str(&format!("{digits}{}", fill.repeat(WHOLE_ID - digits.len())));
    Some((filled("0").ok()?, filled("f").ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_ids_are_told_from_other_texts() {
        assert_eq!(digits("0190A7b2-00").as_deref(), Some("0190a7b200"));
        for other in ["abc", "weather", "", "-", "0190 a7b2"] {
            assert_eq!(digits(other), None, "{other}");
        }
        let (low, high) = beginning_with("0190").unwrap();
        assert_eq!(low.to_string(), "01900000-0000-0000-0000-000000000000");
        assert_eq!(high.to_string(), "0190ffff-ffff-ffff-ffff-ffffffffffff");
    }

    #[test]
    fn labels_are_found_by_key_value_and_both() {
        let labels = r#"{"Customer":"ACME %","tier":"1"}"#;
        for found in ["customer", "acme %", "customer=acme", "tier=1"] {
            assert!(has_label(labels, found), "{found}");
        }
        for not in ["tier=2", "acme_", "\":\"", "tier:1"] {
            assert!(!has_label(labels, not), "{not}");
        }
        assert!(!has_label("{}", ""));
    }
}
