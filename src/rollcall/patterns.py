"""Path patterns of the configuration, such as ``feedback/{agent}/{date}.md``, against paths.

``{agent}`` stands for one name within a segment, ``{date}`` for an ISO date with or without
something after it; a pattern without ``{agent}`` is a log that many agents share; ``*`` and ``?`` stay within a segment, ``**`` is any number of folders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\{agent\}|\{date\}")
_MEANS = {
    "**/": r"(?:.*/)?",
    "**": r".*",
    "*": r"[^/]*",
    "?": r"[^/]",
    "{agent}": r"(?P<agent>[^/]+)",
    "{date}": r"(?P<date>\d{4}-\d{2}-\d{2}|20\d{6})(?:[-_T. ][^/]*?)??",
}


@dataclass(frozen=True)
class PathPattern:
    """One pattern, relative to a root (or absolute where it begins with ``/``)."""

    text: str

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the pattern as a regular expression with the groups ``agent`` and ``date``."""
        parts: list[str] = []
        seen: set[str] = set()
        at = 0
        for token in _TOKEN.finditer(self._plain):
            word = token.group()
            parts.append(re.escape(self._plain[at : token.start()]))
            parts.append(f"(?P={word[1:-1]})" if word in seen else _MEANS[word])
            seen |= {word} & {"{agent}", "{date}"}
            at = token.end()
        parts.append(re.escape(self._plain[at:]))
        return re.compile("".join(parts), re.DOTALL)

    @cached_property
    def folder(self) -> PurePosixPath:
        """Return the folder above the first segment that is not spelled out; ``.`` is the root."""
        spelled: list[str] = []
        for segment in PurePosixPath(self._plain).parts[:-1]:
            if _TOKEN.search(segment):
                break
            spelled.append(segment)
        return PurePosixPath(*spelled)

    @cached_property
    def depth(self) -> int | None:
        """Return how many levels below ``folder`` the files stand at most; None is no limit."""
        if "**" in self._plain:
            return None
        return len(PurePosixPath(self._plain).parts) - len(self.folder.parts)

    @property
    def names_agent(self) -> bool:
        """Tell whether a path that matches names the agent whose it is."""
        return "{agent}" in self._plain

    @property
    def is_spelled_out(self) -> bool:
        """Tell whether the pattern is the path of one file."""
        return _TOKEN.search(self._plain) is None

    @property
    def path(self) -> PurePosixPath:
        """Return the pattern as a path."""
        return PurePosixPath(self._plain)

    def match(self, path: PurePosixPath) -> re.Match[str] | None:
        """Match the whole of ``path``."""
        return self.regex.fullmatch(str(path))

    def covers(self, path: PurePosixPath) -> bool:
        """Tell whether ``path`` or a folder above it matches."""
        return any(self.match(part) for part in (path, *path.parents))

    @property
    def _plain(self) -> str:
        return str(PurePosixPath(self.text))
