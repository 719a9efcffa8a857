"""The only SQL: what was read, what was decided, and what must be told."""
