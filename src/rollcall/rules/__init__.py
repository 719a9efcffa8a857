"""Judgement: records and ``now`` in, decisions with a reason out. No clock, no I/O, no SQL."""
