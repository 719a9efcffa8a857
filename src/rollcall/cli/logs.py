"""Our own log lines as one clear line each on standard error."""

from __future__ import annotations

import logging

from rollcall.boundary import describe
from rollcall.cli.output import complain


def show_warnings() -> None:
    """Show warnings of ours, and keep the libraries' chatter away."""
    handler = _Complainer(logging.WARNING)
    log = logging.getLogger("rollcall")
    log.handlers, log.propagate = [handler], False
    # A job that came late says so at WARNING; the daemon itself stores and tells such a gap.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _Complainer(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        complain(" ".join((f"{words}: {describe(error)}" if error else words).split()))
