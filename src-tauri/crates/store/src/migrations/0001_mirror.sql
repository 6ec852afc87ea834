-- Conventions of the mirror:
--   * a column that lists sort by is never NULL: '' or 0 stands for "the provider did not say", so that paging by key
--     needs one comparison;
--   * amounts are the provider's exact decimal text; the column ending in _e4 holds the same number times 10,000 as an
--     integer, for sorting, filtering and sums;
--   * dates are yyyy-mm-dd; moments of ours are microseconds since 1970 in UTC;
--   * words holds the searchable text, folded (text.rs), for the full-text table beside it; more_words the same of
--     other rows (a service is also found by its client), settled after each batch;
--   * gone_at is set when a whole sweep did not see the row any more; gone rows stay, lists leave them out.

-- One counter per table group, raised in each transaction that touches the group. Other processes read it to learn
-- what changed, and counts are cached by it.
CREATE TABLE change_mark (
    grp INTEGER PRIMARY KEY,
    n   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE client (
    id           INTEGER PRIMARY KEY,
    first_name   TEXT NOT NULL,
    last_name    TEXT NOT NULL,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL,
    company      TEXT NOT NULL,
    email        TEXT NOT NULL COLLATE NOCASE,
    status       TEXT NOT NULL COLLATE NOCASE,
    country      TEXT NOT NULL COLLATE NOCASE,
    currency     TEXT NOT NULL,
    group_id     INTEGER NOT NULL,
    created      TEXT NOT NULL,
    words        TEXT NOT NULL,
    gone_at      INTEGER,
    -- Settled from the other tables after each batch (settle.rs).
    services         INTEGER NOT NULL DEFAULT 0,
    services_all     INTEGER NOT NULL DEFAULT 0,
    servers          INTEGER NOT NULL DEFAULT 0,
    tickets          INTEGER NOT NULL DEFAULT 0,
    tickets_all      INTEGER NOT NULL DEFAULT 0,
    invoices         INTEGER NOT NULL DEFAULT 0,
    overdue_e4       INTEGER NOT NULL DEFAULT 0,
    overdue_currency TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX client_by_name     ON client (name_key)   WHERE gone_at IS NULL;
CREATE INDEX client_by_email    ON client (email)      WHERE gone_at IS NULL;
CREATE INDEX client_by_status   ON client (status)     WHERE gone_at IS NULL;
CREATE INDEX client_by_created  ON client (created)    WHERE gone_at IS NULL;
CREATE INDEX client_by_overdue  ON client (overdue_e4) WHERE gone_at IS NULL;
CREATE TABLE client_extra  (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
-- The full record of one client, asked for when its page is opened.
CREATE TABLE client_detail (id INTEGER PRIMARY KEY, json TEXT NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE service (
    id           INTEGER PRIMARY KEY,
    client_id    INTEGER NOT NULL,
    product_id   INTEGER NOT NULL,
    product      TEXT NOT NULL COLLATE NOCASE,
    domain       TEXT NOT NULL COLLATE NOCASE,
    status       TEXT NOT NULL COLLATE NOCASE,
    cycle        TEXT NOT NULL COLLATE NOCASE,
    qty          INTEGER NOT NULL,
    amount       TEXT NOT NULL,
    amount_e4    INTEGER NOT NULL,
    next_due     TEXT NOT NULL,
    registered   TEXT NOT NULL,
    ip           TEXT NOT NULL,
    method       TEXT NOT NULL,
    instance_id  INTEGER,
    fields       TEXT NOT NULL,
    words        TEXT NOT NULL,
    gone_at      INTEGER,
    client_name  TEXT NOT NULL DEFAULT '',
    client_key   TEXT NOT NULL DEFAULT '',
    currency     TEXT NOT NULL DEFAULT '',
    more_words   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX service_by_client   ON service (client_id)   WHERE gone_at IS NULL;
CREATE INDEX service_by_instance ON service (instance_id) WHERE instance_id IS NOT NULL;
CREATE INDEX service_by_due      ON service (next_due)    WHERE gone_at IS NULL;
CREATE INDEX service_by_status   ON service (status)      WHERE gone_at IS NULL;
CREATE INDEX service_by_name     ON service (client_key)  WHERE gone_at IS NULL;
CREATE INDEX service_by_product  ON service (product)     WHERE gone_at IS NULL;
CREATE INDEX service_by_domain   ON service (domain)      WHERE gone_at IS NULL;
CREATE INDEX service_by_amount   ON service (amount_e4)   WHERE gone_at IS NULL;
CREATE TABLE service_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;

CREATE TABLE invoice (
    id           INTEGER PRIMARY KEY,
    number       TEXT NOT NULL COLLATE NOCASE,
    client_id    INTEGER NOT NULL,
    client_name  TEXT NOT NULL,
    client_key   TEXT NOT NULL,
    date         TEXT NOT NULL,
    due          TEXT NOT NULL,
    paid         TEXT NOT NULL,
    status       TEXT NOT NULL COLLATE NOCASE,
    currency     TEXT NOT NULL,
    total        TEXT NOT NULL,
    total_e4     INTEGER NOT NULL,
    balance      TEXT NOT NULL,
    balance_e4   INTEGER NOT NULL,
    method       TEXT NOT NULL,
    words        TEXT NOT NULL,
    gone_at      INTEGER
) STRICT;
CREATE INDEX invoice_by_date         ON invoice (date)             WHERE gone_at IS NULL;
CREATE INDEX invoice_by_due          ON invoice (due)              WHERE gone_at IS NULL;
CREATE INDEX invoice_by_number       ON invoice (number)           WHERE gone_at IS NULL;
CREATE INDEX invoice_by_name         ON invoice (client_key)       WHERE gone_at IS NULL;
CREATE INDEX invoice_by_total        ON invoice (total_e4)         WHERE gone_at IS NULL;
CREATE INDEX invoice_by_balance      ON invoice (balance_e4)       WHERE gone_at IS NULL;
CREATE INDEX invoice_by_status       ON invoice (status)           WHERE gone_at IS NULL;
CREATE INDEX invoice_by_status_date  ON invoice (status, date)     WHERE gone_at IS NULL;
CREATE INDEX invoice_by_status_due   ON invoice (status, due)      WHERE gone_at IS NULL;
CREATE INDEX invoice_by_status_total ON invoice (status, total_e4) WHERE gone_at IS NULL;
CREATE INDEX invoice_by_client       ON invoice (client_id, date)  WHERE gone_at IS NULL;
CREATE INDEX invoice_open            ON invoice (due)              WHERE gone_at IS NULL AND balance_e4 > 0;
CREATE TABLE invoice_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;

CREATE TABLE ticket (
    id           INTEGER PRIMARY KEY,
    tid          TEXT NOT NULL COLLATE NOCASE,
    subject      TEXT NOT NULL COLLATE NOCASE,
    client_id    INTEGER,
    client_name  TEXT NOT NULL,
    client_key   TEXT NOT NULL,
    email        TEXT NOT NULL,
    department   TEXT NOT NULL COLLATE NOCASE,
    status       TEXT NOT NULL COLLATE NOCASE,
    priority     TEXT NOT NULL COLLATE NOCASE,
    last_reply   TEXT NOT NULL,
    opened       TEXT NOT NULL,
    waiting      INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    service      TEXT NOT NULL,
    words        TEXT NOT NULL,
    gone_at      INTEGER
) STRICT;
CREATE INDEX ticket_by_client     ON ticket (client_id)   WHERE gone_at IS NULL;
CREATE INDEX ticket_by_last_reply ON ticket (last_reply)  WHERE gone_at IS NULL;
CREATE INDEX ticket_by_opened     ON ticket (opened)      WHERE gone_at IS NULL;
CREATE INDEX ticket_by_status     ON ticket (status, last_reply) WHERE gone_at IS NULL;
CREATE INDEX ticket_by_waiting    ON ticket (waiting, last_reply) WHERE gone_at IS NULL;
CREATE INDEX ticket_by_name       ON ticket (client_key)  WHERE gone_at IS NULL;
CREATE INDEX ticket_by_tid        ON ticket (tid);
CREATE TABLE ticket_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;

CREATE TABLE instance (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL,
    display_name   TEXT NOT NULL,
    label          TEXT NOT NULL,
    label_key      TEXT NOT NULL,
    status         TEXT NOT NULL COLLATE NOCASE,
    error_message  TEXT NOT NULL,
    region         TEXT NOT NULL COLLATE NOCASE,
    region_name    TEXT NOT NULL,
    data_center    TEXT NOT NULL COLLATE NOCASE,
    product_id     TEXT NOT NULL COLLATE NOCASE,
    product_name   TEXT NOT NULL,
    product_type   TEXT NOT NULL,
    size           TEXT NOT NULL COLLATE NOCASE,
    image_id       TEXT NOT NULL,
    os_type        TEXT NOT NULL,
    ipv4           TEXT NOT NULL,
    ipv4_number    INTEGER NOT NULL,
    ipv6           TEXT NOT NULL,
    addresses      TEXT NOT NULL,
    mac            TEXT NOT NULL,
    cpu            INTEGER NOT NULL,
    ram_mb         INTEGER NOT NULL,
    disk_mb        INTEGER NOT NULL,
    host           TEXT NOT NULL,
    default_user   TEXT NOT NULL,
    created        TEXT NOT NULL,
    cancel_date    TEXT NOT NULL,
    words          TEXT NOT NULL,
    gone_at        INTEGER,
    -- Settled from services, clients and tags.
    tags           TEXT NOT NULL DEFAULT '[]',
    service_id     INTEGER,
    client_id      INTEGER,
    client_name    TEXT NOT NULL DEFAULT '',
    client_key     TEXT NOT NULL DEFAULT '',
    next_due       TEXT NOT NULL DEFAULT '',
    price          TEXT NOT NULL DEFAULT '',
    price_e4       INTEGER NOT NULL DEFAULT 0,
    price_currency TEXT NOT NULL DEFAULT '',
    more_words     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX instance_by_label  ON instance (label_key)   WHERE gone_at IS NULL;
CREATE INDEX instance_by_status ON instance (status)      WHERE gone_at IS NULL;
CREATE INDEX instance_by_ipv4   ON instance (ipv4_number) WHERE gone_at IS NULL;
CREATE INDEX instance_by_client ON instance (client_id)   WHERE gone_at IS NULL;
CREATE INDEX instance_by_name   ON instance (client_key)  WHERE gone_at IS NULL;
CREATE TABLE instance_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;

CREATE TABLE image (
    no           INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    os_type      TEXT NOT NULL,
    version      TEXT NOT NULL,
    status       TEXT NOT NULL,
    standard     INTEGER NOT NULL CHECK (standard IN (0, 1)),
    size_mb      INTEGER NOT NULL,
    gone_at      INTEGER
) STRICT;
CREATE TABLE image_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;

CREATE TABLE datacenter (
    no           INTEGER PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    region       TEXT NOT NULL,
    region_name  TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    gone_at      INTEGER
) STRICT;
CREATE TABLE datacenter_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;

CREATE TABLE tag (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    colour       TEXT NOT NULL,
    description  TEXT NOT NULL,
    gone_at      INTEGER
) STRICT;
CREATE TABLE tag_extra (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE tag_assignment (
    tag_id        INTEGER NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    UNIQUE (resource_type, resource_id, tag_id)
) STRICT;
CREATE INDEX tag_assignment_by_tag ON tag_assignment (tag_id);

-- When each row was last named by its provider. Apart from the rows, so that a sweep that finds nothing new writes
-- little and wakes no view.
CREATE TABLE sync_seen (
    kind INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_state (
    no          INTEGER PRIMARY KEY,
    provider    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    last_whole  INTEGER,
    last_answer INTEGER,
    error_code  TEXT,
    error       TEXT,
    next_try    INTEGER,
    cursor      TEXT,
    row_count   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (provider, kind)
) STRICT;

-- What settle.rs has still to do.
CREATE TABLE settle_client   (id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE settle_instance (id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE settle_day      (one INTEGER PRIMARY KEY CHECK (one = 1), day TEXT NOT NULL) STRICT;

-- ON CONFLICT DO NOTHING and not OR IGNORE: the latter gives way to the conflict clause of the statement that fires.
CREATE TRIGGER client_settle_new AFTER INSERT ON client BEGIN
    INSERT INTO settle_client VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER client_settle AFTER UPDATE OF name, currency, gone_at ON client BEGIN
    INSERT INTO settle_client VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER service_settle_new AFTER INSERT ON service BEGIN
    INSERT INTO settle_client VALUES (new.client_id) ON CONFLICT DO NOTHING;
    INSERT INTO settle_instance SELECT new.instance_id WHERE new.instance_id IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER service_settle
AFTER UPDATE OF client_id, status, instance_id, amount, next_due, gone_at ON service BEGIN
    INSERT INTO settle_client VALUES (old.client_id), (new.client_id) ON CONFLICT DO NOTHING;
    INSERT INTO settle_instance SELECT old.instance_id WHERE old.instance_id IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO settle_instance SELECT new.instance_id WHERE new.instance_id IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER invoice_settle_new AFTER INSERT ON invoice BEGIN
    INSERT INTO settle_client VALUES (new.client_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER invoice_settle AFTER UPDATE OF client_id, due, balance_e4, currency, gone_at ON invoice BEGIN
    INSERT INTO settle_client VALUES (old.client_id), (new.client_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER ticket_settle_new AFTER INSERT ON ticket WHEN new.client_id IS NOT NULL BEGIN
    INSERT INTO settle_client VALUES (new.client_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER ticket_settle AFTER UPDATE OF client_id, waiting, gone_at ON ticket BEGIN
    INSERT INTO settle_client SELECT old.client_id WHERE old.client_id IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO settle_client SELECT new.client_id WHERE new.client_id IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER instance_settle_new AFTER INSERT ON instance BEGIN
    INSERT INTO settle_instance VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER instance_settle AFTER UPDATE OF gone_at ON instance BEGIN
    INSERT INTO settle_instance VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER tag_assignment_settle_new AFTER INSERT ON tag_assignment WHEN new.resource_type = 'instance' BEGIN
    INSERT INTO settle_instance VALUES (CAST(new.resource_id AS INTEGER)) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER tag_assignment_settle_old AFTER DELETE ON tag_assignment WHEN old.resource_type = 'instance' BEGIN
    INSERT INTO settle_instance VALUES (CAST(old.resource_id AS INTEGER)) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER tag_settle AFTER UPDATE OF name, gone_at ON tag BEGIN
    INSERT INTO settle_instance
    SELECT CAST(resource_id AS INTEGER) FROM tag_assignment WHERE tag_id = new.id AND resource_type = 'instance' ON CONFLICT DO NOTHING;
END;

-- Full text over the folded words: tokens are what text.rs made, so the tokenizer has nothing left to fold.
CREATE VIRTUAL TABLE client_text   USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE service_text  USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE invoice_text  USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE ticket_text   USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE instance_text USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0');

CREATE TRIGGER client_words_new AFTER INSERT ON client BEGIN
    INSERT INTO client_text (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER client_words AFTER UPDATE OF words ON client WHEN old.words IS NOT new.words BEGIN
    UPDATE client_text SET words = new.words WHERE rowid = new.id;
END;
CREATE TRIGGER client_words_old AFTER DELETE ON client BEGIN
    DELETE FROM client_text WHERE rowid = old.id;
END;
CREATE TRIGGER service_words_new AFTER INSERT ON service BEGIN
    INSERT INTO service_text (rowid, words) VALUES (new.id, new.words || new.more_words);
END;
CREATE TRIGGER service_words AFTER UPDATE OF words, more_words ON service
WHEN (old.words, old.more_words) IS NOT (new.words, new.more_words) BEGIN
    UPDATE service_text SET words = new.words || new.more_words WHERE rowid = new.id;
END;
CREATE TRIGGER service_words_old AFTER DELETE ON service BEGIN
    DELETE FROM service_text WHERE rowid = old.id;
END;
CREATE TRIGGER invoice_words_new AFTER INSERT ON invoice BEGIN
    INSERT INTO invoice_text (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER invoice_words AFTER UPDATE OF words ON invoice WHEN old.words IS NOT new.words BEGIN
    UPDATE invoice_text SET words = new.words WHERE rowid = new.id;
END;
CREATE TRIGGER invoice_words_old AFTER DELETE ON invoice BEGIN
    DELETE FROM invoice_text WHERE rowid = old.id;
END;
CREATE TRIGGER ticket_words_new AFTER INSERT ON ticket BEGIN
    INSERT INTO ticket_text (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER ticket_words AFTER UPDATE OF words ON ticket WHEN old.words IS NOT new.words BEGIN
    UPDATE ticket_text SET words = new.words WHERE rowid = new.id;
END;
CREATE TRIGGER ticket_words_old AFTER DELETE ON ticket BEGIN
    DELETE FROM ticket_text WHERE rowid = old.id;
END;
CREATE TRIGGER instance_words_new AFTER INSERT ON instance BEGIN
    INSERT INTO instance_text (rowid, words) VALUES (new.id, new.words || new.more_words);
END;
CREATE TRIGGER instance_words AFTER UPDATE OF words, more_words ON instance
WHEN (old.words, old.more_words) IS NOT (new.words, new.more_words) BEGIN
    UPDATE instance_text SET words = new.words || new.more_words WHERE rowid = new.id;
END;
CREATE TRIGGER instance_words_old AFTER DELETE ON instance BEGIN
    DELETE FROM instance_text WHERE rowid = old.id;
END;
