"""Who writes to whom, as file names and titles say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from rollcall.model import EVERYONE
from rollcall.roster import is_everyone, is_nobody, slugify

_DATE = r"\d{4}-?\d{2}-?\d{2}"
_STAMP = re.compile(rf"{_DATE}(?:[T_ -]?\d{{2}}[:-]?\d{{2}}(?:[:-]?\d{{2}})?Z?(?![0-9a-z]))?")
_TYPED = re.compile(
    rf"{_DATE}[T_-]?\d{{4,6}}Z?_{{1,2}}([a-z0-9-]{{1,60}})_{{1,2}}(?!to_)([a-z]{{2,20}})(?:_{{1,2}}(.*))?$",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"(?P<sender>(?:(?!-to-).){1,80}?)-follow-?up-(?:(?:to|for|with)-)?(?P<to>.+)$"
)
_FORMS = (
    re.compile(r"to-(?P<to>.{1,80}?)-from-(?P<sender>.+)$"),
    re.compile(r"(?:(?:message|note|request|reply)-)?from-(?P<sender>.{1,80}?)-to-(?P<to>.+)$"),
    re.compile(r"from-(?P<sender>.+)$"),
    # A word for a message right before it, so that "export-from-database" names nobody.
    re.compile(
        r"(?:(?:re|fwd|reply|answer|response|ack)-.{1,80}?|(?:.{0,80}?-)??(?:message|note|request|"
        r"requests|reply|response|answer|question|questions|update|ack|handoff|ask|asks))"
        r"-from-(?P<sender>.+)$"
    ),
    _FOLLOW_UP,
    re.compile(
        r"(?P<sender>(?:(?!-to-).){1,80}?)-(?:re|reply|response|answer|ack|handoff|request)-to-"
        r"(?P<to>.+)$"
    ),
    re.compile(r"(?P<sender>.{1,80}?)-to-(?P<to>.+)$"),
)
_LEADING = re.compile(
    r"(?:#|no\.?\s|(?:msg|message|note)[\s#-]{1,2})?\d{1,6}[\s.:)\]_\u2013—-]+(?=[A-Za-z])",
    re.IGNORECASE,
)
_NO_SENDER = frozenset(
    ["how", "guide", "intro", "introduction", "back", "path", "road", "move", "ready", "link"]
)
_ARROW = re.compile(r"\s*(?:<?[-=\u2013—]{1,3}>|→|⇒|➜|➡|⟶|»)\s*")
_FROM_TO = re.compile(
    r"(?:(?:message|note|ack|reply|answer|request|update|hand-?off)\s+)?from:?\s+(.{1,80}?)\s+to:?\s+(.{1,80})$",
    re.IGNORECASE,
)
_TO_FROM = re.compile(r"(.{0,80}?)\bto\s+(.{1,80}?)\s*\(?\bfrom\s+(.{1,80})$", re.IGNORECASE)
_TO = re.compile(r"(.{1,60}?)\s+to\s+(.{1,60})$", re.IGNORECASE)
_BROADCAST = re.compile(
    r"(.{1,60}?)[\s:,\u2013—-]+(?:general\s+|team\s+)?(?:broadcast|announcement|progress\s+update|"
    r"implementation\s+progress|status\s+update|update|progress)\b.*$",
    re.IGNORECASE,
)
_REQUESTS_FROM = re.compile(
    r"(?:open\s+|new\s+|current\s+)?(?:requests?|asks|needs|questions)\s+(?:from|by|of)\s+(?:the\s+)?(.{1,60}?)$|"
    r"(.{1,60}?)['\u2019]s\s+(?:open\s+|new\s+|current\s+)?(?:requests|asks|needs|questions)$",
    re.IGNORECASE,
)
_TITLED = re.compile(r"^(.*?\b(?:engineer|developer|specialist|agent|bot))\b", re.IGNORECASE)
_TOPIC = re.compile(
    r"\s*\b(?:directive|progress|update|follow-?\s?up|ack(?:nowledge?ment|nowledged)?|requests?|response|"
    r"reply|answer|message|notes?|hand-?off|status|report|broadcast|announcement|re|about)\b.*$",
    re.IGNORECASE,
)
_BOTH = re.compile(r"([\w .-]{1,40}?)\s*\(\s*@?([\w .-]{1,40})\s*\)")
_MARKS = re.compile(r"[*`#]{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|\[[^\]]{0,40}\]\s*")
_ID = re.compile(r"[A-Z]{2,8}-\d{1,6}[-_ ]+(?=[A-Za-z])")
_ARROWS = re.compile(r"\s*(?:->|→|⇒|➜|➡|⟶)\s*")
_DOUBLE = re.compile(r"(?:(?:msg|message|note)_)?(?:\d{1,6}_)?([^_]+)__([^_]+)__[^_].*")
_FOLDER = re.compile(r"(?:for|to)[-_](?=.)")
_MAILBOXES = frozenset(["inbox", "mailbox", "mail", "new", "unread", "read", "done", "received"])
_OUTBOXES = frozenset(["outbox", "sent"])
_NOT_AN_AGENT = (
    _MAILBOXES
    | _OUTBOXES
    | frozenset(
        [
            "message",
            "messages",
            "msgs",
            "chat",
            "chats",
            "bot-chat",
            "bot_chat",
            "comms",
            "talk",
            "queue",
            "specific",
            "direct",
            "dm",
            "dms",
            "thread",
            "threads",
            "request",
            "requests",
            "notes",
            "updates",
            "handoff",
            "handoffs",
            "coordination",
            "agents",
        ]
    )
)


@dataclass(frozen=True, slots=True)
class Who:
    """A sender and recipients as written; ``loose`` are those whose end is not certain.

    ``same`` are pairs of names of one agent, where head and file name show both.
    """

    sender: str | None = None
    recipients: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    kind: str = ""
    same: tuple[tuple[str, str], ...] = ()
    copied: tuple[str, ...] = ()


def agent_of_folder(path: str) -> str:
    """Return the name that the folder of a message's file bears, empty where it is no agent's.

    ``inbox/mara/…`` and ``mara/inbox/…`` are for mara; ``messages/…`` is for nobody in particular.
    """
    folders = PurePosixPath(path).parts[:-1]
    for folder in reversed(folders[-2:]):
        if slugify(folder) not in _NOT_AN_AGENT:
            return _FOLDER.sub("", folder, count=1)
        if slugify(folder) not in _MAILBOXES:
            break
    return ""


def _separated(stem: str) -> str:
    """Return a file's name with ``-`` between words, its topic cut off where ``_`` divides it.

    In ``a-b_to_c-d_topic`` and ``a-to-b_topic`` the underscores stand between the parts.
    """
    if found := re.match(r"([^_]+)_to_([^_]+(?:_and_[^_]+){0,8})(?:_.*)?$", stem):
        if "-" in stem:
            return f"{found[1]}-to-{found[2].replace('_', '-')}"
    elif found := re.match(r"([^_]+-to-[^_]+)_.*-", stem) or _DOUBLE.match(stem):
        return "-to-".join(found.groups())
    return stem.replace("_", "-")


def from_file_name(path: str) -> Who:
    """Read the name of a message's file: ``<date>-<from>-to-<to>-<topic>`` and its kin.

    Also ``to-<to>-from-<from>``, ``<from>-followup-to-<to>``, ``from-<from>-<topic>`` (in the
    recipient's folder) and ``<time>_<from>_<type>_<topic>``. A name followed by a topic is loose:
    where it ends only a roster can tell.
    """
    stem = PurePosixPath(path).stem
    folder = agent_of_folder(path)
    plain = _ID.sub("", _STAMP.sub("", stem).strip("-_ ")).replace("&", " and ")
    if typed := _TYPED.match(stem):
        return Who(typed[1], (folder,) if folder else (), kind=typed[2].lower())
    rest = _LEADING.sub("", slugify(_separated(_ARROWS.sub("-to-", plain).strip("-_ "))))
    if rest.split("-")[0] in _NO_SENDER:
        return Who()
    for form in _FORMS:
        if found := form.match(rest):
            return _by_form(found, folder)
    sent = PurePosixPath(path).parts[-3:-1]
    if len(sent) == 2 and slugify(sent[1]) in _OUTBOXES and rest.startswith("to-"):
        return Who(sent[0], (rest[3:],), (rest[3:],))
    return Who()


def _by_form(found: re.Match[str], folder: str) -> Who:
    said = found.groupdict()
    sender, to = said["sender"], said.get("to")
    if to is None:
        return Who(sender, (folder,) if folder else (), (sender,))
    kind = "follow-up" if found.re is _FOLLOW_UP else ""
    if _begins_all(to):
        return Who(sender, (EVERYONE,), kind=kind)
    last = to if found.end("to") > found.end("sender") else sender
    return Who(sender, (to,), (last,), kind)


def _begins_all(rest: str) -> bool:
    words = rest.split("-")
    return any(is_everyone("-".join(words[:end])) for end in range(1, min(len(words), 3) + 1))


def two_names(said: Iterable[str], by_name: Iterable[str | None]) -> tuple[tuple[str, str], ...]:
    """Return both names of each who is written ``mara (laptop)`` where a file's name says either."""
    known = {slugify(name) for name in by_name if name}
    pairs = []
    for text in said:
        if found := _BOTH.fullmatch(text[:120].strip(" `*@\"'")):
            one, other = slugify(found[1]), slugify(found[2])
            if one != other and known & {one, other}:
                pairs.append((one, other))
    return tuple(pairs)


def topic_of_file(path: str) -> str:
    """Return the words of a file's name without its date and time."""
    return slugify(_STAMP.sub("", PurePosixPath(path).stem).replace("_", "-"))


def from_title(title: str, *, plain: bool = False) -> Who:
    """Read a title: ``Mara -> Ben (…)``, ``From Mara to Ben``, ``Message to Ben (From Mara)``.

    ``plain`` also takes ``Mara to Ben``, which is sure only where something else says so too.
    """
    text = _LEADING.sub("", _MARKS.sub("", _STAMP.sub("", title[:300])).strip(" -\u2013—:|"))
    arrow = _ARROW.split(re.sub(r"\([^()]*\)?", " ", text), maxsplit=1)
    if len(arrow) == 2 and arrow[0] and arrow[1]:
        left = re.split(r"[|:]\s+", arrow[0])[-1]
        return _who(left, re.split(r"\s[-\u2013—|]\s|:\s", arrow[1])[0])
    flat = re.sub(r"[()]", " ", text)
    if found := _FROM_TO.match(flat):
        return _who(found[1], _before_topic(found[2]))
    if found := _TO_FROM.match(flat):
        return _who(found[3], found[2])
    if plain and (found := _TO.match(re.sub(r"\(.*", "", text))):
        return _who(found[1], found[2])
    return Who()


def sender_of_broadcast(title: str) -> str | None:
    """Return who sends ``Mara Broadcast`` or ``Mara Progress Update 03``."""
    text = _MARKS.sub("", _STAMP.sub("", title[:300])).strip(" -\u2013—:|")
    if found := _REQUESTS_FROM.match(text):
        return (found[1] or found[2]).strip()
    found = _BROADCAST.match(text)
    return clean(found[1]) if found else None


def _before_topic(text: str) -> str:
    return re.split(r"\s[-\u2013—|]\s|:\s", text)[0]


def _who(left: str, right: str) -> Who:
    sender = clean(left)
    names = [clean(part) for part in re.split(r",\s*|\s+(?:and|&|\+)\s+|;\s*", _cut(right))]
    recipients = tuple(
        EVERYONE if is_everyone(name) else name for name in names if name and not is_nobody(name)
    )
    if not sender or not any(names) or is_nobody(sender) or len(sender) > 60:
        return Who()
    return Who(sender, recipients, (sender, *(name for name in recipients if name != EVERYONE)))


def _cut(text: str) -> str:
    return re.split(r"\s*[(\[]|,\s*(?=\d)", text, maxsplit=1)[0]


def clean(text: str) -> str:
    """Return the agent's name at the beginning of ``text`` without the topic that follows it."""
    text = re.split(r"\s*[(\[]", text, maxsplit=1)[0].strip(" \t-\u2013—:|,.*_`@\"'")
    if found := _TITLED.match(text):
        return found[1].strip()
    return _TOPIC.sub("", text).strip(" \t-\u2013—:|,.") or text
