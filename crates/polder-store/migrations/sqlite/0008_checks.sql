-- What became of the models and tests of an attempt, as its program told it.
CREATE TABLE attempt_checks (
    run_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    checks TEXT NOT NULL,
    PRIMARY KEY (run_id, position, epoch),
    FOREIGN KEY (run_id, position, epoch) REFERENCES attempts (run_id, position, epoch)
);
