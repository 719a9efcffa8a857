"""Every transition against every suppression: what happens, and the reason why it does not.

The agent's gap begins at 09:00; cadence and grace are 5 minutes, so a blocker is due at 09:10:00.
Level 2 comes 10 minutes after its opening, and is repeated every 30 minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blockers import make_blocker
from rollcall.model import BlockerKind, BlockerStatus
from rollcall.rules.decisions import Ladder, Moment, Rest, Snooze, Standing
from rollcall.rules.duty import Away, DutyState, find_duty
from rollcall.rules.proof import AgentFacts, Promised, ProofPolicy, Statement, judge_agent
from rollcall.rules.watched import Gap

DAY = datetime(2026, 2, 7, tzinfo=UTC)
LADDER = Ladder(
    (timedelta(0), timedelta(minutes=10)), (timedelta(minutes=7), timedelta(minutes=30))
)
POLICY = ProofPolicy(
    cadence=timedelta(minutes=5),
    grace=timedelta(minutes=5),
    nudge_after=timedelta(minutes=5),
    answer_within=timedelta(hours=4),
    retire_after=timedelta(hours=24),
)


def at(clock: str) -> datetime:
    days, _, rest = clock.rpartition("+")
    hour, minute, second = ([int(part) for part in rest.split(":")] + [0, 0])[:3]
    return DAY + timedelta(days=int(days or 0), hours=hour, minutes=minute, seconds=second)


FACTS = AgentFacts("mara", since=at("09:00"), lead="ivo")
NUDGED = replace(FACTS, nudged=at("09:00"))
BLOCKER = make_blocker(at("09:10"), owner="ivo")
SAID = Statement("waiting for the schema", at("09:02"), fallback=False, place="mara.md:7")


def away(begin: str, end: str | None, state: DutyState, reason: str) -> tuple[Away, ...]:
    return (Away(at(begin), None if end is None else at(end), state, reason),)


OFF = {
    "off hours": away("09:08", "1+09:00", DutyState.OFF_HOURS, "working hours are 09:00-09:08"),
    "paused": away("09:08", None, DutyState.PAUSED, "paused by ivo"),
    "standby": away("09:08", None, DutyState.STANDBY, "the GO signal says to stand by"),
    "shut down": away("09:08", None, DutyState.SHUT_DOWN, "mara says that it stops"),
    "team stopped": away("09:08", None, DutyState.STOPPED, "all 3 agents are silent"),
}


def standing(
    status: BlockerStatus = BlockerStatus.OPEN, level: int = 1, told: str = "09:10"
) -> Standing:
    blocker = replace(BLOCKER, status=status, level=level)
    return Standing((blocker,), {"proof:mara": ""}, told={"proof:mara": at(told)})


def snoozed(until: str, phase: str = "") -> Standing:
    return replace(
        standing(BlockerStatus.SNOOZED), snoozes={"proof:mara": Snooze(at(until), phase)}
    )


NOTHING = Standing()
OPEN = standing()
RESTS = Standing(rests=(Rest("proof:mara", at("13:10")),))
BLOCKED = replace(BLOCKER, kind=BlockerKind.BLOCKED, condition="blocked:mara", opened=at("09:02"))
STATED = Standing(
    (BLOCKED,),
    {"blocked:mara": "proving|waiting for the schema\nmara.md:7"},
    told={"blocked:mara": at("09:02")},
)
WAITS = "ben's answer is overdue (B-0007); it is told, not the silence"

Row = tuple[str, AgentFacts, tuple[Away, ...], Standing, str, str, str]
# fmt: off
ROWS: list[Row] = [
    # (what, facts, time off duty, what stands, now, expected decisions, expected note)
    ("nudge, a second before it is due", FACTS, (), NOTHING, "09:04:59", "", ""),
    ("nudge, due", FACTS, (), NOTHING, "09:05", "Nudge", ""),
    ("nudge, a second past", FACTS, (), NOTHING, "09:05:01", "Nudge", ""),
    ("nudge, once per gap", NUDGED, (), NOTHING, "09:05:01", "", ""),
    ("opening, a second before", NUDGED, (), NOTHING, "09:09:59", "", ""),
    ("opening, due", NUDGED, (), NOTHING, "09:10", "Open", ""),
    ("opening, a second past", NUDGED, (), NOTHING, "09:10:01", "Open", ""),
    ("opening, proof in time", replace(NUDGED, proved=at("09:09:59")), (), NOTHING, "09:10", "", ""),
    ("opening, agent owes none", replace(FACTS, owes_proof=False), (), NOTHING, "09:10", "", ""),
    ("opening, retired", replace(FACTS, retired=True), (), NOTHING, "09:10", "", ""),
    ("opening, rests", NUDGED, (), RESTS, "09:10", "", "resolved by hand: it rests until 2026-02-07 13:10Z"),
    ("opening, rests a second longer", NUDGED, (), RESTS, "13:09:59", "", "resolved by hand"),
    ("opening, rest is over", NUDGED, (), RESTS, "13:10", "Wake Open", ""),
    ("opening, rest ended by proof", replace(NUDGED, proved=at("09:20")), (), RESTS, "09:21", "Wake", ""),
    *[(f"nudge, {name}", replace(FACTS, since=at("09:04")), off, NOTHING, "09:10", "", "") for name, off in OFF.items()],
    *[(f"opening, {name}", NUDGED, off, NOTHING, "09:10", "", "") for name, off in OFF.items()],
    ("hold, the hours end", NUDGED, away("09:12", "1+09:00", DutyState.OFF_HOURS, "night"), OPEN, "09:12", "Hold", "off hours until 2026-02-08 09:00Z: night"),
    ("hold, a second before", NUDGED, away("09:12", "1+09:00", DutyState.OFF_HOURS, "night"), OPEN, "09:11:59", "", ""),
    *[(f"hold, {name}", NUDGED, off, OPEN, "09:13", "Hold", f"{name}") for name, off in OFF.items()],
    *[(f"level 2, {name}", NUDGED, off, standing(BlockerStatus.HELD), "09:25", "", f"{name}") for name, off in OFF.items()],
    ("hold, of an acknowledged one is none", NUDGED, OFF["paused"], standing(BlockerStatus.ACKNOWLEDGED), "09:13", "", "paused: paused by ivo"),
    ("hold, of a snoozed one is none", NUDGED, OFF["paused"], snoozed("10:00"), "09:13", "", "paused: paused by ivo"),
    ("held, back on duty", NUDGED, away("09:12", "10:00", DutyState.PAUSED, "p"), standing(BlockerStatus.HELD), "10:00", "", "on duty again since 2026-02-07 10:00Z"),
    ("held, a second before the new deadline", replace(NUDGED, nudged=at("10:00")), away("09:12", "10:00", DutyState.PAUSED, "p"), standing(BlockerStatus.HELD), "10:09:59", "", "on duty again"),
    ("release, at the new deadline", replace(NUDGED, nudged=at("10:00")), away("09:12", "10:00", DutyState.PAUSED, "p"), standing(BlockerStatus.HELD), "10:10", "Release", ""),
    ("held, closed by proof", replace(NUDGED, proved=at("10:05")), away("09:12", "10:00", DutyState.PAUSED, "p"), standing(BlockerStatus.HELD), "10:05", "Close", ""),
    ("held, closed by proof off duty", replace(NUDGED, proved=at("09:50")), away("09:12", None, DutyState.PAUSED, "p"), standing(BlockerStatus.HELD), "09:50", "Close", ""),
    ("level 2, a second before", NUDGED, (), standing(told="09:19"), "09:19:59", "", ""),
    ("level 2, due", NUDGED, (), OPEN, "09:20", "Escalate", ""),
    ("level 2, a second past", NUDGED, (), OPEN, "09:20:01", "Escalate", ""),
    ("level 2, reached before", NUDGED, (), standing(level=2, told="09:20"), "09:20:01", "", ""),
    ("level 2, acknowledged", NUDGED, (), standing(BlockerStatus.ACKNOWLEDGED), "09:20", "", "acknowledged: its levels and repeats have stopped"),
    ("level 2, snoozed", NUDGED, (), snoozed("10:00"), "09:20", "", "snoozed until 2026-02-07 10:00Z"),
    ("level 2, time off does not count", replace(NUDGED, nudged=at("10:00")), away("09:12", "10:00", DutyState.PAUSED, "p"), standing(told="10:17"), "10:17:59", "", ""),
    ("level 2, eight minutes after the release", replace(NUDGED, nudged=at("10:00")), away("09:12", "10:00", DutyState.PAUSED, "p"), standing(told="10:17"), "10:18", "Escalate", ""),
    ("repeat of level 1, a second before", NUDGED, (), OPEN, "09:16:59", "", ""),
    ("repeat of level 1, due", NUDGED, (), OPEN, "09:17", "Repeat", ""),
    ("repeat of level 1, a second past", NUDGED, (), OPEN, "09:17:01", "Repeat", ""),
    ("repeat of level 2, a second before", NUDGED, (), standing(level=2, told="09:20"), "09:49:59", "", ""),
    ("repeat of level 2, due", NUDGED, (), standing(level=2, told="09:20"), "09:50", "Repeat", ""),
    ("repeat of level 2, again", NUDGED, (), standing(level=2, told="09:50"), "10:19:59", "", ""),
    ("repeat, acknowledged", NUDGED, (), standing(BlockerStatus.ACKNOWLEDGED, 2, "09:20"), "09:50", "", "acknowledged"),
    ("repeat, snoozed", NUDGED, (), snoozed("10:00"), "09:50", "", "snoozed"),
    ("repeat, on hold", NUDGED, OFF["paused"], standing(BlockerStatus.HELD, 2, "09:20"), "09:50", "", "paused"),
    ("snooze, a second before its end", NUDGED, (), snoozed("10:00"), "09:59:59", "", "snoozed"),
    ("snooze, its end", NUDGED, (), snoozed("10:00"), "10:00", "Unsnooze", ""),
    ("snooze, its state changed", NUDGED, (), snoozed("10:00", "answer"), "09:30", "Unsnooze", ""),
    ("closing, proof", replace(NUDGED, proved=at("09:30")), (), OPEN, "09:30", "Close", ""),
    ("closing, proof of an acknowledged one", replace(NUDGED, proved=at("09:30")), (), standing(BlockerStatus.ACKNOWLEDGED), "09:30", "Close", ""),
    ("closing, proof of a snoozed one", replace(NUDGED, proved=at("09:30")), (), snoozed("10:00"), "09:30", "Close", ""),
    ("closing, an update is no proof", replace(NUDGED, without=1, heard=at("09:12")), (), OPEN, "09:13", "", ""),
    ("promise, a second before it", replace(NUDGED, promised=Promised(at("09:40"), "mara.md:9")), (), NOTHING, "09:39:59", "", ""),
    ("promise, its time", replace(NUDGED, promised=Promised(at("09:40"), "mara.md:9")), (), NOTHING, "09:40", "Open", ""),
    ("promise, longer than allowed", replace(NUDGED, promised=Promised(at("12:00"), "mara.md:9")), (), NOTHING, "09:54:59", "", ""),
    ("promise, 45 minutes after the deadline", replace(NUDGED, promised=Promised(at("12:00"), "mara.md:9")), (), NOTHING, "09:55", "Open", ""),
    ("promise, earlier than the deadline", replace(NUDGED, promised=Promised(at("09:06"), "mara.md:9")), (), NOTHING, "09:10", "Open", ""),
    ("statement, opens at once", replace(NUDGED, statement=SAID), (), NOTHING, "09:02", "Open", ""),
    ("statement, off duty", replace(NUDGED, statement=SAID), away("09:01", None, DutyState.PAUSED, "p"), NOTHING, "09:02", "", "paused: p"),
    ("statement, inhibited", replace(NUDGED, statement=SAID, inhibited=WAITS), (), NOTHING, "09:02", "", WAITS),
    ("statement, stands open", replace(NUDGED, statement=SAID), (), STATED, "09:05", "", ""),
    ("statement, silence changes its text", replace(NUDGED, statement=SAID), (), STATED, "09:10", "Change Repeat", ""),
    ("statement, inhibited silence changes nothing", replace(NUDGED, statement=SAID, inhibited=WAITS), (), STATED, "09:30", "", WAITS),
    ("statement, closed by proof without one", replace(NUDGED, proved=at("09:08")), (), STATED, "09:08", "Close", ""),
    ("statement, on hold", replace(NUDGED, statement=SAID), OFF["shut down"], STATED, "09:30", "Hold", "shut down"),
    ("fallback, no silence while it lasts", replace(NUDGED, statement=replace(SAID, fallback=True)), (), replace(STATED, told={"blocked:mara": at("13:00")}), "13:01:59", "Escalate", ""),
    ("retiring, a second before", replace(NUDGED, heard=at("09:00")), (), NOTHING, "1+08:59:59", "Open", ""),
    ("retiring, a day of duty", replace(NUDGED, heard=at("09:00")), (), OPEN, "1+09:00", "Retire Close", ""),
    ("retiring, time off does not count", replace(NUDGED, heard=at("09:00")), OFF["paused"], standing(BlockerStatus.HELD), "3+09:00", "", "paused"),
]
# fmt: on


def judge(
    facts: AgentFacts,
    off: tuple[Away, ...],
    stands: Standing,
    now: datetime,
    policy: ProofPolicy = POLICY,
    gaps: tuple[Gap, ...] = (),
) -> tuple[str, str]:
    facts = replace(facts, duty=find_duty(off, now, retired=facts.retired))
    verdict = judge_agent(facts, stands, policy, Moment(now, LADDER, gaps))
    return " ".join(type(one).__name__ for one in verdict.decisions), "; ".join(verdict.notes)


@pytest.mark.parametrize("row", ROWS, ids=[row[0].replace(" ", "-") for row in ROWS])
def test_each_transition_under_each_suppression_is_as_the_table_says(row: Row) -> None:
    _, facts, off, stands, clock, decisions, note = row
    found, notes = judge(facts, off, stands, at(clock))
    assert found == decisions
    assert notes.startswith(note)
    assert bool(notes) == bool(note)


def test_the_table_has_at_least_sixty_rows_and_each_a_name_of_its_own() -> None:
    names = [row[0] for row in ROWS]
    assert len(set(names)) == len(names) >= 60


OUTAGE = (Gap(at("09:03"), at("09:33")),)


@pytest.mark.parametrize(
    ("clock", "decisions"),
    [("09:39:59", ""), ("09:40", "Open"), ("09:40:01", "Open")],
    ids=["a second before", "half an hour later", "a second past"],
)
def test_an_outage_moves_the_deadline_by_its_length(clock: str, decisions: str) -> None:
    assert judge(NUDGED, (), NOTHING, at(clock), gaps=OUTAGE) == (decisions, "")


def test_on_the_bare_clock_a_promise_and_a_statement_change_nothing() -> None:
    policy = replace(POLICY, always_on=True)
    facts = replace(NUDGED, statement=SAID, promised=Promised(at("09:40"), "mara.md:9"))
    assert judge(facts, (), NOTHING, at("09:09:59"), policy) == ("", "")
    assert judge(facts, (), NOTHING, at("09:10"), policy) == ("Open", "")


def test_a_day_of_silence_retires_nobody_whom_the_configuration_names() -> None:
    policy = replace(POLICY, retire_after=None)
    assert judge(NUDGED, (), OPEN, at("2+09:00"), policy)[0] == "Escalate"
