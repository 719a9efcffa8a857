"""The same files in any order, within one sweep or one after the other: the same end."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import World, ask, message, proof, update

ASKED = "bot_chat/1-mara-to-ben-schema.md"
FILES = {
    "feedback/mara.md": proof("09:00") + update("09:00", "Blocked: waiting for the schema."),
    "feedback/ben.md": proof("08:58"),
    ASKED: ask("mara", "ben"),
    "bot_chat/2-noor-to-all.md": ask("noor", "all"),
    "bot_chat/3-ben-to-mara.md": message("ack", "ben", "mara", "On it.", re=ASKED),
    "bot_chat/4-mara-to-ivo.md": ask("mara", "ivo"),
}


def end_of(order: list[str], *, at_once: bool) -> tuple[object, ...]:
    """Return the requests and blockers an hour after the files came in this order."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.start()
        if at_once:
            world.kill()
        for name in order:
            world.write(name, FILES[name])
        if at_once:
            world.start()
        world.run_for(hours=1)
        blockers = sorted(
            (one.kind.value, one.agent, one.level, one.status.value, one.opened, one.description)
            for one in world.blockers()
        )
        found = (sorted(world.dependencies()), blockers, world.now - timedelta(hours=1))
        world.kill()
        return found


@given(order=st.permutations(sorted(FILES)), at_once=st.booleans())
@settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_order_of_the_same_files_comes_to_the_same_end(
    order: list[str], *, at_once: bool
) -> None:
    assert end_of(order, at_once=at_once) == end_of(sorted(FILES), at_once=at_once)
