"""docs/slack.md says what the code does."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from notices import OPENED, make_blocker, make_notice, resolved

from rollcall.model import Blocker, Notice, Transition
from rollcall.notify.fake_slack import SCOPES
from rollcall.notify.fake_slack_world import FakeMessage
from rollcall.notify.render import say_transition
from rollcall.notify.slack_blocks import SlackMessage, reply_message, root_message
from rollcall.notify.slack_errors import AUTH_CODES, CHANNEL_CODES

PAGE = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
LEAD = "U0123456789"


def shown(name: str) -> str:
    found = re.search(rf"<!-- shown: {name} -->\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, f"docs/slack.md shows no example called {name}"
    return found[1].rstrip("\n")


def words(message: SlackMessage) -> str:
    seen = FakeMessage("C1", "1.0", message.text, list(message.blocks), None).words
    return seen.replace(f"<@{LEAD}>", "@noor")


def tell(transition: Transition, blocker: Blocker, minutes: int, **changes: Any) -> Notice:
    said = say_transition(transition, [blocker], now=OPENED + timedelta(minutes=minutes))
    return make_notice(
        transition, text=said.text, detail=said.detail, blockers=(blocker,), **changes
    )


def test_the_messages_look_as_shown() -> None:
    blocker = make_blocker()
    opened = tell(Transition.OPENED, blocker, 0)
    raised = tell(Transition.ESCALATED, make_blocker(level=2), 10, level=2, mention=LEAD)
    closed = tell(Transition.CLOSED, resolved(blocker), 16)

    assert root_message(opened, news=True).text == shown("opened")
    assert words(root_message(opened, news=True)) == shown("root")
    assert words(reply_message(raised)) == shown("escalated")
    assert words(reply_message(closed)) == shown("closed")
    assert words(root_message(closed, news=False)) == shown("resolved")


def test_the_manifest_can_be_pasted_and_asks_for_what_is_needed() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None

    manifest = json.loads(found[1])

    assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert manifest["features"]["bot_user"]["display_name"] == "Rollcall"


def test_the_codes_that_are_said_to_switch_the_sink_off_do() -> None:
    row = next(line for line in PAGE.splitlines() if "switches this sink off" in line)

    codes = re.findall(r"`([a-z_]+)`", row.split("|")[1])

    assert set(codes) <= AUTH_CODES | CHANNEL_CODES
    assert len(codes) == 6
