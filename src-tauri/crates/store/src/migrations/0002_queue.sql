-- The queue: what is to be done, each attempt at it, and everything that was decided about it.
-- Times are microseconds since 1970, UTC. Texts ending in "json" are checked to be JSON.

CREATE TABLE plan (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'approved', 'dismissed')),
    body          TEXT NOT NULL CHECK (json_valid(body)),
    by_operator   TEXT NOT NULL,
    approval      TEXT CHECK (approval IS NULL OR json_valid(approval)),
    created_at    INTEGER NOT NULL,
    settled_at    INTEGER,
    CHECK ((state = 'open') = (settled_at IS NULL)),
    CHECK (state <> 'approved' OR approval IS NOT NULL)
) STRICT;

CREATE TABLE action (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL,
    input         TEXT NOT NULL CHECK (json_valid(input)),
    target_kind   TEXT NOT NULL,
    target_id     INTEGER NOT NULL,
    target_name   TEXT NOT NULL,
    service_id    INTEGER,
    client_id     INTEGER,
    client_name   TEXT,
    -- What nobody else may touch meanwhile, e.g. contabo:instance:202718441.
    resource_key  TEXT NOT NULL,
    -- The same wish: at most one open action has it.
    unique_key    TEXT NOT NULL,
    generation    INTEGER NOT NULL CHECK (generation >= 1),
    lane          TEXT NOT NULL CHECK (lane IN ('contabo', 'whmcs')),
    priority      INTEGER NOT NULL DEFAULT 0,
    plan_id       INTEGER REFERENCES plan (id),
    change_index  INTEGER,
    by_operator   TEXT NOT NULL,
    reason        TEXT,
    created_at    INTEGER NOT NULL,

    -- Counts every move; the event of a move carries the same number.
    revision      INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
    state         TEXT NOT NULL CHECK (state IN
                      ('held', 'ready', 'running', 'retryable', 'unknown', 'succeeded', 'failed', 'cancelled')),
    step          TEXT NOT NULL,
    next_at       INTEGER,
    deadline      INTEGER,
    lease_holder  TEXT,
    -- Fencing: grows with each lease; a worker with an older number writes nothing.
    lease_token   INTEGER NOT NULL DEFAULT 0,
    lease_until   INTEGER,
    tries         INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    failures      INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    -- Looks at the provider in the present step, and how many of them found no trace.
    looks         INTEGER NOT NULL DEFAULT 0 CHECK (looks >= 0),
    absences      INTEGER NOT NULL DEFAULT 0 CHECK (absences >= 0 AND absences <= looks),
    unknown_since INTEGER,
    waits         TEXT CHECK (waits IS NULL OR json_valid(waits)),
    result        TEXT CHECK (result IS NULL OR json_valid(result)),
    updated_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    -- Order of the board: what waits for a person first, what ended last; open ones oldest first, ended ones newest.
    board_order   INTEGER GENERATED ALWAYS AS (CASE state
                      WHEN 'unknown' THEN id
                      WHEN 'running' THEN id + 281474976710656
                      WHEN 'retryable' THEN id + 562949953421312
                      WHEN 'failed' THEN 1125899906842623 - id
                      WHEN 'held' THEN id + 1125899906842624
                      WHEN 'ready' THEN id + 1407374883553280
                      WHEN 'succeeded' THEN 1970324836974591 - id
                      ELSE 2251799813685247 - id END) VIRTUAL,
    -- Folded for search and order.
    target_key    TEXT NOT NULL,
    words         TEXT NOT NULL,

    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'unknown') = (unknown_since IS NOT NULL)),
    CHECK ((lease_holder IS NULL) = (lease_until IS NULL)),
    CHECK (lease_holder IS NULL OR state IN ('running', 'unknown')),
    CHECK (state NOT IN ('succeeded', 'failed', 'cancelled') OR next_at IS NULL),
    CHECK (state <> 'retryable' OR next_at IS NOT NULL),
    CHECK (state <> 'running' OR lease_holder IS NOT NULL OR next_at IS NOT NULL),
    CHECK ((plan_id IS NULL) = (change_index IS NULL))
) STRICT;

