"""Updates that are lines of JSON: one object each, with its time under a key of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from rollcall.parse.beginnings import Beginning, Style
from rollcall.parse.timestamps import WrittenTime, match_time

_TIMES = ("ts", "timestamp", "time", "at", "datetime", "date", "when", "logged_at", "created_at")
_AUTHORS = ("agent", "agent_name", "agent_id", "author", "from", "by")
_TITLES = ("summary", "msg", "message", "title", "what", "text", "note", "task", "event", "status")
_NOT_SAID = frozenset({*_TIMES, *_AUTHORS, "to", "id", "uuid", "level", "cwd", "repo"})
_COUNTED = frozenset({"passed", "failed", "errors", "warnings", "skipped", "passing", "failures"})
_LONGEST = 1 << 20
_EPOCHS = (1_000_000_000, 4_000_000_000)  # seconds; a thousand times that are milliseconds


def read_record(line: str) -> Beginning | None:
    """Return how an update begins with a line that is a JSON object with a time, else None."""
    record = _load(line)
    written = None if record is None else _time_of(record)
    if record is None or written is None:
        return None
    title = next((record[key] for key in _TITLES if isinstance(record.get(key), str)), "")
    author = next((record[key] for key in _AUTHORS if isinstance(record.get(key), str)), None)
    return Beginning(
        Style.FIELD, " ".join(str(title).split())[:200], written, author=str(author or "") or None
    )


def spell_out(line: str) -> str:
    """Return what a JSON object says as sentences on one line; another line as it is."""
    record = _load(line)
    return line if record is None else " ".join(_sentences(record))


def _load(line: str) -> Mapping[str, object] | None:
    text = line.strip()
    if not text.startswith("{") or len(text) > _LONGEST:
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _time_of(record: Mapping[str, object]) -> WrittenTime | None:
    for key in _TIMES:
        value = record.get(key)
        if isinstance(value, str) and (written := match_time(value.strip())):
            return written._replace(end=0) if written.clock is not None else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _epoch(value)
    return None


def _epoch(value: float) -> WrittenTime | None:
    first, last = _EPOCHS
    seconds = value if value < last else value / 1000
    if not first <= seconds < last:
        return None
    at = datetime.fromtimestamp(int(seconds), UTC)
    return WrittenTime(at.date(), at.time(), UTC, 0, 0)


def _sentences(record: Mapping[str, object]) -> Iterator[str]:
    for key, value in record.items():
        if key in _NOT_SAID:
            continue
        if isinstance(value, str):
            said = " ".join(value.split())
            yield said if said.endswith((".", "!", "?")) else f"{said}."
        elif isinstance(value, list):
            parts = [each for each in value if isinstance(each, str)]
            if parts:
                yield f"{key}: {', '.join(parts)}."
        elif isinstance(value, dict):
            counts = [f"{each} {what}" for what, each in value.items() if what in _COUNTED]
            if counts:
                yield f"{key}: {', '.join(counts)}."
        elif isinstance(value, int) and not isinstance(value, bool):
            yield f"{value} {key}." if key in _COUNTED else f"{key} {value}."
