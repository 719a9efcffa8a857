"""How fast files are read: against a bare scan, a Markdown parser, and lines made to be slow.

Two kinds of bytes: an agent's log of several days, made of updates as agents write them, and the
feedback files of ``tests/examples``, which are a list of cases: an entry at every third line, each
in another style. Both hold other numbers in each copy, so that nothing that was read before is met
again. Cold: each figure is the best of several readings by a process that keeps nothing between
them. Linear: twice the line must take at most 2.5 times as long.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date
from pathlib import Path

from markdown_it import MarkdownIt

from benchmarks.day_log import day_log
from rollcall.lines import cut_lines
from rollcall.parse.chat import read_chat
from rollcall.parse.cutting import Opened
from rollcall.parse.feedback import find_entries, initial_state, read_feedback

EXAMPLES = Path(__file__).parents[1] / "tests" / "examples"
READ_BYTES = 600_000
LINE_BYTES = 10_000_000
FILE_BYTES = 400_000
DOUBLINGS = 3
MOST = 2.5
LEAST_TIMES, MOST_TIMES, ENOUGH_S = 2, 60, 0.15
DAY = date(2026, 2, 7)
HEAD = b"## 2026-02-07T09:00Z Parser\n- "

_NUMBER = re.compile(r"(?<![\dT:-])\d{2,5}(?![\d:TZ-])")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")

LINES = {
    "blanks": b" ",
    "stars": b"*",
    "ticks": b"`a ",
    "brackets": b"[(",
    "digits": b"0",
    "stamps": b"2026-02-07T09:00Z ",
    "path": b"a/",
    "dots": b"a.",
    "dashes": b"a-",
    "options": b" --a",
    "outcomes": b"pass ",
    "links": b"http://a ",
    "hashes": b"commit 0a",
    "capitals": b"A_",
    "blocked": b"waiting on ",
    "colons": b"a: ",
    "arrows": "→ ".encode(),
    "NUL": b"\0",
    "half a character": b"\xc3",
}
"""What lines are made of that would be slow if a pattern went back and forth over them."""

FILES = {
    "open fences": b"```\n",
    "open comments": b"<!-- a\n",
    "headings": b"## a\n",
    "nested items": b"  - a: b\n",
    "entries": b"## 09:00 a\n12 passed\n",
    "long lines": b"- Updated `a/b.py`; 12 passed; commit 0a1b2c3; waiting on a " * 16 + b"\n",
}
"""What files are made of that would be slow if a line were looked at again and again."""


def main() -> None:
    """Print what is read in a second, and how the time grows with the length of lines and files."""
    print_speeds()
    print_growth()


def print_speeds() -> None:
    """Print megabytes a second of each way to read the same bytes, and the ratio to the parser."""
    for name, raw in (
        ("an agent's log", day_log(READ_BYTES).encode()),
        ("the examples, dense", example_bytes()),
    ):
        every = len(raw) / max(1, len(find(raw)))
        print(f"\n{f'{name}: an entry every {every:.0f} bytes':42} {'MB/s':>10} {'ratio':>10}")
        _print_speeds(raw)


def _print_speeds(raw: bytes) -> None:
    text = raw.decode()
    markdown = MarkdownIt()
    ways: dict[str, Callable[[], object]] = {
        "bare scan for stamps": lambda: _STAMP.findall(text),
        "markdown-it-py, parse": lambda: markdown.parse(text),
        "entries and stamps": lambda: find(raw),
        "entries with evidence": lambda: read(raw),
    }
    speeds = {name: len(raw) / 1e6 / _best(way) for name, way in ways.items()}
    base = speeds["markdown-it-py, parse"]
    for name, speed in speeds.items():
        print(f"{name:42} {speed:10.2f} {speed / base:9.1f}x", flush=True)


def print_growth() -> None:
    """Print how much longer twice the line, and twice the file, take to be read."""
    print(f"\n{'twice as much of':42} {'feedback':>10} {'chat':>10}   at most {MOST}")
    growth(read, b" ", LINE_BYTES)  # the first to take so much memory is served in another way
    for sort, units, size in (("a line", LINES, LINE_BYTES), ("a file", FILES, FILE_BYTES)):
        for name, unit in units.items():
            ratios = [growth(way, unit, size) for way in (read, read_as_chat)]
            verdict = "" if max(ratios) <= MOST else "   NOT LINEAR"
            what = f"{sort} of {name}, up to {size / 1e6:g} MB"
            print(f"{what:42} {ratios[0]:10.2f} {ratios[1]:10.2f}{verdict}", flush=True)


def growth(way: Callable[[bytes], object], unit: bytes, most: int) -> float:
    """Return how many times as long twice the bytes of ``unit`` take, up to ``most`` of them.

    The mean of three doublings: at one size or another the memory for a copy costs the system more.
    """
    least, whole = (HEAD + unit * (size // len(unit)) for size in (most // 2**DOUBLINGS, most))
    ratio = _best(lambda: way(whole)) / _best(lambda: way(least))
    return float(ratio ** (1 / DOUBLINGS))


def find(raw: bytes) -> list[Opened]:
    """Find the entries of a feedback file's bytes, with titles, authors and stamps."""
    return find_entries(cut_lines(raw, 0).lines, initial_state("feedback/mara.md", DAY), UTC)


def read(raw: bytes) -> object:
    """Read the entries of a feedback file's bytes, with their identities and what they show."""
    return read_feedback(cut_lines(raw, 0).lines, initial_state("feedback/mara.md", DAY), UTC)


def read_as_chat(raw: bytes) -> object:
    """Read the messages of a chat file's bytes."""
    return read_chat("bot_chat/2026-02-07-mara-to-ben-parser.md", cut_lines(raw, 0).lines, UTC)


def example_bytes(size: int = READ_BYTES) -> bytes:
    """Return the examples' feedback files, over and over, other numbers in each copy."""
    texts = [
        path.read_text("utf-8", "replace") for path in sorted(EXAMPLES.glob("*/feedback/**/*.md"))
    ]
    parts: list[str] = []
    length = copies = 0
    while length < size:
        copies += 1
        parts += [_NUMBER.sub(_shifted(copies), text) for text in texts]
        length = sum(map(len, parts))
    return "\n".join(parts).encode()


def _shifted(by: int) -> Callable[[re.Match[str]], str]:
    return lambda found: str(int(found[0]) + by)


def _best(work: Callable[[], object]) -> float:
    """Return the least processor seconds that ``work`` took: others share this machine."""
    taken: list[float] = []
    while len(taken) < LEAST_TIMES or (sum(taken) < ENOUGH_S and len(taken) < MOST_TIMES):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return max(min(taken), 1e-6)


if __name__ == "__main__":
    main()
