"""Which way of telling Slack refused: where it did, the next asking goes another way.

Kept in memory, for one process life: whoever forgets it is refused once more, and told again.
"""

from __future__ import annotations

from typing import TypeVar

from rollcall.errors import DeliveryFailed
from rollcall.model import Receipt

_MOST_KEPT = 10_000

_Place = tuple[str, str]
_Kept = TypeVar("_Kept")


class SlackWays:
    """Remembers refusals; used by the thread of the sink."""

    def __init__(self) -> None:
        self._plain: set[str] = set()
        self._lost: set[_Place] = set()
        self._closed: set[_Place] = set()

    def is_plain(self, key: str) -> bool:
        """Tell whether a message's blocks were refused, so that it goes as plain text."""
        return key in self._plain

    def is_thread_lost(self, root: Receipt) -> bool:
        """Tell whether nothing can be replied under a root."""
        return _place(root) in self._lost

    def is_closed(self, root: Receipt) -> bool:
        """Tell whether a root is gone or closed to edits."""
        return _place(root) in self._closed

    def leave_out_blocks(self, key: str, refused: DeliveryFailed) -> DeliveryFailed:
        """Have the message go as plain text next, and return what to raise."""
        _keep(self._plain, key)
        return _say(refused, "it goes as plain text next")

    def lose_thread(self, root: Receipt, refused: DeliveryFailed) -> DeliveryFailed:
        """Have what belongs under the root stand alone from now on, and return what to raise."""
        _keep(self._lost, _place(root))
        return _say(refused, "it stands alone next")

    def close_root(self, root: Receipt, refused: DeliveryFailed) -> DeliveryFailed:
        """Have the root posted anew next, and return what to raise."""
        _keep(self._closed, _place(root))
        return _say(refused, "it is posted anew next")

    def settle(self, key: str) -> None:
        """Forget what was refused of a message that was taken: the next one of the key is another."""
        self._plain.discard(key)


def _place(root: Receipt) -> _Place:
    return root.data.get("channel", ""), root.data.get("ts", "")


def _keep(kept: set[_Kept], one: _Kept) -> None:
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept.add(one)


def _say(refused: DeliveryFailed, next_way: str) -> DeliveryFailed:
    return DeliveryFailed(f"{refused}; {next_way}", has_another_way=True)
