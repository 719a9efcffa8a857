"""Two sinks, one of them out of reach for five hours: the other hears everything at once, in order."""

from __future__ import annotations

import pytest

from delivery.desk import Desk
from rollcall.errors import DeliveryFailed
from rollcall.model import Transition
from rollcall.store.database import Database

MOODS = {
    "out of reach": DeliveryFailed("cannot be reached"),
    "doubtful": DeliveryFailed("HTTP 503", perhaps_sent=True),
    "asks to wait": DeliveryFailed("HTTP 429", retry_after_s=600),
    "revoked": DeliveryFailed("HTTP 401", permanent=True, disables_sink=True),
}


@pytest.fixture
def two(store: Database) -> Desk:
    return Desk(store, "webhook", "slack")


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("mood", list(MOODS))
def test_one_sink_away_for_five_hours_delays_the_other_by_nothing(
    two: Desk, mood: str, *, restarts: bool
) -> None:
    two.sink.mood = MOODS[mood]
    for number in range(1, 31):
        for name in ("webhook", "slack"):
            two.post(number, sink=name)
        two.deliverer.deliver_all()
        assert two.texts("slack")[-1] == f"{number} opened"
        if number % 3 == 0:
            two.close(number)
            two.deliverer.deliver_all()
            assert two.texts("slack")[-1] == f"{number} closed"
        if restarts and number == 15:
            two.begin()
        two.pass_time(minutes=10)
    assert len(two.texts("slack")) == 40
    assert two.texts("webhook") == []
    two.sink.mood = None
    if restarts:
        two.begin()
    two.pass_time(steps=4, minutes=20)
    told = two.texts("webhook")
    if mood == "doubtful":
        # What was tried may have arrived: it is not put into the digest of what came after it.
        assert [text.partition(" ")[0] for text in told] == ["1", "Nothing", "Nothing"]
    else:
        assert [text.partition(": ")[2] for text in told] == [
            "20 blockers are open now, 10 resolved meanwhile."
        ]
    missed = {one.id for notice in two.sink.notices for one in notice.blockers}
    assert {f"B-{number:04d}" for number in range(1, 31) if number % 3} <= missed
    assert all(fate is not None for _, fate in two.fates())
    assert two.faults() == []
    two.post(70, Transition.OPENED, sink="webhook")
    two.deliverer.deliver_all()
    assert two.texts("webhook")[-1] == "70 opened"


def test_a_sink_away_is_asked_seldom(two: Desk) -> None:
    two.sink.mood = MOODS["out of reach"]
    two.post(1)
    two.deliverer.deliver_all()
    two.pass_time(steps=360, seconds=5)
    # After 5, 10, 20 … 160 s and then every 300 s.
    assert len(two.sink.tried) == 7 + (1800 - 315) // 300
