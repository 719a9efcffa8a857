"""The one place that catches whatever goes wrong: one source, one blocker or one notice wide."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from rollcall.notify.redact import redact

_ADDRESS = re.compile(
    r"\b([a-z][a-z0-9+]{1,12}://)(?:[^\s/?#@\"']{0,200}@)?([^\s/?#@\"']{1,200})[/?#][^\s\"']*"
)
_Result = TypeVar("_Result")
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


def answer_with(call: Callable[[], _Result], answer: Future[_Result]) -> None:
    """Make a call and give what it returns, or what it raises, to whoever waits for the answer.

    For a call on a thread of its own: what is raised there would be heard by nobody.
    """
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
        answer.set_exception(error)
    else:
        answer.set_result(result)


def describe(error: BaseException) -> str:
    """Say a failure in one line: its kind, unless it is one of ours, and its words.

    What others say never shows more of an address than its host: the rest may be a secret.
    """
    words = " ".join(str(error).split())
    kind = type(error)
    if kind.__module__.startswith("rollcall.") and words:
        return redact(words)
    words = _ADDRESS.sub(r"\1\2/…", words)
    words = redact(words)
    return f"{kind.__name__}: {words}" if words else kind.__name__
