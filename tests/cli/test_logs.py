"""Our own log lines on standard error: one line each, the same one not again and again."""

from __future__ import annotations

import logging

from cli.shell import Shell
from rollcall.cli.logs import show_warnings


def test_the_same_line_is_printed_once_in_a_while(shell: Shell) -> None:
    show_warnings()
    log = logging.getLogger("rollcall")
    for words in ("docs is a file", "docs is a file", "the disk is full", "docs is a file"):
        log.warning("fault at sink:blockers_log: %s", words)
    assert shell.capture.readouterr().err.splitlines() == [
        "rollcall: fault at sink:blockers_log: docs is a file",
        "rollcall: fault at sink:blockers_log: the disk is full",
    ]


def test_it_is_printed_again_after_ten_minutes(shell: Shell) -> None:
    show_warnings()
    (handler,) = logging.getLogger("rollcall").handlers
    for created in (0.0, 599.9, 600.0):
        record = logging.LogRecord("rollcall", logging.WARNING, "", 0, "full", None, None)
        record.created = created
        handler.emit(record)
    assert shell.capture.readouterr().err.splitlines() == ["rollcall: full"] * 2
