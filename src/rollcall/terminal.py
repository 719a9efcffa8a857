"""Whether somebody sits before us."""

from __future__ import annotations

import os


def has_terminal() -> bool:
    """Tell whether this process has a terminal of its own, from which signals may come."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
