//! Figures for Prometheus. Counters and histograms are fed by the stream of changes and by the requests; gauges are read
//! from the store when somebody asks.

mod process;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use polder_engine::{Change, ChangeKind};
use polder_types::id::RunId;
use polder_types::run::{RunStatus, StepStatus};
use polder_types::wire::VacuumReport;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

pub(crate) use self::text::Format;
use crate::{Api, Error, Result};

const RUN_SECONDS: [f64; 12] =
    [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 28_800.0, 86_400.0];
const START_SECONDS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 10.0, 60.0];
/// Runs and steps whose beginning is remembered; beyond it all are forgotten, and some durations are not told.
const MOST: usize = 100_000;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Team {
    team: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TeamStatus {
    team: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ActiveRuns {
    team: String,
    environment: String,
    status: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: String,
}

type Histograms = Family<Team, Histogram, fn() -> Histogram>;

/// All figures. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    build: Family<Build, Gauge>,
    runs: Family<TeamStatus, Counter>,
    run_seconds: Histograms,
    start_seconds: Histograms,
    log_bytes: Family<Team, Counter>,
    requests: Family<Request, Counter>,
    active: Family<ActiveRuns, Gauge>,
    offered: Gauge,
    open: Gauge,
    outbox: Gauge,
    vacuumed_files: Counter,
    vacuumed_bytes: Counter,
    begun: Arc<Mutex<Begun>>,
}

/// What is remembered until it ends.
#[derive(Debug, Default)]
struct Begun {
    teams: HashMap<RunId, String>,
    runs: HashMap<RunId, DateTime<Utc>>,
    steps: HashMap<(RunId, String), DateTime<Utc>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Arc::default(),
            build: Family::default(),
            runs: Family::default(),
            run_seconds: Family::new_with_constructor(|| Histogram::new(RUN_SECONDS)),
            start_seconds: Family::new_with_constructor(|| Histogram::new(START_SECONDS)),
            log_bytes: Family::default(),
            requests: Family::default(),
            active: Family::default(),
            offered: Gauge::default(),
            open: Gauge::default(),
            outbox: Gauge::default(),
            vacuumed_files: Counter::default(),
            vacuumed_bytes: Counter::default(),
            begun: Arc::default(),
        };
        metrics.registry = Arc::new(metrics.register());
        metrics
    }
}

impl Metrics {
    fn register(&self) -> Registry {
        let mut registry = Registry::with_prefix("polder");
        registry.register("build_info", "Always 1; the version of the server", self.build.clone());
        registry.register("runs", "Runs that ended", self.runs.clone());
        registry.register_with_unit(
            "run_duration",
            "From a run's start to its end",
            Unit::Seconds,
            self.run_seconds.clone(),
        );
        let help = "From a step being ready to its attempt being claimed";
        registry.register_with_unit("step_start", help, Unit::Seconds, self.start_seconds.clone());
        registry.register_with_unit("log", "Logs received", Unit::Bytes, self.log_bytes.clone());
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register("active_runs", "Runs that are queued or running", self.active.clone());
        registry.register("queued_attempts", "Attempts that wait for an agent", self.offered.clone());
        registry.register("open_requests", "Long-polls and streams that are held open", self.open.clone());
        registry.register("outbox_entries", "Things that are still to be done or told", self.outbox.clone());
        let help = "Files of the lake that nobody needed any more, and that were deleted";
        registry.register("lake_vacuumed_files", help, self.vacuumed_files.clone());
        let help = "What these files took";
        registry.register_with_unit("lake_vacuumed", help, Unit::Bytes, self.vacuumed_bytes.clone());
        registry
    }

    pub(crate) fn note_vacuum(&self, report: &VacuumReport) {
        self.vacuumed_files.inc_by(report.files);
        self.vacuumed_bytes.inc_by(report.bytes);
    }

    /// Takes a change into account.
    pub(crate) fn note(&self, change: &Change) {
        match &change.kind {
            ChangeKind::Run { id, status, .. } => self.note_run(*id, *status, change),
            ChangeKind::Step { run, step, status, .. } => self.note_step(*run, step, *status, change),
            _ => {}
        }
    }

    pub(crate) fn note_request(&self, method: &str, route: &str, status: u16) {
        self.requests
            .get_or_create(&Request { method: method.to_owned(), route: route.to_owned(), status })
            .inc();
    }

