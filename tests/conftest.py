"""How the tests are run: what waits begins first, and how many examples a property is tried on."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# No deadline: how fast an example is depends on what else the machine does.
settings.register_profile("everyday", max_examples=50, deadline=None)
settings.register_profile("deep", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait for real time, so that the others fill their pauses.

    Those that need the nursery are done by one worker: it is dear to set up.
    """
    for item in items:
        if "nursery" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("nursery"))
            item.add_marker(pytest.mark.waits)
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


@pytest.fixture(scope="session", autouse=True)
def power_stays_on() -> Iterator[None]:
    """Let nothing wait for the disk: no test cuts the power, and a kill loses no written byte.

    What is no open file is refused as before. Processes of their own wait as ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)
        yield


def pytest_collection_finish() -> None:
    """Let the collector never again look at what was imported: that stays until the end."""
    gc.collect()
    gc.freeze()
