"""The rules that every sink keeps, run against each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notify.notices import HOSTILE, OPENED, make_notice
from rollcall.clock import ManualClock
from rollcall.model import Notice, Transition
from rollcall.notify.fake_slack import FakeSlack
from rollcall.notify.inbox import InboxSink
from rollcall.notify.memory import MemorySink
from rollcall.notify.sink import Sink
from rollcall.notify.slack import SlackSink


@dataclass(frozen=True)
class Case:
    """A sink, how to read what arrived in it (one text per notice), and what in it acts."""

    sink: Sink
    read: Callable[[], list[str]]
    active: Callable[[], list[str]]


@pytest.fixture(params=["memory", "inbox", "slack"])
def case(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Case]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    if request.param == "memory":
        memory = MemorySink()
        yield Case(memory, lambda: [one.text for one in memory.notices], list)
    elif request.param == "inbox":
        path = tmp_path / "inbox" / "mara.md"
        inbox = InboxSink(tmp_path, "inbox/{agent}.md")
        yield Case(inbox, lambda: _read_sections(path), lambda: _find_active_lines(path))
    else:
        with FakeSlack(clock=ManualClock(OPENED)) as slack:
            sink = SlackSink(slack.token, base_url=slack.base_url)
            yield Case(
                sink,
                lambda: [one.words for one in slack.messages],
                lambda: [mark for one in slack.messages for mark in one.markup],
            )


def make(case: Case, transition: Transition = Transition.OPENED, *, text: str = "") -> Notice:
    notice = make_notice(transition, sink=case.sink.name)
    return make_notice(transition, sink=case.sink.name, text=text or notice.text)


def test_a_notice_is_delivered_once_and_says_what_it_is_about(case: Case) -> None:
    case.sink.deliver(make(case), None)

    (told,) = case.read()
    assert "No proof of work since 2026-02-07 13:54Z (cadence 5 min); 2 updates without." in told


def test_a_delivered_notice_is_found_by_its_key(case: Case) -> None:
    notice = make(case)

    receipt = case.sink.deliver(notice, None)

    assert receipt.sink == case.sink.name
    assert case.sink.find(notice) == receipt


def test_a_notice_that_was_never_sent_is_not_found(case: Case) -> None:
    case.sink.deliver(make(case), None)

    assert case.sink.find(make(case, Transition.ESCALATED)) is None


def test_nothing_is_found_in_an_empty_sink(case: Case) -> None:
    assert case.sink.find(make(case)) is None


def test_a_later_notice_is_found_with_and_without_the_root(case: Case) -> None:
    root = case.sink.deliver(make(case), None)
    closing = make(case, Transition.CLOSED)

    receipt = case.sink.deliver(closing, root)

    assert case.sink.find(closing, root) == receipt
    assert case.sink.find(closing) == receipt
    assert len(case.read()) == 2


def test_hostile_words_arrive_as_text_only(case: Case) -> None:
    case.sink.deliver(make(case, Transition.OURSELVES, text=HOSTILE), None)

    (told,) = case.read()
    assert "channel> <@U1> <http://x|ok> & | \\" in told
    assert case.active() == []


def test_refreshing_a_root_adds_nothing_to_read(case: Case) -> None:
    notice = make(case)
    root = case.sink.deliver(notice, None)

    assert case.sink.refresh(notice, root) is None
    assert len(case.read()) == 1


def test_a_sink_can_be_closed_twice(case: Case) -> None:
    case.sink.close()
    case.sink.close()

    assert case.read() == []


def _read_sections(path: Path) -> list[str]:
    return path.read_text().split("\n## ")[1:] if path.exists() else []


def _find_active_lines(path: Path) -> list[str]:
    """Return what is not the heading, the comment, an empty line, or inside the fence."""
    lines = path.read_text().split("\n")
    fences = [number for number, line in enumerate(lines) if line.startswith("```")]
    first, last = fences[0], fences[-1]
    outside = [*lines[:first], *lines[last + 1 :]]
    controls = [line for line in lines if not line.isprintable()]
    inner = lines[first + 1 : last]
    comments = [line for line in inner if line.startswith(("<!--", "```"))]
    known = ("## 2026-02-07 14:05Z Rollcall: ", "<!-- rollcall: ")
    strange = [line for line in outside if line and not line.startswith(known)]
    return strange + controls + comments