-- The lock: one action at a time has hands on a resource.
CREATE UNIQUE INDEX action_resource_lock ON action (resource_key) WHERE state IN ('running', 'unknown');
-- The dedupe: one open action per wish.
CREATE UNIQUE INDEX action_unique_open ON action (unique_key)
    WHERE state IN ('held', 'ready', 'running', 'retryable', 'unknown');
CREATE UNIQUE INDEX action_of_plan ON action (plan_id, change_index, generation) WHERE plan_id IS NOT NULL;
-- Waiting in line for a resource, oldest first.
CREATE INDEX action_line ON action (resource_key, id) WHERE state IN ('ready', 'running', 'retryable', 'unknown');
CREATE INDEX action_due ON action (lane, priority DESC, id) WHERE state IN ('ready', 'retryable');
CREATE INDEX action_watch ON action (lane, next_at) WHERE state IN ('running', 'unknown');
CREATE INDEX action_by_state ON action (state, id);
CREATE INDEX action_by_board ON action (board_order);
CREATE INDEX action_by_creation ON action (created_at);
CREATE INDEX action_by_update ON action (updated_at);
CREATE INDEX action_by_name ON action (target_key);
CREATE INDEX action_by_tries ON action (tries);
CREATE INDEX action_by_next ON action (coalesce(next_at, 9223372036854775807));
CREATE INDEX action_by_target ON action (target_kind, target_id, id);
CREATE INDEX action_by_client ON action (client_id, id) WHERE client_id IS NOT NULL;
CREATE INDEX action_by_kind ON action (kind, id);
CREATE INDEX action_ended ON action (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX action_by_identity ON action (unique_key, generation);

CREATE VIRTUAL TABLE action_text USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER action_words_new AFTER INSERT ON action BEGIN
    INSERT INTO action_text (rowid, words) VALUES (new.id, new.words || ' a ' || new.id);
END;

CREATE TABLE action_attempt (
    action_id     INTEGER NOT NULL REFERENCES action (id),
    number        INTEGER NOT NULL CHECK (number >= 1),
    step          TEXT NOT NULL,
    request_id    TEXT NOT NULL UNIQUE CHECK (length(request_id) = 36),
    call          TEXT NOT NULL,
    effect        TEXT NOT NULL CHECK (effect IN ('read', 'idempotent', 'once', 'billable', 'destructive')),
    body_sha256   TEXT NOT NULL CHECK (length(body_sha256) = 64),
    lease_token   INTEGER NOT NULL,
    journalled_at INTEGER NOT NULL,
    sent_at       INTEGER,
    answered_at   INTEGER,
    outcome       TEXT NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'applied', 'not_applied', 'unknown')),
    status        INTEGER,
    cause         TEXT,
    evidence      TEXT CHECK (evidence IS NULL OR json_valid(evidence)),
    PRIMARY KEY (action_id, number),
    CHECK (answered_at IS NULL OR sent_at IS NOT NULL),
    CHECK (outcome NOT IN ('applied', 'unknown') OR sent_at IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Nothing is sent while an earlier attempt may still have happened.
CREATE UNIQUE INDEX attempt_one_unsettled ON action_attempt (action_id) WHERE outcome IN ('open', 'unknown');
CREATE INDEX attempt_sent ON action_attempt (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE action_event (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    action_id     INTEGER NOT NULL REFERENCES action (id),
    revision      INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    name          TEXT NOT NULL,
    from_state    TEXT NOT NULL,
    to_state      TEXT NOT NULL,
    by_operator   TEXT,
    attempt       INTEGER,
    detail        TEXT CHECK (detail IS NULL OR json_valid(detail)),
    UNIQUE (action_id, revision)
) STRICT;

CREATE TABLE evidence (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    action_id     INTEGER NOT NULL REFERENCES action (id),
    attempt       INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    source        TEXT NOT NULL CHECK (source IN ('reply', 'audit', 'state', 'list', 'person')),
    speaks_for    TEXT NOT NULL CHECK (speaks_for IN ('applied', 'not_applied', 'open')),
    says          TEXT NOT NULL CHECK (json_valid(says)),
    FOREIGN KEY (action_id, attempt) REFERENCES action_attempt (action_id, number)
) STRICT;
CREATE INDEX evidence_of_action ON evidence (action_id, id);

CREATE TABLE queue_control (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    paused        INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    stopped       INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)),
    since         INTEGER,
    by_operator   TEXT,
    CHECK (stopped = 0 OR paused = 1)
) STRICT;
INSERT INTO queue_control (id) VALUES (1);

