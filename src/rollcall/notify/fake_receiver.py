"""An HTTP server on loopback that takes posts, shipped for tests: it remembers and misbehaves."""

from __future__ import annotations

import threading
from collections import deque

from rollcall.notify.loopback import Answer, Loopback, Received


class FakeReceiver(Loopback):
    """Serve on 127.0.0.1 while the context lasts.

    >>> with FakeReceiver() as receiver:
    ...     httpx.post(receiver.url)
    """

    def __init__(self, path: str = "/hook") -> None:
        """Listen at once; answering begins with the context."""
        self.received: list[Received] = []
        self._path = path
        self._answers: deque[Answer] = deque()
        self._lock = threading.Lock()
        super().__init__("the fake receiver")

    @property
    def url(self) -> str:
        """Return the address to post to."""
        return f"{self.origin}{self._path}"

    def answer_next(self, *answers: Answer) -> None:
        """Let the next posts be answered so, one each; then 204 again."""
        with self._lock:
            self._answers.extend(answers)

    def take(self, received: Received) -> Answer:
        """Remember one post and return its answer (used by the server's threads)."""
        with self._lock:
            self.received.append(received)
            return self._answers.popleft() if self._answers else self.judge(received)

    def judge(self, received: Received) -> Answer:
        """Return the answer to a post for which none was set."""
        del received
        return Answer()
