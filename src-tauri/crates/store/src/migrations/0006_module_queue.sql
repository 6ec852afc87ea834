-- What WHMCS's own module queue held when it was last read: runs of modules that failed. The list has no pages and is
-- always read whole.
CREATE TABLE queue_module (
    id            INTEGER PRIMARY KEY,
    -- service, addon or domain.
    subject       TEXT NOT NULL,
    subject_id    INTEGER NOT NULL,
    module        TEXT NOT NULL,
    -- As the module's own functions are called, e.g. CreateAccount.
    action        TEXT NOT NULL,
    -- The module's words: foreign text.
    error         TEXT NOT NULL,
    retries       INTEGER NOT NULL,
    -- In the zone of WHMCS, as it came.
    last_attempt  TEXT NOT NULL,
    created       TEXT NOT NULL
) STRICT;

CREATE TABLE queue_module_state (
    only          INTEGER PRIMARY KEY CHECK (only = 1),
    read_at       INTEGER NOT NULL
) STRICT;
