"""``kill -9`` while a webhook is told: nothing is lost, and what comes again bears the same id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, select

from process.courier import Couriers
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.notify.loopback import Answer, Received
from rollcall.store.database import Database
from rollcall.store.fates import find_odd_fates
from rollcall.store.tables import BlockerRow, EventRow

KILLS = int(os.environ.get("ROLLCALL_KILLS", "20"))
SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode()


class Troubled(FakeReceiver):
    """Takes every post, and says so of most: each 7th is answered by an error, each 11th by none."""

    def judge(self, received: Received) -> Answer:
        del received
        number = len(self.received)
        if number % 7 == 0:
            return Answer(503)
        return Answer(drops=number % 11 == 0)


def is_signed(received: Received) -> bool:
    id_, stamp = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{id_}.{stamp}.".encode() + received.body, hashlib.sha256)
    expected = f"v1,{base64.b64encode(digest).decode()}"
    return hmac.compare_digest(received.headers["webhook-signature"], expected)


@pytest.mark.waits
@pytest.mark.timeout(60 + 2 * KILLS)
def test_kills_while_a_webhook_is_told_lose_nothing_and_what_comes_again_bears_its_id(
    tmp_path: Path,
) -> None:
    seed = random.randrange(10**6)
    store = tmp_path / "rollcall.db"
    with Troubled() as receiver, Couriers(store, receiver.url, SECRET, "webhook") as couriers:
        lives = couriers.kill(KILLS, seed)
        for _ in range(10):
            assert couriers.live(None) == 0

    database = Database(store)
    with database.read() as session:
        assert find_odd_fates(session) == [], f"seed {seed}"
        numbers = session.exec(select(BlockerRow.number).order_by(col(BlockerRow.number))).all()
        events = session.exec(select(EventRow).order_by(col(EventRow.id))).all()
        sent = {row.key for row in events if row.fate == "sent"}
        tries = {row.key: row.attempts for row in events}
        waiting = {row.key for row in events if row.fate is None}
        opened = {row.blockers[0] for row in events if row.transition == "opened"}
    database.close()
    # Killed while it posted, a life leaves a torn one, which no receiver takes.
    whole = [
        one for one in receiver.received if int(one.headers["content-length"]) == len(one.body)
    ]
    posts = [json.loads(one.body) for one in whole]
    came = Counter(post["key"] for post in posts)
    sys.stdout.write(
        f"{KILLS} kills in {lives} lives (seed {seed}): {len(sent)} notices in {len(posts)} posts, "
        f"{sum(times > 1 for times in came.values())} came again\n"
    )
    assert opened == set(numbers), f"seed {seed}"
    assert sent <= set(came), f"seed {seed}"
    # The last few may wait for a pause of a moment; nothing older does.
    assert all(f"/B-{numbers[-1]:04d}/" in key for key in waiting), f"seed {seed}: {waiting}"
    assert all(
        one.headers["webhook-id"] == post["key"] for one, post in zip(whole, posts, strict=True)
    )
    assert all(map(is_signed, whole))
    assert all(came[key] <= tries[key] for key in came), f"seed {seed}"
    again: set[str] = set()
    for post in posts:
        assert post["perhaps_repeated"] or post["key"] not in again, f"seed {seed}: {post['key']}"
        again.add(post["key"])
    for number in numbers:
        mine = [post["transition"] for post in posts if f"/B-{number:04d}/" in post["key"]]
        assert mine == sorted(mine, key=["opened", "closed"].index), f"seed {seed}: {number}"
