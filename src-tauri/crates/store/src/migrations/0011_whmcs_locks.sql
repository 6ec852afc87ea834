-- What tells this database from every other one, made once; and the locks that its actions set in WHMCS.

CREATE TABLE store_identity (
    only          INTEGER PRIMARY KEY CHECK (only = 1),
    -- 128 random bits, hex.
    id            TEXT NOT NULL CHECK (length(id) = 32)
) STRICT;
INSERT INTO store_identity VALUES (1, lower(hex(randomblob(16))));
CREATE TRIGGER store_identity_stays BEFORE UPDATE ON store_identity
BEGIN SELECT RAISE(ABORT, 'a database keeps its identity'); END;
CREATE TRIGGER store_identity_remains BEFORE DELETE ON store_identity
BEGIN SELECT RAISE(ABORT, 'a database keeps its identity'); END;

-- Written down before WHMCS is told, deleted once it does not stand there any more. Times are microseconds since 1970,
-- UTC.
CREATE TABLE whmcs_lock (
    action_id     INTEGER PRIMARY KEY REFERENCES action (id),
    -- Nobody minds it after this.
    until         INTEGER NOT NULL,
    -- Tries to take it away after the action had ended, and when the next one may be made.
    tries         INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_at       INTEGER
) STRICT;
