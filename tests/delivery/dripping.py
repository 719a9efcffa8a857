"""A server on 127.0.0.1 that begins an answer and never ends its headers: a byte now and then."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

EVERY_S = 0.02


class Dripping:
    """Drip at everybody who calls, while the context lasts; ``heeded`` counts whoever hung up."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.calls = 0
        self.let_go = 0

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/"

    def _start(self, work: object, *given: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=given)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.calls += 1
            self._start(self._drip, line)

    def _drip(self, line: socket.socket) -> None:
        with line:
            line.recv(65_536)
            line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._closing.wait(EVERY_S):
                try:
                    line.sendall(b"x")
                except OSError:
                    with self._lock:
                        self.let_go += 1
                    return
