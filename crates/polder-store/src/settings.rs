//! What an instance knows of itself: a few named texts.

use crate::{Result, Tx};

pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM settings WHERE name = $1";
    on!(tx, |c| sqlx::query_scalar(sql).bind(name).fetch_optional(c))
}

pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    execute!(tx, sqlx::query(sql).bind(name).bind(value))?;
    Ok(())
}
