-- Every exchange with a provider, redacted before it came here. Rows are only added and, by retention, removed from
-- the old end. Their ids follow their times closely enough to page by them.
CREATE TABLE exchange (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    provider    TEXT NOT NULL,
    operation   TEXT NOT NULL COLLATE NOCASE,
    effect      TEXT NOT NULL,
    method      TEXT NOT NULL,
    path        TEXT NOT NULL,
    -- 0 when there was no answer.
    status      INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    duration_us INTEGER NOT NULL,
    request_id  TEXT NOT NULL,
    -- 0 when it belongs to none.
    action_id   INTEGER NOT NULL,
    bytes       INTEGER NOT NULL
) STRICT;
CREATE INDEX exchange_by_at        ON exchange (at, outcome);
CREATE INDEX exchange_by_provider  ON exchange (provider);
CREATE INDEX exchange_by_operation ON exchange (operation);
CREATE INDEX exchange_by_status    ON exchange (status);
CREATE INDEX exchange_by_outcome   ON exchange (outcome);
CREATE INDEX exchange_by_duration  ON exchange (duration_us);
CREATE INDEX exchange_by_request   ON exchange (request_id);
CREATE INDEX exchange_by_action    ON exchange (action_id);

-- What only the detail shows, apart, so that a window reads few pages.
CREATE TABLE exchange_body (
    id              INTEGER PRIMARY KEY,
    url             TEXT NOT NULL,
    trace_id        TEXT,
    request_headers TEXT NOT NULL,
    request_body    TEXT NOT NULL,
    reply_headers   TEXT NOT NULL,
    reply_body      TEXT NOT NULL,
    reply_bytes     INTEGER NOT NULL,
    detail          TEXT
) STRICT;

-- Counts of the filterable columns, kept with each batch; field '' holds rows and bytes.
CREATE TABLE exchange_count (
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (field, value)
) STRICT;

-- The full text is cut into segments of 16,384 ids each, exchange_text_0, exchange_text_1, … made when their first row
-- comes (log/segments.rs): a search reads the newest first and ends when its window is full, whatever the word, and
-- retention drops whole segments.
