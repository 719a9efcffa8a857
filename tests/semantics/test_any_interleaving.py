"""Whatever agents, people and the machine do, in whatever order: what holds after each step.

``HYPOTHESIS_PROFILE=deep`` tries hundreds of long histories; every day it is a few, the same ones.
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from harness import World, message
from semantics.invariants import check_judged, check_store

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
NAMES = ("mara", "ben", "noor", "ivo", "tess", "lara", "dina")
WORDS = {
    "proof": "`pytest tests/test_parser.py` -> {number} passed",
    "no proof": "still working on the parser, part {number}",
    "fallback": "Blocked: waiting for the schema from {other}.\n- Meanwhile: using the old schema",
    "blocked": "Blocked: waiting for the schema from {other}.",
    "closing": "EOD — done, signing off",
    "promise": "next update by {later}",
    "proof and promise": "`pytest -q` -> {number} passed\n- next update by {later}",
}
SETTINGS = (
    (),
    ('escalation=[{after="0m",notify=["blockers_log","slack"],repeat_every="30m"}]',),
    ('notify.group_wait="30s"', "workspace.lead=ivo"),
    ('notify.quiet_hours="12:00-13:00"', "chat.answer_within=30m"),
    ('duty.hours="Mon-Sun 08:30-11:30"',),
    ("agents.mara.cadence=1m", "agents.ben.paused=true", "feedback.grace=1m"),
)
SPANS_S = (1, 20, 61, 240, 300, 600, 601, 1_800, 3_600, 8_000)

agents = st.integers(0, len(NAMES) - 1)
spans = st.sampled_from(SPANS_S).map(lambda seconds: timedelta(seconds=seconds))


class AnyInterleaving(RuleBasedStateMachine):
    """A team, the people around it, and the machine that Rollcall runs on."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._number = 0
        self._asked: list[tuple[str, str, str]] = []
        self._clock_was_set = False

    @initialize(team=st.integers(3, 7), overrides=st.sampled_from(SETTINGS), met=st.booleans())
    def begin(self, team: int, overrides: tuple[str, ...], *, met: bool) -> None:
        """Begin with a team that has reported, or with one that has not begun to."""
        self._team = NAMES[:team]
        self._world = World(Path(self._folder.name), *overrides, begin="09:00")
        if met:
            for name in self._team:
                self._append(name, "proof", timedelta())
        self._world.start()

    def teardown(self) -> None:
        """Let everything that keeps us quiet pass, then look once more."""
        world = self._world
        if world.is_running:
            for number in range(1, 9):
                world.tell("end silence", f"S-{number}")
            world.run_for(hours=3)
            check_store(world)
            check_judged(world, held_too_long=not self._clock_was_set)
            world.kill()
        self._folder.cleanup()

    # What agents do

    @rule(who=agents, kind=st.sampled_from(sorted(WORDS)), other=agents)
    def report(self, who: int, kind: str, other: int) -> None:
        """Append an entry."""
        self._append(self._name(who), kind, timedelta(), self._name(other))

    @rule(who=agents, kind=st.sampled_from(sorted(WORDS)), by=st.sampled_from((-40, -5, 5, 90)))
    def report_with_another_time(self, who: int, kind: str, by: int) -> None:
        """Append an entry whose stamp is of another time."""
        self._append(self._name(who), kind, timedelta(minutes=by))

    @rule(names=st.lists(agents, min_size=2, unique=True))
    def report_together(self, names: list[int]) -> None:
        """Have several agents prove their work at once."""
        for who in names:
            self._append(self._name(who), "proof", timedelta())

    @rule(who=agents)
    def say_the_same_again(self, who: int) -> None:
        """Append the last entry of a file once more."""
        path = self._feedback(self._name(who))
        text = self._read(path)
        if "\n## " in text:
            self._world.append(path, "\n## " + text.rpartition("\n## ")[2])

    @rule(who=agents, how=st.sampled_from(("rewrite", "turn round", "rotate", "truncate")))
    def handle_a_file(self, who: int, how: str) -> None:
        """Save a file whole, turn it round, begin it anew, or lose half of it."""
        path = self._feedback(self._name(who))
        text = self._read(path)
        head, *entries = text.split("\n## ")
        if how == "turn round":
            text = "\n## ".join([head, *reversed(entries)])
        elif how == "rotate":
            self._world.write(path.replace(".md", "/2026-02-07.md"), text)
            text = ""
        elif how == "truncate":
            text = text[: len(text) // 2]
        self._world.write(path, text)

    @rule(who=agents, to=st.lists(agents, min_size=1, max_size=2), everyone=st.booleans())
    def ask(self, who: int, to: list[int], *, everyone: bool) -> None:
        """Ask one agent, or two, or all."""
        sender = self._name(who)
        others = "all" if everyone else ", ".join(dict.fromkeys(map(self._name, to)))
        self._send("request", sender, others, "Can you send me the schema?")

    @rule(
        kind=st.sampled_from(("ack", "answer", "follow-up", "withdraw", "note")),
        which=st.integers(0, 9),
        by=agents,
        by_another=st.booleans(),
    )
    def reply(self, kind: str, which: int, by: int, *, by_another: bool) -> None:
        """Act on a request: whom it concerns, or another."""
        if not self._asked:
            return
        path, sender, others = self._asked[which % len(self._asked)]
        first = self._name(by) if others == "all" else others.split(", ")[0]
        one, other = (sender, first) if kind in {"follow-up", "withdraw"} else (first, sender)
        one = self._name(by) if by_another else one
        self._send(kind, one, other, "Here it is." if kind == "answer" else "See above.", path)

    # What people do

    @rule(verb=st.sampled_from(("ack", "resolve", "snooze")), which=st.integers(1, 8), span=spans)
    def handle_a_blocker(self, verb: str, which: int, span: timedelta) -> None:
        """Acknowledge, resolve or snooze a blocker."""
        if self._world.is_running:
            self._world.tell(verb, f"B-{which:04d}", until=self._world.now + span)

    @rule(who=agents, verb=st.sampled_from(("pause", "resume", "retire")), span=st.none() | spans)
    def speak_of_an_agent(self, who: int, verb: str, span: timedelta | None) -> None:
        """Pause, resume or retire an agent."""
        if self._world.is_running:
            until = None if span is None or verb != "pause" else self._world.now + span
            self._world.tell(verb, self._name(who), until=until)

    @rule(who=st.none() | agents, span=spans)
    def silence(self, who: int | None, span: timedelta) -> None:
        """Silence all blockers of an agent, or all there are."""
        if self._world.is_running:
            names = () if who is None else (self._name(who),)
            self._world.tell("silence", agents=names, until=self._world.now + span)

    @rule(number=st.integers(1, 4))
    def end_a_silence(self, number: int) -> None:
        """End a silence before its time."""
        if self._world.is_running:
            self._world.tell("end silence", f"S-{number}")

    @rule()
    def edit_the_log(self) -> None:
        """Change a cell of the blockers log."""
        text = self._world.log_text()
        self._world.write("docs/blockers-log.md", text.replace("| Open", "| Looked at", 1))

    # What happens to the machine

    @rule(span=spans)
    def let_time_pass(self, span: timedelta) -> None:
        """Let the daemon work, or cron have a sweep."""
        if self._world.is_running:
            self._world.run_until(self._world.now + span)
        else:
            self._world.sleep_until(self._world.now + span)

    @rule(ticks=st.integers(1, 6))
    def tick(self, ticks: int) -> None:
        """Tick at the daemon's pace."""
        if self._world.is_running:
            self._world.tick_every(10, times=ticks)

    @rule(hours=st.integers(6, 26))
    def let_a_night_pass(self, hours: int) -> None:
        """Let many hours pass."""
        if self._world.is_running:
            self._world.run_for(hours=hours)

    @rule(span=spans)
    def sleep(self, span: timedelta) -> None:
        """Suspend the machine."""
        self._world.sleep_until(self._world.now + span)
        self._look()

    @rule(span=spans, back=st.booleans())
    def set_the_clock(self, span: timedelta, *, back: bool) -> None:
        """Set the machine's clock."""
        self._clock_was_set = True
        self._world.clock.set(self._world.now - span if back else self._world.now + span)
        self._look()

    @rule()
    def restart(self) -> None:
        """Stop the daemon, where it runs, and start it."""
        if self._world.is_running:
            self._world.stop()
        self._world.start()

    @precondition(lambda self: self._world.is_running)
    @rule()
    def kill(self) -> None:
        """End the daemon without a word; until it is started again nobody looks."""
        self._world.kill()

    @rule(span=spans, times=st.integers(1, 3))
    def sweep_by_cron(self, span: timedelta, times: int) -> None:
        """Have cron sweep a few times where no daemon runs, and a person sweep where one does."""
        for _ in range(times):
            if self._world.is_running:
                self._world.sweep_now()
            else:
                self._world.sleep_until(self._world.now + span)
                self._world.sweep()

    # What holds

    @invariant()
    def holds(self) -> None:
        """Assert all that holds of what was just looked at."""
        if self._world.is_running:
            check_store(self._world)
            check_judged(self._world, held_too_long=not self._clock_was_set)

    def _look(self) -> None:
        if self._world.is_running:
            self._world.tick_every(0, times=1)

    def _name(self, who: int) -> str:
        return self._team[who % len(self._team)]

    def _feedback(self, name: str) -> str:
        return f"feedback/{name}.md"

    def _read(self, name: str) -> str:
        path = self._world.root / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _append(self, name: str, kind: str, by: timedelta, other: str = "ben") -> None:
        self._number += 1
        stamp = self._world.now + by
        words = WORDS[kind].format(
            number=self._number,
            other=other,
            later=f"{stamp + timedelta(minutes=20):%H:%M}",
        )
        self._world.append(
            self._feedback(name), f"\n## {stamp:%Y-%m-%d %H:%M}Z parser\n- {words}\n"
        )

    def _send(self, kind: str, sender: str, to: str, words: str, re: str | None = None) -> None:
        self._number += 1
        matter = {} if re is None else {"re": re}
        path = f"bot_chat/{self._number:03d}-{sender}-schema.md"
        if kind == "request":
            self._asked.append((path, sender, to))
        self._world.write(path, message(kind, sender, to, words, **matter))


AnyInterleaving.TestCase.settings = settings(
    max_examples=400 if DEEP else 6,
    stateful_step_count=40 if DEEP else 15,
    derandomize=not DEEP,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyInterleaving = pytest.mark.timeout(0 if DEEP else 300)(AnyInterleaving.TestCase)
