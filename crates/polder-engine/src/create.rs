//! Makes runs: the one way, for starts by hand, ticks, triggers, webhooks, steps of other runs and repetitions.

use std::collections::BTreeMap;
use std::sync::Arc;

use polder_store::pipelines::Pipeline;
use polder_store::runs::{self, Logical, NewRun, NewStep, Parent, PipelineRef, Taken};
use polder_types::Code;
use polder_types::definition::{self, Concurrency, OnConflict};
use polder_types::id::RunId;
use polder_types::run::{Event, RunStatus};
use polder_types::wire::{Reason, RunError};
use serde_json::{Map, Value};

use crate::Result;
use crate::definitions::pin;
use crate::moves::{Loaded, Mover, refused};

/// A run to be made.
pub(crate) struct Blueprint {
    pub reason: Reason,
    pub logical: Logical,
    pub parameters: Map<String, Value>,
    pub payload: Option<Value>,
    pub labels: BTreeMap<String, String>,
    /// The run that this one repeats, and the first of that chain.
    pub rerun_of: Option<(RunId, RunId)>,
    pub parent: Option<Parent>,
    pub call_back_uri: Option<String>,
    /// Results that are taken over, by step.
    pub taken: BTreeMap<String, Taken>,
    /// The runs because of which this one is made.
    pub causes: Vec<RunId>,
}

/// What came of it.
pub(crate) enum Made {
    /// The run, RUNNING or QUEUED.
    Run(RunId, RunStatus),
    /// No run: this one has the place, and the policy is to skip or to refuse.
    Taken(RunId),
}

impl Blueprint {
    pub(crate) fn new(reason: Reason, logical: Logical, parameters: Map<String, Value>) -> Self {
        Self {
            reason,
            logical,
            parameters,
            payload: None,
            labels: BTreeMap::new(),
            rerun_of: None,
            parent: None,
            call_back_uri: None,
            taken: BTreeMap::new(),
            causes: Vec::new(),
        }
    }
}

