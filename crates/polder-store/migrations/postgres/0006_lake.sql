-- The lake: which version of which table readers of an environment see, branches, and publishes.

-- `view` is what its writer sees: the tables as they were when it was made.
CREATE TABLE lake_branches (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    run_id UUID REFERENCES runs (id),
    step TEXT,
    state TEXT NOT NULL,
    view TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    UNIQUE (workspace_id, name)
);
CREATE INDEX lake_branches_of_run ON lake_branches (run_id, id) WHERE run_id IS NOT NULL;
CREATE INDEX lake_branches_in ON lake_branches (workspace_id, environment, id);

-- `intent` is all that is needed to complete it after a crash.
CREATE TABLE publishes (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    branch_id UUID NOT NULL REFERENCES lake_branches (id),
    state TEXT NOT NULL,
    intent TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX publishes_in ON publishes (workspace_id, environment, id);
CREATE INDEX publishes_prepared ON publishes (id) WHERE state = 'PREPARED';
CREATE INDEX publishes_of_branch ON publishes (branch_id, id);

-- `name_key` is the name in lower case: names that differ only in case are the same.
CREATE TABLE lake_tables (
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    name_key TEXT NOT NULL,
    name TEXT NOT NULL,
    line TEXT NOT NULL,
    version BIGINT NOT NULL,
    publish_id UUID NOT NULL REFERENCES publishes (id),
    PRIMARY KEY (workspace_id, environment, name_key)
);

-- What a publish did to a table; without a version before, it made the table.
CREATE TABLE publish_tables (
    publish_id UUID NOT NULL REFERENCES publishes (id),
    name_key TEXT NOT NULL,
    name TEXT NOT NULL,
    version_before BIGINT,
    version BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    byte_count BIGINT NOT NULL,
    PRIMARY KEY (publish_id, name_key)
);

-- A table that is being published, by one publish at a time.
CREATE TABLE lake_locks (
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    name_key TEXT NOT NULL,
    publish_id UUID NOT NULL REFERENCES publishes (id),
    PRIMARY KEY (workspace_id, environment, name_key)
);
CREATE INDEX lake_locks_of_publish ON lake_locks (publish_id);
