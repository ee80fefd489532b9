-- What the lake keeps, and for how long.

-- When a branch was taken from readers. Its files go later, when nobody can still be reading them.
ALTER TABLE lake_branches ADD COLUMN removed_at TIMESTAMPTZ;
CREATE INDEX lake_branches_kept ON lake_branches (id) WHERE state <> 'REMOVED';
CREATE INDEX lake_branches_ended ON lake_branches (ended_at) WHERE state <> 'REMOVED' AND state <> 'OPEN';
CREATE INDEX lake_branches_open ON lake_branches (created_at) WHERE state = 'OPEN';
CREATE INDEX lake_branches_removed ON lake_branches (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX publishes_ended ON publishes (ended_at, id) WHERE ended_at IS NOT NULL;
