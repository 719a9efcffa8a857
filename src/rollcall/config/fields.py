"""Types of single settings: what each accepts, and what it says to anything else.

A validator's ``ValueError`` text follows the name of the setting: "is no duration: got …".
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from rollcall.config.durations import parse_duration
from rollcall.config.targets import Target, parse_target
from rollcall.hours import Hours, parse_hours
from rollcall.model import BlockerKind
from rollcall.roster import slugify

SQLITE = "sqlite:///"

Member = TypeVar("Member")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN_PLACEHOLDERS = {"agent", "date"}
_SLACK_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_SLACK_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLOCK_TIME = re.compile(r"(?:2[0-3]|[01][0-9]):[0-5][0-9]")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _text(value: object, example: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotes: got {value!r}, expected for example {example}")  # noqa: TRY004 - pydantic collects ValueError
    if not value.strip() or any(ord(char) < 32 for char in value):
        raise ValueError(f"must be text without control characters: got {value!r}")
    return value


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(_text(value, '"5m"'))


def _positive(span: timedelta) -> timedelta:
    if span <= timedelta(0):
        raise ValueError('must be longer than nothing, for example "5m"')
    return span


def _nudge(value: object) -> object:
    return value if value == "cadence" else _positive(_duration(value))


def _timezone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    name = _text(value, '"Europe/Vienna"')
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f'is no time zone: got "{name}", expected for example "UTC" or "America/Denver"'
        ) from error


def _hours(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    example = '"Mon-Fri 09:00-18:00"'
    if isinstance(value, list | tuple):
        return parse_hours([_text(one, example) for one in value])
    return parse_hours(_text(value, example))


def _clock_time(value: object) -> time:
    if isinstance(value, time):
        return value
    text = _text(value, '"08:30"')
    if not _CLOCK_TIME.fullmatch(text):
        raise ValueError(f'is no time of day: got "{text}", expected for example "08:30"')
    return time.fromisoformat(text)


def _kind(value: object) -> BlockerKind:
    try:
        return BlockerKind(_text(value, f'"{BlockerKind.MISSING_PROOF}"'))
    except ValueError as error:
        known = ", ".join(f'"{kind}"' for kind in BlockerKind)
        raise ValueError(
            f"is no kind of blocker: got {value!r}, expected one of {known}"
        ) from error


def _slug(value: object) -> str:
    name = _text(value, '"devops"')
    better = slugify(name)
    if name != better:
        raise ValueError(
            f'must be lower-case words joined by "-": got "{name}", write "{better or "devops"}"'
        )
    return name


def _alias(value: object) -> str:
    name = _text(value, '"DevOps/SRE"')
    if not slugify(name):
        raise ValueError(f'must hold a letter or a digit: got "{name}"')
    return name


def _inside(value: object) -> str:
    """Accept a relative path that does not climb out of the root it is looked up in."""
    path = _text(value, '"feedback"')
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError(
            f'must be relative to a root and stay inside it: got "{path}"; '
            "other directories are named by workspace.roots"
        )
    return path


def _in_workspace(value: object) -> str:
    path = _text(value, '"coordination/GO-SIGNAL.md"')
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError(f'must be relative to the workspace and stay inside it: got "{path}"')
    return path


def _placeholders(path: str) -> set[str]:
    found = set(_PLACEHOLDER.findall(path))
    if unknown := sorted(found - _KNOWN_PLACEHOLDERS):
        raise ValueError(
            f'names {{{unknown[0]}}}, expected {{agent}} and at most {{date}}: got "{path}"'
        )
    if set(_PLACEHOLDER.sub("", path)) & {"{", "}"}:
        raise ValueError(f'has a "{{" or "}}" by itself, expected {{agent}} or {{date}}: "{path}"')
    return found


def _feedback_pattern(value: object) -> str:
    """Accept the place of an agent's files, or, without ``{agent}``, of logs that many share."""
    path = _inside(value)
    if "agent" not in _placeholders(path) and not PurePosixPath(path).suffix:
        raise ValueError(
            'must say where the agent\'s name stands, for example "feedback/{agent}.md", or name '
            f'the log that many agents share, for example "coordination/log.md": got "{path}"'
        )
    return path


