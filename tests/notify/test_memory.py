from __future__ import annotations

import pytest

from notify.notices import make_notice
from rollcall.errors import DeliveryFailed
from rollcall.model import Receipt, Transition
from rollcall.notify.memory import Delivered, MemorySink


def test_it_remembers_notices_their_receipts_and_roots_in_order() -> None:
    sink = MemorySink()
    opened, closed = make_notice(), make_notice(Transition.CLOSED)

    root = sink.deliver(opened, None)
    reply = sink.deliver(closed, root)

    assert sink.delivered == [Delivered(opened, root, None), Delivered(closed, reply, root)]
    assert sink.notices == [opened, closed]
    assert root == Receipt("memory", {"place": "1"})


def test_it_fails_as_often_as_told_and_then_takes_the_notice() -> None:
    sink = MemorySink()
    sink.fail_next(DeliveryFailed("busy", retry_after_s=3), DeliveryFailed("gone", permanent=True))

    with pytest.raises(DeliveryFailed, match="busy"):
        sink.deliver(make_notice(), None)
    with pytest.raises(DeliveryFailed, match="gone"):
        sink.find(make_notice())
    sink.deliver(make_notice(), None)

    assert sink.notices == [make_notice()]


def test_a_lost_reply_leaves_the_notice_where_it_can_be_found() -> None:
    sink = MemorySink()
    sink.fail_next(DeliveryFailed("no answer came", perhaps_sent=True))

    with pytest.raises(DeliveryFailed, match="no answer came"):
        sink.deliver(make_notice(), None)

    assert sink.find(make_notice()) == Receipt("memory", {"place": "1"})


def test_a_lost_root_is_posted_anew_once() -> None:
    sink = MemorySink("slack")
    root = sink.deliver(make_notice(), None)
    sink.lose_next_root()

    fresh = sink.refresh(make_notice(), root)

    assert fresh == Receipt("slack", {"place": "2"})
    assert sink.refresh(make_notice(), fresh) is None
    assert sink.refreshed == [(make_notice(), root), (make_notice(), fresh)]


def test_it_says_that_it_was_closed() -> None:
    sink = MemorySink()

    sink.close()

    assert sink.closed
