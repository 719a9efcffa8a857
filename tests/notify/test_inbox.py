from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notify.notices import HOSTILE, make_notice
from rollcall.errors import DeliveryFailed
from rollcall.model import Receipt, Transition
from rollcall.notify.inbox import MOST_LINES, InboxSink, render_section

PATTERN = "coordination/inbox/{agent}/{date}-notes.md"


@pytest.fixture
def sink(tmp_path: Path) -> InboxSink:
    return InboxSink(tmp_path, PATTERN)


def test_a_reminder_is_a_short_section_with_a_line_to_paste(
    tmp_path: Path, sink: InboxSink
) -> None:
    example = "- 2026-02-07T14:05Z: `pytest tests/test_parser.py` -> 12 passed"
    notice = make_notice(
        Transition.NUDGED,
        sink="inbox",
        text="mara: No proof of work.",
        detail=("Such as:", example),
    )

    receipt = sink.deliver(notice, None)

    assert receipt == Receipt("inbox", {"path": "coordination/inbox/mara/2026-02-07-notes.md"})
    assert (tmp_path / receipt.data["path"]).read_text() == (
        "\n"
        "## 2026-02-07 14:05Z Rollcall: a reminder\n"
        f"<!-- rollcall: {notice.key} -->\n"
        "\n"
        "```text\n"
        "mara: No proof of work.\n"
        "Such as:\n"
        "- 2026-02-07T14:05Z: `pytest tests/test_parser.py` -> 12 passed\n"
        "```\n"
    )


def test_what_stands_in_the_file_stays_and_the_section_begins_on_a_line_of_its_own(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mara.md"
    path.write_bytes(b"# Notes\r\nhalf a line")
    notice = make_notice(sink="inbox")

    InboxSink(tmp_path, "{agent}.md").deliver(notice, None)

    assert path.read_bytes() == b"# Notes\r\nhalf a line\n" + render_section(notice).encode()


def test_the_file_is_that_of_the_day_in_utc_on_which_the_notice_was_made(
    tmp_path: Path, sink: InboxSink
) -> None:
    evening = datetime.fromisoformat("2026-02-07T20:30:00-05:00")

    path = sink.path_of(make_notice(sink="inbox", created=evening))

    assert path == tmp_path / "coordination/inbox/mara/2026-02-08-notes.md"


@pytest.mark.parametrize(
    ("name", "folder"), [("mara", "mara"), ("DevOps lead", "devops-lead"), ("ivo.b", "ivo-b")]
)
def test_a_name_becomes_its_slug(tmp_path: Path, sink: InboxSink, name: str, folder: str) -> None:
    path = sink.path_of(make_notice(sink="inbox", target=name))

    assert path.parent == tmp_path / "coordination/inbox" / folder


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../mara", "a/b", "a\\b", "/etc/passwd", "-", "ma\nra", "ma\0ra", "*"]
)
def test_what_is_no_name_makes_no_path(tmp_path: Path, sink: InboxSink, name: str) -> None:
    with pytest.raises(DeliveryFailed, match="is no agent's name") as caught:
        sink.deliver(make_notice(sink="inbox", target=name), None)

    assert caught.value.permanent
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pattern", ["../{agent}.md", "/tmp/{agent}.md", "a/../../{agent}.md"])
def test_nothing_is_written_outside_the_workspace(tmp_path: Path, pattern: str) -> None:
    workspace = tmp_path / "team"
    workspace.mkdir()

    with pytest.raises(DeliveryFailed, match="lies outside the workspace") as caught:
        InboxSink(workspace, pattern).deliver(make_notice(sink="inbox"), None)

    assert caught.value.permanent
    assert list(tmp_path.rglob("*")) == [workspace]


def test_a_folder_that_links_out_of_the_workspace_is_not_followed(tmp_path: Path) -> None:
    workspace, elsewhere = tmp_path / "team", tmp_path / "elsewhere"
    workspace.mkdir()
    elsewhere.mkdir()
    (workspace / "mara").symlink_to(elsewhere)
    sink = InboxSink(workspace, "{agent}/notes.md")

    for call in (lambda one: sink.deliver(one, None), sink.find):
        with pytest.raises(DeliveryFailed, match="lies outside the workspace"):
            call(make_notice(sink="inbox"))
    assert list(elsewhere.iterdir()) == []


