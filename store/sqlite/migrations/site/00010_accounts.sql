-- Accounts of people who use the pages. What is in data is sealed; of sessions and invitations only hashes are kept.

-- +goose Up
CREATE TABLE accounts (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB NOT NULL) STRICT;
CREATE TABLE account_sessions (
    hash    BLOB PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    data    BLOB NOT NULL
) STRICT;
CREATE INDEX account_sessions_account ON account_sessions (account);
CREATE TABLE account_factors (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    data    BLOB NOT NULL
) STRICT;
CREATE INDEX account_factors_account ON account_factors (account);
CREATE TABLE account_invitations (
    account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    hash    BLOB    NOT NULL UNIQUE,
    expires INTEGER NOT NULL
) STRICT;
