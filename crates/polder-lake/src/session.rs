//! SQL over the tables of a view: queries only, within limits.
//!
//! Tables are opened when a query names them, and once a session. What is not a query is refused when it is planned, whatever it
//! is: statements that write, that change settings, and those that would read or write files of the machine.

mod catalog;

use std::path::PathBuf;
use std::sync::Arc;

use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use deltalake::datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use deltalake::datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use deltalake::datafusion::execution::{SendableRecordBatchStream, SessionStateBuilder};
use deltalake::datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use deltalake::delta_datafusion::planner::DeltaPlanner;

use self::catalog::Catalog;
use crate::{Error, Lake, Result, View};

/// The catalog's name in SQL, for whoever writes it out.
pub const CATALOG: &str = "polder";
/// Where a table is looked for that is named without a schema.
const DEFAULT_SCHEMA: &str = "marts";
/// So many of the largest holders of memory are named when it is used up.
const NAMED: usize = 5;

/// What queries may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes for sorting, joining and grouping, for all queries of the session together; what is over it goes to disk, or fails.
    pub memory: usize,
    /// Where that goes to; in the system's temporary folder if none is given.
    pub spill: Option<PathBuf>,
    /// Bytes on that disk.
    pub spilled: u64,
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { memory: 1 << 30, spill: None, spilled: 64 << 30, threads }
    }
}

/// Answers queries about one view.
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
}

impl Lake {
    /// # Errors
    /// When the folder for what does not fit into memory cannot be used.
    pub fn session(&self, view: &View, limits: &Limits) -> Result<Session> {
        let runtime = runtime(limits).map_err(Error::query)?;
        runtime.register_object_store(&self.store_url(), Arc::clone(self.store()));
        let config = SessionConfig::new()
            .with_target_partitions(limits.threads)
            .with_information_schema(true)
            .with_create_default_catalog_and_schema(false)
            .with_default_catalog_and_schema(CATALOG, DEFAULT_SCHEMA)
            // Text as Delta has it, so that results are in the types of the tables.
            .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
            .set_bool("datafusion.execution.parquet.pushdown_filters", true);
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(config)
            .with_runtime_env(Arc::new(runtime))
            .with_query_planner(DeltaPlanner::new())
            .build();
        let context = SessionContext::new_with_state(state);
        context.register_catalog(CATALOG, Arc::new(Catalog::new(self, view)));
        Ok(Session { context })
    }
}

fn runtime(limits: &Limits) -> std::result::Result<RuntimeEnv, DataFusionError> {
    let pool =
        TrackConsumersPool::new(FairSpillPool::new(limits.memory), NAMED.try_into().expect("more than none"));
    let mode = limits
        .spill
        .as_ref()
        .map_or(DiskManagerMode::OsTmpDirectory, |folder| DiskManagerMode::Directories(vec![folder.clone()]));
    let disk = DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(limits.spilled);
    RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk).build()
}

impl Session {
    /// Answers one query.
    ///
    /// # Errors
    /// [`Error::Query`]: it is not a query, names what is not there, or needs more than it may use.
    pub async fn query(&self, sql: &str) -> Result<SendableRecordBatchStream> {
        let only_queries =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = self.context.sql_with_options(sql, only_queries).await.map_err(Error::query)?;
        frame.execute_stream().await.map_err(Error::query)
    }

    /// For protocols that plan and run themselves. They must let queries through and nothing else.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }
}
