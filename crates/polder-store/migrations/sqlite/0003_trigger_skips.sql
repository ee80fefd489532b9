-- What an executions trigger had found and did not start, because the concurrency limit was reached and the policy is not to wait.
CREATE TABLE trigger_skips (
    trigger_id BLOB NOT NULL REFERENCES triggers (id),
    at TEXT NOT NULL,
    logical_at TEXT NOT NULL,
    day TEXT,
    busy_run_id BLOB NOT NULL REFERENCES runs (id),
    PRIMARY KEY (trigger_id, at, logical_at)
);
