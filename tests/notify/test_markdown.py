"""Agent text does nothing in Markdown but stand there."""

# ruff: noqa: RUF001  # full-width signs are what is tested here

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rollcall.notify.markdown import cell, fenced, inline, one_line
from rollcall.parse.blockers_log import has_markers

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKDOWN = st.text(
    st.sampled_from("ab1 |<>`[]()!@*_~\\&;#=+-.:/\n\t$") | st.characters(), max_size=60
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", "a ｜ b"),
        ("<b>bold</b>", "＜b>bold＜/b>"),
        ("run `make test`!", "run ｀make test｀！"),
        ("![x](http://y.example)", "！［x］(http:／／y.example)"),
        ("ask @ben", "ask ＠ben"),
        ("<!-- /rollcall -->", "＜！-- /rollcall -->"),
        ("**no** _way_ ~~ever~~", "＊＊no＊＊ ＿way＿ ～～ever～～"),
        ("parse_one_line in ~5 min & more", "parse_one_line in ~5 min & more"),
        ("&lt;b&gt; \\* C:\\new", "＆lt;b＆gt; ＼＊ C:\\new"),
        ("see www.y.example", "see www．y.example"),
        ("two\r\nlines\tand a\u2028third", "two lines and a third"),
        ("zero\u200bwidth \u202eback\u202c \x1b[31mred", "zerowidth back ［31mred"),
        ("\u3164", "—"),
        ("", "—"),
        ("half \ud800 a pair", "half \N{REPLACEMENT CHARACTER} a pair"),
    ],
)
def test_what_markdown_acts_on_is_shown_full_width(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_a_cell_has_at_most_200_characters() -> None:
    assert cell("x" * 200) == "x" * 200
    assert cell("x" * 201) == "x" * 199 + "…"


@given(MARKDOWN)
@example("\\")
@example("a\\|b")
@example("__init__ *a*b* _c_d")
@example("~a~ ~~b~~ x~y~")
@example("<http://a> <a@b.example> &amp; &#65;")
def test_a_cell_renders_as_plain_text_in_a_row_of_its_own(text: str) -> None:
    table = f"| A | B |\n| --- | --- |\n| {cell(text)} | end |\n"

    tokens = RENDERER.parse(table)

    cells = [token for token in tokens if token.type == "inline"][2:]
    assert [token.type for token in tokens].count("tr_open") == 2
    assert len(cells) == 2
    assert {child.type for token in cells for child in token.children or ()} <= {"text"}
    assert [cells[0].content, cells[1].content] == [cell(text), "end"]


@given(MARKDOWN)
@example("# title")
@example("1. one")
@example("- [ ] todo")
@example("---")
@example("===")
@example("> quoted")
@example("~~~")
def test_a_line_of_prose_renders_as_one_plain_paragraph(text: str) -> None:
    tokens = RENDERER.parse(f"before\n\n{inline(text)}\n")

    assert [token.type for token in tokens] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ] * 2
    assert {child.type for child in tokens[4].children or ()} <= {"text"}


@given(st.text(st.sampled_from("`~<!-rolcal> /\n"), max_size=60))
@example("<!-- rollcall -->\n```\n<!-- /rollcall -->\n````")
def test_a_code_block_cannot_be_left_and_hides_markers(text: str) -> None:
    block = fenced(text)

    assert [token.type for token in RENDERER.parse(block)] == ["fence"]
    assert not has_markers(f"{block}\n".encode())


@given(st.text(max_size=300))
def test_one_line_holds_nothing_invisible(text: str) -> None:
    kinds = {unicodedata.category(sign) for sign in one_line(text)}

    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    one_line(text).encode()
