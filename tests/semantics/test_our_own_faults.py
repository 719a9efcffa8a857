"""A fault of ours is one subject wide, is tried again with growing pauses, and ends by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness import World, proof
from rollcall import judging
from rollcall.model import BlockerKind
from rollcall.rules.decisions import Verdict


def _broken(*_: object) -> Verdict:
    raise ZeroDivisionError("made for this test")


def test_judging_that_fails_is_shown_and_tried_again_later_not_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("feedback/mara.md", proof("09:59"))
    world.start()
    with monkeypatch.context() as patch:
        patch.setattr(judging, "judge_agent", _broken)
        world.run_until("10:10")
        shown = [(one.kind, one.agent, one.description) for one in world.blockers()]
        assert shown == [
            (
                BlockerKind.FAULT,
                "rollcall",
                "A fault of our own at judging agent:mara: ZeroDivisionError: made for this test",
            )
        ]
        wake = world.works.pipeline.next_wake()
        assert wake is not None
        assert wake - world.now > timedelta(seconds=1)


def test_what_was_missed_while_judging_failed_is_judged_when_it_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("feedback/mara.md", proof("09:59"))
    world.start()
    with monkeypatch.context() as patch:
        patch.setattr(judging, "judge_agent", _broken)
        world.run_until("10:12")
    world.run_until("10:30")
    shown = [(one.kind, one.closed is None) for one in world.blockers()]
    assert shown == [(BlockerKind.FAULT, False), (BlockerKind.MISSING_PROOF, True)]


def test_an_appointment_with_a_file_that_went_away_does_not_keep_us_awake(tmp_path: Path) -> None:
    world = World(tmp_path, begin="10:00")
    world.write("feedback/mara.md", proof("09:59"))
    world.start()
    world.append("feedback/mara.md", "half a li")
    world.delete("feedback/mara.md")
    world.run_for(seconds=5)
    wake = world.works.pipeline.next_wake()
    assert wake is not None
    assert wake > world.now
