-- In the order in which the board shows them: by tries, then by number.
DROP INDEX action_by_tries;
CREATE INDEX action_by_tries ON action (tries, id, created_at, updated_at, board_order, state, kind, target_key);
