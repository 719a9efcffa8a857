"""The Slack sink on another's Slack: the npm package emulate, which keeps state but checks little.

Run by ``make test-slack``, which installs it; elsewhere these are skipped.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from process.team import wait_until
from rollcall.clock import SystemClock
from rollcall.errors import DeliveryFailed
from rollcall.model import Blocker, BlockerKind, BlockerStatus, Notice, Transition
from rollcall.notify.slack import SlackSink

FOLDER = os.environ.get("ROLLCALL_EMULATE", "")
TOKEN = "test_token_admin"
CHANNEL = "C000000001"

pytestmark = pytest.mark.skipif(not FOLDER, reason="run by make test-slack, which installs emulate")


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    modules = Path(FOLDER) / "node_modules"
    start = [str(modules / ".bin/node"), str(modules / "emulate/dist/index.js"), "start"]
    output = tmp_path_factory.mktemp("emulate") / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*start, "--service", "slack", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until("emulate ready", lambda: b"Ready" in output.read_bytes(), within_s=30)
            yield f"http://127.0.0.1:{port}/api/"
        finally:
            process.terminate()
            process.wait(timeout=10)


@pytest.fixture
def sink(base_url: str, monkeypatch: pytest.MonkeyPatch) -> SlackSink:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return SlackSink(TOKEN, base_url=base_url)


@pytest.fixture
def eye(base_url: str, monkeypatch: pytest.MonkeyPatch) -> WebClient:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return WebClient(token=TOKEN, base_url=base_url, retry_handlers=[])


def make(number: int, transition: Transition = Transition.OPENED) -> Notice:
    now = SystemClock().now()
    return Notice(
        key=f"w/B-{number:04}/{transition.value}/slack",
        workspace="billing-page",
        sink="slack",
        target=CHANNEL,
        transition=transition,
        created=now,
        text=f"B-{number:04} mara: No proof of work. <!channel>",
        blockers=(make_blocker(number, now),),
        level=1,
    )


def make_blocker(number: int, opened: datetime) -> Blocker:
    return Blocker(
        id=f"B-{number:04}",
        kind=BlockerKind.MISSING_PROOF,
        condition="proof:mara",
        agent="mara",
        level=1,
        status=BlockerStatus.OPEN,
        owner=None,
        opened=opened,
        closed=None,
        description="No proof of work.",
    )


def replies(eye: WebClient, ts: str) -> list[dict[str, Any]]:
    answer = eye.conversations_replies(channel=CHANNEL, ts=ts, include_all_metadata=True)
    found: list[dict[str, Any]] = answer["messages"]
    return found


def test_a_root_is_posted_and_its_reply_stands_in_its_thread(
    sink: SlackSink, eye: WebClient
) -> None:
    root = sink.deliver(make(1), None)
    reply = sink.deliver(make(1, Transition.ESCALATED), root)
    found = [(one["ts"], one.get("thread_ts")) for one in replies(eye, root.data["ts"])]
    assert [ts for ts, _ in found] == [root.data["ts"], reply.data["ts"]]
    assert found[1][1] == root.data["ts"]
    texts = [one["text"] for one in replies(eye, root.data["ts"])]
    assert texts[0] == "[billing-page] B-0001 mara: No proof of work. &lt;!channel&gt;"


def test_the_root_is_updated_to_the_present_state(sink: SlackSink, eye: WebClient) -> None:
    notice = make(2)
    root = sink.deliver(notice, None)
    (blocker,) = notice.blockers
    over = replace(blocker, status=BlockerStatus.RESOLVED, closed=notice.created)
    moved = sink.refresh(replace(notice, blockers=(over,)), root)
    assert moved is None
    (shown,) = replies(eye, root.data["ts"])
    assert shown["text"] == "[billing-page] Resolved · B-0002 mara: missing proof"


def test_after_a_lost_reply_a_root_is_found_by_its_key_and_nothing_else_is(
    sink: SlackSink,
) -> None:
    root = sink.deliver(make(3), None)
    assert sink.find(make(3)) == root
    assert sink.find(make(4)) is None


def test_after_a_lost_reply_a_reply_is_found_in_its_thread(sink: SlackSink) -> None:
    root = sink.deliver(make(5), None)
    escalated = make(5, Transition.ESCALATED)
    reply = sink.deliver(escalated, root)
    assert sink.find(escalated, root) == reply
    assert sink.find(make(5, Transition.CLOSED), root) is None


def test_a_channel_that_is_not_there_disables_the_sink(sink: SlackSink) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        sink.deliver(replace(make(6), target="C0NOTTHERE"), None)
    assert (failed.value.permanent, failed.value.disables_sink) == (True, True)
