"""Notices → Slack messages: Block Kit for the channel, plain ``text`` for phones and screen readers.

Limits are those of Slack's Block Kit reference: 50 blocks a message, 150 characters a header, 3,000
a text, 10 elements a context. Agents' words stand in ``plain_text`` objects only, with ``& < >``
escaped as Slack's "Formatting text" asks, so nothing in them mentions, links or formats; the one
``mrkdwn`` object holds the mention and words of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from rollcall.model import Blocker, Notice, Transition
from rollcall.notify.markdown import one_line
from rollcall.notify.render import say_agent, say_circumstances, say_standing, say_status
from rollcall.notify.slack_buttons import add_menu, draw_row

MOST_BLOCKS = 50
MOST_HEADER = 150
MOST_SECTION = 3_000
MOST_TEXT = 3_000
_MOST_ELEMENT = 600
_MOST_LISTED = MOST_BLOCKS - 6  # header, mention, words, what is alike, "and more", workspace

_TITLES = {
    Transition.ASKED: "About the blockers log",
    Transition.BACKLOG: "Past due before the first sight",
    Transition.OURSELVES: "About Rollcall itself",
    Transition.DIGEST: "While it was quiet",
    Transition.DAILY: "Where things stand today",
    Transition.ANSWERED: "An answer",
}
# Their blockers are listed in the root, which says how each stands.
_LISTED_ABOVE = frozenset(
    {Transition.ESCALATED, Transition.REPEATED, Transition.RELEASED, Transition.UNSNOOZED}
)
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_GROUP = re.compile(r"S[A-Z0-9]{2,20}")

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What ``chat.postMessage`` and ``chat.update`` take: the fallback text and the blocks."""

    text: str
    blocks: tuple[Block, ...]


def root_message(notice: Notice, *, news: bool, buttons: bool = False) -> SlackMessage:
    """Render a blocker's first message from the present state of ``notice.blockers``.

    With ``news`` the fallback text is the notice's own line and the mention is in it, as when it is
    posted; without, as when it is edited, the text is the title, and nobody is mentioned again.
    With ``buttons`` what can be done about it stands beside it.
    """
    called = [_call(notice)] if news else []
    workspace = notice.key.partition("/")[0] if buttons else ""
    # Of several that opened together the line says what they have in common, and whose they are.
    together = len(notice.blockers) > 1 and notice.transition is Transition.OPENED
    shared = [plain_section(notice.text)] if together else []
    blocks = [_header(_say_title(notice)), *called, *shared, *_show(notice, workspace)]
    words = notice.text if news else _say_title(notice, named=True)
    return SlackMessage(_fallback(notice, words, called=news), _fit(blocks))


def reply_message(notice: Notice) -> SlackMessage:
    """Render what is told in the thread of the root: the line, and the mention.

    What the root says above it is not said again, save in the text that a phone shows alone.
    """
    is_above = len(notice.blockers) == 1 or notice.transition in _LISTED_ABOVE
    detail = [] if is_above else [plain_section(one) for one in notice.detail]
    blocks = [_call(notice), plain_section(_say_reply(notice)), *detail, _footer(notice)]
    return SlackMessage(_fallback(notice, notice.text, called=True), _fit(blocks))


def own_message(notice: Notice, *, buttons: bool = False) -> SlackMessage:
    """Render a message that stands alone and tells the whole story."""
    workspace = notice.key.partition("/")[0] if buttons else ""
    blocks = [_header(_say_title(notice)), _call(notice), plain_section(notice.text)]
    return SlackMessage(
        _fallback(notice, notice.text, called=True), _fit([*blocks, *_show(notice, workspace)])
    )


def line_message(notice: Notice) -> SlackMessage:
    """Render the notice's line alone, for where it stands under nothing and needs no more."""
    return SlackMessage(
        _fallback(notice, notice.text, called=False), (plain_section(notice.text), _footer(notice))
    )


def plain_section(text: str) -> Block:
    """Return a paragraph in which nothing is formatted, links or mentions."""
    return {"type": "section", "text": _plain(text, MOST_SECTION)}


def escape(text: str, most: int) -> str:
    """Return one plain line of at most ``most`` characters in which Slack sees no markup."""
    line = one_line(text, limit=most)
    pieces = [_escape(character) for character in line]
    if sum(map(len, pieces)) <= most:
        return "".join(pieces)
    lengths = accumulate(map(len, pieces))
    kept = [piece for piece, length in zip(pieces, lengths, strict=True) if length < most]
    return "".join(kept).rstrip() + "…"


