-- What a person leaves out: the last step of an action that is held or waits may be left undone, and the action has
-- then come to its end.

DROP TRIGGER action_moves_lawfully;
CREATE TRIGGER action_moves_lawfully BEFORE UPDATE OF state ON action
WHEN NEW.state IS NOT OLD.state AND (OLD.state || '>' || NEW.state) NOT IN (
    'held>ready', 'held>cancelled', 'held>succeeded',
    'ready>running', 'ready>held', 'ready>cancelled', 'ready>failed',
    'retryable>running', 'retryable>ready', 'retryable>held', 'retryable>cancelled', 'retryable>failed',
    'retryable>succeeded',
    'running>ready', 'running>retryable', 'running>unknown', 'running>succeeded', 'running>failed',
    'unknown>running', 'unknown>retryable', 'unknown>succeeded', 'unknown>failed')
BEGIN SELECT RAISE(ABORT, 'an action does not move that way'); END;
