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
    assert row == (
        "| bot_chat/0904-mara-to-ben.md | mara | ben | open | 2026-02-07 09:04Z | under 1 h "
        "| 2026-02-07 13:04Z | — |"
    )
    reply = message("answer", "ben", "mara", "The schema.", re="bot_chat/0904-mara-to-ben.md")
    world.write("bot_chat/0906-ben-to-mara.md", reply)
    world.run_until("09:07")
    (row,) = page(world, "register")
    assert row.endswith("| mara | ben | answered | 2026-02-07 09:04Z | — | — | — |")
    before = (world.root / "docs/register.md").read_bytes()
    world.run_until("12:30")
    assert (world.root / "docs/register.md").read_bytes() == before, "what is over does not age"


def test_the_register_says_what_is_done_meanwhile_wherever_it_was_said(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.write("bot_chat/0904-mara-to-ben.md", ask())
    world.append(
        "feedback/mara.md",
        "\n## 2026-02-07 09:04Z parser\n"
        "- Blocked: waiting for the schema from ben. Meanwhile: drafting the fixtures\n",
    )
    world.run_until("09:05")
    (row,) = page(world, "register")
    assert row.endswith("| started 2026-02-07 09:04Z, see feedback/mara.md:5 |")


def test_a_long_title_leaves_room_for_the_path_of_its_request(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    title = "The schema of the billing page " * 9
    world.write("bot_chat/0904-mara-to-ben.md", ask().replace("Can you", f"# {title}\nCan you"))
    world.run_until("09:05")
    (row,) = page(world, "register")
    assert row.startswith(f"| {title[:79]}… (bot_chat/0904-mara-to-ben.md) | mara | ben |")


def test_no_answer_is_due_on_the_page_while_its_provider_is_paused(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.write("bot_chat/0904-mara-to-ben.md", ask())
    world.tell("pause", "ben")
    world.run_until("09:05")
    (row,) = page(world, "register")
    assert row.endswith("| 2026-02-07 09:04Z | under 1 h | — | — |")


def test_what_everyone_owes_stands_on_the_dashboard_too(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    world.write("bot_chat/0904-mara-to-all.md", ask(to="all"))
    world.run_until("09:21")
    ben, mara, everyone = page(world, "dashboard")
    assert everyone == "| everyone | — | — | — | — | mara | B-0003 stalled dependency |"
    assert "| everyone | — |" in mara
    assert ben.startswith("| ben | on duty |")


def test_a_page_that_somebody_changed_is_written_again_at_the_next_judgement(
    tmp_path: Path,
) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    path = world.root / "docs/dashboard.md"
    written = path.read_bytes()
    path.write_bytes(b"<<<<<<< HEAD\n" + written)
    world.append("feedback/mara.md", "\n## 2026-02-07 09:05Z parser\n- working on it\n")
    world.run_until("09:06")
    assert path.read_bytes() == written


def test_a_page_that_people_kept_is_kept_aside_before_ours_takes_its_place(tmp_path: Path) -> None:
    world = World(tmp_path, *PAGES, begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.write("docs/dashboard.md", "# Who does what\n\nmara: the parser\n")
    world.start()
    world.run_for(seconds=20)
    (kept,) = (world.root / ".rollcall/edited").glob("*-dashboard.md")
    assert kept.read_text(encoding="utf-8") == "# Who does what\n\nmara: the parser\n"
    assert page(world, "dashboard")[0].startswith("| mara | on duty |")


def test_a_page_behind_a_link_out_of_the_workspace_is_not_written(tmp_path: Path) -> None:
    outside = tmp_path / "profile"
    outside.write_text("theirs", encoding="utf-8")
    world = World(tmp_path, *PAGES, begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    (world.root / "docs").mkdir()
    (world.root / "docs/dashboard.md").symlink_to(outside)
    world.start()
    world.run_for(seconds=20)
    assert outside.read_text(encoding="utf-8") == "theirs"
    assert (world.root / "docs/register.md").is_file()
    assert world.faults() == ["pages"]


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