def say_mention(person: str | None) -> str:
    """Return Slack's markup for a person or a user group; empty for anything that is no Slack id."""
    if person and _PERSON.fullmatch(person):
        return f"<@{person}>"
    if person and _GROUP.fullmatch(person):
        return f"<!subteam^{person}>"
    return ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _say_title(notice: Notice, *, named: bool = False) -> str:
    """Say in a few words which and in what state; ``named``: of several also whose they are."""
    blockers = notice.blockers
    if not blockers:
        return _TITLES.get(notice.transition, "Rollcall")
    first = blockers[0]
    if len(blockers) == 1:
        return f"{first.status.value.capitalize()} · {first.id} {say_agent(first.agent)}: {first.kind.value}"
    standing = sum(one.closed is None for one in blockers)
    state = f"{standing} of {len(blockers)} open" if standing else "Resolved"
    kinds = {one.kind.value for one in blockers}
    what = kinds.pop() if len(kinds) == 1 else "blockers"
    agents = ", ".join(sorted({say_agent(one.agent) for one in blockers}))
    return f"{state} · {what}: {agents}" if named else f"{state} · {what}"


def _say_reply(notice: Notice) -> str:
    if len(notice.blockers) == 1 and notice.transition is Transition.CLOSED:
        (one,) = notice.blockers
        if one.closed is not None:
            return f"{one.id} {say_agent(one.agent)}: {say_status(one)}"
    return notice.text


def _show(notice: Notice, buttons_of: str) -> list[Block]:
    """Show how blockers stand, with buttons where ``buttons_of`` names the workspace they are of."""
    blockers = notice.blockers
    if not blockers:
        return [*(plain_section(one) for one in notice.detail), _footer(notice)]
    if len(blockers) == 1:
        (one,) = blockers
        circumstances = [f"Status: {say_status(one)}", *say_circumstances(one)]
        shown = [plain_section(one.description), _context([*circumstances, *_say_footer(notice)])]
        row = draw_row(buttons_of, one) if buttons_of else None
        return shown if row is None else [*shown, row]
    return [*_list(blockers, buttons_of), _footer(notice)]


def _list(blockers: Sequence[Blocker], buttons_of: str) -> list[Block]:
    """List blockers, a section each; what is said of all alike is said once, above them."""
    common = blockers[0].description if len({one.description for one in blockers}) == 1 else None
    shown = [] if common is None else [plain_section(common)]
    for one in blockers[:_MOST_LISTED]:
        short = f"{one.id} {say_agent(one.agent)} — {say_status(one)}"
        section = plain_section(say_standing(one) if common is None else short)
        shown.append(add_menu(section, buttons_of, one) if buttons_of else section)
    if len(blockers) > _MOST_LISTED:
        shown.append(plain_section(f"and {len(blockers) - _MOST_LISTED} more: rollcall blockers"))
    return shown


def _fallback(notice: Notice, words: str, *, called: bool) -> str:
    mention = say_mention(notice.mention) if called else ""
    parts = [f"[{escape(notice.workspace, 100)}]", mention, escape(words, MOST_TEXT - 300)]
    if notice.perhaps_repeated:
        parts.append("(perhaps repeated)")
    return " ".join(part for part in parts if part)


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, MOST_HEADER)}


def _context(lines: Iterable[str]) -> Block:
    return {"type": "context", "elements": [_plain(line, _MOST_ELEMENT) for line in lines][:10]}


def _call(notice: Notice) -> Block | None:
    mention = say_mention(notice.mention)
    if not mention:
        return None
    text = f"{mention} please look at this."
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _footer(notice: Notice) -> Block:
    return _context(_say_footer(notice))


def _say_footer(notice: Notice) -> list[str]:
    lines = [f"Workspace: {notice.workspace}"]
    return [*lines, "(perhaps repeated)"] if notice.perhaps_repeated else lines


def _plain(text: str, most: int) -> Block:
    # An object without words is refused by Slack ("invalid_blocks").
    return {"type": "plain_text", "text": escape(text, most) or "—", "emoji": False}


def _fit(blocks: Sequence[Block | None]) -> tuple[Block, ...]:
    kept = [block for block in blocks if block is not None]
    if len(kept) <= MOST_BLOCKS:
        return tuple(kept)
    return (*kept[: MOST_BLOCKS - 1], kept[-1])
