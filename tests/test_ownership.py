"""Whose a place is that may not be written, and what to do, in place of a bare refusal."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rollcall.clock import SystemClock
from rollcall.errors import StoreUnusable
from rollcall.lock import WorkLock
from rollcall.ownership import explain_refusal
from rollcall.store.database import Database

SOMEBODY = 54_321  # a number without a name
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that everybody may look into, and only its owner may write."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Path(folder) / ".rollcall"
        made.mkdir(mode=0o755)
        yield made


@contextmanager
def as_somebody() -> Iterator[None]:
    os.seteuid(SOMEBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def refusal(place: Path) -> str:
    return (
        f"{place} belongs to root, and you (uid {SOMEBODY}) may not write there; run this as root, "
        "or be given the right to"
    )


def test_a_place_that_may_be_written_is_not_refused(tmp_path: Path) -> None:
    assert explain_refusal(tmp_path) is None
    assert explain_refusal(tmp_path / "new" / "folder") is None


@needs_root
def test_of_a_place_that_is_not_there_the_folder_above_counts(state: Path) -> None:
    with as_somebody():
        assert explain_refusal(state / "wake" / "now") == refusal(state)


@needs_root
def test_a_lock_of_somebody_else_can_be_looked_at_and_not_taken(state: Path) -> None:
    (state / "lock").touch(0o644)
    with as_somebody():
        lock = WorkLock(state)
        assert not lock.is_held_by_someone()
        with pytest.raises(StoreUnusable) as caught:
            lock.acquire()
    assert str(caught.value) == refusal(state / "lock")


@needs_root
def test_a_store_of_somebody_else_is_not_called_damaged(state: Path) -> None:
    database = Database(state / "rollcall.db")
    database.prepare(SystemClock().now())
    database.close()
    with as_somebody():
        theirs = Database(state / "rollcall.db")
        with pytest.raises(StoreUnusable) as caught:
            theirs.prepare(SystemClock().now())
        theirs.close()
    assert str(caught.value) == (f"the database cannot be used: {refusal(state / 'rollcall.db')}")
