"""Other settings are named when they come into force: which, what they are, what they were."""

from __future__ import annotations

import pytest

from rollcall.config import load_settings
from rollcall.config.differences import say_differences


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "[feedback]\ncadence = '5m'\n", ""),
        (
            "[feedback]\ncadence = '1h'\n",
            "[feedback]\ncadence = '2h'\n",
            'feedback.cadence = "2h" (was "1h")',
        ),
        ("", "workspace.lead = 'ivo'", 'workspace.lead = "ivo" (was not set)'),
        ("workspace.lead = 'ivo'", "", 'workspace.lead = not set (was "ivo")'),
        (
            "[agents.mara]\npaused = true\n",
            "[agents.mara]\n",
            "agents.mara = {} (was {paused = true})",
        ),
        (
            "",
            "[agents.mara]\ncadence = '10m'\n",
            'agents.mara = {cadence = "10m"} (was not set)',
        ),
        (
            "chat.dirs = ['bot_chat']",
            "chat.dirs = ['bot chat', 'team']",
            'chat.dirs = ["bot chat", "team"] (was ["bot_chat"])',
        ),
        (
            "duty.hours = 'Mon-Fri 09:00-18:00'",
            "duty.hours = '00:00-24:00'",
            'duty.hours = ["00:00-24:00"] (was ["Mon-Fri 09:00-18:00"])',
        ),
        (
            "[[escalation]]\nafter = '0m'\nnotify = ['slack']\n",
            "[[escalation]]\nafter = '5m'\nnotify = ['slack']\n",
            'escalation = [{after = "5m", notify = ["slack"]}] (was [{after = "0s", notify = ["slack"]}])',
        ),
    ],
)
def test_what_is_set_otherwise_is_named_with_what_it_was(
    before: str, after: str, said: str
) -> None:
    first, second = load_settings(before, name="a"), load_settings(after, name="b")
    assert say_differences(first, second) == said


def test_the_table_of_an_added_sink_is_compared_too() -> None:
    after = load_settings("[notify.webhook]\nallow_private = true\n", name="b")
    said = say_differences(load_settings("", name="a"), after)
    assert "notify.webhook.allow_private = true (was not set)" in said


def test_many_differences_are_counted_and_a_long_value_is_cut() -> None:
    agents = "".join(f"[agents.agent-{n}]\npaused = true\n" for n in range(20))
    dirs = [f"chat-{n}" for n in range(20)]
    after = load_settings(f"chat.dirs = {dirs}\n{agents}", name="b")
    said = say_differences(load_settings("", name="a"), after)
    assert said.startswith(f"chat.dirs = {str(dirs[:5]).replace(chr(39), chr(34))[:-1]}")
    assert "… (was" in said
    assert said.endswith("agents.agent-4 = {paused = true} (was not set) and 15 more")