impl Mover<'_> {
    /// Makes a run of a pipeline as it is deployed now, and starts it if there is a place for it.
    pub(crate) async fn create(&mut self, pipeline: &Pipeline, blueprint: Blueprint) -> Result<Made> {
        let (hash, json, pinned) = pin(project_of(pipeline), pipeline.definition.clone())?;
        // Known by content: whether or not this transaction is committed, the hash stands for it.
        self.engine.inner.definitions.keep(&hash, &Arc::new(pinned));
        runs::insert_definition(&mut self.tx, &hash, &json).await?;
        let pinned = PinnedAs { hash, revision: Some(pipeline.revision_id) };
        self.create_pinned(reference(pipeline), &pipeline.definition, pinned, blueprint).await
    }

    /// Makes a run of a definition that is stored already.
    pub(crate) async fn create_pinned(
        &mut self,
        pipeline: PipelineRef,
        definition: &definition::Pipeline,
        pinned: PinnedAs,
        blueprint: Blueprint,
    ) -> Result<Made> {
        self.tx.lock("pipeline", pipeline.id.0).await?;
        let place = self.find_place(&pipeline, definition.concurrency).await?;
        if let Place::Taken(by, OnConflict::Skip) = place {
            return Ok(Made::Taken(by));
        }
        let automatic = !matches!(
            blueprint.reason,
            Reason::Manual { .. } | Reason::Webhook { .. } | Reason::Rerun { .. }
        );
        if let (Place::Taken(by, OnConflict::Reject), false) = (&place, automatic) {
            return Ok(Made::Taken(*by));
        }
        let run = self.insert(pipeline, definition, pinned, blueprint).await?;
        match place {
            Place::Free => self.start(run).await,
            Place::Taken(by, OnConflict::Reject) => self.refuse(run, by).await,
            Place::Taken(..) => self.leave_queued(run).await,
        }
    }

    /// Whether a run may start now. With `replace`, those that have the places are told to stop.
    async fn find_place(
        &mut self,
        pipeline: &PipelineRef,
        concurrency: Option<Concurrency>,
    ) -> Result<Place> {
        let Some(concurrency) = concurrency else { return Ok(Place::Free) };
        let running = runs::running_of(&mut self.tx, pipeline.id).await?;
        let queued = runs::queued_of(&mut self.tx, pipeline.id).await?;
        let full = running.len() >= concurrency.limit as usize;
        let Some(first) = running.first().or(queued.first()).copied().filter(|_| full || !queued.is_empty())
        else {
            return Ok(Place::Free);
        };
        if concurrency.on_conflict == OnConflict::Replace {
            for run in queued.into_iter().chain(running) {
                self.abort(run, "a newer run, which replaces it").await?;
            }
        }
        Ok(Place::Taken(first, concurrency.on_conflict))
    }

    async fn insert(
        &mut self,
        pipeline: PipelineRef,
        definition: &definition::Pipeline,
        pinned: PinnedAs,
        mut blueprint: Blueprint,
    ) -> Result<RunId> {
        let id = RunId::new(self.now);
        let steps = definition.steps.iter().map(|step| new_step(step, &mut blueprint.taken)).collect();
        let run = NewRun {
            id,
            pipeline,
            revision: pinned.revision,
            definition_hash: pinned.hash,
            logical: blueprint.logical,
            created_at: self.now,
            parameters: blueprint.parameters,
            payload: blueprint.payload,
            labels: blueprint.labels,
            reason: blueprint.reason,
            rerun_of: blueprint.rerun_of,
            parent: blueprint.parent,
            call_back_uri: blueprint.call_back_uri,
            steps,
        };
        runs::insert(&mut self.tx, &run).await?;
        self.begin_mending(&run).await?;
        for cause in blueprint.causes {
            runs::insert_cause(&mut self.tx, cause, id).await?;
        }
        Ok(id)
    }

    async fn start(&mut self, run: RunId) -> Result<Made> {
        let mut loaded = self.load(run).await?;
        self.must(&mut loaded, &Event::Admitted).await?;
        Ok(Made::Run(run, loaded.state.status))
    }

    async fn refuse(&mut self, run: RunId, by: RunId) -> Result<Made> {
        let mut loaded = self.load(run).await?;
        let message = format!("the pipeline runs already as often as it may: run {by}");
        self.set_error(&mut loaded, RunError { code: Code::AlreadyRunning, message }).await?;
        self.must(&mut loaded, &Event::Refused).await?;
        Ok(Made::Run(run, loaded.state.status))
    }

    async fn leave_queued(&mut self, run: RunId) -> Result<Made> {
        let loaded = self.load(run).await?;
        let change = crate::moves::run_change(&loaded);
        self.tell(&loaded, change);
        Ok(Made::Run(run, RunStatus::Queued))
    }

    /// Lets waiting runs in, oldest first, as far as there are places.
    pub(crate) async fn admit(&mut self, pipeline: polder_types::id::PipelineId) -> Result<()> {
        self.tx.lock("pipeline", pipeline.0).await?;
        let mut running = runs::running_of(&mut self.tx, pipeline).await?.len();
        for run in runs::queued_of(&mut self.tx, pipeline).await? {
            let mut loaded = self.load(run).await?;
            let limit = loaded
                .pinned
                .pipeline
                .concurrency
                .map_or(usize::MAX, |concurrency| concurrency.limit as usize);
            if running >= limit {
                break;
            }
            self.must(&mut loaded, &Event::Admitted).await?;
            running += 1;
        }
        Ok(())
    }

    /// Has a run end; one that has ended stays as it is.
    pub(crate) async fn abort(&mut self, run: RunId, by: &str) -> Result<Loaded> {
        let mut loaded = self.load(run).await?;
        if loaded.state.status.is_terminal() || loaded.state.stopping.is_some() {
            return Ok(loaded);
        }
        self.set_error(&mut loaded, RunError { code: Code::Aborted, message: format!("aborted by {by}") })
            .await?;
        self.must(&mut loaded, &Event::AbortRequested).await?;
        Ok(loaded)
    }

    pub(crate) async fn set_error(&mut self, loaded: &mut Loaded, error: RunError) -> Result<()> {
        runs::set_error(&mut self.tx, loaded.run.id, &error).await?;
        loaded.run.error = Some(error);
        Ok(())
    }

    /// Applies an event that must fit.
    pub(crate) async fn must(&mut self, loaded: &mut Loaded, event: &Event) -> Result<()> {
        self.apply(loaded, event).await?.map_err(|illegal| refused(&illegal))
    }
}

/// Under which hash and revision a run's definition is stored.
pub(crate) struct PinnedAs {
    pub hash: String,
    pub revision: Option<polder_types::id::RevisionId>,
}

enum Place {
    Free,
    Taken(RunId, OnConflict),
}

/// A pipeline as its runs name it.
pub(crate) fn reference(pipeline: &Pipeline) -> PipelineRef {
    PipelineRef {
        id: pipeline.id,
        workspace: pipeline.workspace_id.clone(),
        environment: pipeline.environment.clone(),
        team: pipeline.team.clone(),
        name: pipeline.name.clone(),
    }
}

fn project_of(pipeline: &Pipeline) -> Option<String> {
    (!pipeline.job).then(|| pipeline.project.clone())
}

fn new_step(step: &definition::Step, taken: &mut BTreeMap<String, Taken>) -> NewStep {
    NewStep {
        name: step.name.clone(),
        kind: step.kind.name(),
        needs: step.needs.clone(),
        taken: taken.remove(&step.name),
    }
}
