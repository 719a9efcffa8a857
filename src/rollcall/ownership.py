"""Why a place cannot be written by whoever runs us, and who could: the words for people."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def explain_refusal(path: Path) -> str | None:
    """Say whose a place is that this user may not write, and what to do; None where it may.

    Of one that is not there yet it is the nearest folder above that counts.
    """
    place = next((one for one in (path, *path.parents) if one.exists()), path)
    if os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return None
    try:
        owner = _name(place.stat().st_uid)
    except OSError:
        owner = "another user"
    ours = _name(os.geteuid())
    if owner == ours:
        return f"{place} may not be written; make it writable, or name another place"
    return (
        f"{place} belongs to {owner}, and you ({ours}) may not write there; run this as {owner}, or "
        "be given the right to"
    )


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
