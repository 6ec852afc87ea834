-- The record: receipts of what was done, how the log is found again and forgotten, what runs by itself, and what
-- others did. Times are microseconds since 1970, UTC.

-- One receipt for each action that ended, in the order in which they ended. Each names the hash of the one before.
CREATE TABLE receipt (
    id            INTEGER PRIMARY KEY CHECK (id >= 1),
    -- The event that ended the action.
    event_id      INTEGER NOT NULL UNIQUE,
    action_id     INTEGER NOT NULL UNIQUE,
    at            INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL,
    target_kind   TEXT NOT NULL,
    target_id     INTEGER NOT NULL,
    target_name   TEXT NOT NULL,
    client_id     INTEGER,
    by_operator   TEXT NOT NULL,
    prev          TEXT NOT NULL CHECK (length(prev) = 64),
    hash          TEXT NOT NULL CHECK (length(hash) = 64),
    -- What was hashed, byte for byte.
    body          TEXT NOT NULL CHECK (json_valid(body)),
    words         TEXT NOT NULL
) STRICT;
CREATE INDEX receipt_by_at ON receipt (at);
CREATE INDEX receipt_by_kind ON receipt (kind, id);
CREATE INDEX receipt_by_target ON receipt (target_id, id);
CREATE INDEX receipt_by_client ON receipt (client_id, id) WHERE client_id IS NOT NULL;
CREATE VIRTUAL TABLE receipt_text USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER receipt_words_new AFTER INSERT ON receipt BEGIN
    INSERT INTO receipt_text (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER receipt_stays BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'a receipt is never changed'); END;
CREATE TRIGGER receipt_remains BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;

-- Where the chain ends; a chain that was cut short does not reach it.
CREATE TABLE receipt_head (
    only          INTEGER PRIMARY KEY CHECK (only = 1),
    last_id       INTEGER NOT NULL,
    last_hash     TEXT NOT NULL CHECK (length(last_hash) = 64),
    event_id      INTEGER NOT NULL
) STRICT;
INSERT INTO receipt_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0);

-- What WHMCS's activity log is told of: one line for each receipt of a success.
CREATE TABLE receipt_line (
    receipt_id    INTEGER PRIMARY KEY,
    client_id     INTEGER,
    line          TEXT NOT NULL,
    -- Stands in the line and nowhere else.
    mark          TEXT NOT NULL UNIQUE,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'proven', 'unproven', 'refused')),
    tries         INTEGER NOT NULL DEFAULT 0,
    looks         INTEGER NOT NULL DEFAULT 0,
    request_id    TEXT,
    sent_at       INTEGER,
    next_at       INTEGER,
    -- Id of the line in WHMCS.
    entry_id      INTEGER,
    error         TEXT CHECK (error IS NULL OR json_valid(error)),
    updated_at    INTEGER NOT NULL,
    CHECK (state <> 'sent' OR sent_at IS NOT NULL),
    CHECK (state NOT IN ('proven', 'unproven', 'refused') OR next_at IS NULL)
) STRICT;
CREATE INDEX receipt_line_due ON receipt_line (next_at) WHERE next_at IS NOT NULL;

-- Questions to the log that a person gave a name.
CREATE TABLE exchange_filter (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 80),
    query         TEXT NOT NULL CHECK (json_valid(query)),
    by_operator   TEXT NOT NULL,
    saved_at      INTEGER NOT NULL
) STRICT;

-- How long the log is kept.
CREATE TABLE exchange_retention (
    only          INTEGER PRIMARY KEY CHECK (only = 1),
    days          INTEGER CHECK (days IS NULL OR days BETWEEN 7 AND 3650),
    megabytes     INTEGER CHECK (megabytes IS NULL OR megabytes BETWEEN 16 AND 1048576),
    by_operator   TEXT,
    changed_at    INTEGER
) STRICT;
INSERT INTO exchange_retention VALUES (1, 90, 4096, NULL, NULL);

-- What runs by itself. The name * stands for all of it.
CREATE TABLE schedule_job (
    name          TEXT PRIMARY KEY,
    next_at       INTEGER,
    failures      INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    paused_by     TEXT,
    paused_at     INTEGER,
    CHECK ((paused_by IS NULL) = (paused_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_run (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    job           TEXT NOT NULL,
    -- When it was due; NULL when a person asked for it.
    due_at        INTEGER,
    by_operator   TEXT,
    place         TEXT NOT NULL CHECK (place IN ('app', 'rackdeskctl')),
    began_at      INTEGER NOT NULL,
    ended_at      INTEGER,
    outcome       TEXT CHECK (outcome IN ('done', 'failed', 'stopped', 'interrupted')),
    counts        TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(counts)),
    error         TEXT CHECK (error IS NULL OR json_valid(error)),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((due_at IS NULL) = (by_operator IS NOT NULL))
) STRICT;
CREATE INDEX schedule_run_of_job ON schedule_run (job, id);

-- Rows of the provider's audits that carry no request id of ours.
CREATE TABLE stranger (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    list            TEXT NOT NULL,
    audit_id        INTEGER NOT NULL,
    at              INTEGER,
    action          TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    username        TEXT NOT NULL,
    request_id      TEXT NOT NULL,
    trace_id        TEXT NOT NULL,
    -- {"instanceId": "17"}
    resource        TEXT NOT NULL CHECK (json_valid(resource)),
    -- Names of what changed, never values.
    changed         TEXT NOT NULL CHECK (json_valid(changed)),
    instance_id     INTEGER,
    found_at        INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    reason          TEXT,
    words           TEXT NOT NULL,
    UNIQUE (list, audit_id),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (reason IS NULL))
) STRICT;
CREATE INDEX stranger_by_at ON stranger (coalesce(at, found_at));
CREATE INDEX stranger_by_request ON stranger (request_id);
CREATE INDEX stranger_open ON stranger (id) WHERE acknowledged_at IS NULL;
CREATE VIRTUAL TABLE stranger_text USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER stranger_words_new AFTER INSERT ON stranger BEGIN
    INSERT INTO stranger_text (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER stranger_words_gone AFTER DELETE ON stranger BEGIN
    DELETE FROM stranger_text WHERE rowid = old.id;
END;

-- How far each list was read: its newest row's day, from which it is read again.
CREATE TABLE stranger_list (
    list          TEXT PRIMARY KEY,
    from_day      TEXT NOT NULL,
    read_at       INTEGER,
    error         TEXT CHECK (error IS NULL OR json_valid(error))
) STRICT, WITHOUT ROWID;
