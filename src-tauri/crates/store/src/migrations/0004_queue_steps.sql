-- Actions of several steps, actions that wait for each other, and switches for one lane.

-- Index of the step an action stands at, and what the steps before it brought: {"step": result, …}.
ALTER TABLE action ADD COLUMN stage INTEGER NOT NULL DEFAULT 0 CHECK (stage >= 0);
ALTER TABLE action ADD COLUMN carried TEXT CHECK (carried IS NULL OR json_valid(carried));

-- What was asked for and what was read for it when the plan was made.
ALTER TABLE plan ADD COLUMN ask TEXT CHECK (ask IS NULL OR json_valid(ask));

-- A step that happened never happens again, whoever would try.
CREATE UNIQUE INDEX attempt_applied_once ON action_attempt (action_id, step) WHERE outcome = 'applied';

-- What must have succeeded before an action may be started.
CREATE TABLE action_need (
    action_id INTEGER NOT NULL REFERENCES action (id),
    needs_id  INTEGER NOT NULL REFERENCES action (id),
    PRIMARY KEY (action_id, needs_id),
    CHECK (needs_id <> action_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_needed_by ON action_need (needs_id);

-- Nothing new is started on these lanes.
CREATE TABLE queue_lane (
    lane        TEXT PRIMARY KEY CHECK (lane IN ('contabo', 'whmcs')),
    since       INTEGER NOT NULL,
    by_operator TEXT NOT NULL
) STRICT;
