ALTER TABLE entries ADD COLUMN closing BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN promise VARCHAR(27);
ALTER TABLE blockers ADD COLUMN told_at VARCHAR(27);
ALTER TABLE blockers ADD COLUMN snoozed_until VARCHAR(27);
ALTER TABLE blockers ADD COLUMN snoozed_phase VARCHAR;
CREATE TABLE aways (
  id INTEGER NOT NULL,
  agent VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  start VARCHAR(27) NOT NULL,
  ended VARCHAR(27),
  reason VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_aways_agent ON aways (agent);
CREATE TABLE incidents (
  id INTEGER NOT NULL,
  began VARCHAR(27) NOT NULL,
  ended VARCHAR(27),
  stopped BOOLEAN NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE signal_observations (
  id INTEGER NOT NULL,
  at VARCHAR(27) NOT NULL,
  state VARCHAR NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE silences (
  id INTEGER NOT NULL,
  kinds JSON NOT NULL,
  agents JSON NOT NULL,
  comment VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL,
  start VARCHAR(27) NOT NULL,
  until VARCHAR(27) NOT NULL,
  settled BOOLEAN NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE pending_transitions (
  id INTEGER NOT NULL,
  blocker INTEGER NOT NULL,
  transition VARCHAR NOT NULL,
  level INTEGER NOT NULL,
  at VARCHAR(27) NOT NULL,
  shared VARCHAR,
  held_for VARCHAR NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(blocker) REFERENCES blockers (number)
);
CREATE INDEX ix_pending_transitions_blocker ON pending_transitions (blocker);
ALTER TABLE blockers ADD COLUMN incident INTEGER REFERENCES incidents (id);
CREATE INDEX ix_blockers_incident ON blockers (incident);
ALTER TABLE dependencies ADD COLUMN begins_at VARCHAR(27);
ALTER TABLE dependencies ADD COLUMN broadcast BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE dependencies ADD COLUMN asked_again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dependencies ADD COLUMN fallback VARCHAR;
ALTER TABLE dependencies ADD COLUMN fallback_at VARCHAR(27);
ALTER TABLE dependencies ADD COLUMN fallback_until VARCHAR(27);
CREATE INDEX ix_dependencies_requester ON dependencies (requester);
ALTER TABLE agents ADD COLUMN spoke_at VARCHAR(27);
ALTER TABLE agents ADD COLUMN inhibited_at VARCHAR(27);
ALTER TABLE agents ADD COLUMN freed_at VARCHAR(27);
CREATE TABLE broadcasts (
  message_id INTEGER NOT NULL,
  arrived VARCHAR(27) NOT NULL,
  members JSON,
  PRIMARY KEY (message_id),
  FOREIGN KEY(message_id) REFERENCES messages (id)
);
ALTER TABLE instructions ADD COLUMN until VARCHAR(27);
ALTER TABLE instructions ADD COLUMN kinds JSON;
ALTER TABLE instructions ADD COLUMN agents JSON;
