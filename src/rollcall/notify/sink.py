"""What every sink can do: deliver a notice, find one already sent, and refresh a root message."""

from __future__ import annotations

from typing import Protocol

from rollcall.model import Notice, Receipt


class Sink(Protocol):
    """Where notices go; asked one thing at a time, each on a thread of its own.

    Only what has not ended after a minute is left behind, and may still go on when the next is asked.
    Every method may raise ``DeliveryFailed``, and nothing else.
    """

    @property
    def name(self) -> str:
        """Return the sink's name as ``Notice.sink`` bears it."""
        ...

    def deliver(self, notice: Notice, root: Receipt | None) -> Receipt:
        """Send a notice.

        ``root`` is the receipt of the blocker's first message in this sink, under which later ones
        are told; None where there is none.
        """
        ...

    def find(self, notice: Notice, root: Receipt | None = None) -> Receipt | None:
        """Look up by ``notice.key`` whether it was sent already; None when it is not there.

        A permanent failure that does not disable the sink means that it cannot be looked up here.
        """
        ...

    def refresh(self, notice: Notice, root: Receipt) -> Receipt | None:
        """Bring the root message to the present state of ``notice.blockers``.

        Return a new receipt where it had to be posted anew, else None, as sinks without roots do.
        """
        ...

    def close(self) -> None:
        """Give up what the sink holds open."""
        ...
