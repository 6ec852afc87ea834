-- What Contabo's object storages hold, day by day, and what is asked for and paid, as it moved. Times are microseconds
-- since 1970, UTC. Sizes are in TB and shares in percent, both the provider's exact decimal text; a column ending in
-- _e4 holds the same number times 10,000, and -1 where the provider said nothing.

-- Each storage there is or was, and how its last reading went.
CREATE TABLE usage_storage (
    storage_id    TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    region        TEXT NOT NULL,
    tried_at      INTEGER NOT NULL,
    read_at       INTEGER,
    error         TEXT CHECK (error IS NULL OR json_valid(error)),
    -- Since when the provider does not list it any more.
    gone_at       INTEGER
) STRICT, WITHOUT ROWID;

-- One row for each storage and UTC day: the day's last reading.
CREATE TABLE usage_day (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    storage_id    TEXT NOT NULL,
    day           TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    read_at       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    region        TEXT NOT NULL,
    data_center   TEXT NOT NULL,
    status        TEXT NOT NULL,
    used_tb       TEXT NOT NULL CHECK (used_tb <> ''),
    used_e4       INTEGER NOT NULL,
    percent       TEXT NOT NULL,
    percent_e4    INTEGER NOT NULL,
    objects       INTEGER NOT NULL CHECK (objects >= 0),
    bought_tb     TEXT NOT NULL,
    bought_e4     INTEGER NOT NULL,
    -- enabled, disabled, error: whether it grows by itself, and up to what size.
    scaling       TEXT NOT NULL,
    limit_tb      TEXT NOT NULL,
    limit_e4      INTEGER NOT NULL,
    -- The newest row of a storage that is still there.
    latest        INTEGER NOT NULL DEFAULT 0 CHECK (latest IN (0, 1)),
    words         TEXT NOT NULL,
    UNIQUE (storage_id, day)
) STRICT;
CREATE INDEX usage_day_by_day    ON usage_day (day);
CREATE INDEX usage_day_latest    ON usage_day (latest, name_key);
CREATE VIRTUAL TABLE usage_text USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER usage_words_new AFTER INSERT ON usage_day BEGIN
    INSERT INTO usage_text (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER usage_words AFTER UPDATE OF words ON usage_day WHEN old.words IS NOT new.words BEGIN
    UPDATE usage_text SET words = new.words WHERE rowid = new.id;
END;
CREATE TRIGGER usage_words_old AFTER DELETE ON usage_day BEGIN
    DELETE FROM usage_text WHERE rowid = old.id;
END;

-- How each list of prices was read last.
CREATE TABLE price_list (
    list          TEXT PRIMARY KEY CHECK (list IN ('rates', 'products', 'tlds', 'contabo')),
    tried_at      INTEGER NOT NULL,
    -- NULL until it was read for the first time: what is there then has not moved.
    read_at       INTEGER,
    prices        INTEGER NOT NULL DEFAULT 0 CHECK (prices >= 0),
    -- Prices that could not be understood; what was known of them stays.
    unclear       INTEGER NOT NULL DEFAULT 0 CHECK (unclear >= 0),
    -- Of a dated list: the first digits of its hash, and its day.
    version       TEXT,
    as_of         TEXT,
    error         TEXT CHECK (error IS NULL OR json_valid(error)),
    CHECK ((version IS NULL) = (as_of IS NULL))
) STRICT, WITHOUT ROWID;

-- What each thing costs as far as is known: only what can be bought has a row. Amounts are exact decimal text.
CREATE TABLE price_point (
    list          TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('rate', 'product', 'option', 'tld', 'contabo')),
    subject       TEXT NOT NULL,
    term          TEXT NOT NULL,
    currency      TEXT NOT NULL,
    name          TEXT NOT NULL,
    amount        TEXT NOT NULL CHECK (amount <> ''),
    since         INTEGER NOT NULL,
    PRIMARY KEY (list, kind, subject, term, currency)
) STRICT, WITHOUT ROWID;

-- Each price or rate that moved. NULL: it could not be bought.
CREATE TABLE price_move (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('rate', 'product', 'option', 'tld', 'contabo')),
    subject       TEXT NOT NULL,
    term          TEXT NOT NULL,
    currency      TEXT NOT NULL,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    old           TEXT,
    new           TEXT,
    change        TEXT NOT NULL CHECK (change IN ('up', 'down', 'began', 'ended')),
    words         TEXT NOT NULL,
    CHECK (old IS NOT new),
    CHECK ((change = 'began') = (old IS NULL)),
    CHECK ((change = 'ended') = (new IS NULL))
) STRICT;
CREATE INDEX price_move_by_at      ON price_move (at);
CREATE INDEX price_move_by_name    ON price_move (name_key);
CREATE TRIGGER price_move_stays BEFORE UPDATE ON price_move
BEGIN SELECT RAISE(ABORT, 'a moved price is never changed'); END;
CREATE TRIGGER price_move_remains BEFORE DELETE ON price_move
BEGIN SELECT RAISE(ABORT, 'a moved price is never deleted'); END;
CREATE VIRTUAL TABLE price_text USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER price_words_new AFTER INSERT ON price_move BEGIN
    INSERT INTO price_text (rowid, words) VALUES (new.id, new.words);
END;
