"""What a GO signal says: the file by which a lead lets a team work, or tells it to stand by."""

from __future__ import annotations

import re

from rollcall.parse.markdown import PREFIX, fence

_STANDBY = re.compile(r"(?<![^\W_])(?:pause|standby)(?![^\W_])", re.IGNORECASE)
_NAMED = re.compile(
    r"[\W_]*(?:(?:current|team|go)[ -])?(?:status|signal)[\s*_`~]*[:|](?P<says>.*)", re.IGNORECASE
)
_WHOLE_STATE = re.compile(
    r"[\W_]*(?:paused|stand[ -]by|on[ -]stand[ -]?by|standing[ -]by)(?![^\W_])", re.IGNORECASE
)


def reads_as_go(text: str) -> bool:
    """Tell whether a GO signal lets the team work.

    It does unless its first line that is not empty, or a line ``Status: …`` or ``Signal: …``, says
    PAUSE or STANDBY as a word of its own, in any case and decoration; ``PAUSED`` and ``STAND BY``
    count where the state begins with them. Lines within a code fence are an example of how to say
    it, unless the fence is all there is. An empty file is GO: it is there.
    """
    shown = _shown_lines(text.removeprefix("\ufeff"))
    if not shown:
        return True
    if _says_standby(shown[0]):
        return False
    named = (found["says"] for line in shown if (found := _NAMED.match(line)))
    return not any(map(_says_standby, named))


def _says_standby(words: str) -> bool:
    return _STANDBY.search(words) is not None or _WHOLE_STATE.match(words) is not None


def _shown_lines(text: str) -> list[str]:
    """Return the lines that are not empty, without fences; all of them where fences hold all."""
    inside = False
    shown: list[str] = []
    fenced: list[str] = []
    for whole in text.splitlines():
        line = whole[:PREFIX].strip()
        if fence(line) is not None:
            inside = not inside
        elif line.strip("-* "):
            (fenced if inside else shown).append(line)
    return shown or fenced
