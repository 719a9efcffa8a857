"""The command line: one file per command, each loaded only when it is called."""

from __future__ import annotations

from rollcall.cli.app import main

__all__ = ["main"]
