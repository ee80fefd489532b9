-- Browsers that have signed in with a token. Of the cookie only the SHA-256 is stored.
CREATE TABLE sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    token_id BLOB NOT NULL REFERENCES tokens (id),
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_of_token ON sessions (token_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
