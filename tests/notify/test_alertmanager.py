"""Alertmanager: an alert for each open blocker, kept alive, ended when it is closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notify.notices import OPENED, make_blocker, make_notice, resolved
from rollcall.clock import ManualClock
from rollcall.config import load_settings
from rollcall.errors import ConfigurationError
from rollcall.model import Blocker, BlockerKind, Notice, Transition
from rollcall.notify.added_sink import Surroundings
from rollcall.notify.alertmanager import ENDS_IN, AlertmanagerSettings, AlertmanagerSink
from rollcall.notify.fake_alertmanager import RESOLVE_TIMEOUT, FakeAlertmanager


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(OPENED)


@pytest.fixture
def manager(clock: ManualClock) -> Iterator[FakeAlertmanager]:
    with FakeAlertmanager(clock) as running:
        yield running


@pytest.fixture
def sink(manager: FakeAlertmanager, clock: ManualClock) -> AlertmanagerSink:
    settings = AlertmanagerSettings(url=manager.url, allow_private=True)
    assert AlertmanagerSink.why_off(settings, {}) is None
    return AlertmanagerSink.build(settings, Surroundings(Path(), {}, clock))


def notice_of(*blockers: Blocker, transition: Transition = Transition.OPENED) -> Notice:
    return make_notice(transition, sink="alertmanager", target="", blockers=blockers)


def test_an_open_blocker_is_an_alert_with_what_people_route_by(
    manager: FakeAlertmanager, sink: AlertmanagerSink
) -> None:
    sink.deliver(notice_of(make_blocker()), None)
    [alert] = manager.firing()
    assert alert.labels == {
        "alertname": "RollcallMissingProof",
        "agent": "mara",
        "blocker": "B-0042",
        "kind": "missing proof",
        "severity": "warning",
        "workspace": "billing-page",
    }
    silent = "No proof of work since 2026-02-07 13:54Z (cadence 5 min); 2 updates without."
    assert alert.annotations == {
        "summary": f"billing-page: B-0042 mara: {silent}",
        "description": f"{silent}\nopen, level 1\nowner: noor\nfeedback/mara.md:12",
    }
    assert (alert.starts, alert.ends) == (OPENED, OPENED + ENDS_IN)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (BlockerKind.MISSING_PROOF, "RollcallMissingProof"),
        (BlockerKind.STALLED_DEPENDENCY, "RollcallStalledDependency"),
        (BlockerKind.BLOCKED, "RollcallBlocked"),
        (BlockerKind.ABSENT, "RollcallAbsentAgent"),
        (BlockerKind.FAULT, "RollcallFault"),
        (BlockerKind.DEADLOCK, "RollcallDeadlock"),
    ],
)
def test_each_kind_has_its_name(
    manager: FakeAlertmanager, sink: AlertmanagerSink, kind: BlockerKind, name: str
) -> None:
    sink.deliver(notice_of(make_blocker(kind=kind)), None)
    assert [one.labels["alertname"] for one in manager.firing()] == [name]


def test_it_does_not_end_after_the_resolve_timeout_of_alertmanager(
    manager: FakeAlertmanager, sink: AlertmanagerSink, clock: ManualClock
) -> None:
    sink.deliver(notice_of(make_blocker()), None)
    clock.advance(RESOLVE_TIMEOUT * 2)
    assert len(manager.firing()) == 1
    clock.advance(ENDS_IN - RESOLVE_TIMEOUT * 2 - timedelta(seconds=1))
    assert len(manager.firing()) == 1
    clock.advance(timedelta(seconds=1))
    assert manager.firing() == []


def test_refreshing_it_lets_it_go_on_and_brings_it_back_after_a_restart(
    manager: FakeAlertmanager, sink: AlertmanagerSink, clock: ManualClock
) -> None:
    notice = notice_of(make_blocker())
    root = sink.deliver(notice, None)
    clock.advance(ENDS_IN / 2)
    manager.restart()
    assert manager.firing() == []
    assert sink.refresh(notice, root) is None
    [alert] = manager.firing()
    assert (alert.starts, alert.ends) == (OPENED, clock.now() + ENDS_IN)


def test_a_closed_blocker_is_a_resolved_alert(
    manager: FakeAlertmanager, sink: AlertmanagerSink, clock: ManualClock
) -> None:
    sink.deliver(notice_of(make_blocker()), None)
    clock.advance(timedelta(minutes=20))
    closed = resolved(make_blocker())
    receipt = sink.deliver(notice_of(closed, transition=Transition.CLOSED), None)
    assert receipt.data == {}
    assert manager.firing() == []
    [alert] = manager.resolved()
    assert alert.ends == closed.closed
    assert "resolved: Proof at 2026-02-07 14:20Z" in alert.annotations["description"]


def test_a_higher_level_is_critical_and_ends_the_warning(
    manager: FakeAlertmanager, sink: AlertmanagerSink, clock: ManualClock
) -> None:
    sink.deliver(notice_of(make_blocker()), None)
    clock.advance(timedelta(minutes=10))
    higher = make_blocker(level=2)
    sink.deliver(notice_of(higher, transition=Transition.ESCALATED), None)
    assert [one.labels["severity"] for one in manager.firing()] == ["critical"]
    assert [one.labels["severity"] for one in manager.resolved()] == ["warning"]
    clock.advance(timedelta(minutes=20))
    sink.deliver(notice_of(replace(resolved(higher), level=2), transition=Transition.CLOSED), None)
    assert manager.firing() == []


def test_posting_the_same_again_changes_nothing(
    manager: FakeAlertmanager, sink: AlertmanagerSink
) -> None:
    notice = notice_of(make_blocker(41), make_blocker(42))
    receipt = sink.deliver(notice, None)
    before = manager.firing()
    assert sink.find(notice) is None
    assert sink.deliver(notice, None) == receipt
    assert manager.firing() == before
    assert len(before) == 2


def test_a_word_about_ourselves_is_no_alert(
    manager: FakeAlertmanager, sink: AlertmanagerSink
) -> None:
    assert sink.deliver(notice_of(transition=Transition.OURSELVES), None).data == {}
    assert manager.received == []


def test_secrets_and_controls_in_agents_words_are_gone(
    manager: FakeAlertmanager, sink: AlertmanagerSink
) -> None:
    token = "ghp_" + "a1B2" * 9
    sink.deliver(notice_of(make_blocker(description=f"\x1b[31m{token}\n{{{{ .x }}}}")), None)
    told = json.dumps(manager.firing()[0].annotations)
    assert token not in told
    assert "\\u001b" not in told
    assert "[redacted: " in told


@pytest.mark.parametrize(
    ("settings", "environ", "why"),
    [
        (
            AlertmanagerSettings(),
            {},
            ("no notify.alertmanager.url, and no ROLLCALL_ALERTMANAGER_URL in the environment"),
        ),
        (
            AlertmanagerSettings(url="http://alerts.example:9093"),
            {},
            (
                "its address is not https, which only an address of one's own network may be "
                "(allow_private)"
            ),
        ),
        (AlertmanagerSettings(url="https://alerts.example"), {}, None),
        (
            AlertmanagerSettings(),
            {"ROLLCALL_ALERTMANAGER_URL": "https://user:word@alerts.example"},
            None,
        ),
    ],
)
def test_it_says_why_it_is_off(
    settings: AlertmanagerSettings, environ: dict[str, str], why: str | None
) -> None:
    assert AlertmanagerSink.why_off(settings, environ) == why


@pytest.mark.parametrize(
    "url", ["alerts", "https://user:word@alerts.example", "https://x/?key=word"]
)
def test_an_address_with_a_password_belongs_into_the_environment(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^r:2: notify.alertmanager.url: must be") as said:
        load_settings(f'[notify.alertmanager]\nurl = "{url}"\n', name="r")
    assert "word" not in str(said.value).replace("a password", "")
