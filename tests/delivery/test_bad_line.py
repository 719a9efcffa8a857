"""Slack behind a bad line: each event has its one fate, in order, none twice, never too fast."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol

import pytest
from sqlmodel import col, select

from blockers import make_row
from delivery.proxy import Arguments, Arrival, Line, Mishap, Proxy, refused
from rollcall.clock import Clock, ManualClock, SystemClock
from rollcall.delivery import Deliverer
from rollcall.model import Transition
from rollcall.notify.fake_slack import CHANNEL, FakeSlack
from rollcall.notify.pace import Pace
from rollcall.notify.slack import SlackSink
from rollcall.notify.slack_errors import (
    AUTH_CODES,
    BLOCK_CODES,
    CHANNEL_CODES,
    NOTICE_CODES,
    THREAD_CODES,
)
from rollcall.store.database import Database
from rollcall.store.fates import find_odd_fates
from rollcall.store.outbox import Post, add_post, list_sinks
from rollcall.store.tables import EventRow

STEPS = (Transition.OPENED, Transition.ESCALATED, Transition.REPEATED, Transition.CLOSED)
GIVEN_UP = ("msg_too_long", "invalid_arguments", "metadata_too_large", "too_many_attachments")
SWITCHED_OFF = ("invalid_auth", "token_revoked", "not_in_channel", "is_archived")
PASSING = [
    Mishap("429", status=429, body=b'{"ok":false,"error":"ratelimited"}', retry_after_s=2),
    Mishap("429 without a header", status=429, body=b'{"ok":false,"error":"ratelimited"}'),
    refused("ratelimited"),
    Mishap("500", status=500, body=b"<html>"),
    Mishap("503 after acceptance", accepted=True, status=503, body=b"<html>"),
    Mishap("reset before", line=Line.RESETS),
    Mishap("reset after", accepted=True, line=Line.RESETS),
    Mishap("garbage", body=b"\xff not json"),
    Mishap("garbage after acceptance", accepted=True, body=b"[1]"),
    refused("internal_error"),
    refused("fatal_error", accepted=True),
    refused("service_unavailable"),
    refused("not_today"),
]
ANOTHER_WAY = [
    *(refused(code, needs="blocks") for code in sorted(BLOCK_CODES)),
    *(refused(code, needs="thread_ts") for code in sorted(THREAD_CODES)),
]
TIMEOUTS = [
    Mishap("timeout before", line=Line.STALLS),
    Mishap("timeout after", accepted=True, line=Line.STALLS),
]
LASTING = [refused(code) for code in (*GIVEN_UP, *SWITCHED_OFF)]


class Skipping(Clock, Protocol):
    """A clock on which a test need not wait."""

    def skip(self, seconds: float) -> None: ...


class RealSkipping(SystemClock):
    """The host's clock, moved on where only a pause is waited for."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._ahead_s)

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead_s

    def skip(self, seconds: float) -> None:
        self._ahead_s += seconds


