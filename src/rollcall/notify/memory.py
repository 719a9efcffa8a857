"""The shipped fake sink: it remembers what it was given and fails as it is told to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from rollcall.errors import DeliveryFailed
from rollcall.model import Notice, Receipt


@dataclass(frozen=True, slots=True)
class Delivered:
    """One notice that the sink took, its receipt and the root it was told under."""

    notice: Notice
    receipt: Receipt
    root: Receipt | None


class MemorySink:
    """Keep notices in order; a test or a demo reads them from ``delivered`` and ``refreshed``."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.delivered: list[Delivered] = []
        self.refreshed: list[tuple[Notice, Receipt]] = []
        self.closed = False
        self._faults: deque[DeliveryFailed] = deque()
        self._lost_roots = 0

    @property
    def notices(self) -> list[Notice]:
        """Return the notices taken, oldest first."""
        return [one.notice for one in self.delivered]

    def fail_next(self, *faults: DeliveryFailed) -> None:
        """Let the next calls raise ``faults``, one each, in this order.

        A delivery that fails with ``perhaps_sent`` is remembered all the same: its reply is lost.
        """
        self._faults.extend(faults)

    def lose_next_root(self) -> None:
        """Let the next ``refresh`` post anew, as where someone deleted the message."""
        self._lost_roots += 1

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Remember a notice."""
        fault = self._faults.popleft() if self._faults else None
        if fault is not None and not fault.perhaps_sent:
            raise fault
        receipt = Receipt(self.name, {"place": str(len(self.delivered) + 1)})
        self.delivered.append(Delivered(notice, receipt, root))
        if fault is not None:
            raise fault
        return receipt

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Return the receipt of the newest notice with this key, or None."""
        del root  # one list holds them all
        self._raise_fault()
        matching = [one.receipt for one in self.delivered if one.notice.key == notice.key]
        return matching[-1] if matching else None

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Remember the present state of a root message."""
        self._raise_fault()
        self.refreshed.append((notice, root))
        if not self._lost_roots:
            return None
        self._lost_roots -= 1
        return self.deliver(replace(notice, perhaps_repeated=False), None)

    def close(self) -> None:
        """Say that no more is to come."""
        self.closed = True

    def _raise_fault(self) -> None:
        if self._faults:
            raise self._faults.popleft()
