-- What the board sorts by, beside the state it was narrowed to: thousands of rows of one state are put in another order
-- without reading any of them. And what ended since this morning, counted along an index.

DROP INDEX action_by_state;
CREATE INDEX action_by_state ON action
    (state, board_order, updated_at, created_at, tries, next_at, kind, target_key);
DROP INDEX action_by_tries;
CREATE INDEX action_by_tries ON action (tries, created_at, updated_at, board_order, state, kind, target_key);
CREATE INDEX action_ended_by_state ON action (state, ended_at) WHERE ended_at IS NOT NULL;
