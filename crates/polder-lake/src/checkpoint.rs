//! Summaries of logs (checkpoints), without which opening a table reads every commit that there ever was.
//!
//! Whatever writes through Delta's own commits gets them by itself. A publish puts its commits into the log as they lie ready, so it
//! makes them here: at every tenth version, or where the table wants fewer. Nothing depends on one that is missing or made twice.

use std::num::NonZeroU64;

use deltalake::checkpoints::create_checkpoint;
use deltalake::table::config::TablePropertiesExt;

use crate::{Error, Lake, Published, Result};

/// Versions from one to the next, and the fewest where a table says how many.
const EVERY: u64 = 10;

impl Lake {
    /// Sums up the log of a table as far as the version that was published, if it is time to.
    ///
    /// # Errors
    /// When the log cannot be read, or the summary not written.
    pub(crate) async fn checkpoint(&self, published: &Published) -> Result<()> {
        let Published { table: name, line, version } = published;
        if *version == 0 || !version.is_multiple_of(EVERY) {
            return Ok(());
        }
        let table = self.table(name, line, Some(*version)).await?;
        let wanted = table.snapshot()?.table_config().checkpoint_interval();
        let wanted = NonZeroU64::new(wanted.get()).map_or(EVERY, NonZeroU64::get);
        // Only tenth versions are looked at: whether one at which it is time was passed since the last.
        if version / wanted == (version - EVERY) / wanted {
            return Ok(());
        }
        create_checkpoint(&table.delta, None).await.map_err(Error::delta(name))
    }
}
