"""A server on 127.0.0.1 that takes whatever it is sent and answers with bytes of a test's choice."""

from __future__ import annotations

import socket
import threading
from collections import deque
from types import TracebackType
from typing import Self


class Garbling:
    """Answer each call with the next of ``answers``, then with 204, while the context lasts."""

    def __init__(self, *answers: bytes) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._answers = deque(answers)
        self.received: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/"

    def ids(self) -> list[str]:
        """Return the id that each call bore."""
        return [
            line.partition(b":")[2].strip().decode()
            for call in self.received
            for line in call.split(b"\r\n")
            if line.lower().startswith(b"webhook-id:")
        ]

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line:
                self.received.append(_read_whole(line))
                answer = b"HTTP/1.1 204 No Content\r\n\r\n"
                line.sendall(self._answers.popleft() if self._answers else answer)


def _read_whole(line: socket.socket) -> bytes:
    """Read headers and as much of a body as they announce."""
    line.settimeout(5)
    data = b""
    while b"\r\n\r\n" not in data:
        data += line.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    announced = [
        int(one.partition(b":")[2])
        for one in head.split(b"\r\n")
        if one.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(announced):
        body += line.recv(65_536)
    return head + b"\r\n\r\n" + body
