-- What an action holds beside its own resource, and indexes for every question to the board.

-- The server behind a service: whoever acts on the one holds the other.
ALTER TABLE action ADD COLUMN also_key TEXT;
CREATE INDEX action_also ON action (also_key, id)
    WHERE also_key IS NOT NULL AND state IN ('ready', 'running', 'retryable', 'unknown');

-- Those that are open hold theirs from now on.
UPDATE action SET also_key = 'contabo:instance:' || (SELECT instance_id FROM service WHERE service.id = action.target_id)
WHERE target_kind = 'service' AND ended_at IS NULL
  AND EXISTS (SELECT 1 FROM service WHERE service.id = action.target_id AND service.instance_id IS NOT NULL);

CREATE TRIGGER action_holds_alone BEFORE UPDATE OF state ON action
WHEN NEW.state IN ('running', 'unknown') AND OLD.state NOT IN ('running', 'unknown') AND (
    EXISTS (
        SELECT 1 FROM action AS b
        WHERE b.also_key = NEW.resource_key AND b.also_key IS NOT NULL AND b.id <> NEW.id
          AND b.state IN ('ready', 'running', 'retryable', 'unknown') AND b.state IN ('running', 'unknown'))
    OR NEW.also_key IS NOT NULL AND EXISTS (
        SELECT 1 FROM action AS b
        WHERE b.resource_key = NEW.also_key AND b.id <> NEW.id
          AND b.state IN ('ready', 'running', 'retryable', 'unknown') AND b.state IN ('running', 'unknown'))
    OR NEW.also_key IS NOT NULL AND EXISTS (
        SELECT 1 FROM action AS b
        WHERE b.also_key = NEW.also_key AND b.also_key IS NOT NULL AND b.id <> NEW.id
          AND b.state IN ('ready', 'running', 'retryable', 'unknown') AND b.state IN ('running', 'unknown')))
BEGIN SELECT RAISE(ABORT, 'somebody else holds it'); END;

-- The board's own order within a state; everything about one target, service, operator, lane; what has not ended.
DROP INDEX action_by_state;
CREATE INDEX action_by_state ON action (state, board_order);
DROP INDEX action_by_target;
CREATE INDEX action_by_target ON action (target_id, target_kind, id);
DROP INDEX action_ended;
CREATE INDEX action_ended ON action (ended_at, state);
CREATE INDEX action_by_service ON action (service_id, id) WHERE service_id IS NOT NULL;
CREATE INDEX action_by_operator ON action (by_operator, id);
CREATE INDEX action_by_lane ON action (lane, id);
