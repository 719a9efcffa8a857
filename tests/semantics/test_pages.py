"""The generated pages: who stands where, and who owes what to whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from harness import World, ask, at, message, proof

PAGES = (
    'notify.pages.dashboard="docs/dashboard.md"',
    'notify.pages.dependencies="docs/register.md"',
)


def page(world: World, name: str) -> list[str]:
    text = (world.root / f"docs/{name}.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("| ")][2:]


def register(world: World) -> list[str]:
    text = (world.root / "docs/register.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines()[3:] if line]


def requests(world: World) -> list[str]:
    """Return the names of the open requests on the register's page, sorted."""
    open_ones = page(world, "register")
    return sorted(line.split(" | ")[0].removeprefix("| bot_chat/")[:-3] for line in open_ones)


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
        "| bot_chat/0904-mara-to-ben.md | mara | ben | open | since 2026-02-07 09:04Z "
        "| 2026-02-07 13:04Z | — |"
    )
    reply = message("answer", "ben", "mara", "The schema.", re="bot_chat/0904-mara-to-ben.md")
    world.write("bot_chat/0906-ben-to-mara.md", reply)
    world.run_until("09:07")
    assert register(world) == [
        "Nobody owes an answer.",
        "## Answered in the last day",
        "| Request | Requester | Provider | Asked | Answered | Answer |",
        "| --- | --- | --- | --- | --- | --- |",
        (
            "| bot_chat/0904-mara-to-ben.md | mara | ben | 2026-02-07 09:04Z | 2026-02-07 09:05Z "
            "| bot_chat/0906-ben-to-mara.md |"
        ),
    ]


def test_the_register_does_not_change_with_the_clock(tmp_path: Path) -> None:
    # So long a cadence that nothing else happens.
    world = World(tmp_path, *PAGES, "feedback.cadence=9d", "duty.retire_after=30d", begin="09:00")
    world.write("feedback/mara.md", proof("08:59"))
    world.write("feedback/ben.md", proof("08:59"))
    world.start()
    world.write("bot_chat/0900-mara-to-ben.md", ask(due="2026-02-20"))
    world.run_until("09:10")
    before = (world.root / "docs/register.md").read_bytes()
    world.sweep_every = timedelta(hours=1)
    for hours in (1, 23, 24, 49):
        world.run_until(at("09:10") + timedelta(hours=hours))
        world.sweep_now()
        assert (world.root / "docs/register.md").read_bytes() == before


@pytest.mark.parametrize(("seconds_to_a_day", "is_kept"), [(1, True), (0, False)])
def test_what_was_answered_leaves_the_register_after_a_day(
    tmp_path: Path, seconds_to_a_day: int, *, is_kept: bool
) -> None:
    world = started(tmp_path)
    world.write("bot_chat/0900-mara-to-ben.md", ask())
    world.append(
        "feedback/ben.md",
        "\n## 2026-02-07 09:00Z parser\n- Answers bot_chat/0900-mara-to-ben.md: done, sent it\n",
    )
    world.run_until("09:01")
    assert "## Answered in the last day" in register(world)
    world.sleep_until(at("09:00", "2026-02-08") - timedelta(seconds=seconds_to_a_day))
    world.sweep_now()
    assert ("## Answered in the last day" in register(world)) is is_kept
    assert register(world)[0] == "Nobody owes an answer."


def test_an_answer_from_before_we_watched_counts_from_its_date(tmp_path: Path) -> None:
    world = World(tmp_path, *PAGES, begin="09:00")
    for agent in ("mara", "ben"):
        world.write(f"feedback/{agent}.md", proof("08:59"))
    for day, kept in (("2026-02-01", "old"), ("2026-02-06", "new")):
        asked = f"bot_chat/{day}-1800-mara-to-ben-{kept}.md"
        world.write(asked, ask(date=f"{day}T18:00:00Z"))
        reply = message("answer", "ben", "mara", "Sent.", re=asked, date=f"{day}T18:30:00Z")
        world.write(f"bot_chat/{day}-1830-ben-to-mara-{kept}.md", reply)
    world.start()
    world.run_for(seconds=20)
    (row,) = [line for line in register(world) if line.startswith("| bot_chat")]
    assert "mara-to-ben-new.md | mara | ben | 2026-02-06 18:00Z | 2026-02-06 18:30Z |" in row


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
    assert row.endswith("| since 2026-02-07 09:04Z | — | — |")


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


def test_what_changes_within_five_seconds_is_written_once_with_the_last_of_it(
    tmp_path: Path,
) -> None:
    world = started(tmp_path)
    world.run_until("09:04")
    path = world.root / "docs/register.md"
    world.run_until("09:04:20")
    world.write("bot_chat/0904-mara-to-ben.md", ask())
    assert requests(world) == ["0904-mara-to-ben"], (
        "what changes after a quiet while is there at once"
    )
    first = path.stat().st_ino
    world.write("bot_chat/0904-ben-to-mara.md", ask("ben", "mara"))
    world.run_until("09:04:22")
    world.write("bot_chat/0905-mara-to-ben.md", ask())
    world.run_until("09:04:24")
    assert path.stat().st_ino == first
    assert world.works.pipeline.next_wake() == at("09:04:25"), "the daemon's wait knows of it"
    world.run_until("09:04:25")
    everything = ["0904-ben-to-mara", "0904-mara-to-ben", "0905-mara-to-ben"]
    assert requests(world) == everything
    second = path.stat().st_ino
    world.run_until("09:05:26")
    assert path.stat().st_ino == second


def test_a_change_five_seconds_after_the_last_is_written_at_once(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04:20")
    world.write("bot_chat/0904-mara-to-ben.md", ask())
    world.sleep_until("09:04:24")
    world.write("bot_chat/0905-mara-to-ben.md", ask())
    assert requests(world) == ["0904-mara-to-ben"]
    world.sleep_until("09:04:25")
    world.write("bot_chat/0906-mara-to-ben.md", ask())
    assert requests(world) == ["0904-mara-to-ben", "0905-mara-to-ben", "0906-mara-to-ben"]


def test_a_page_that_somebody_changed_is_written_again_within_a_minute(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:02:30")
    world.write("bot_chat/0902-mara-to-ben.md", ask())
    path = world.root / "docs/register.md"
    world.run_until("09:02:40")
    world.sweep_now()
    written = path.read_bytes()
    path.write_bytes(b"<<<<<<< HEAD\n" + written)
    world.run_until("09:03:29")
    assert path.read_bytes() != written
    world.run_until("09:03:30")
    assert path.read_bytes() == written


def test_what_changed_just_before_the_stop_stands_on_the_page(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.write("bot_chat/0900-mara-to-ben.md", ask())
    assert requests(world) == []
    world.stop()
    assert requests(world) == ["0900-mara-to-ben"]


def test_what_changed_just_before_the_end_of_its_process_is_written_by_the_next(
    tmp_path: Path,
) -> None:
    world = started(tmp_path)
    world.write("bot_chat/0900-mara-to-ben.md", ask())
    world.kill()
    assert requests(world) == []
    world.start()
    assert requests(world) == ["0900-mara-to-ben"]


def test_a_clock_that_was_set_back_keeps_no_page_waiting(tmp_path: Path) -> None:
    world = started(tmp_path)
    world.run_until("09:04:20")
    world.clock.set(at("09:03:00"))
    world.write("bot_chat/0903-mara-to-ben.md", ask())
    assert requests(world) == ["0903-mara-to-ben"]


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
