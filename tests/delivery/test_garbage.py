"""A sink that takes what it is given and answers garbage: it is sent again with the same id."""

from __future__ import annotations

from pathlib import Path

import pytest

from delivery.desk import PATIENCE, Desk
from delivery.garbling import Garbling
from rollcall.delivery import Deliverer
from rollcall.model import Notice, Receipt
from rollcall.notify.added_sink import Surroundings
from rollcall.notify.webhook import WebhookSettings, WebhookSink
from rollcall.store.database import Database

GARBAGE = {
    "nothing": b"",
    "noise": bytes(range(256)),
    "html": b"<html><body>Bad gateway</body></html>\r\n\r\n",
    "another protocol": b"220 mail.example ESMTP ready\r\n",
    "no status": b"HTTP/1.1 \r\n\r\n",
    "a word for a status": b"HTTP/1.1 OK\r\n\r\n",
    "status 0": b"HTTP/1.1 000 What\r\n\r\n",
    "status 101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: none\r\nConnection: upgrade\r\n\r\n",
    "status 199": b"HTTP/1.1 199 What\r\n\r\n",
    "status 600": b"HTTP/1.1 600 What\r\n\r\n",
    "status 999": b"HTTP/1.1 999 What\r\n\r\n",
    "half a header": b"HTTP/1.1 200 OK\r\nContent-Le",
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "continue for ever": b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
}
TAKEN = {
    "a body that is none": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n\x00\x01",
    "a body in a wrong coding": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
    "broken chunks": b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


def begin(store: Database, server: Garbling) -> tuple[Desk, Deliverer]:
    desk = Desk(store, "inbox")
    environ = {"ROLLCALL_WEBHOOK_URL": server.url}
    sink = WebhookSink.build(
        WebhookSettings(allow_private=True), Surroundings(Path(), environ, desk.clock)
    )
    deliverer = Deliverer(
        store, [sink, desk.sink], None, desk.clock, workspace="team", patience=PATIENCE
    )
    deliverer.begin()
    return desk, deliverer


@pytest.mark.parametrize("name", list(GARBAGE))
def test_garbage_is_no_answer_and_what_was_sent_is_sent_again_with_its_id(
    store: Database, name: str
) -> None:
    with Garbling(GARBAGE[name]) as server:
        desk, deliverer = begin(store, server)
        desk.deliverer = deliverer
        desk.post(1, sink="webhook")
        desk.post(1)
        deliverer.deliver_all()
        assert desk.fates() == [("1 opened", None), ("1 opened", "sent")]
        desk.pass_time(seconds=5)
        assert desk.fates() == [("1 opened", "sent"), ("1 opened", "sent")]
        assert server.ids() == ["w/B-0001/opened/webhook-C1"] * 2


@pytest.mark.parametrize("name", list(TAKEN))
def test_what_follows_a_status_that_says_taken_is_not_read(store: Database, name: str) -> None:
    with Garbling(TAKEN[name]) as server:
        desk, deliverer = begin(store, server)
        desk.post(1, sink="webhook")
        deliverer.deliver_all()
        assert desk.fates() == [("1 opened", "sent")]


def test_a_first_message_that_cannot_be_refreshed_for_a_fault_of_ours_holds_up_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(notice: Notice, root: Receipt) -> Receipt | None:
        raise KeyError(notice.key, root)

    desk.post(1)
    desk.deliverer.deliver_all()
    desk.mark_stale()
    with monkeypatch.context() as patch:
        patch.setattr(desk.sink, "refresh", broken)
        desk.deliverer.deliver_all()
        assert [subject for subject, _ in desk.faults()] == ["root:w/B-0001/opened/slack-C1"]
        assert desk.deliverer.seconds_to_wait(60) == 5
    desk.post(2)
    desk.pass_time(seconds=5)
    assert desk.texts() == ["1 opened", "2 opened"]
    assert (len(desk.sink.refreshed), desk.faults()) == (1, [])
