//! What a pipeline refers to by name, kept beside it so that it is found from the other side.

use polder_types::definition;
use polder_types::id::PipelineId;

use crate::{Result, Tx};

/// Notes which secrets it asks for.
pub(super) async fn set_secrets(
    tx: &mut Tx,
    id: PipelineId,
    definition: &definition::Pipeline,
) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM pipeline_secrets WHERE pipeline_id = $1").bind(id.0))?;
    let mut names: Vec<&String> = definition.steps.iter().flat_map(|step| step.secrets.values()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let sql = "INSERT INTO pipeline_secrets (name, pipeline_id) VALUES ($1, $2)";
        execute!(tx, sqlx::query(sql).bind(name).bind(id.0))?;
    }
    Ok(())
}

/// Notes which pipelines its steps run.
pub(super) async fn set_calls(tx: &mut Tx, id: PipelineId, definition: &definition::Pipeline) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM pipeline_calls WHERE pipeline_id = $1").bind(id.0))?;
    for step in &definition.steps {
        if let definition::StepKind::Pipeline(call) = &step.kind {
            let sql = "INSERT INTO pipeline_calls (pipeline_id, team, pipeline) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            execute!(tx, sqlx::query(sql).bind(id.0).bind(&call.team).bind(&call.pipeline))?;
        }
    }
    Ok(())
}
