"""``duty.always_on``: each proof restarts the clock and nothing else does, item by item of the law."""

from __future__ import annotations

from pathlib import Path

import pytest

import harness
from harness import World, proof
from replay.conftest import Replay, entry, opened
from rollcall.model import Transition
from rollcall.replay.outcome import Outcome
from rollcall.replay.record import Recorded

ALWAYS = "duty.always_on=true"
SLACK = 'notify.slack.channel="C0123456789"'
ONE_LEVEL = 'escalation=[{after="0m",notify=["blockers_log"]}]'
SILENT = ("mara", "missing proof", "09:10:00", None)


def told(outcome: Outcome, sink: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.transition.value, one.agents) for one in outcome.told if one.sink == sink]


def test_a_blocker_opens_at_the_deadline_and_closes_at_the_proof(run: Replay) -> None:
    outcome = run(ALWAYS, entries=[entry("mara", "09:10"), entry("mara", "09:20:01")])
    assert opened(outcome) == [
        ("mara", "missing proof", "09:20:00", "09:20:01"),
        ("mara", "missing proof", "09:30:01", None),
    ]


def test_a_deadline_at_the_end_of_the_replay_opens_nothing(run: Replay) -> None:
    assert opened(run(ALWAYS, entries=[entry("mara", "09:00")], until="09:10")) == []
    assert opened(run(ALWAYS, entries=[entry("mara", "09:00")], until="09:10:01")) == [SILENT]


def test_an_entry_without_a_time_of_day_counts_for_nothing(run: Replay) -> None:
    one = entry("mara", "09:05")
    assert one.entry.stamp is not None
    bare = type(one.entry.stamp)(one.entry.stamp.at, has_time=False)
    undated = type(one)("mara", one.file, type(one.entry)(1, 2, "parser", "k", "d", stamp=bare))
    outcome = run(ALWAYS, entries=[undated])
    assert opened(outcome) == [SILENT]
    assert outcome.entries == 1


@pytest.mark.parametrize(
    ("what", "overrides", "entries"),
    [
        ("a pause", ("agents.mara.paused=true",), [entry("mara", "08:59")]),
        ("hours", ('duty.hours=["Mon-Fri 09:00-18:00"]',), [entry("mara", "08:59")]),
        ("a shutdown", (), [entry("mara", "08:59", closing=True)]),
        ("retirement", ('duty.retire_after="2m"',), [entry("mara", "08:57")]),
    ],
)
def test_the_bare_clock_knows_no_duty(
    run: Replay, what: str, overrides: tuple[str, ...], entries: list[Recorded]
) -> None:
    del what
    assert opened(run(*overrides, entries=entries)) == []
    assert opened(run(*overrides, ALWAYS, entries=entries)) == [SILENT]


def test_the_bare_clock_hears_no_shutdown_on_the_way(run: Replay) -> None:
    entries = [entry("mara", "09:05", closing=True), entry("ben", "09:05")]
    assert [one[0] for one in opened(run(entries=entries))] == ["ben"]
    assert [one[:3] for one in opened(run(ALWAYS, entries=entries))] == [
        ("ben", "missing proof", "09:15:00"),
        ("mara", "missing proof", "09:15:00"),
    ]


def test_the_bare_clock_retires_nobody_on_the_way(run: Replay) -> None:
    entries = [entry("mara", "09:00:01")]
    short = 'duty.retire_after="30m"'
    assert opened(run(short, entries=entries)) == [
        ("mara", "missing proof", "09:10:01", "09:30:01")
    ]
    assert opened(run(short, ALWAYS, entries=entries)) == [
        ("mara", "missing proof", "09:10:01", None)
    ]


def test_the_bare_clock_takes_no_promise(run: Replay) -> None:
    entries = [entry("mara", "09:05", promise="09:40")]
    assert opened(run(entries=entries)) == [("mara", "missing proof", "09:40:00", None)]
    assert opened(run(ALWAYS, entries=entries)) == [("mara", "missing proof", "09:15:00", None)]


def test_the_bare_clock_takes_a_fallback_for_one_proof_and_no_more(run: Replay) -> None:
    entries = [entry("mara", "09:05", blocked_on="ben's schema", fallback=True)]
    assert [one[1] for one in opened(run(entries=entries))] == ["blocked"]
    assert opened(run(ALWAYS, entries=entries)) == [("mara", "missing proof", "09:15:00", None)]


