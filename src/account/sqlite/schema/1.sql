-- Moments are milliseconds since 1970 in UTC; birthdays are YYYY-MM-DD; addresses are canonical.
CREATE TABLE account (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    name                TEXT,
    unit                TEXT,
    mobile              TEXT,
    work_phone          TEXT,
    birthday            TEXT,
    password_hash       TEXT,
    -- NULL: no password, or one that was imported
    password_changed_at INTEGER,
    -- NULL: never
    password_expires_at INTEGER,
    phone_bound_at      INTEGER,
    enabled             INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL
) STRICT;

-- Primary addresses and aliases are one table, so that no text can name two accounts.
CREATE TABLE mailbox (
    address  TEXT PRIMARY KEY,
    account  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    is_alias INTEGER NOT NULL CHECK (is_alias IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX mailbox_primary ON mailbox (account) WHERE is_alias = 0;
CREATE INDEX mailbox_account ON mailbox (account);

-- Password writes of the last day, by challenge: a repeat is answered from here and writes nothing.
CREATE TABLE password_write (
    challenge  TEXT PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    changed_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX password_write_age ON password_write (changed_at);
CREATE INDEX password_write_account ON password_write (account);
