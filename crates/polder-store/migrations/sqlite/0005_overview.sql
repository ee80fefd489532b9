-- What the overview, the graph and the lists are made of, found without reading history.

-- Runs that failed and were not mended: no later run for the same logical date, or of those without one with the same parameters
-- (`undated` is their hash), has succeeded. What is older than a week and not the pipeline's newest is thrown away.
CREATE TABLE unmended_runs (
    run_id BLOB NOT NULL PRIMARY KEY REFERENCES runs (id),
    pipeline_id BLOB NOT NULL REFERENCES pipelines (id),
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    team TEXT NOT NULL,
    logical_at TEXT NOT NULL,
    logical_day TEXT,
    undated TEXT,
    ended_at TEXT NOT NULL,
    mending_run_id BLOB REFERENCES runs (id)
);
CREATE INDEX unmended_runs_of_pipeline ON unmended_runs (pipeline_id, ended_at);
CREATE INDEX unmended_runs_in ON unmended_runs (workspace_id, environment, team, pipeline_id, ended_at, run_id) WHERE mending_run_id IS NULL;

CREATE INDEX runs_of_day ON runs (pipeline_id, logical_day) WHERE logical_day IS NOT NULL;
CREATE INDEX runs_succeeded ON runs (pipeline_id, id, started_at, ended_at) WHERE status = 'SUCCEEDED';
CREATE INDEX runs_active_in ON runs (workspace_id, environment, status, id, team) WHERE status IN ('QUEUED', 'RUNNING');
CREATE INDEX runs_ended_in ON runs (workspace_id, environment, ended_at, team, status) WHERE ended_at IS NOT NULL;
CREATE INDEX ticks_missed ON ticks (decided_at, trigger_id, planned_at) WHERE outcome = 'MISSED_DOWN';
CREATE INDEX triggers_waiting ON triggers (pipeline_id, id) WHERE active AND kind = 'EXECUTIONS';
CREATE INDEX triggers_next ON triggers (pipeline_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX pipelines_counted ON pipelines (workspace_id, environment, team, id, name, paused, job) WHERE archived_at IS NULL;

-- Which pipelines are run by steps of which, whether or not they exist.
CREATE TABLE pipeline_calls (
    pipeline_id BLOB NOT NULL REFERENCES pipelines (id),
    team TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    PRIMARY KEY (pipeline_id, team, pipeline)
);

INSERT INTO pipeline_calls (pipeline_id, team, pipeline)
SELECT DISTINCT p.id, json_extract(s.value, '$.kind.pipeline.team'), json_extract(s.value, '$.kind.pipeline.pipeline')
FROM pipelines p, json_each(p.definition, '$.content.steps') s
WHERE json_extract(s.value, '$.kind.pipeline.pipeline') IS NOT NULL;

-- What failed before: the newest run of each logical date that ended by itself.
INSERT INTO unmended_runs (run_id, pipeline_id, workspace_id, environment, team, logical_at, logical_day, ended_at, mending_run_id)
SELECT r.id, r.pipeline_id, r.workspace_id, r.environment, r.team, r.logical_at, r.logical_day, r.ended_at,
    (SELECT n.id FROM runs n WHERE n.pipeline_id = r.pipeline_id AND n.logical_day = r.logical_day AND n.id > r.id
        AND n.status IN ('QUEUED', 'RUNNING') ORDER BY n.id DESC LIMIT 1)
FROM runs r WHERE r.status IN ('FAILED', 'TIMED_OUT') AND r.ended_at IS NOT NULL AND r.logical_day IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM runs n WHERE n.pipeline_id = r.pipeline_id AND n.logical_day = r.logical_day AND n.id > r.id
        AND n.status IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT'));

INSERT INTO unmended_runs (run_id, pipeline_id, workspace_id, environment, team, logical_at, logical_day, ended_at, mending_run_id)
SELECT r.id, r.pipeline_id, r.workspace_id, r.environment, r.team, r.logical_at, r.logical_day, r.ended_at,
    (SELECT n.id FROM runs n WHERE n.pipeline_id = r.pipeline_id AND n.logical_at = r.logical_at AND n.logical_day IS NULL AND n.id > r.id
        AND n.status IN ('QUEUED', 'RUNNING') ORDER BY n.id DESC LIMIT 1)
FROM runs r WHERE r.status IN ('FAILED', 'TIMED_OUT') AND r.ended_at IS NOT NULL AND r.logical_day IS NULL
    AND NOT EXISTS (SELECT 1 FROM runs n WHERE n.pipeline_id = r.pipeline_id AND n.logical_at = r.logical_at AND n.logical_day IS NULL
        AND n.id > r.id AND n.status IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT'));
