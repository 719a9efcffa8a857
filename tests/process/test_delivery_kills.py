"""``kill -9`` between decision, claim, send and record: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, select

from process.courier import Couriers
from rollcall.notify.fake_slack import CHANNEL, FakeSlack
from rollcall.store.database import Database
from rollcall.store.fates import find_odd_fates
from rollcall.store.tables import BlockerRow, EventRow

KILLS = int(os.environ.get("ROLLCALL_KILLS", "20"))


@pytest.mark.waits
@pytest.mark.timeout(60 + 2 * KILLS)
@pytest.mark.parametrize("takes_blocks", [True, False], ids=["at once", "at the second asking"])
def test_kills_between_decision_claim_send_and_record_lose_and_double_nothing(
    tmp_path: Path, slack: FakeSlack, *, takes_blocks: bool
) -> None:
    slack.world.channels[CHANNEL].takes_blocks = takes_blocks
    seed = random.randrange(10**6)
    store = tmp_path / "rollcall.db"
    with Couriers(store, slack.base_url, slack.token) as couriers:
        lives = couriers.kill(KILLS, seed)
        assert couriers.live(None) == 0

    database = Database(store)
    with database.read() as session:
        assert find_odd_fates(session, waiting=False) == [], f"seed {seed}"
        numbers = session.exec(select(BlockerRow.number).order_by(col(BlockerRow.number))).all()
        events = session.exec(select(EventRow).order_by(col(EventRow.id))).all()
        sent = {row.key: row.receipt for row in events if row.fate == "sent"}
        opened = {row.blockers[0] for row in events if row.transition == "opened"}
        closed = {row.blockers[0] for row in events if row.fate == "sent" and row.level == 1}
    database.close()
    fates, again = Counter(row.fate for row in events), sum(row.attempts > 1 for row in events)
    sys.stdout.write(
        f"{KILLS} kills in {lives} lives (seed {seed}): {dict(fates)}, "
        f"{again} found claimed or unsettled by a later life\n"
    )
    assert opened == set(numbers), f"seed {seed}"
    assert closed <= opened
    arrived = Counter(one.key for one in slack.messages)
    assert arrived == Counter(sent.keys()), f"seed {seed}"
    order = [str(one.key).split("/")[1:3] for one in slack.messages]
    for number in numbers:
        steps = [what for id_, what in order if id_ == f"B-{number:04d}"]
        assert steps in (["opened", "closed"], []), f"seed {seed}, blocker {number}: {steps}"
