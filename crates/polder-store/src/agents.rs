//! Agents, and when each was last heard of.

use chrono::{DateTime, Utc};

use crate::{JsonText, Result, Store};

/// An agent as it is stored.
#[derive(Debug, Clone)]
pub struct StoredAgent {
    pub name: String,
    pub executors: Vec<String>,
    pub slots: i64,
    pub running: i64,
    pub last_seen_at: DateTime<Utc>,
}

impl Store {
    /// Notes that an agent is there.
    pub async fn agent_seen(
        &self,
        name: &str,
        executors: &[String],
        slots: u32,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let sql = "INSERT INTO agents (name, executors, slots, last_seen_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE
            SET executors = excluded.executors, slots = excluded.slots, last_seen_at = excluded.last_seen_at";
        execute!(tx, sqlx::query(sql).bind(name).bind(JsonText(executors)).bind(i64::from(slots)).bind(now))?;
        tx.commit().await
    }

    /// Every agent, by name.
    pub async fn agents(&self) -> Result<Vec<StoredAgent>> {
        let mut tx = self.read().await?;
        let sql = "SELECT g.name, g.executors, g.slots,
            (SELECT count(*) FROM attempts a WHERE a.state = 'CLAIMED' AND a.agent = g.name), g.last_seen_at
            FROM agents g ORDER BY g.name";
        let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c))?;
        Ok(rows
            .into_iter()
            .map(|(name, executors, slots, running, last_seen_at)| StoredAgent {
                name,
                executors: executors.0,
                slots,
                running,
                last_seen_at,
            })
            .collect())
    }
}

type Row = (String, JsonText<Vec<String>>, i64, i64, DateTime<Utc>);
