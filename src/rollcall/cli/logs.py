"""Our own log lines as one clear line each on standard error."""

from __future__ import annotations

import logging

from rollcall.boundary import describe
from rollcall.cli.output import complain

_AGAIN_S = 600.0


def show_warnings() -> None:
    """Show warnings of ours, and keep the libraries' chatter away."""
    handler = _Complainer(logging.WARNING)
    log = logging.getLogger("rollcall")
    log.handlers, log.propagate = [handler], False
    # A job that came late says so at WARNING; the daemon itself stores and tells such a gap.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _Complainer(logging.Handler):
    """Prints each line; the same one again only after a while."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._said: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        line = " ".join((f"{words}: {describe(error)}" if error else words).split())
        self._said = {
            one: said_s for one, said_s in self._said.items() if record.created < said_s + _AGAIN_S
        }
        if line not in self._said:
            self._said[line] = record.created
            complain(line)
