-- Runs, what starts them, and what has to be done about them.

-- The definition of a pipeline as runs are pinned to it, by its content.
CREATE TABLE run_definitions (
    hash TEXT NOT NULL PRIMARY KEY,
    definition TEXT NOT NULL
);

CREATE TABLE runs (
    id UUID NOT NULL PRIMARY KEY,
    pipeline_id UUID NOT NULL REFERENCES pipelines (id),
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    team TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    revision_id UUID,
    definition_hash TEXT NOT NULL REFERENCES run_definitions (hash),
    status TEXT NOT NULL,
    stopping TEXT,
    logical_at TIMESTAMPTZ NOT NULL,
    logical_day TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    parameters TEXT NOT NULL,
    payload TEXT,
    labels TEXT NOT NULL,
    reason TEXT NOT NULL,
    rerun_of UUID,
    root_id UUID NOT NULL,
    parent_run_id UUID,
    parent_position BIGINT,
    parent_epoch BIGINT,
    call_back_uri TEXT,
    error_code TEXT,
    error_message TEXT
);
CREATE INDEX runs_by_pipeline ON runs (pipeline_id, id);
CREATE INDEX runs_by_environment ON runs (workspace_id, environment, id);
CREATE INDEX runs_by_team ON runs (workspace_id, team, id);
CREATE INDEX runs_by_status ON runs (workspace_id, status, id);
CREATE INDEX runs_by_day ON runs (pipeline_id, logical_at);
CREATE INDEX runs_by_root ON runs (root_id, id);
CREATE INDEX runs_by_parent ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_active ON runs (pipeline_id, status, id) WHERE status IN ('QUEUED', 'RUNNING');
CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL;

-- Which runs were started because of which, whatever the way.
CREATE TABLE run_causes (
    cause_run_id UUID NOT NULL REFERENCES runs (id),
    run_id UUID NOT NULL REFERENCES runs (id),
    PRIMARY KEY (cause_run_id, run_id)
);

CREATE TABLE step_runs (
    run_id UUID NOT NULL REFERENCES runs (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    needs TEXT NOT NULL,
    status TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    stopping TEXT,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    retry_at TIMESTAMPTZ,
    outputs TEXT NOT NULL,
    rows_count BIGINT,
    bytes_count BIGINT,
    error_code TEXT,
    error_message TEXT,
    child_run_id UUID,
    taken_from UUID,
    PRIMARY KEY (run_id, position)
);

-- Each try of a step. OFFERED: may be claimed; CLAIMED: an agent has it; ENDED; WITHDRAWN: nobody may have it any more.
CREATE TABLE attempts (
    run_id UUID NOT NULL REFERENCES runs (id),
    position BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    state TEXT NOT NULL,
    executor TEXT NOT NULL,
    agent TEXT,
    stop_reason TEXT,
    ready_at TIMESTAMPTZ NOT NULL,
    claimed_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    exit_code BIGINT,
    signal BIGINT,
    peak_memory_bytes BIGINT,
    cpu_seconds DOUBLE PRECISION,
    error_code TEXT,
    error_message TEXT,
    log_lines BIGINT NOT NULL,
    PRIMARY KEY (run_id, position, epoch)
);
CREATE INDEX attempts_offered ON attempts (executor, ready_at, run_id, position) WHERE state = 'OFFERED';
CREATE INDEX attempts_claimed ON attempts (agent, run_id, position) WHERE state = 'CLAIMED';

-- Agents, and when each was last heard of.
CREATE TABLE agents (
    name TEXT NOT NULL PRIMARY KEY,
    executors TEXT NOT NULL,
    slots BIGINT NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL
);

-- Schedule and executions triggers as they were deployed. An unchanged one keeps its row over deployments.
CREATE TABLE triggers (
    id UUID NOT NULL PRIMARY KEY,
    pipeline_id UUID NOT NULL REFERENCES pipelines (id),
    kind TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    definition TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    deployed_at TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ,
    next_at TIMESTAMPTZ
);
CREATE INDEX triggers_by_pipeline ON triggers (pipeline_id, id);
CREATE INDEX triggers_due ON triggers (next_at) WHERE next_at IS NOT NULL;

-- Which triggers listen to a pipeline, whether or not it exists yet.
CREATE TABLE trigger_conditions (
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    team TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    status TEXT NOT NULL,
    trigger_id UUID NOT NULL REFERENCES triggers (id),
    PRIMARY KEY (workspace_id, environment, team, pipeline, status, trigger_id)
);
CREATE INDEX trigger_conditions_by_trigger ON trigger_conditions (trigger_id);

-- Status changes of runs, delivered to each trigger that listens; used at most once by it.
CREATE TABLE trigger_events (
    trigger_id UUID NOT NULL REFERENCES triggers (id),
    event_id UUID NOT NULL,
    run_id UUID NOT NULL REFERENCES runs (id),
    root_id UUID NOT NULL,
    rerun BOOLEAN NOT NULL,
    team TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    status TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    logical_at TIMESTAMPTZ NOT NULL,
    logical_day TEXT,
    day TEXT NOT NULL,
    used_by UUID REFERENCES runs (id),
    PRIMARY KEY (trigger_id, event_id)
);
CREATE INDEX trigger_events_unused ON trigger_events (trigger_id, day, at) WHERE used_by IS NULL;
CREATE INDEX trigger_events_unused_by_time ON trigger_events (trigger_id, at) WHERE used_by IS NULL;
CREATE INDEX trigger_events_by_root ON trigger_events (trigger_id, root_id);

-- The days for which a trigger with `within: day` has fired.
CREATE TABLE trigger_days (
    trigger_id UUID NOT NULL REFERENCES triggers (id),
    day TEXT NOT NULL,
    run_id UUID,
    PRIMARY KEY (trigger_id, day)
);

-- Every planned tick of every schedule, with what came of it.
CREATE TABLE ticks (
    trigger_id UUID NOT NULL REFERENCES triggers (id),
    planned_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    outcome TEXT NOT NULL,
    run_id UUID REFERENCES runs (id),
    PRIMARY KEY (trigger_id, planned_at)
);

-- What happens at a time: RETRY, STEP_DEADLINE, RUN_DEADLINE.
CREATE TABLE timers (
    run_id UUID NOT NULL REFERENCES runs (id),
    kind TEXT NOT NULL,
    position BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, kind, position, epoch)
);
CREATE INDEX timers_due ON timers (due_at);

-- What has to be done because of something that was committed; deleted when done.
CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    tries BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_at, id);
