CREATE TABLE held_targets (
  sink VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  call VARCHAR NOT NULL,
  since VARCHAR(27) NOT NULL,
  wait_s FLOAT NOT NULL,
  PRIMARY KEY (sink, target, call)
);
CREATE TABLE untold_transitions (
  id INTEGER NOT NULL,
  blocker INTEGER NOT NULL,
  transition VARCHAR NOT NULL,
  level INTEGER NOT NULL,
  at VARCHAR(27) NOT NULL,
  settled VARCHAR(27) NOT NULL,
  why VARCHAR NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(blocker) REFERENCES blockers (number)
);
CREATE INDEX ix_untold_transitions_blocker ON untold_transitions (blocker);
