"""The one place that catches whatever goes wrong: one source, one blocker or one notice wide."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_log = logging.getLogger("rollcall")


@contextmanager
def boundary(subject: str, note: Callable[[str, str], None]) -> Iterator[None]:
    """Keep a failure inside ``subject``: it is logged, noted as a fault of ours, and retried later.

    ``note`` gets the subject and one line on what went wrong. An interrupt or an exit passes.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the boundary that the design names
        _log.warning("fault at %s", subject, exc_info=error)
        note(subject, describe(error))


def describe(error: BaseException) -> str:
    """Say a failure in one line: its kind, unless it is one of ours, and its words."""
    words = " ".join(str(error).split())
    kind = type(error)
    ours = kind.__module__.startswith("rollcall.")
    return words if ours and words else f"{kind.__name__}: {words}" if words else kind.__name__