def test_the_bare_clock_counts_the_same_statement_each_time(run: Replay) -> None:
    entries = [
        entry("mara", clock, blocked_on="ben's schema", fallback=True)
        for clock in ("09:05", "09:14", "09:23")
    ]
    assert opened(run(ALWAYS, entries=entries, until="09:33")) == []


def test_the_bare_clock_puts_no_stated_blocker_in_a_proofs_place(run: Replay) -> None:
    entries = [entry("mara", "09:05", blocked_on="ben's schema")]
    assert [one[1:3] for one in opened(run(entries=entries))] == [("blocked", "09:05:00")]
    assert opened(run(ALWAYS, entries=entries)) == [SILENT]


TEAM = ["ben", "ivo", "mara", "noor", "sol", "tess"]


def test_the_bare_clock_makes_no_storm_of_a_team(run: Replay) -> None:
    entries = [entry(slug, "09:00:01") for slug in TEAM]
    grouped = run(SLACK, ONE_SLACK, entries=entries, until="09:30")
    bare = run(SLACK, ONE_SLACK, ALWAYS, entries=entries, until="09:30")
    assert told(grouped, "slack") == [("opened", tuple(TEAM))]
    assert told(bare, "slack") == [("opened", (slug,)) for slug in TEAM]
    assert len(grouped.blockers) == len(bare.blockers) == 6


def test_the_bare_clock_sees_no_stop_of_the_team(run: Replay) -> None:
    entries = [entry(slug, "09:00:01") for slug in ("ben", "mara")]
    entries += [entry("ben", "11:30")]
    ladder = 'escalation=[{after="0m",notify=["slack"]},{after="3h",notify=["slack"]}]'
    calm = run(SLACK, ladder, entries=entries, until="12:15")
    bare = run(SLACK, ladder, ALWAYS, entries=entries, until="12:15")
    assert [what for what, _ in told(calm, "slack")].count("ourselves") == 1
    assert [what for what, _ in told(bare, "slack")].count("ourselves") == 0
    assert [what for what, who in told(calm, "slack") if who == ("mara",)] == [
        "opened",
        "released",
    ]
    assert [what for what, who in told(bare, "slack") if who == ("mara",)] == [
        "opened",
        "escalated",
    ]


def test_the_bare_clock_holds_back_no_flapping(run: Replay) -> None:
    clocks = [f"09:{minute:02d}" for minute in range(11, 60, 11)]
    entries = [entry("mara", clock) for clock in clocks]
    calm = run(SLACK, ONE_SLACK, entries=entries)
    bare = run(SLACK, ONE_SLACK, ALWAYS, entries=entries)
    assert len(calm.blockers) == len(bare.blockers) == 6
    assert len(told(bare, "slack")) == 11
    assert len(told(calm, "slack")) < 11


def test_the_bare_clock_knows_no_quiet_hours(run: Replay) -> None:
    quiet = 'notify.quiet_hours=["09:00-11:00"]'
    entries = [entry("mara", "09:00:01")]
    calm = run(SLACK, ONE_SLACK, quiet, entries=entries, until="10:00")
    bare = run(SLACK, ONE_SLACK, quiet, ALWAYS, entries=entries, until="10:00")
    assert told(calm, "slack") == []
    assert told(bare, "slack") == [("opened", ("mara",))]


@pytest.mark.parametrize("clock", ["0", "1"])
def test_one_level_and_one_sink_tell_each_opening_and_each_closing_once(
    run: Replay, clock: str
) -> None:
    entries = [entry("mara", f"{9 + n // 4:02d}:{15 * (n % 4):02d}:{clock}0") for n in range(12)]
    outcome = run(ALWAYS, ONE_LEVEL, entries=entries)
    closed = sum(one.closed is not None for one in outcome.blockers)
    assert len(outcome.blockers) == 12
    assert closed == 11
    counts = dict.fromkeys(Transition, 0)
    for one in outcome.told:
        counts[one.transition] += 1
    assert counts[Transition.OPENED] == 12
    assert counts[Transition.CLOSED] == 11
    assert outcome.by_sink == {"blockers_log": 23}


ONE_SLACK = 'escalation=[{after="0m",notify=["slack"]}]'


@pytest.mark.parametrize(("overrides", "texts"), [((), 0), ((ALWAYS,), 1)])
def test_the_bare_clock_heeds_no_silence(
    tmp_path: Path, overrides: tuple[str, ...], texts: int
) -> None:
    world = World(tmp_path, ONE_SLACK, *overrides)
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    world.tell("silence", agents=("mara",), until=harness.at("11:00"))
    world.run_until("09:30")
    assert len(world.blockers()) == 1
    assert len(world.slack_texts()) == texts