    pub(crate) fn note_log(&self, run: RunId, bytes: usize) {
        let team = self.begun().teams.get(&run).cloned().unwrap_or_else(|| "unknown".to_owned());
        self.log_bytes.get_or_create(&Team { team }).inc_by(bytes as u64);
    }

    fn note_run(&self, id: RunId, status: RunStatus, change: &Change) {
        let team = Team { team: change.team.clone() };
        let mut begun = self.begun();
        if !status.is_terminal() {
            begun.make_room();
            begun.teams.insert(id, change.team.clone());
            if status == RunStatus::Running {
                begun.runs.insert(id, change.at);
            }
            return;
        }
        begun.teams.remove(&id);
        let started_at = begun.runs.remove(&id);
        drop(begun);
        self.runs.get_or_create(&TeamStatus { team: change.team.clone(), status: status.as_str() }).inc();
        if let Some(started_at) = started_at {
            self.run_seconds.get_or_create(&team).observe(seconds(change.at - started_at));
        }
    }

    fn note_step(&self, run: RunId, step: &str, status: StepStatus, change: &Change) {
        let mut begun = self.begun();
        let key = (run, step.to_owned());
        if status == StepStatus::Ready {
            begun.make_room();
            begun.steps.insert(key, change.at);
        } else if let Some(ready_at) = begun.steps.remove(&key).filter(|_| status == StepStatus::Running) {
            drop(begun);
            let team = Team { team: change.team.clone() };
            self.start_seconds.get_or_create(&team).observe(seconds(change.at - ready_at));
        }
    }

    fn begun(&self) -> std::sync::MutexGuard<'_, Begun> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Begun {
    fn make_room(&mut self) {
        if self.teams.len().max(self.runs.len()).max(self.steps.len()) >= MOST {
            *self = Self::default();
        }
    }
}

impl Api {
    /// All figures as text.
    pub(crate) async fn figures(&self, format: Format) -> Result<String> {
        let metrics = self.metrics();
        metrics.build.get_or_create(&Build { version: self.version().to_owned() }).set(1);
        metrics.active.clear();
        for (team, environment, status, count) in self.store().active_counts().await? {
            metrics.active.get_or_create(&ActiveRuns { team, environment, status }).set(count);
        }
        metrics.offered.set(self.store().attempts_offered().await?);
        metrics.outbox.set(self.store().outbox_depth().await?);
        metrics.open.set(i64::try_from(self.open().count()).unwrap_or(i64::MAX));
        let process = process::registry(self.started_at());
        let text = format.text(&[&metrics.registry, &process]);
        text.map_err(|error| Error::Internal(error.to_string()))
    }
}

fn seconds(duration: TimeDelta) -> f64 {
    duration.to_std().unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use polder_types::id::PipelineId;

    use super::*;

    #[test]
    fn durations_are_measured_from_change_to_change() {
        let metrics = Metrics::default();
        let run = RunId(uuid::Uuid::nil());
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let tell =
            |at, kind| metrics.note(&Change { at, team: "web".into(), environment: "prod".into(), kind });
        let moved = |status| ChangeKind::Run {
            id: run,
            pipeline_id: PipelineId(uuid::Uuid::nil()),
            pipeline: "p".into(),
            status,
        };
        let step = |status| ChangeKind::Step { run, step: "s".into(), status, epoch: 1 };
        tell(at(0), moved(RunStatus::Running));
        tell(at(0), step(StepStatus::Ready));
        tell(at(2), step(StepStatus::Running));
        metrics.note_log(run, 100);
        tell(at(10), moved(RunStatus::Succeeded));
        metrics.note_log(run, 1);
        metrics.note_request("GET", "/api/v1/runs", 200);
        metrics.note_vacuum(&VacuumReport { files: 2, bytes: 30, ..VacuumReport::default() });
        let text = Format::OpenMetrics.text(&[&metrics.registry]).unwrap();
        for line in [
            r#"polder_runs_total{team="web",status="SUCCEEDED"} 1"#,
            r#"polder_run_duration_seconds_sum{team="web"} 10.0"#,
            r#"polder_step_start_seconds_sum{team="web"} 2.0"#,
            r#"polder_log_bytes_total{team="web"} 100"#,
            r#"polder_log_bytes_total{team="unknown"} 1"#,
            "polder_lake_vacuumed_files_total 2",
            "polder_lake_vacuumed_bytes_total 30",
            r#"polder_http_requests_total{method="GET",route="/api/v1/runs",status="200"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
