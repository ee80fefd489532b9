//! Lists: some items, and where to go on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Some items of a list, and the cursor for the next ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give this as `?cursor=` for the next items; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
