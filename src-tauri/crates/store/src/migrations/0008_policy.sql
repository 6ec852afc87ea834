-- What a profile allows, as it was changed over time, and what approved plans spend. Times are microseconds since
-- 1970, UTC.

-- The newest row is in force; before the first one the profile's own file is.
CREATE TABLE policy_change (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    by_operator   TEXT NOT NULL CHECK (length(by_operator) BETWEEN 1 AND 200),
    reason        TEXT,
    before        TEXT NOT NULL CHECK (json_valid(before)),
    policy        TEXT NOT NULL CHECK (json_valid(policy))
) STRICT;
CREATE TRIGGER policy_change_stays BEFORE UPDATE ON policy_change
BEGIN SELECT RAISE(ABORT, 'a change of policy is never changed'); END;
CREATE TRIGGER policy_change_remains BEFORE DELETE ON policy_change
BEGIN SELECT RAISE(ABORT, 'a change of policy is never deleted'); END;

-- What one approved row of a plan costs, by the price that was shown.
CREATE TABLE plan_spend (
    plan_id       INTEGER NOT NULL REFERENCES plan (id),
    change_index  INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    -- Decimal text.
    amount        TEXT NOT NULL,
    currency      TEXT NOT NULL,
    PRIMARY KEY (plan_id, change_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_spend_by_at ON plan_spend (at);
