//! What the stories are told with.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use polder_engine::vault::Keyring;
use polder_engine::{Engine, Error, Options, StartRequest, Started};
use polder_store::logs::LogStore;
use polder_store::pipelines::{self, PipelineKey};
use polder_store::{Store, blobs};
use polder_types::id::{PipelineId, RunId};
use polder_types::run::{Outcome, RunStatus, StepStatus};
use polder_types::wire::{
    Assignment, AttemptEnded, AttemptKey, Claim, Deploy, Heartbeat, Plan, ProjectFile, Reason, Rerun,
    RerunFrom, RunSummary, StartRun, Stop,
};
use polder_types::{Clock, Code, ManualClock};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

pub(crate) const AGENT: &str = "agent";

/// An engine on a store, with everything that a story needs.
pub(crate) struct Story {
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
}

impl Story {
    /// It is Saturday, 21 November 2026, 10:00 UTC.
    pub(crate) fn new(store: Store) -> Self {
        let start: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().expect("an instant");
        let clock = Arc::new(ManualClock::at(start));
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine(store, Arc::clone(&clock), &folder);
        Self { engine, clock, folder }
    }

    /// The server dies and another one starts on the same data.
    pub(crate) fn restart(self) -> Self {
        let engine = engine(self.engine.store().clone(), Arc::clone(&self.clock), &self.folder);
        Self { engine, ..self }
    }

    pub(crate) async fn deploy(&self, project: &str, files: &[(&str, &str)]) {
        let deploy = self.upload(project, files).await;
        if let Err(Error::InvalidDefinition(mistakes)) = self.engine.deploy("default", deploy, "test").await {
            panic!("{mistakes:#?}");
        }
    }

    pub(crate) async fn deploy_to(&self, environment: &str, project: &str, files: &[(&str, &str)]) {
        let deploy = Deploy { environment: environment.into(), ..self.upload(project, files).await };
        self.engine.deploy("default", deploy, "test").await.expect("deployed");
    }

    pub(crate) async fn plan(&self, project: &str, files: &[(&str, &str)]) -> Plan {
        let deploy = self.upload(project, files).await;
        self.engine.plan("default", deploy).await.expect("a plan")
    }

    async fn upload(&self, project: &str, files: &[(&str, &str)]) -> Deploy {
        let header =
            format!("project: {project}\nteam: {project}\nenvironments: {{prod: {{}}, dev: {{}}}}\n");
        let all = [&[("polder.yaml", header.as_str())], files].concat();
        let mut manifest = Vec::new();
        let mut tx = self.engine.store().begin().await.expect("a transaction");
        for (path, text) in all {
            let sha256 = blobs::insert(&mut tx, text.into(), self.clock.now()).await.expect("stored");
            manifest.push(ProjectFile {
                path: path.into(),
                sha256,
                size: text.len() as u64,
                executable: false,
            });
        }
        tx.commit().await.expect("committed");
        Deploy { environment: "prod".into(), files: manifest, note: None, source: BTreeMap::new() }
    }

    /// A pipeline named like its project, in one file.
    pub(crate) async fn pipeline(&self, name: &str, text: &str) {
        self.deploy(name, &[("pipeline.yaml", &format!("name: {name}\n{text}"))]).await;
    }

    pub(crate) async fn id(&self, name: &str) -> PipelineId {
        self.id_in("prod", name).await
    }

    async fn id_in(&self, environment: &str, name: &str) -> PipelineId {
        let mut tx = self.engine.store().read().await.expect("a transaction");
        let key = PipelineKey { workspace_id: "default", environment, team: name, name };
        pipelines::find(&mut tx, key).await.expect("found").expect("deployed").id
    }

    pub(crate) async fn try_start(&self, name: &str, start: StartRun) -> Result<Started, Error> {
        let reason = Reason::Manual { by: "test".into() };
        let request =
            StartRequest { pipeline: self.id(name).await, reason, start, payload: None, idempotency: None };
        self.engine.start_run(request).await
    }

    pub(crate) async fn start(&self, name: &str) -> RunId {
        self.try_start(name, StartRun::default()).await.expect("started").run
    }

    pub(crate) async fn start_id(&self, pipeline: PipelineId) -> RunId {
        let reason = Reason::Manual { by: "test".into() };
        let start = StartRun::default();
        let request = StartRequest { pipeline, reason, start, payload: None, idempotency: None };
        self.engine.start_run(request).await.expect("started").run
    }

    pub(crate) async fn start_in(&self, environment: &str, name: &str) -> RunId {
        self.start_id(self.id_in(environment, name).await).await
    }