class ManualSkipping(ManualClock):
    def skip(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


class Luck:
    """Gives every mishap its turns, at the calls that a seed names; a call may fail again.

    One that a call cannot meet has its turn at the next that can.
    """

    def __init__(self, seed: int, calls: int, mishaps: list[Mishap]) -> None:
        chance = random.Random(seed)
        self._at = dict(zip(chance.sample(range(calls), len(mishaps)), mishaps, strict=True))
        self._put_off: list[Mishap] = []
        self._calls = 0

    def choose(self, arguments: Arguments) -> Mishap | None:
        self._calls += 1
        self._put_off += [one for one in [self._at.get(self._calls - 1)] if one is not None]
        for place, mishap in enumerate(self._put_off):
            if not mishap.needs or mishap.needs in arguments:
                return self._put_off.pop(place)
        return None


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(None)
    database.prepare(datetime(2026, 1, 5, tzinfo=UTC))
    yield database
    database.close()


def post_events(database: Database, count: int, now: datetime) -> None:
    """Put events into the outbox, the four of one blocker after each other."""
    with database.write() as session:
        for place in range(count):
            number, step = place // len(STEPS) + 1, STEPS[place % len(STEPS)]
            if step is Transition.OPENED:
                session.add(make_row(now, number))
                session.flush()
            key = f"w/B-{number:04d}/{step.value}/slack"
            words = f"B-{number:04d} {step.value}"
            add_post(session, Post(key, "slack", CHANNEL, step, words, (number,), level=1), now)


def deliver(
    database: Database, proxy: Proxy, slack: FakeSlack, clock: Skipping, rate: float
) -> None:
    """Deliver until every event has a fate; where the sink is switched off, a person corrects it."""
    pace = Pace(rate)
    while True:
        sink = SlackSink(slack.token, base_url=proxy.base_url, timeout_s=0.5)
        deliverer = Deliverer(
            database, [sink], None, clock, workspace="team", paces={"slack": pace}
        )
        deliverer.begin()
        for _ in range(20_000):
            deliverer.deliver_all()
            with database.read() as session:
                unsettled = session.exec(
                    select(EventRow.id).where(col(EventRow.fate).is_(None)).limit(1)
                ).first()
                (state,) = [row.state for row in list_sinks(session)]
            if unsettled is None:
                return
            if state == "disabled":
                break
            clock.skip(deliverer.seconds_to_wait(5))


def check(database: Database, proxy: Proxy, slack: FakeSlack, count: int, rate: float) -> None:
    with database.read() as session:
        assert find_odd_fates(session, waiting=False) == []
        fates = {row.key: row.fate for row in session.exec(select(EventRow))}
    refusals = {
        one.key for one in proxy.arrivals if one.mishap is not None and one.mishap.name in GIVEN_UP
    }
    assert len(fates) == count
    assert {key for key, fate in fates.items() if fate == "failed"} == refusals
    assert Counter(fates.values()) == {"sent": count - len(refusals), "failed": len(refusals)}
    arrived = [str(one.key) for one in slack.messages]
    assert Counter(arrived) == Counter(key for key in fates if key not in refusals)
    order = [step.value for step in STEPS]
    places: dict[str, list[int]] = {}
    for key in arrived:
        _, blocker, step, _ = key.split("/")
        places.setdefault(blocker, []).append(order.index(step))
    assert [one for one in places.items() if one[1] != sorted(one[1])] == []
    gaps = [after.at_s - before.at_s for before, after in pairwise(proxy.arrivals)]
    assert min(gaps) >= 1 / rate - 1e-6
    assert find_too_soon(proxy.arrivals) == []


def find_too_soon(arrivals: list[Arrival]) -> list[tuple[str, float]]:
    """Return what came sooner than a 429 before it had asked for: 30 s where it said nothing."""
    found = []
    for before, after in pairwise(arrivals):
        limited = before.mishap is not None and b"ratelimited" in before.mishap.body
        if before.mishap is None or not limited:
            continue
        asked_s = before.mishap.retry_after_s or 30
        if after.at_s - before.at_s < asked_s - 1e-6:
            found.append((after.key, after.at_s - before.at_s))
    return found


@pytest.mark.waits
@pytest.mark.timeout(240)
def test_a_thousand_events_at_a_hundred_a_second_over_a_bad_line(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clock = RealSkipping()
    luck = Luck(1, 900, [*PASSING * 6, *ANOTHER_WAY * 6, *TIMEOUTS * 3, *LASTING * 2])
    post_events(database, 1000, clock.now())
    with FakeSlack(clock=clock) as slack, Proxy(slack, clock, luck.choose) as proxy:
        deliver(database, proxy, slack, clock, 100.0)
        check(database, proxy, slack, 1000, 100.0)
        met = Counter(one.mishap.name for one in proxy.arrivals if one.mishap is not None)
    assert set(met) == {one.name for one in [*PASSING, *ANOTHER_WAY, *TIMEOUTS, *LASTING]}


@pytest.mark.waits
def test_thirty_events_at_one_a_second_over_a_bad_line(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    clock = ManualSkipping(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))
    once = [refused("msg_too_long"), refused("invalid_auth"), ANOTHER_WAY[0], ANOTHER_WAY[-1]]
    luck = Luck(2, 32, [*PASSING, *TIMEOUTS, *once])
    post_events(database, 30, clock.now())
    with FakeSlack(clock=clock) as slack, Proxy(slack, clock, luck.choose) as proxy:
        deliver(database, proxy, slack, clock, 1.0)
        check(database, proxy, slack, 30, 1.0)


def test_the_codes_of_these_tests_are_of_the_kinds_that_they_stand_for() -> None:
    assert set(GIVEN_UP) <= NOTICE_CODES
    assert set(SWITCHED_OFF) <= AUTH_CODES | CHANNEL_CODES
    assert json.loads(refused("not_today").body) == {"ok": False, "error": "not_today"}
