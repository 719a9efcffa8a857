"""Two policies side by side: how they are given, and what is shown of both."""

from __future__ import annotations

from typing import Any

import pytest

from cli.shell import Shell
from replay.conftest import shell
from rollcall.errors import UsageError
from rollcall.replay.comparing import Policies, split_policies

__all__ = ["shell"]

SPAN = ("--from", "2026-02-07T09:00:00Z", "--to", "2026-02-07T10:00:00Z")
PROOF = "\n## 2026-02-07 09:20Z parser\n- `pytest` -> 12 passed\n"


def test_settings_given_once_are_one_policy() -> None:
    given = ("feedback.cadence=5m", "duty.always_on=true", "feedback.cadence=5m")
    assert split_policies(given, ()) == Policies(given)


def test_a_setting_given_two_values_is_policy_a_and_policy_b() -> None:
    assert split_policies(
        ("feedback.cadence=5m", "duty.always_on=true", "feedback.cadence=10m"), ()
    ) == Policies(
        ("duty.always_on=true", "feedback.cadence=5m"),
        ("duty.always_on=true", "feedback.cadence=10m"),
        ("feedback.cadence=5m",),
        ("feedback.cadence=10m",),
    )


def test_versus_is_what_the_second_policy_has_besides() -> None:
    assert split_policies(("feedback.cadence=5m", "feedback.grace=1m"), ("feedback.grace=2m",)) == (
        Policies(
            ("feedback.cadence=5m", "feedback.grace=1m"),
            ("feedback.cadence=5m", "feedback.grace=1m", "feedback.grace=2m"),
            ("feedback.grace=1m",),
            ("feedback.grace=2m",),
        )
    )


@pytest.mark.parametrize(
    ("overrides", "versus"),
    [(("a=1", "a=2", "a=3"), ()), (("a=1", "a=2"), ("b=1",))],
)
def test_a_third_policy_and_two_ways_at_once_are_refused(
    overrides: tuple[str, ...], versus: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError, match="two are policy A and policy B"):
        split_policies(overrides, versus)


def test_both_policies_are_shown_agent_by_agent(shell: Shell) -> None:
    shell.write("feedback/mara.md", PROOF)
    shell.write("feedback/ben.md", PROOF)
    two = ("--set", "feedback.cadence=5m", "--set", "feedback.cadence=20m")
    said: Any = shell.run("replay", *SPAN, *two, "--set", "duty.always_on=true", "--json").records[
        0
    ]
    assert [len(said[one]["blockers"]) for one in ("a", "b")] == [4, 2]
    told = {"opened": 2, "escalated": 0, "repeated": 0, "closed": 1, "other": 0}
    rows = {"by_sink": {"blockers_log": 3}}
    assert said["agents"][1] == {
        "slug": "mara",
        "a": {"opened": 2, "minutes_open": 40.0, "notices": told | rows},
        "b": {
            "opened": 1,
            "minutes_open": 15.0,
            "notices": {**told, "opened": 1, "closed": 0, "by_sink": {"blockers_log": 1}},
        },
    }
    assert said["all"]["a"]["minutes_open"] == 80.0
    assert said["all"]["b"]["opened"] == 2


def test_the_table_holds_pairs_and_the_difference(shell: Shell) -> None:
    shell.write("feedback/mara.md", PROOF)
    said = shell.run(
        "replay", *SPAN, "--set", "duty.always_on=true", "--versus", "feedback.cadence=20m"
    )
    assert [" ".join(line.split()) for line in said.out.splitlines()] == [
        "2026-02-07 09:00Z to 2026-02-07 10:00Z: 1 agent, 1 entries.",
        "A: as it is set",
        "B: feedback.cadence=20m",
        "Agent Blockers Minutes open Told opened Told escalated Told repeated Told closed Told other",
        "mara 2 / 1 40 / 15 2 / 1 0 / 0 0 / 0 1 / 0 0 / 0",
        "all 2 / 1 40 / 15 2 / 1 0 / 0 0 / 0 1 / 0 0 / 0",
        "B - A -1 -25 -1 +0 +0 -1 +0",
        "Each pair is A / B. A notice about several agents counts for each, and once for all.",
        "Notices by sink, A: blockers_log 3.",
        "Notices by sink, B: blockers_log 1.",
    ]


def test_a_message_about_several_agents_counts_for_each_and_once_for_all(shell: Shell) -> None:
    for slug in ("ben", "ivo", "mara", "noor", "sol"):
        shell.write(f"feedback/{slug}.md", PROOF)
    slack = ("--set", 'notify.slack.channel="C0123456789"')
    ladder = ("--set", 'escalation=[{after="0m",notify=["slack"]}]')
    said: Any = shell.run(
        "replay", *SPAN, *slack, *ladder, "--versus", "duty.always_on=true", "--json"
    ).records[0]
    assert [one["a"]["notices"]["opened"] for one in said["agents"]] == [2] * 5
    assert said["all"]["a"]["notices"]["opened"] == 2
    assert said["all"]["b"]["notices"]["opened"] == 10
