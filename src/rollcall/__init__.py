"""Rollcall watches the files through which teams of AI agents coordinate, and tells who owes what."""

__version__ = "0.1.0"
