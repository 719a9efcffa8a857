"""The inbox sink: a short section appended to a file that an agent or its lead reads.

Names become parts of a path, and words of one agent are read by another. So a name must be a slug,
the file must lie in the workspace, and all words stand in a code fence, as data.
"""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from stat import S_ISREG

from rollcall.errors import DeliveryFailed, OutsideError
from rollcall.files import append_text, find_obstacle
from rollcall.model import Notice, Receipt, Transition
from rollcall.notify.markdown import fenced, one_line
from rollcall.roster import slugify
from rollcall.rules.words import say_instant

MOST_LINES = 30
MOST_CHARS = 300
_NAME = re.compile(r"\w[\w .-]{0,119}")
_KEY = re.compile(r"[^\s<>]{1,300}")

_TITLES = {
    Transition.OPENED: "blocker opened",
    Transition.ESCALATED: "blocker, next level",
    Transition.CHANGED: "blocker changed",
    Transition.ACKNOWLEDGED: "blocker acknowledged",
    Transition.CLOSED: "blocker resolved",
    Transition.REPEATED: "blocker still open",
    Transition.HELD: "blocker on hold",
    Transition.RELEASED: "blocker, back on duty",
    Transition.SNOOZED: "blocker snoozed",
    Transition.UNSNOOZED: "blocker no longer snoozed",
    Transition.JOINED: "more blockers of one cause",
    Transition.NUDGED: "a reminder",
    Transition.ANSWERED: "an answer",
    Transition.DIGEST: "a digest",
    Transition.DAILY: "the digest of the day",
    Transition.ASKED: "a question about the blockers log",
    Transition.BACKLOG: "past due before the first sight",
    Transition.OURSELVES: "about Rollcall itself",
}


class InboxSink:
    """Append notices to the file that ``pattern`` names for ``notice.target`` and the day.

    ``pattern`` is relative to ``workspace`` and holds ``{agent}`` and perhaps ``{date}``, the UTC
    day on which the notice was made.
    """

    name = "inbox"

    def __init__(self, workspace: Path, pattern: str) -> None:
        self._workspace = workspace
        self._pattern = pattern

    def __repr__(self) -> str:
        return f"InboxSink({str(self._workspace)!r}, {self._pattern!r})"

    def path_of(self, notice: Notice) -> Path:
        """Return the notice's file; raises ``DeliveryFailed`` where it would lie outside."""
        slug = slugify(notice.target)
        if not slug or not _NAME.fullmatch(notice.target):
            shown = one_line(notice.target, limit=60)
            raise DeliveryFailed(f"inbox: {shown!r} is no agent's name", permanent=True)
        date = notice.created.astimezone(UTC).date().isoformat()
        place = self._pattern.replace("{agent}", slug).replace("{date}", date)
        path = self._workspace / place
        if not _is_within(path, self._workspace):
            raise DeliveryFailed(f"inbox: {place} lies outside the workspace", permanent=True)
        return path

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Append one section in one write."""
        del root  # a file has no threads
        path = self.path_of(notice)
        self._refuse_obstacle(path)
        try:
            append_text(path, render_section(notice))
        except OutsideError as error:
            raise DeliveryFailed(f"inbox: {self._near(error)}", permanent=True) from error
        except OSError as error:
            raise DeliveryFailed(f"inbox: {self._near(path)}: {error.strerror}") from error
        return self._make_receipt(path)

    def _refuse_obstacle(self, path: Path) -> None:
        obstacle = find_obstacle(path)
        if obstacle is not None:
            raise DeliveryFailed(
                f"inbox: {self._near(obstacle)} is a file, and a folder is needed there; move it away, "
                "or set notify.inbox.path"
            )

    def _near(self, said: object) -> str:
        """Return what is said of a path with the path as it is named from the workspace."""
        return str(said).replace(f"{self._workspace}/", "")

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Read the file for the comment with the notice's key."""
        del root
        path = self.path_of(notice)
        wanted = _comment(notice.key).encode()
        try:
            if not S_ISREG(path.lstat().st_mode):
                raise DeliveryFailed(
                    f"inbox: {self._near(path)} is no regular file", permanent=True
                )
            with path.open("rb") as file:
                found = any(line.rstrip(b"\r\n") == wanted for line in file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DeliveryFailed(f"inbox: {self._near(path)}: {error.strerror}") from error
        return self._make_receipt(path) if found else None

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Do nothing: what was appended stays as it is."""
        del notice, root
        return None

    def close(self) -> None:
        """Do nothing: a file is open for one write only."""

    def _make_receipt(self, path: Path) -> Receipt:
        return Receipt(self.name, {"path": path.relative_to(self._workspace).as_posix()})


def render_section(notice: Notice) -> str:
    """Render a notice as a Markdown section: a heading, the key in a comment, the words as data."""
    title = _TITLES[notice.transition]
    repeated = " (perhaps repeated)" if notice.perhaps_repeated else ""
    words = [_quote(line) for line in (notice.text, *notice.detail)]
    if len(words) > MOST_LINES:
        words = [*words[:MOST_LINES], f"and {len(words) - MOST_LINES} more"]
    heading = f"## {say_instant(notice.created)} Rollcall: {title}{repeated}"
    quoted = fenced("\n".join(words))
    return f"\n{heading}\n{_comment(notice.key)}\n\n{quoted}\n"


def _is_within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except RuntimeError:  # a link that leads to itself
        return False


def _comment(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise DeliveryFailed(f"inbox: {one_line(key, limit=80)!r} cannot be a key", permanent=True)
    return f"<!-- rollcall: {key} -->"


def _quote(line: str) -> str:
    # A comment in an agent's words must not look like one of ours, not even to a careless reader.
    return one_line(line, limit=MOST_CHARS).replace("<!--", "<! --")