    pub(crate) fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) async fn start_on(&self, name: &str, day: &str) -> RunId {
        let start = StartRun { logical_date: Some(day.into()), ..StartRun::default() };
        self.try_start(name, start).await.expect("started").run
    }

    pub(crate) async fn rerun(&self, run: RunId) -> RunId {
        self.engine.rerun(run, Rerun::default(), "test", None).await.expect("repeated").run
    }

    /// Repeats all of a run.
    pub(crate) async fn start_anew(&self, run: RunId) -> RunId {
        let rerun = Rerun { from: RerunFrom::Start, ..Rerun::default() };
        self.engine.rerun(run, rerun, "test", None).await.expect("repeated").run
    }

    /// Everything that can be had now.
    pub(crate) async fn claim(&self) -> Vec<Assignment> {
        let claim = Claim { slots: 100, wait_seconds: 0, executors: vec!["process".into()], running: vec![] };
        self.engine.claim(AGENT, claim).await.expect("an answer").assignments
    }

    /// The one attempt that can be had now.
    pub(crate) async fn claim_one(&self) -> Assignment {
        let mut claimed = self.claim().await;
        assert_eq!(claimed.len(), 1, "{claimed:?}");
        claimed.remove(0)
    }

    pub(crate) async fn stops(&self, running: &[&AttemptKey]) -> Vec<Stop> {
        let running = running.iter().map(|key| (*key).clone()).collect();
        self.engine.heartbeat(AGENT, Heartbeat { running, starting: false }).await.expect("orders").stops
    }

    pub(crate) async fn end(&self, key: &AttemptKey, outcome: Outcome) {
        self.end_with(key, outcome, json!({})).await;
    }

    pub(crate) async fn end_with(&self, key: &AttemptKey, outcome: Outcome, outputs: Value) {
        let Value::Object(outputs) = outputs else { panic!("outputs are an object") };
        self.engine.attempt_ended(AGENT, key, self.report(outcome, outputs)).await.expect("accepted");
        self.engine.run_due().await.expect("done");
    }

    /// Ends an attempt well, and takes what comes next.
    pub(crate) async fn go_on(&self, key: &AttemptKey, outputs: Value) -> Option<Assignment> {
        let Value::Object(outputs) = outputs else { panic!("outputs are an object") };
        let mut report = self.report(Outcome::Succeeded, outputs);
        report.goes_on_with = vec!["process".into()];
        self.engine.attempt_ended(AGENT, key, report).await.expect("accepted")
    }

    pub(crate) fn report(&self, outcome: Outcome, outputs: Map<String, Value>) -> AttemptEnded {
        let failed = outcome == Outcome::Failed;
        AttemptEnded {
            outcome,
            ended_at: self.clock.now(),
            exit_code: Some(i32::from(failed)),
            signal: None,
            peak_memory_bytes: Some(1 << 20),
            cpu_seconds: Some(0.1),
            outputs,
            rows: None,
            bytes: None,
            goes_on_with: Vec::new(),
            code: failed.then_some(Code::StepFailed),
            message: None,
        }
    }

    /// Runs whatever can be claimed, with one outcome, until nothing is left; how many attempts that were.
    pub(crate) async fn work(&self, outcome: Outcome) -> usize {
        let mut count = 0;
        loop {
            self.engine.run_due().await.expect("done");
            let claimed = self.claim().await;
            if claimed.is_empty() {
                return count;
            }
            for assignment in claimed {
                count += 1;
                self.end(&assignment.key, outcome).await;
            }
        }
    }

    pub(crate) async fn later(&self, step: TimeDelta) {
        self.clock.advance(step);
        self.engine.run_due().await.expect("done");
    }

    pub(crate) async fn status(&self, run: RunId) -> RunStatus {
        self.engine.run(run).await.expect("a run").summary.status
    }

    pub(crate) async fn steps(&self, run: RunId) -> Vec<(String, StepStatus)> {
        let steps = self.engine.run(run).await.expect("a run").steps;
        steps.into_iter().map(|step| (step.name, step.status)).collect()
    }

    /// The pipeline's runs, oldest first.
    pub(crate) async fn runs(&self, name: &str) -> Vec<RunSummary> {
        let mut runs = self.engine.store().last_runs(self.id(name).await, 100).await.expect("runs");
        runs.reverse();
        runs
    }
}

fn engine(store: Store, clock: Arc<ManualClock>, folder: &tempfile::TempDir) -> Engine {
    let options = Options {
        store,
        logs: LogStore::new(folder.path().join("logs")).expect("logs"),
        keyring: Arc::new(Keyring::load(&folder.path().join("master-key"), None).expect("a keyring")),
        clock,
        public_url: "http://polder.test".into(),
        allowed_callback_hosts: vec![],
        lake: Some("file:///lake".to_owned()),
        lake_retention: polder_types::lake::Retention::default(),
        keep_logs: Some(TimeDelta::days(30)),
    };
    Engine::idle(options, CancellationToken::new()).expect("an engine")
}
