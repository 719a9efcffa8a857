CREATE TABLE agents (
  slug VARCHAR NOT NULL,
  since VARCHAR(27) NOT NULL,
  owes_proof BOOLEAN NOT NULL,
  has_written BOOLEAN NOT NULL,
  retired BOOLEAN NOT NULL,
  nudged VARCHAR(27),
  unsettled VARCHAR(27),
  PRIMARY KEY (slug)
);
CREATE TABLE blockers (
  number INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  condition VARCHAR NOT NULL,
  phase VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  agent VARCHAR NOT NULL,
  level INTEGER NOT NULL,
  status VARCHAR NOT NULL,
  owner VARCHAR,
  opened VARCHAR(27) NOT NULL,
  closed VARCHAR(27),
  description VARCHAR NOT NULL,
  resolution VARCHAR,
  evidence JSON NOT NULL,
  PRIMARY KEY (number)
);
CREATE INDEX ix_blockers_closed ON blockers (closed);
CREATE INDEX ix_blockers_subject ON blockers (subject);
CREATE UNIQUE INDEX one_open_blocker_per_condition ON blockers (condition) WHERE closed IS NULL;
CREATE TABLE deadlines (
  subject VARCHAR NOT NULL,
  next_check_at VARCHAR(27) NOT NULL,
  PRIMARY KEY (subject)
);
CREATE INDEX ix_deadlines_next_check_at ON deadlines (next_check_at);
CREATE TABLE entries (
  id INTEGER NOT NULL,
  agent VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  stamp VARCHAR(27),
  stamp_text VARCHAR,
  day_is_guess BOOLEAN NOT NULL,
  kinds JSON NOT NULL,
  marks JSON NOT NULL,
  proof BOOLEAN NOT NULL,
  fallback BOOLEAN NOT NULL,
  blocked_on VARCHAR,
  statement VARCHAR,
  draft VARCHAR,
  place VARCHAR NOT NULL,
  rank VARCHAR NOT NULL,
  seen_at VARCHAR(27) NOT NULL,
  counts_at VARCHAR(27),
  history BOOLEAN NOT NULL,
  gone BOOLEAN NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX entries_by_arrival ON entries (agent, counts_at);
CREATE INDEX entries_by_digest ON entries (agent, digest);
CREATE INDEX entries_by_key ON entries (agent, "key");
CREATE INDEX entries_by_rank ON entries (agent, rank);
CREATE TABLE events (
  id INTEGER NOT NULL,
  "key" VARCHAR NOT NULL,
  sink VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  transition VARCHAR NOT NULL,
  blockers JSON NOT NULL,
  text VARCHAR NOT NULL,
  detail JSON NOT NULL,
  level INTEGER NOT NULL,
  mention VARCHAR,
  broadcast BOOLEAN NOT NULL,
  created VARCHAR(27) NOT NULL,
  not_before VARCHAR(27) NOT NULL,
  claim VARCHAR,
  uncertain BOOLEAN NOT NULL,
  attempts INTEGER NOT NULL,
  fate VARCHAR,
  settled VARCHAR(27),
  receipt VARCHAR,
  error VARCHAR,
  PRIMARY KEY (id),
  UNIQUE ("key")
);
CREATE INDEX events_without_fate ON events (sink, id) WHERE fate IS NULL;
CREATE TABLE faults (
  subject VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  since VARCHAR(27) NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at VARCHAR(27) NOT NULL,
  PRIMARY KEY (subject)
);
CREATE TABLE git_states (
  root VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  PRIMARY KEY (root)
);
CREATE TABLE instructions (
  id INTEGER NOT NULL,
  verb VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  created VARCHAR(27) NOT NULL,
  done VARCHAR(27),
  result VARCHAR,
  refused BOOLEAN NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_instructions_done ON instructions (done);
CREATE TABLE links (
  source VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  PRIMARY KEY (source, target, kind)
);
CREATE TABLE meta (
  "key" VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  PRIMARY KEY ("key")
);
CREATE TABLE rests (
  condition VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  phase VARCHAR NOT NULL,
  until VARCHAR(27) NOT NULL,
  PRIMARY KEY (condition)
);
CREATE INDEX ix_rests_subject ON rests (subject);
CREATE TABLE sinks (
  name VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  error VARCHAR,
  paused_until VARCHAR(27),
  PRIMARY KEY (name)
);
CREATE TABLE sources (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  agent VARCHAR,
  cursor VARCHAR,
  gone BOOLEAN NOT NULL,
  first_seen VARCHAR(27) NOT NULL,
  read_at VARCHAR(27) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);
CREATE TABLE unwatched (
  id INTEGER NOT NULL,
  start VARCHAR(27) NOT NULL,
  "end" VARCHAR(27) NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_unwatched_end ON unwatched ("end");
CREATE TABLE event_blockers (
  event_id INTEGER NOT NULL,
  blocker INTEGER NOT NULL,
  PRIMARY KEY (event_id, blocker),
  FOREIGN KEY(event_id) REFERENCES events (id),
  FOREIGN KEY(blocker) REFERENCES blockers (number)
);
CREATE INDEX ix_event_blockers_blocker ON event_blockers (blocker);
CREATE TABLE messages (
  id INTEGER NOT NULL,
  path VARCHAR NOT NULL,
  source_id INTEGER NOT NULL,
  start INTEGER NOT NULL,
  digest VARCHAR NOT NULL,
  draft VARCHAR NOT NULL,
  seen_at VARCHAR(27) NOT NULL,
  asked_at VARCHAR(27),
  history BOOLEAN NOT NULL,
  gone BOOLEAN NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (path),
  FOREIGN KEY(source_id) REFERENCES sources (id)
);
CREATE INDEX ix_messages_digest ON messages (digest);
CREATE INDEX ix_messages_source_id ON messages (source_id);
CREATE TABLE placements (
  source_id INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  PRIMARY KEY (source_id, start),
  FOREIGN KEY(source_id) REFERENCES sources (id),
  FOREIGN KEY(entry_id) REFERENCES entries (id)
);
CREATE INDEX ix_placements_entry_id ON placements (entry_id);
CREATE TABLE roots (
  sink VARCHAR NOT NULL,
  blocker INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  receipt VARCHAR NOT NULL,
  stale BOOLEAN NOT NULL,
  PRIMARY KEY (sink, blocker),
  FOREIGN KEY(blocker) REFERENCES blockers (number),
  FOREIGN KEY(event_id) REFERENCES events (id)
);
CREATE INDEX ix_roots_event_id ON roots (event_id);
CREATE TABLE transitions (
  id INTEGER NOT NULL,
  blocker INTEGER NOT NULL,
  what VARCHAR NOT NULL,
  level INTEGER NOT NULL,
  at VARCHAR(27) NOT NULL,
  why VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(blocker) REFERENCES blockers (number)
);
CREATE INDEX ix_transitions_blocker ON transitions (blocker);
CREATE TABLE unsigned_entries (
  source_id INTEGER NOT NULL,
  start INTEGER NOT NULL,
  PRIMARY KEY (source_id, start),
  FOREIGN KEY(source_id) REFERENCES sources (id)
);
CREATE TABLE dependencies (
  message_id INTEGER NOT NULL,
  provider VARCHAR NOT NULL,
  request VARCHAR NOT NULL,
  requester VARCHAR,
  title VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  closed_by VARCHAR,
  asked_at VARCHAR(27),
  due VARCHAR(27),
  backlog BOOLEAN NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  PRIMARY KEY (message_id, provider),
  FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE INDEX ix_dependencies_provider ON dependencies (provider);
