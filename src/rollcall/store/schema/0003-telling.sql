CREATE TABLE written_cells (
  blocker INTEGER NOT NULL,
  cell VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  PRIMARY KEY (blocker, cell, digest)
);
CREATE TABLE log_edits (
  id INTEGER NOT NULL,
  blocker INTEGER NOT NULL,
  cell VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  base INTEGER NOT NULL,
  quoted VARCHAR NOT NULL,
  at VARCHAR(27) NOT NULL,
  instruction INTEGER,
  answer VARCHAR,
  settled BOOLEAN NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(instruction) REFERENCES instructions (id)
);
CREATE UNIQUE INDEX log_edit_taken_once ON log_edits (blocker, cell, digest, base);
CREATE TABLE log_rows (
  identity VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  since VARCHAR(27) NOT NULL,
  imported BOOLEAN NOT NULL,
  asked BOOLEAN NOT NULL,
  PRIMARY KEY (identity)
);
ALTER TABLE instructions ADD COLUMN origin VARCHAR;
CREATE UNIQUE INDEX instructions_by_origin ON instructions (origin);
ALTER TABLE events ADD COLUMN first_tried VARCHAR(27);
ALTER TABLE events ADD COLUMN digest INTEGER REFERENCES events (id);
CREATE INDEX ix_events_digest ON events (digest);
