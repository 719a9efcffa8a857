"""docs/slack.md says what the code does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notify.notices import OPENED, make_blocker, make_notice, resolved
from rollcall.model import Blocker, BlockerStatus, Notice, Transition
from rollcall.notify.fake_slack import SCOPES
from rollcall.notify.fake_slack_world import FakeMessage
from rollcall.notify.render import say_hand, say_transition
from rollcall.notify.render_digest import Morning, say_morning
from rollcall.notify.render_groups import say_storm
from rollcall.notify.slack_blocks import SlackMessage, own_message, reply_message, root_message
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


def say_element(element: dict[str, Any]) -> str:
    """Return a button or a choice as the page draws it."""
    if element["type"] == "users_select":
        return f"[{element['placeholder']['text']} ▾]"
    return f"[{element['text']['text']}]"


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


def test_a_storm_looks_as_shown() -> None:
    ben = make_blocker(
        43,
        agent="ben",
        description="No proof of work since 2026-02-07 13:54Z (cadence 5 min).",
    )
    blockers = (make_blocker(), ben)
    said = say_storm(blockers, on_duty=2)

    notice = make_notice(text=said.text, detail=said.detail, blockers=blockers)

    assert words(root_message(notice, news=True)) == shown("storm")


def test_the_buttons_look_as_shown() -> None:
    row = root_message(make_notice(), news=True, buttons=True).blocks[-1]
    drawn = [say_element(one) for one in row["elements"]]
    (asks,) = [one["confirm"] for one in row["elements"] if "confirm" in one]
    asked = [asks[name]["text"] for name in ("title", "text")]
    answers = [f"[{asks[name]['text']}]" for name in ("confirm", "deny")]

    assert [" ".join(drawn), " ".join([*asked, *answers])] == shown("buttons").splitlines()


def test_the_menu_of_one_of_several_looks_as_shown() -> None:
    notice = make_notice(blockers=(make_blocker(), make_blocker(43)))
    blocks = root_message(notice, news=True, buttons=True).blocks
    menu = next(one["accessory"] for one in blocks if "accessory" in one)

    labels = " | ".join(one["text"]["text"] for one in menu["options"])

    assert f"[⋮] {labels}" == shown("menu")


@pytest.mark.parametrize(
    ("blocker", "buttons"),
    [
        (make_blocker(status=BlockerStatus.ACKNOWLEDGED), 4),
        (make_blocker(status=BlockerStatus.SNOOZED), 5),
        (resolved(make_blocker()), 0),
    ],
)
def test_what_there_is_to_press_follows_the_state_as_said(blocker: Blocker, buttons: int) -> None:
    blocks = root_message(make_notice(blockers=(blocker,)), news=True, buttons=True).blocks

    rows = [one["elements"] for one in blocks if one["type"] == "actions"]
    assert sum(map(len, rows)) == buttons


def test_what_people_did_looks_as_shown() -> None:
    by, why = "noor (Slack)", "acknowledged by noor (Slack)"
    said = say_hand(Transition.ACKNOWLEDGED, make_blocker(), why, by)

    notice = make_notice(Transition.ACKNOWLEDGED, text=said.text)

    assert words(reply_message(notice)) == shown("acknowledged")


def test_the_digest_looks_as_shown() -> None:
    waiting = make_blocker(
        47,
        agent="ben",
        owner=None,
        status=BlockerStatus.SNOOZED,
        opened=datetime(2026, 2, 7, 19, 0, tzinfo=UTC),
        description="No answer from ben, asked by mara at 2026-02-07 15:00Z.",
    )
    morning = Morning(
        now=datetime(2026, 2, 8, 8, 30, tzinfo=UTC),
        since=datetime(2026, 2, 7, 8, 30, tzinfo=UTC),
        still=(waiting, make_blocker(level=2)),
        opened=5,
        closed=4,
        root="ben's answer frees mara, who has waited 17 h 30 min",
        away=("zoe (paused until 2026-02-09 08:00Z)",),
        snoozed={"B-0047": datetime(2026, 2, 8, 12, 0, tzinfo=UTC)},
    )

    said = say_morning(morning)

    assert said is not None
    notice = make_notice(Transition.DAILY, text=said.text, detail=said.detail, blockers=())
    assert words(own_message(notice)) == shown("digest")


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
