"""``kill -9`` at any moment, and a new life after it: nothing is lost, nothing happens twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from process.nursery import Nursery
from process.team import QUICKER, Team, entry, wait_until
from rollcall.notify.fake_slack import FakeSlack, stall_after

AGENTS = ("mara", "ben", "noor", "ivo")
KILLS = 5


class Work:
    """Agents that append numbered entries all the time, each silent now and then for long enough."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._append_on_and_on)
        self.titles: list[tuple[str, str]] = []

    @contextmanager
    def going_on(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._finished.set()
            self._thread.join()

    def report(self, agent: str) -> None:
        title = f"parser step {len(self.titles)}"
        self._team.append(f"feedback/{agent}.md", entry(title))
        self.titles.append((agent, title))

    def _append_on_and_on(self) -> None:
        turn = 0
        while not self._finished.wait(0.05):
            turn += 1
            silent = AGENTS[turn // 25 % len(AGENTS)]
            self.report(next(a for a in AGENTS[turn % len(AGENTS) :] + AGENTS if a != silent))


def test_five_kills_at_random_moments_lose_nothing_and_do_nothing_twice(
    tmp_path: Path, slack: FakeSlack, nursery: Nursery
) -> None:
    moments = random.Random()
    team = Team(tmp_path / "team", *QUICKER, 'workspace.lead="ivo"', slack=slack)
    work = Work(team)
    for agent in AGENTS:
        work.report(agent)
    with work.going_on():
        for number in range(KILLS):
            # Every other one dies young: while it starts, or in its first sweep.
            young = number % 2 == 0
            with team.daemon(nursery, awaited=not young) as daemon:
                if not young:
                    # Only what was told of once can be told of twice: a blocker that is over
                    # before anybody heard of it is rightly never told of.
                    wait_until("a root", lambda: slack.messages)
                threading.Event().wait(moments.uniform(0.0, 0.3 if young else 1.0))
                daemon.kill()
    with team.daemon(nursery) as daemon:
        for agent in AGENTS:
            work.report(agent)
        wait_until("every entry stored", lambda: len(team.rows(ENTRIES)) >= len(work.titles))
        assert daemon.stop() == 0
    # With a cadence of a second somebody would be silent again before all is looked at.
    team.settings.append('feedback.cadence="1h"')
    with team.daemon(nursery) as daemon:
        for agent in AGENTS:
            work.report(agent)
        wait_until("the last entries", lambda: len(team.rows(ENTRIES)) >= len(work.titles))
        wait_until("every blocker closed", lambda: not team.rows(OPEN))
        wait_until("every notice settled", lambda: not team.rows(UNSETTLED))
        wait_until("every root fresh", lambda: not team.rows(STALE))
        assert daemon.stop() == 0

    assert Counter(team.rows(ENTRIES)) == Counter(work.titles)
    assert_told_once(team, slack)
    roots = [one for one in slack.messages if one.thread_ts is None]
    assert roots
    assert [one.words for one in roots if "Resolved" not in one.words] == []


def test_kills_between_slacks_acceptance_and_the_record_lose_and_double_nothing(
    tmp_path: Path, slack: FakeSlack, nursery: Nursery
) -> None:
    team = Team(tmp_path / "team", *QUICKER, slack=slack)
    team.append("feedback/mara.md", entry("parser"))
    slack.fail_next("chat.postMessage", stall_after())
    with team.daemon(nursery) as daemon:
        wait_until("the root accepted", lambda: slack.messages)
        daemon.kill()

    with team.daemon(nursery) as daemon:
        wait_until("the root settled", lambda: not team.rows(UNSETTLED))
        slack.fail_next("chat.postMessage", stall_after())
        slack.fail_next("chat.update", stall_after())
        team.append("feedback/mara.md", entry("parser again"))
        wait_until("the reply accepted", lambda: len(slack.messages) == 2)
        daemon.kill()

    with team.daemon(nursery) as daemon:
        wait_until("the root's update accepted", lambda: slack.count("chat.update") == 1)
        daemon.kill()

    with team.daemon(nursery) as daemon:
        wait_until("the update again", lambda: slack.count("chat.update") >= 2)
        assert daemon.stop() == 0

    assert told(team, "opened")[:1] == [("B-0001", "sent")]
    assert told(team, "closed")[:1] == [("B-0001", "sent")]
    assert "Resolved" in slack.messages[0].words
    assert_told_once(team, slack)


ENTRIES = "SELECT agent, title FROM entries"
OPEN = "SELECT number FROM blockers WHERE closed IS NULL"
UNSETTLED = "SELECT key FROM events WHERE fate IS NULL"
STALE = "SELECT blocker FROM roots WHERE stale"


def told(team: Team, transition: str) -> list[tuple[str, str]]:
    """Return (blocker, fate) of Slack's settled notices of one kind."""
    found = team.rows(
        "SELECT key, fate FROM events WHERE sink = 'slack' AND fate IS NOT NULL"
        " AND transition = ? ORDER BY id",
        transition,
    )
    return [(key.split("/")[1], fate) for key, fate in found]


def assert_told_once(team: Team, slack: FakeSlack) -> None:
    """See that every blocker was opened once, closed at most once, and told of once everywhere."""
    happened = Counter(
        team.rows("SELECT blocker, what FROM transitions WHERE what IN ('opened', 'closed')")
    )
    blockers = [number for (number,) in team.rows("SELECT number FROM blockers ORDER BY number")]
    assert {one: count for one, count in happened.items() if count != 1} == {}
    assert sorted(number for number, what in happened if what == "opened") == blockers

    sent = team.rows("SELECT key FROM events WHERE sink = 'slack' AND fate = 'sent'")
    assert Counter(one.key for one in slack.messages) == Counter(key for (key,) in sent)
    assert Counter(row[0] for row in team.log_rows()) == Counter(f"B-{one:04}" for one in blockers)

    inboxes = team.root.glob("coordination/inbox/*/*.md")
    keys = [
        line
        for path in inboxes
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("<!-- rollcall")
    ]
    assert {line: count for line, count in Counter(keys).items() if count > 1} == {}