def _inbox_path(value: object) -> str:
    path = _inside(value)
    if "agent" not in _placeholders(path):
        raise ValueError(
            "must say where the agent's name stands, for example "
            f'"coordination/inbox/{{agent}}/{{date}}-notes.md": got "{path}"'
        )
    return path


def _target(value: object) -> Target:
    return value if isinstance(value, Target) else parse_target(_text(value, '"slack"'))


def _variable(value: object) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ValueError(
            "must be the name of an environment variable, never the secret itself "
            "(not shown here), for example SLACK_BOT_TOKEN"
        )
    return value


def _slack_person(value: object) -> str:
    if not isinstance(value, str) or not _SLACK_PERSON.fullmatch(value):
        raise ValueError(
            f'must be the member ID of a Slack profile: got {value!r}, expected "U0123456789"'
        )
    return value


def _slack_channel(value: object) -> str:
    if not isinstance(value, str) or not _SLACK_CHANNEL.fullmatch(value):
        raise ValueError(
            f'must be a channel\'s ID, not its name: got {value!r}, expected "C0123456789" '
            "(at the end of the channel's details in Slack)"
        )
    return value


def _api_url(value: object) -> str:
    url = urlsplit(_text(value, '"https://slack.com/api/"'))
    _ = url.port  # raises ValueError for one that is no number
    safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
    if not safe or not url.hostname or url.username or url.password or url.query or url.fragment:
        raise ValueError(
            "must be an https address (http only on this machine) without a password or a query, "
            'for example "https://slack.com/api/"'
        )
    return url.geturl() if url.path.endswith("/") else f"{url.geturl()}/"


def _store_url(value: object) -> str:
    url = _text(value, f'"{SQLITE}.rollcall/rollcall.db"')
    scheme = url.partition(":")[0]
    if not scheme.startswith("sqlite"):
        raise ValueError(f"this version does not carry out a {scheme} store; use {SQLITE}<path>")
    path = url.removeprefix(SQLITE)
    if path in {url, "", ":memory:"} or "?" in path or path.endswith("/"):
        raise ValueError(f'must name a database file: got "{url}", expected "{SQLITE}<path>"')
    return url


def _require(value: object) -> object:
    if value == "verified":
        raise ValueError('this version does not carry out require = "verified"; use "claimed"')
    return value


def once(value: tuple[Member, ...]) -> tuple[Member, ...]:
    """Refuse a list that names a member twice."""
    twice = [member for member in dict.fromkeys(value) if value.count(member) > 1]
    if twice:
        raise ValueError(f'names "{twice[0]}" twice')
    return value


Text = Annotated[str, BeforeValidator(lambda value: _text(value, '"text"'))]
Roots = Annotated[tuple[Text, ...], AfterValidator(once)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Span = Annotated[timedelta, AfterValidator(_positive), BeforeValidator(_duration)]
Nudge = Annotated[timedelta | Literal["cadence"], BeforeValidator(_nudge)]
Zone = Annotated[ZoneInfo, BeforeValidator(_timezone)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
WeekHours = Annotated[Hours, BeforeValidator(_hours)]
Kind = Annotated[BlockerKind, BeforeValidator(_kind)]
Slug = Annotated[str, BeforeValidator(_slug)]
Alias = Annotated[str, BeforeValidator(_alias)]
RelativePath = Annotated[str, BeforeValidator(_inside)]
WorkspacePath = Annotated[str, BeforeValidator(_in_workspace)]
FeedbackPattern = Annotated[str, BeforeValidator(_feedback_pattern)]
InboxPath = Annotated[str, BeforeValidator(_inbox_path)]
NotifyTargets = Annotated[
    tuple[Annotated[Target, BeforeValidator(_target)], ...], AfterValidator(once)
]
Variable = Annotated[str, BeforeValidator(_variable)]
SlackPerson = Annotated[str, BeforeValidator(_slack_person)]
SlackChannel = Annotated[str, BeforeValidator(_slack_channel)]
ApiUrl = Annotated[str, BeforeValidator(_api_url)]
StoreUrl = Annotated[str, BeforeValidator(_store_url)]
Require = Annotated[Literal["claimed"], BeforeValidator(_require)]
