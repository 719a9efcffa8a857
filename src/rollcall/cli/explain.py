"""``rollcall read … --explain``: each entry and message with the words that told what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.text import Text

from rollcall.cli.output import NOTHING, clean, is_terminal, say, show_text, stamp_text
from rollcall.model import Dependency, Draft, Entry, Link, Message
from rollcall.notify.markdown import one_line
from rollcall.notify.redact import redact
from rollcall.parse.cutting import spelled
from rollcall.parse.explaining import Explained, explain, say_verdict
from rollcall.parse.threads import Conversation

_COUNTS, _MISSES = "bold green", "yellow"
_OPEN, _CLOSE = "\u27e6", "\u27e7"
_NOT_OURS = str.maketrans({_OPEN: "[", _CLOSE: "]"})
_REDACTED = "[redacted]"
_SAID = 80
_LONGEST_LINE = 400


class _Shown:
    """An entry's lines as they may be shown: redacted together, as a secret may run over several."""

    def __init__(self, entry: Entry, lines: Sequence[str]) -> None:
        self._first = entry.start
        self._own = spelled(lines[entry.start - 1 : entry.end], entry.author)
        self.lines = redact("\n".join(self._own)).split("\n")
        self._same = len(self.lines) == len(self._own)

    def is_whole(self, number: int) -> bool:
        """Tell whether nothing in the line ``number`` of the file was redacted."""
        index = number - self._first
        return self._same and self.lines[index] == self._own[index]

    def words_of(self, one: Explained) -> str:
        """Return the words that met or missed a rule; their whole line where a part is secret."""
        if self.is_whole(one.line):
            return clean(one.text, _SAID)
        return clean(self.lines[one.line - self._first], _SAID) if self._same else _REDACTED


def explanation_json(entry: Entry, lines: Sequence[str]) -> list[dict[str, object]]:
    """Return the explanation of an entry as ``read feedback --explain --json`` holds it."""
    shown = _Shown(entry, lines)
    return [
        {
            "kind": one.kind,
            "line": one.line,
            "start": one.start,
            "end": one.end,
            "text": shown.words_of(one),
            "rule": clean(one.rule),
            "counts": one.counts,
        }
        for one in explain(entry, lines)
    ]


def show_explained_entry(path: Path, entry: Entry, agent: str, lines: Sequence[str]) -> None:
    """Print an entry with the words marked that looked like evidence, the rule of each, a verdict."""
    found, shown = explain(entry, lines), _Shown(entry, lines)
    say(f"{clean(str(path))}:{entry.start}  {clean(agent)}  {stamp_text(entry.stamp)}", "bold")
    for number, line in enumerate(shown.lines, entry.start):
        marks = [one for one in found if one.line == number and shown.is_whole(number)]
        show_text(_marked(line[:_LONGEST_LINE], marks))
    for one in found:
        label = one.kind if one.counts else f"no {one.kind}"
        style = _COUNTS if one.counts else _MISSES
        said = f"line {one.line}: {label}: {clean(one.rule)} \u2014 {shown.words_of(one)}"
        say(f"    {said}", style)
    say(f"    {clean(say_verdict(entry, found))}")
    say()


def _marked(line: str, marks: Sequence[Explained]) -> Text:
    """Return a line with its marks: by style in a terminal, by brackets elsewhere."""
    text, done = Text("  "), 0
    for start, end, counts in _apart(marks):
        text.append(_plain(line[done:start]))
        words = _plain(line[start:end])
        if not is_terminal():
            words = f"{_OPEN}{words}{_CLOSE}"
        text.append(words, style=_COUNTS if counts else _MISSES)
        done = end
    return text.append(_plain(line[done:]))


def _apart(marks: Sequence[Explained]) -> Iterator[tuple[int, int, bool]]:
    """Yield where marks stand, those that overlap as one; it counts if one of them does."""
    open_span: tuple[int, int, bool] | None = None
    for one in sorted(marks, key=lambda mark: mark.start):
        if open_span is not None and one.start < open_span[1]:
            start, end, counts = open_span
            open_span = (start, max(end, one.end), counts or one.counts)
            continue
        if open_span is not None:
            yield open_span
        open_span = (one.start, one.end, one.counts)
    if open_span is not None:
        yield open_span


def _plain(text: str) -> str:
    return one_line(text, limit=None, squeeze=False).translate(_NOT_OURS)


def show_explained_conversation(
    talk: Conversation, drafts: Sequence[Draft], lines: Mapping[str, Sequence[str]]
) -> None:
    """Print each message with what made it ask, its links with their reasons, and who waits.

    ``lines`` maps the path of each file to its lines.
    """
    asking = {draft.path: draft.asking for draft in drafts}
    links: dict[str, list[Link]] = {}
    for link in talk.links:
        links.setdefault(link.source, []).append(link)
    for message in talk.messages:
        _show_message(message, links.get(message.path, ()))
        if message.asks:
            own = lines.get(message.path.partition("#L")[0], ())
            _show_asking(message, asking.get(message.path, ()), own)
        say()
    for dependency in talk.dependencies:
        say(f"    {clean(_waiting(dependency, talk.links))}")


def _show_message(message: Message, links: Sequence[Link]) -> None:
    recipients = ", ".join(message.recipients) or NOTHING
    who = f"{message.sender or NOTHING} \u2192 {recipients}"
    say(f"{clean(message.path)}  {clean(who)}  {stamp_text(message.stamp)}", "bold")
    if message.title:
        say(f"  {clean(message.title)}")
    for link in links:
        does = link.kind.value.replace("_", " ")
        say(f"    {does} {clean(link.target)}: {clean(link.reason)}", _COUNTS)


def _show_asking(message: Message, asking: Sequence[int], own: Sequence[str]) -> None:
    named = clean(", ".join(message.ask_of)) or "nobody in particular"
    say(f"    asks {named}", _COUNTS)
    redacted = redact("\n".join(own)).split("\n")
    for number in asking:
        line = redacted[number - 1] if len(redacted) == len(own) >= number else _REDACTED
        say(f"    line {number}: {clean(line, _LONGEST_LINE)}", _COUNTS)


def _waiting(dependency: Dependency, links: Sequence[Link]) -> str:
    """Say in one line who waits for whom, and which message closed it, and why."""
    asked = f"{dependency.requester or NOTHING} \u2192 {dependency.provider}: {dependency.request}"
    if dependency.by is None:
        return f"{asked} is {dependency.state.value}: nothing from {dependency.provider} is linked to it"
    reasons = [
        link.reason
        for link in links
        if link.source == dependency.by and link.target == dependency.request
    ]
    why = f" ({reasons[0]})" if reasons else ""
    return f"{asked} is {dependency.state.value} by {dependency.by}{why}"
