-- Projects, pipelines, access and secrets.

CREATE TABLE workspaces (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);
INSERT INTO workspaces (id, name) VALUES ('default', 'default');

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A project in an environment. A job is a project of one pipeline.
CREATE TABLE projects (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    environment TEXT NOT NULL,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    job BOOLEAN NOT NULL,
    current_revision_id BLOB,
    created_at TEXT NOT NULL,
    UNIQUE (workspace_id, environment, team, name, job)
);

-- Contents of files, by the SHA-256 of what they are before compression.
CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    compressed BOOLEAN NOT NULL,
    content BLOB NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE revisions (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id),
    number INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    note TEXT,
    source TEXT NOT NULL,
    rolled_back_to BLOB,
    definition TEXT NOT NULL,
    files TEXT NOT NULL,
    UNIQUE (project_id, number)
);

CREATE TABLE pipelines (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    environment TEXT NOT NULL,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    project_id BLOB NOT NULL REFERENCES projects (id),
    revision_id BLOB NOT NULL REFERENCES revisions (id),
    job BOOLEAN NOT NULL,
    definition TEXT NOT NULL,
    search TEXT NOT NULL,
    paused BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    archived_at TEXT,
    UNIQUE (workspace_id, environment, team, name)
);
CREATE INDEX pipelines_listed ON pipelines (workspace_id, team, name, environment) WHERE archived_at IS NULL;
CREATE INDEX pipelines_of_environment ON pipelines (workspace_id, environment, team, name) WHERE archived_at IS NULL;
CREATE INDEX pipelines_of_revision ON pipelines (revision_id);
CREATE INDEX pipelines_of_project ON pipelines (project_id, name);

-- Which secrets a pipeline asks for, by name.
CREATE TABLE pipeline_secrets (
    name TEXT NOT NULL,
    pipeline_id BLOB NOT NULL REFERENCES pipelines (id),
    PRIMARY KEY (name, pipeline_id)
);
CREATE INDEX pipeline_secrets_of_pipeline ON pipeline_secrets (pipeline_id);

CREATE TABLE tokens (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    grants TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    last_used_at TEXT
);
CREATE INDEX tokens_of_workspace ON tokens (workspace_id, id);

-- Values are sealed before they come here. A team of '' means shared by all teams.
CREATE TABLE secrets (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    team TEXT NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    ciphertext BLOB NOT NULL,
    nonce BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    key_id TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    UNIQUE (workspace_id, team, environment, name)
);
CREATE INDEX secrets_by_key ON secrets (key_id, id);

CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    team TEXT,
    environment TEXT,
    detail TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX audit_of_workspace ON audit (workspace_id, at, id);
CREATE INDEX audit_by_actor ON audit (workspace_id, actor, at, id);
CREATE INDEX audit_by_action ON audit (workspace_id, action, at, id);
CREATE INDEX audit_by_object ON audit (workspace_id, object, at, id);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Which request a key stands for; without a run while the first one is being answered.
CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    run_id BLOB,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);
