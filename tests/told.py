"""A world whose sinks are all built as the daemon builds them, and what a receiver was told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness import World
from rollcall.notify.fake_receiver import FakeReceiver
from rollcall.store.marks import list_faults
from rollcall.store.outbox import list_sinks
from rollcall.wiring import Works, build_works
from rollcall.workspace import find_workspace

OWN_NET = "notify.webhook.allow_private=true"


class Told(World):
    """A world whose sinks are all built as the daemon builds them."""

    def __init__(self, root: Path, *overrides: str, environ: Mapping[str, str]) -> None:
        super().__init__(root, *overrides, slack=False)
        self.environ = environ

    def _open(self) -> Works:
        found = find_workspace(self.root, workspace=self.root, overrides=self.overrides)
        return build_works(found, self.clock, self.environ)

    def sink_states(self) -> dict[str, tuple[str, str | None]]:
        with self.works.database.read() as session:
            return {row.name: (row.state, row.error) for row in list_sinks(session)}

    def own_faults(self) -> list[str]:
        with self.works.database.read() as session:
            return [row.subject for row in list_faults(session)]


def bodies(receiver: FakeReceiver) -> list[dict[str, Any]]:
    """Return what was posted, in order."""
    return [json.loads(one.body) for one in receiver.received]
