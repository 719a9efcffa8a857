"""The buttons of a blocker's first message in Slack: how they are drawn, and what a click says.

One blocker has a row of buttons; of several each line has a menu, which costs no block. What a
click is about stands in the ``block_id``, ``rollcall/<workspace uuid>/B-0042``: it comes back as we
sent it. A payload is read as hostile data: whatever is not exactly ours is no click.
Source: Slack's reference, "block_actions payloads" and "Block Kit: block elements".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rollcall.model import Blocker, BlockerStatus

Block = dict[str, Any]

_PLACE = re.compile(r"rollcall/(?P<uuid>[0-9a-f-]{36})/(?P<blocker>B-[0-9]{4,9})")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
_STAMP = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_ACTION = "rollcall_"
_MENU = "rollcall_menu"
_MOST_NAME = 80


class Press(StrEnum):
    """What a button or a line of a menu asks for."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE_HOUR = "snooze-hour"
    SNOOZE_TOMORROW = "snooze-tomorrow"
    ASSIGN = "assign"
    RESOLVE = "resolve"


_LABELS = {
    Press.ACKNOWLEDGE: "Acknowledge",
    Press.SNOOZE_HOUR: "Snooze 1 h",
    Press.SNOOZE_TOMORROW: "Snooze until tomorrow",
    Press.ASSIGN: "Assign",
    Press.RESOLVE: "Resolve",
}


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody's click on a button of ours.

    ``workspace`` is the uuid of the workspace whose message it is, ``person`` the Slack ID and
    ``person_name`` what the payload calls them; ``assignee`` is the Slack ID that was chosen.
    ``team`` and ``enterprise`` are whose they are, empty where Slack does not say. ``origin`` is the
    same for the same click, however often Slack tells of it.
    """

    press: Press
    workspace: str
    blocker: str
    person: str
    person_name: str
    channel: str
    origin: str
    assignee: str | None = None
    team: str = ""
    enterprise: str = ""


def draw_row(workspace: str, blocker: Blocker) -> Block | None:
    """Return the row of buttons of a blocker; None where there is nothing left to press."""
    pressable = _find_pressable(blocker)
    if not pressable:
        return None
    return {
        "type": "actions",
        "block_id": _place(workspace, blocker),
        "elements": [_draw_element(one, blocker) for one in pressable],
    }


def add_menu(section: Block, workspace: str, blocker: Blocker) -> Block:
    """Return the section of one of several blockers with a menu, unless nothing is left to press."""
    # A menu holds no choice of a person: that is for the blockers log, or the commands.
    pressable = [one for one in _find_pressable(blocker) if one is not Press.ASSIGN]
    if not pressable:
        return section
    options = [{"text": _plain(_LABELS[one]), "value": one.value} for one in pressable]
    menu = {"type": "overflow", "action_id": _MENU, "options": options}
    return {**section, "block_id": _place(workspace, blocker), "accessory": menu}


def read_click(payload: object) -> Click | None:
    """Return the click that a payload of Socket Mode tells of; None for everything else."""
    if _text(payload, "type") != "block_actions":
        return None
    actions = _get(payload, "actions")
    action = actions[0] if isinstance(actions, list) and len(actions) == 1 else None
    place = _PLACE.fullmatch(_text(action, "block_id"))
    press = _read_press(action)
    container, user = _get(payload, "container"), _get(payload, "user")
    person, channel = _text(user, "id"), _text(container, "channel_id")
    message, pressed = _text(container, "message_ts"), _text(action, "action_ts")
    if place is None or press is None:
        return None
    if not _PERSON.fullmatch(person) or not _CHANNEL.fullmatch(channel):
        return None
    if not _STAMP.fullmatch(message) or not _STAMP.fullmatch(pressed):
        return None
    assignee = _text(action, "selected_user")
    if press is Press.ASSIGN and not _PERSON.fullmatch(assignee):
        return None
    return Click(
        press=press,
        workspace=place["uuid"],
        blocker=place["blocker"],
        person=person,
        person_name=(_text(user, "username") or _text(user, "name"))[:_MOST_NAME],
        channel=channel,
        origin=f"slack/{channel}/{message}/{place['blocker']}/{press.value}/{person}/{pressed}",
        assignee=assignee if press is Press.ASSIGN else None,
        team=_text(user, "team_id")[:_MOST_NAME],
        enterprise=_text(_get(payload, "enterprise"), "id")[:_MOST_NAME],
    )


def _find_pressable(blocker: Blocker) -> list[Press]:
    if blocker.closed is not None:
        return []
    is_seen = blocker.status is BlockerStatus.ACKNOWLEDGED
    return [one for one in Press if one is not Press.ACKNOWLEDGE or not is_seen]


def _draw_element(press: Press, blocker: Blocker) -> Block:
    label = _plain(_LABELS[press])
    action = f"{_ACTION}{press.value}"
    if press is Press.ASSIGN:
        return {"type": "users_select", "action_id": action, "placeholder": label}
    button: Block = {"type": "button", "action_id": action, "text": label, "value": press.value}
    if press is Press.RESOLVE:
        button["confirm"] = _draw_confirmation(blocker)
    return button


def _draw_confirmation(blocker: Blocker) -> Block:
    words = "It closes for everyone. While its cause lasts it is not opened again for 4 h."
    return {
        "title": _plain(f"Resolve {blocker.id}?"),
        "text": _plain(words),
        "confirm": _plain("Resolve"),
        "deny": _plain("Leave it open"),
    }


def _place(workspace: str, blocker: Blocker) -> str:
    return f"rollcall/{workspace}/{blocker.id}"


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _read_press(action: object) -> Press | None:
    if _text(action, "action_id") == _MENU:
        asked = _text(_get(action, "selected_option"), "value")
    else:
        asked = _text(action, "action_id").removeprefix(_ACTION)
    return next((one for one in Press if one.value == asked), None)


def _get(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _text(value: object, name: str) -> str:
    found = _get(value, name)
    return found if isinstance(found, str) else ""