-- History is added to, never rewritten.
CREATE TRIGGER action_event_stays BEFORE UPDATE ON action_event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
CREATE TRIGGER action_event_remains BEFORE DELETE ON action_event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER evidence_remains BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;
CREATE TRIGGER action_attempt_remains BEFORE DELETE ON action_attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;
CREATE TRIGGER action_remains BEFORE DELETE ON action
BEGIN SELECT RAISE(ABORT, 'an action is never deleted'); END;

-- What was journalled stays as it was sent; a settled outcome stays settled.
CREATE TRIGGER action_attempt_is_sealed BEFORE UPDATE ON action_attempt
WHEN NEW.request_id IS NOT OLD.request_id OR NEW.call IS NOT OLD.call OR NEW.body_sha256 IS NOT OLD.body_sha256
  OR NEW.journalled_at IS NOT OLD.journalled_at OR NEW.effect IS NOT OLD.effect
  OR (OLD.sent_at IS NOT NULL AND NEW.sent_at IS NOT OLD.sent_at)
  OR (OLD.outcome IN ('applied', 'not_applied') AND NEW.outcome IS NOT OLD.outcome)
  OR (OLD.outcome = 'unknown' AND NEW.outcome = 'open')
BEGIN SELECT RAISE(ABORT, 'an attempt is sealed'); END;

CREATE TRIGGER action_is_sealed BEFORE UPDATE ON action
WHEN OLD.ended_at IS NOT NULL
  OR NEW.kind IS NOT OLD.kind OR NEW.input IS NOT OLD.input OR NEW.resource_key IS NOT OLD.resource_key
  OR NEW.unique_key IS NOT OLD.unique_key OR NEW.generation IS NOT OLD.generation
  OR NEW.plan_id IS NOT OLD.plan_id OR NEW.change_index IS NOT OLD.change_index
  OR NEW.lease_token < OLD.lease_token OR NEW.revision < OLD.revision
BEGIN SELECT RAISE(ABORT, 'an action is sealed'); END;

CREATE TRIGGER action_moves_with_its_event BEFORE UPDATE OF state ON action
WHEN NEW.state IS NOT OLD.state AND NOT EXISTS (
    SELECT 1 FROM action_event AS e
    WHERE e.action_id = NEW.id AND e.revision = NEW.revision AND e.from_state = OLD.state AND e.to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'an action moves only with its event'); END;

CREATE TRIGGER action_moves_lawfully BEFORE UPDATE OF state ON action
WHEN NEW.state IS NOT OLD.state AND (OLD.state || '>' || NEW.state) NOT IN (
    'held>ready', 'held>cancelled',
    'ready>running', 'ready>held', 'ready>cancelled', 'ready>failed',
    'retryable>running', 'retryable>ready', 'retryable>held', 'retryable>cancelled', 'retryable>failed',
    'running>ready', 'running>retryable', 'running>unknown', 'running>succeeded', 'running>failed',
    'unknown>running', 'unknown>retryable', 'unknown>succeeded', 'unknown>failed')
BEGIN SELECT RAISE(ABORT, 'an action does not move that way'); END;

CREATE TRIGGER action_unknown_was_sent BEFORE UPDATE OF state ON action
WHEN NEW.state = 'unknown' AND NOT EXISTS (
    SELECT 1 FROM action_attempt AS t
    WHERE t.action_id = NEW.id AND t.outcome = 'unknown' AND t.sent_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'unknown without a sent attempt'); END;

-- Who moves on while it is not known whether an attempt happened would do it twice.
CREATE TRIGGER action_settles_before_it_moves_on BEFORE UPDATE OF state ON action
WHEN NEW.state IN ('ready', 'retryable', 'held', 'succeeded', 'failed', 'cancelled') AND EXISTS (
    SELECT 1 FROM action_attempt AS t WHERE t.action_id = NEW.id AND t.outcome IN ('open', 'unknown'))
BEGIN SELECT RAISE(ABORT, 'an attempt is not settled'); END;

CREATE TRIGGER action_starts_open BEFORE INSERT ON action
WHEN NEW.state NOT IN ('held', 'ready')
BEGIN SELECT RAISE(ABORT, 'an action starts held or ready'); END;
