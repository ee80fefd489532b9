-- Steps that write to the lake: who they are to the server, where an environment's tables begin, and what a publish read.

-- SHA-256 of the token with which an attempt's own work talks to the server; none for attempts that have none.
ALTER TABLE attempts ADD COLUMN token_hash BYTEA;

-- `line` is where new tables are made. An environment without a row begins as what `base` is, when it is first used.
CREATE TABLE lake_environments (
    workspace_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    line TEXT NOT NULL,
    base TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, environment)
);

-- What is known of a table without opening it: its columns and how much it holds.
ALTER TABLE publish_tables ADD COLUMN facts TEXT;

-- The tables that were read for what was published.
CREATE TABLE publish_reads (
    publish_id UUID NOT NULL REFERENCES publishes (id),
    name_key TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (publish_id, name_key)
);
CREATE INDEX publish_reads_of_table ON publish_reads (name_key, publish_id);
CREATE INDEX publish_tables_of_table ON publish_tables (name_key, publish_id);
