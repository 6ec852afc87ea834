-- One counter per table group, raised in each transaction that touches the group. Other processes read it to learn
-- what changed, and counts are cached by it.
CREATE TABLE change_mark (
    grp INTEGER PRIMARY KEY,
    n   INTEGER NOT NULL DEFAULT 0
) STRICT;
