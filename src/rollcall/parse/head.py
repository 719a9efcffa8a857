"""What the head of a chat file says of the whole of it: who writes to whom, and what kind it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from rollcall.model import EVERYONE
from rollcall.parse.headers import fields, front_matter, signature
from rollcall.parse.names import (
    Who,
    agent_of_folder,
    from_file_name,
    from_title,
    sender_of_broadcast,
    two_names,
)
from rollcall.parse.outline import Line, outline
from rollcall.roster import is_everyone, is_nobody, slugify

_NO_MESSAGE = re.compile(
    r"(?:^|[-_ ])(?:readme|templates?|index|logs?|worklog|journal|board|matrix|plans?|strategy|"
    r"mission|map|tracker|pack|contracts?|summary|checklist|declarations?|skeleton|roadmap|"
    r"rules|guide|protocol|runbook|playbook|inbox|outbox|dashboard|breakdown|spec|baseline|history|"
    r"todo|backlog|changelog|archive)(?:$|[-_ ])",
    re.IGNORECASE,
)
_NO_MESSAGES_IN = re.compile(
    r"(?:contracts?|templates?|plans?|archive|sprints?(?:-\d+)?|state|logs?|docs?|evidence|reports?)$",
    re.IGNORECASE,
)
_NEVER = re.compile(r"readme|template|index$|.*template$", re.IGNORECASE)
_CHAT = re.compile(r"chat|thread|talk|messages|discussion|channel|conversation", re.IGNORECASE)
_BROADCAST_FOLDER = re.compile(
    r"(?:general|broadcasts?|announcements?|all|everyone|public|team|updates|shared)$",
    re.IGNORECASE,
)
_BROADCAST_TITLE = re.compile(
    r"\b(?:broadcast|announcement|to\s+all\b|all\s+agents|general\s+message|"
    r"(?:requests?|asks|needs|questions)\s+(?:from|by|of)|\w['\u2019]s\s+(?:\w+\s+)?(?:requests|asks|needs))\b",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"(?:inbox|mailbox|mail|messages)$", re.IGNORECASE)
_MAILBOX_FILE = re.compile(r"(?:(.{1,60})-)?(?:inbox|mailbox)")
_DIRECTED_FOLDER = re.compile(r"(?:for|to)[-_](.+)$", re.IGNORECASE)
_COPY = re.compile(r"cc[:\s]", re.IGNORECASE)
_SENTENCE = re.compile(r"\.\s|\s(?:is|are|was|has|have)\s")


@dataclass(frozen=True, slots=True)
class Head:
    """A file's body and what stands above it; ``directed`` where a sender is sure to be told.

    ``is_log``: its name says that it is a log, a plan, a contract or the like, which holds none but
    those that are sure; ``is_barred``: it stands among templates, plans and the like, and holds none;
    ``is_chat``: its name says that it is a chat. ``owner`` is whose mailbox it is, where it is one.
    """

    body: tuple[Line, ...]
    matter: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, tuple[str, int]]
    title: str
    who: Who
    kind: str
    directed: bool
    is_message: bool
    is_log: bool
    is_chat: bool
    is_barred: bool = False
    owner: str = ""

    @property
    def heads(self) -> tuple[str, ...]:
        """The names of those who write and read the message that begins the file."""
        return (*filter(None, (self.who.sender,)), *self.who.recipients)

    def said(self, *names: str) -> str:
        """Return the first of the fields ``names`` that front matter or a header line gives."""
        for name in names:
            if self.matter.get(name):
                return self.matter[name][0]
            if name in self.fields:
                return self.fields[name][0]
        return ""


def read_head(path: str, lines: Sequence[str]) -> Head:
    """Read the head of the chat file ``path``."""
    matter, skipped = front_matter(lines)
    body = outline(lines[skipped:], skipped + 1)
    head = fields(body)
    title = next((line.text for line in body[:12] if line.level), "")
    by_name = from_file_name(path)
    by_title = from_title(title, plain=by_name.sender is not None)
    stated = _stated(matter, head)
    signed = signature(body) if _MAILBOX.match(PurePosixPath(path).parent.parent.name) else ""
    who = _who(path, title, head, stated, by_name, by_title, signed)
    said = [*matter.get("from", ()), *matter.get("to", ())]
    said += [head[key][0] for key in ("from", "to") if key in head]
    who = replace(who, same=two_names(said, (by_name.sender, *by_name.recipients)))
    kind = next((matter[key][0] for key in ("kind", "type") if matter.get(key)), "")
    kind = kind or head.get("kind", ("", 0))[0] or by_name.kind
    kind = kind or ("request" if {"asker", "asked"} <= head.keys() else "")
    directed = bool(stated.sender or by_name.sender)
    return Head(
        body=body,
        matter=matter,
        fields=head,
        title=title,
        who=who,
        kind=kind.strip(" `*").casefold(),
        directed=directed,
        is_message=_is_message(path, title, stated, by_name, by_title, head)
        or bool(signed and not _is_log(path)),
        is_log=_is_log(path) and not directed and not _is_mailbox(path),
        is_chat=bool(_CHAT.search(PurePosixPath(path).stem)),
        is_barred=_is_barred(path) and not directed,
        owner=_owner(path),
    )


def _owner(path: str) -> str:
    """Return whose mailbox the file ``path`` stands in, as its folders say."""
    if found := _MAILBOX_FILE.fullmatch(slugify(PurePosixPath(path).stem)):
        return found[1] or agent_of_folder(path)
    around = PurePosixPath(path).parts[-3:-1]
    in_mailbox = any(_MAILBOX.match(folder) or _DIRECTED_FOLDER.match(folder) for folder in around)
    return agent_of_folder(path) if in_mailbox else ""


def _stated(matter: Mapping[str, tuple[str, ...]], head: Mapping[str, tuple[str, int]]) -> Who:
    """Return who is named by front matter or by ``From:`` and ``To:`` lines."""
    senders = tuple(name for one in matter.get("from", ()) for name in _split(one))
    senders = senders or _split(head.get("from", head.get("asker", ("", 0)))[0])
    to = tuple(name for one in matter.get("to", ()) for name in _split(one))
    to = to or _split(head.get("to", head.get("asked", ("", 0)))[0])
    copied = tuple(name for one in matter.get("cc", ()) for name in _split(one))
    copied = copied or _split(head.get("cc", ("", 0))[0])
    copied += tuple(name[3:].strip(" :") for name in to if _COPY.match(name))
    to = tuple(name for name in to if not _COPY.match(name))
    if to and any(is_everyone(name) or re.match(r"all\b", name, re.IGNORECASE) for name in to):
        to = (EVERYONE,)
    return Who(senders[0] if senders else None, to, copied=copied)


def _split(text: str) -> tuple[str, ...]:
    parts = re.split(r"[,;]\s*|\s+and\s+|\s\+\s", text[:600])[:24]
    names = (
        re.sub(r"\s*[(<].*$|(?<=\w)@[\w.-]+$", "", part).strip(" `*@.\"'[]{}") for part in parts
    )
    return tuple(name for name in names if name)


def _who(
    path: str,
    title: str,
    head: Mapping[str, tuple[str, int]],
    stated: Who,
    by_name: Who,
    by_title: Who,
    signed: str,
) -> Who:
    sender = stated.sender
    loose: tuple[str, ...] = ()
    if not sender:
        sender, loose = _sender(title, head, by_name, by_title, signed)
    recipients: tuple[str, ...] = stated.recipients
    if not recipients:
        sure = [name for name in by_name.recipients if name not in by_name.loose]
        recipients = tuple(sure) or by_title.recipients or by_name.recipients
        loose += tuple(one for one in recipients if one in (*by_title.loose, *by_name.loose))
    folder = PurePosixPath(path).parent.name
    found = _DIRECTED_FOLDER.match(folder)
    if not recipients and sender and found and not is_nobody(found[1]):
        recipients = (found[1],)
    if not recipients and sender and (signed or stated.sender) and (owner := _owner(path)):
        recipients = (owner,)
    if not recipients and not by_title.sender:
        recipients = (EVERYONE,)
    if any(is_everyone(name) for name in recipients):
        return Who(sender, (EVERYONE,), loose)
    return Who(sender, (*recipients, *stated.copied), loose, copied=stated.copied)


def _sender(
    title: str, head: Mapping[str, tuple[str, int]], by_name: Who, by_title: Who, signed: str
) -> tuple[str | None, tuple[str, ...]]:
    """Return the sender and, where the end of its name is not certain, the same as loose."""
    if by_name.sender and by_name.sender not in by_name.loose:
        return by_name.sender, ()
    if by_title.sender:
        return by_title.sender, (by_title.sender,)
    if by_name.sender:
        return by_name.sender, (by_name.sender,)
    owner = head.get("owner", ("", 0))[0].rstrip(".")
    if owner:
        return owner, (owner,)
    named = sender_of_broadcast(title) or signed
    return (named, (named,)) if named else (None, ())


def _is_log(path: str) -> bool:
    pure = PurePosixPath(path)
    if _is_barred(path):
        return True
    named = _NO_MESSAGE.search(pure.stem) or pure.suffix.casefold() == ".log"
    return bool(named) and not _CHAT.search(pure.stem)


def _is_barred(path: str) -> bool:
    pure = PurePosixPath(path)
    named = _NEVER.match(pure.stem)
    return bool(named or _NO_MESSAGES_IN.match(pure.parent.name))


def _is_mailbox(path: str) -> bool:
    """Tell whether the file ``path`` is a mailbox, to which others append what they write."""
    named = _MAILBOX_FILE.fullmatch(slugify(PurePosixPath(path).stem))
    return bool(named and not _is_barred(path))


def _is_message(
    path: str, title: str, stated: Who, by_name: Who, by_title: Who, head: Mapping[str, object]
) -> bool:
    pure = PurePosixPath(path)
    if pure.stem.casefold().startswith("readme"):
        return False
    if (stated.sender and (stated.recipients or _owner(path))) or by_name.sender:
        return True
    if _is_log(path):
        return False
    if _BROADCAST_FOLDER.match(pure.parent.name):
        return bool(title)
    announced = _BROADCAST_TITLE.search(title) and (head or sender_of_broadcast(title))
    return bool(by_title.sender or announced)
