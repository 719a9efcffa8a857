"""A lead who has only a webhook hears of what is wrong with Rollcall itself, once each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from delivery.journal_sink import JournalSink
from harness import message, proof
from rollcall.config.sinks import ADDED_SINKS
from rollcall.notify.fake_alertmanager import FakeAlertmanager
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.loopback import Answer
from rollcall.store import marks
from told import OWN_NET, Told, bodies

POSTS = 'escalation=[{after="0m",notify=["blockers_log","webhook"]}]'
LATER = 'escalation=[{after="0m",notify=["blockers_log"]},{after="10m",notify=["webhook"]}]'


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver() as running:
        yield running


def begin(tmp_path: Path, receiver: FakeReceiver, *overrides: str) -> Told:
    environ = {"ROLLCALL_WEBHOOK_URL": receiver.url}
    world = Told(tmp_path, *(overrides or (POSTS,)), OWN_NET, environ=environ)
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    return world


def heard(receiver: FakeReceiver) -> list[tuple[str, str, str]]:
    """Return (kind, about, transition) of what was posted, in order."""
    return [(one["kind"], one["about"], one["transition"]) for one in bodies(receiver)]


def test_a_webhook_hears_once_that_nothing_was_watched(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    world = begin(tmp_path, receiver)
    world.sleep_until("12:00")
    world.start()
    world.start()
    assert heard(receiver) == [("ourselves", "unwatched", "ourselves")]
    (body,) = bodies(receiver)
    assert body["text"] == (
        "Rollcall did not watch from 2026-02-07 09:00Z to 2026-02-07 12:00Z (2 h 59 min)."
    )
    assert (body["blockers"], body["level"], body["perhaps_repeated"]) == ([], 0, False)


def test_a_webhook_hears_once_that_the_worker_hangs(tmp_path: Path, receiver: FakeReceiver) -> None:
    world = begin(tmp_path, receiver)
    for _ in range(2):
        world.works.pipeline.tell_stall(world.now - timedelta(minutes=5), world.now)
        world.works.deliverer.deliver_all()
    assert heard(receiver) == [("ourselves", "worker", "ourselves")]


def test_a_webhook_hears_that_the_clock_was_set_back(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    world = begin(tmp_path, receiver)
    world.run_until("09:05")
    world.append("feedback/mara.md", proof("09:05"))
    world.clock.set(world.now - timedelta(hours=1))
    world.sweep_now()
    assert heard(receiver) == [("ourselves", "clock", "ourselves")]


def test_a_webhook_hears_of_a_configuration_that_cannot_be_used_and_of_its_end(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    world = begin(tmp_path, receiver)
    with world.works.database.write() as session:
        marks.note_fault(session, "configuration", "config/rollcall.toml:3 cadance", world.now)
        marks.mark_changed(session, ["fault:configuration"], world.now)
    world.run_for(minutes=5)
    with world.works.database.write() as session:
        marks.end_fault(session, "configuration")
        marks.mark_changed(session, ["fault:configuration"], world.now)
    world.run_for(seconds=1)
    assert heard(receiver) == [("blocker", "B-0001", "opened"), ("blocker", "B-0001", "closed")]
    assert [one["blockers"][0]["kind"] for one in bodies(receiver)] == ["fault", "fault"]
    assert "config/rollcall.toml:3 cadance" in bodies(receiver)[0]["text"]


@pytest.mark.parametrize("ladder", [POSTS, LATER])
def test_a_webhook_hears_that_another_sink_takes_nothing(
    tmp_path: Path, receiver: FakeReceiver, ladder: str
) -> None:
    inbox = "agents.mara.lead=ivo"
    world = begin(tmp_path, receiver, ladder, inbox)
    with world.works.database.write() as session:
        marks.note_fault(session, "sink:inbox", "has taken nothing since 09:00Z", world.now)
        marks.mark_changed(session, ["fault:sink:inbox"], world.now)
    world.run_for(seconds=10)
    assert heard(receiver) == [("blocker", "B-0001", "opened")]
    assert bodies(receiver)[0]["level"] == 1


def test_a_dead_letter_of_the_webhook_is_told_elsewhere_and_not_to_it(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    world = begin(tmp_path, receiver, POSTS, "workspace.lead=ivo")
    receiver.answer_next(Answer(413))
    world.run_until("09:20")
    assert heard(receiver) == [("blocker", "B-0001", "opened")]
    assert world.own_faults() == ["undelivered:webhook"]
    assert "could not be told: Webhook: HTTP 413" in world.log_text()
    assert "could not be told: Webhook: HTTP 413" in world.inbox("ivo")


def test_a_webhook_hears_of_the_end_of_a_silence_and_of_the_day(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    world = begin(tmp_path, receiver, POSTS, 'notify.digest_at="10:30"')
    world.tell("silence", until=world.now + timedelta(hours=1), agents=("mara",))
    world.run_until("10:30")
    assert heard(receiver) == [("digest", "silence", "digest"), ("digest", "day", "daily")]


def test_a_webhook_hears_of_requests_that_were_past_due_before(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    environ = {"ROLLCALL_WEBHOOK_URL": receiver.url}
    world = Told(tmp_path, POSTS, OWN_NET, environ=environ)
    ask = message("request", "mara", "ben", "Can you send me the schema?", date="2026-02-01")
    world.write("bot_chat/2026-02-01-mara-to-ben-schema.md", ask)
    world.start()
    assert heard(receiver) == [("ourselves", "backlog", "backlog")]


def test_the_lead_hears_it_too_where_slack_is_off(tmp_path: Path, receiver: FakeReceiver) -> None:
    world = begin(tmp_path, receiver, POSTS, "workspace.lead=ivo")
    world.sleep_until("12:00")
    world.start()
    assert heard(receiver) == [("ourselves", "unwatched", "ourselves")]
    assert "Rollcall did not watch" in world.inbox("ivo")


def test_a_webhook_of_a_higher_level_hears_it_where_nobody_else_would(
    tmp_path: Path, receiver: FakeReceiver
) -> None:
    world = begin(tmp_path, receiver, LATER)
    world.sleep_until("12:00")
    world.start()
    assert heard(receiver) == [("ourselves", "unwatched", "ourselves")]


def test_alertmanager_takes_no_words_so_the_lead_hears_them(tmp_path: Path) -> None:
    ladder = 'escalation=[{after="0m",notify=["alertmanager"]}]'
    own = "notify.alertmanager.allow_private=true"
    world = Told(tmp_path, ladder, own, "workspace.lead=ivo", environ={})
    with FakeAlertmanager(world.clock) as manager:
        world.environ = {"ROLLCALL_ALERTMANAGER_URL": manager.url}
        world.write("feedback/mara.md", proof("09:00"))
        world.start()
        world.sleep_until("12:00")
        world.start()
        assert manager.received == []
    assert "Rollcall did not watch" in world.inbox("ivo")


def test_an_added_sink_of_ones_own_hears_words_and_faults_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ADDED_SINKS, "journal", "delivery.journal_sink:JournalSink")
    monkeypatch.setattr(JournalSink, "texts", [])
    ladder = 'escalation=[{after="0m",notify=["journal"]}]'
    world = Told(tmp_path, ladder, environ={})
    world.write("feedback/mara.md", proof("09:00"))
    world.start()
    with world.works.database.write() as session:
        marks.note_fault(session, "configuration", "config/rollcall.toml:3 cadance", world.now)
        marks.mark_changed(session, ["fault:configuration"], world.now)
    world.run_for(seconds=10)
    world.sleep_until("12:00")
    world.start()
    first, second = JournalSink.texts
    assert "config/rollcall.toml:3 cadance" in first
    assert second.startswith("Rollcall did not watch from 2026-02-07 09:00Z")
