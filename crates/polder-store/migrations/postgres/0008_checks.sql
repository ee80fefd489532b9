-- What became of the models and tests of an attempt, as its program told it.
CREATE TABLE attempt_checks (
    run_id UUID NOT NULL REFERENCES runs (id),
    position BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    checks TEXT NOT NULL,
    PRIMARY KEY (run_id, position, epoch)
);
