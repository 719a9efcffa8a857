"""The nursery of these tests: it ends when its user is done, whoever else holds a line to it."""

from __future__ import annotations

import multiprocessing

import pytest

from process.nursery import Nursery

_fork = multiprocessing.get_context("fork")


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_the_nursery_ends_though_a_fork_of_its_user_lives_on() -> None:
    over = _fork.Event()
    with Nursery() as own:
        other = _fork.Process(target=over.wait, daemon=True)
        other.start()
    try:
        assert (own.code, other.is_alive()) == (0, True)
    finally:
        over.set()
        other.join()
