"""The generated pages: who stands where, and who owes what to whom."""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt

from harness import World, ask, at, message, proof

PAGES = (
    'notify.pages.dashboard="docs/dashboard.md"',
    'notify.pages.dependencies="docs/register.md"',
)


def page(world: World, name: str) -> list[str]:
    text = (world.root / f"docs/{name}.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("| ")][2:]


def started(tmp_path: Path) -> World:
    world = World(tmp_path, *PAGES, begin="09:00")
    for agent in ("mara", "ben"):
        world.write(f"feedback/{agent}.md", proof("08:59"))
    world.start()
    return world


def test_the_dashboard_says_where_each_agent_stands(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.append("feedback/mara.md", proof("09:04", 13))
    world.write("bot_chat/0905-mara-to-ben.md", ask())
    world.run_until("09:10")
    assert page(world, "dashboard") == [
        "| ben | on duty | 2026-02-07 08:59Z | 2026-02-07 09:10Z | — | mara | B-0001 missing proof |",
        "| mara | on duty | 2026-02-07 09:04Z | 2026-02-07 09:14Z | ben | — | — |",
    ]


def test_the_register_says_who_owes_what_and_what_was_answered(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.write("bot_chat/0904-mara-to-ben.md", ask())
    world.run_until("09:05")
    (row,) = page(world, "register")
    assert row.endswith("| mara | ben | open | 2026-02-07 09:04Z | under 1 h | — | — |")
    reply = message("answer", "ben", "mara", "The schema.", re="bot_chat/0904-mara-to-ben.md")
    world.write("bot_chat/0906-ben-to-mara.md", reply)
    world.run_until("09:07")
    (row,) = page(world, "register")
    assert "| answered |" in row


def test_a_page_that_would_stay_as_it_is_is_not_written(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:12")
    before = (world.root / "docs/dashboard.md").stat().st_mtime_ns
    world.tick_every(5, times=3)
    world.sweep_now()
    assert (world.root / "docs/dashboard.md").stat().st_mtime_ns == before


def test_a_page_is_never_a_source_and_hostile_words_stay_words(tmp_path: Path) -> None:
    world = World(
        tmp_path,
        'notify.pages.dependencies="feedback/register.md"',
        begin="09:00",
    )
    world.write("feedback/mara.md", proof("08:59"))
    title = "| x | <b>![a](http://a.example/b.png) <!-- rollcall -->"
    world.write("bot_chat/0904-mara-to-ben.md", ask().replace("Can you", f"# {title}\nCan you"))
    world.start()
    world.run_until("09:05")
    assert set(world.agents()) == {"mara", "ben"}
    text = (world.root / "feedback/register.md").read_text(encoding="utf-8")
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<img" not in html
    assert "<b>" not in html


def test_without_the_setting_no_page_is_written(tmp_path: Path) -> None:
    world = World(tmp_path, begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.start()
    world.run_until(at("09:12"))
    assert not list(world.root.glob("**/dashboard.md"))