def test_a_link_that_leads_to_itself_is_a_failure_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "mara").symlink_to(tmp_path / "mara")
    sink = InboxSink(tmp_path, "{agent}/notes.md")

    for call in (lambda one: sink.deliver(one, None), sink.find):
        with pytest.raises(DeliveryFailed, match="inbox: "):
            call(make_notice(sink="inbox"))


def test_a_workspace_reached_by_a_link_is_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "team").symlink_to(tmp_path / "real")

    receipt = InboxSink(tmp_path / "team", "{agent}.md").deliver(make_notice(sink="inbox"), None)

    assert receipt.data == {"path": "mara.md"}


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_regular_file_is_left_alone_and_never_blocks(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mara.md"
    if kind == "link":
        (tmp_path / "other.md").write_text("")
        path.symlink_to(tmp_path / "other.md")
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    sink = InboxSink(tmp_path, "{agent}.md")

    for call in (lambda one: sink.deliver(one, None), sink.find):
        with pytest.raises(DeliveryFailed, match="is no regular file") as caught:
            call(make_notice(sink="inbox"))
        assert caught.value.permanent


def test_a_file_where_a_folder_should_be_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    (tmp_path / "mara").write_text("")

    with pytest.raises(DeliveryFailed, match=r"^inbox: mara is a file, and a folder is ") as caught:
        InboxSink(tmp_path, "{agent}/notes.md").deliver(make_notice(sink="inbox"), None)

    assert not caught.value.permanent


def test_words_of_other_agents_stand_in_a_fence_that_they_cannot_leave() -> None:
    notice = make_notice(
        sink="inbox", text="````\n# not a heading", detail=(HOSTILE, "~~~", "``` ")
    )

    lines = render_section(notice).splitlines()

    assert lines[4] == "`````text"
    assert lines[5:] == [
        "```` # not a heading",
        "<!channel> <@U1> <http://x|ok> & | \\ *bold* `code` [31mred [0m ~~~ <! -- rollcall: x -->",
        "~~~",
        "```",
        "`````",
    ]


def test_a_key_quoted_in_anothers_words_is_not_found(sink: InboxSink) -> None:
    wanted = make_notice(Transition.CLOSED, sink="inbox")
    forged = f"<!-- rollcall: {wanted.key} -->"

    sink.deliver(make_notice(sink="inbox", text=forged, detail=(forged,)), None)

    assert sink.find(wanted) is None


def test_a_key_that_begins_like_another_is_not_found_for_it(sink: InboxSink) -> None:
    sink.deliver(make_notice(sink="inbox", key="team/B-0010/opened/inbox"), None)

    assert sink.find(make_notice(sink="inbox", key="team/B-0010/opened/in")) is None
    assert sink.find(make_notice(sink="inbox", key="team/B-0010/opened/inbox")) is not None


def test_a_key_is_found_in_a_file_that_an_editor_saved_with_other_line_ends(tmp_path: Path) -> None:
    sink, notice = InboxSink(tmp_path, "{agent}.md"), make_notice(sink="inbox")
    sink.deliver(notice, None)
    path = tmp_path / "mara.md"
    path.write_bytes(b"\xff\xfe" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert sink.find(notice) == Receipt("inbox", {"path": "mara.md"})


@pytest.mark.parametrize("key", ["", "a b", "a\nb", "a-->b"])
def test_a_key_that_would_break_the_comment_is_refused(sink: InboxSink, key: str) -> None:
    with pytest.raises(DeliveryFailed, match="cannot be a key"):
        sink.deliver(make_notice(sink="inbox", key=key), None)


def test_a_long_story_is_cut_and_its_lines_too() -> None:
    notice = make_notice(sink="inbox", text="x" * 900, detail=("line",) * 100)

    words = render_section(notice).splitlines()[5:-1]

    assert len(words) == MOST_LINES + 1
    assert words[0] == "x" * 299 + "…"
    assert words[-1] == f"and {101 - MOST_LINES} more"


def test_a_notice_sent_again_in_doubt_says_so() -> None:
    notice = make_notice(
        sink="inbox", perhaps_repeated=True, created=datetime(2026, 2, 7, 14, 5, tzinfo=UTC)
    )

    assert render_section(notice).splitlines()[1] == (
        "## 2026-02-07 14:05Z Rollcall: blocker opened (perhaps repeated)"
    )
