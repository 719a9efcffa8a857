"""``python -m rollcall``."""

from __future__ import annotations

from rollcall.cli import main

main()
