-- What an executions trigger had found and did not start, because the concurrency limit was reached and the policy is not to wait.
CREATE TABLE trigger_skips (
    trigger_id UUID NOT NULL REFERENCES triggers (id),
    at TIMESTAMPTZ NOT NULL,
    logical_at TIMESTAMPTZ NOT NULL,
    day TEXT,
    busy_run_id UUID NOT NULL REFERENCES runs (id),
    PRIMARY KEY (trigger_id, at, logical_at)
);
