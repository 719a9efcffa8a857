"""A secret that only the name before it tells is nowhere in the store, taken apart or whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from harness import World, message, proof


@pytest.mark.parametrize(
    ("before", "secret"),
    [
        ("PGPASS" + "WORD=", "correcthorse"),
        ("pass" + "word: ", "Tr0ub4dor&3xyz"),
        ("Authori" + "zation: ", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z"),
        ("mysql -uroot -p", "aB3dE6gH9jK2"),
        ("tool --tok" + "en ", "aB3dE6gH9jK2mN5pQ8rS1tU4"),
        ("JWT_SEC" + "RET=", "mysupersecretjwtkey"),
    ],
)
def test_no_word_of_a_secret_is_in_the_store(tmp_path: Path, before: str, secret: str) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.start()
    words = f"{before}{secret}"
    world.append("feedback/mara.md", f"\n## 2026-02-07 09:01Z {words}\n- Blocked: ben, {words}\n")
    asked = f"# {words}\n\n@ben please use {words} to send the schema\n\nuse {words}\n"
    world.write("bot_chat/0901-mara-to-ben.md", message("request", "mara", "ben", asked))
    world.run_until("09:20")
    stored = " ".join(sqlite3.connect(world.root / ".rollcall/rollcall.db").iterdump()).lower()
    for part in secret.lower().split("&"):
        assert part not in stored
