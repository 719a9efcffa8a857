"""Bytes to lines, whatever the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.encodings import read_line
from rollcall.lines import MOST_CHARS, Cut, cut_lines, find_wide_encoding


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        pytest.param(b"", (), id="empty"),
        pytest.param(b"one\ntwo\n", ("one", "two"), id="newlines"),
        pytest.param(b"one\r\ntwo\r\n", ("one", "two"), id="carriage returns"),
        pytest.param(b"one\r\r\n", ("one\r",), id="one carriage return a line"),
        pytest.param(b"a\rb\x0bc\x0cd\x85e\n", ("a\rb\x0bc\x0cd…e",), id="no other line ends"),
        pytest.param("a\u2028b\n".encode(), ("a\u2028b",), id="no separator ends a line"),
        pytest.param(b"\xef\xbb\xbf# mara\n", ("# mara",), id="byte order mark"),
        pytest.param(
            "ünï\n".encode() + b"\xfcn\xef \x96 ok\n", ("ünï", "ünï \u2013 ok"), id="mixed"
        ),
        pytest.param(b"\x81\x8d\x90\n", ("\ufffd\ufffd\ufffd",), id="no character at all"),
        pytest.param(b"a\x00b\n", ("ab",), id="nul"),
    ],
)
def test_lines_are_read(raw: bytes, lines: tuple[str, ...]) -> None:
    assert cut_lines(raw, 0).lines == lines


def test_places_are_true_bytes_of_the_file() -> None:
    cut = cut_lines("ünï\r\n\nhalf".encode(), 100)

    assert cut == Cut(("ünï", "", "half"), (100, 107, 108), whole_end=108, half=True)


def test_a_byte_order_mark_is_left_out_wherever_a_file_was_joined() -> None:
    cut = cut_lines(b"one\n\xef\xbb\xbftwo\n", 10)

    assert cut == Cut(("one", "two"), (10, 14), whole_end=21, half=False)


def test_a_long_line_is_cut_between_characters() -> None:
    raw = ("a" + "€" * 100_000).encode() + b"\nnext\n"

    assert cut_lines(raw, 0).lines == ("a" + "€" * (MOST_CHARS - 1), "next")
    assert cut_lines(("😀" * 70_000).encode(), 0).lines == ("😀" * MOST_CHARS,)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_wide_file_is_cut_at_its_own_newlines(encoding: str) -> None:
    # U+0A0A holds the byte of a newline twice, and so does its neighbour with U+010A.
    raw = "\ufeffone\r\n\u0a0a\u010a\u0a01\ntwo".encode(encoding)

    assert find_wide_encoding(raw) == encoding
    assert cut_lines(raw, 0, wide=encoding) == Cut(
        ("one", "\u0a0a\u010a\u0a01", "two"), (0, 12, 20), whole_end=20, half=True
    )


def test_a_file_without_a_wide_mark_is_not_wide() -> None:
    assert find_wide_encoding(b"# mara") is None


def test_utf_8_appended_to_a_wide_file_is_cut_at_its_own_newlines() -> None:
    wide = "\ufeff# mara\r\n上海\r\n".encode("utf-16-le")
    raw = wide + "\n## 2026-01-12T08:00Z — done\nok\n".encode()

    assert cut_lines(raw, 0, wide=find_wide_encoding(raw)) == Cut(
        ("# mara", "上海", "", "## 2026-01-12T08:00Z — done", "ok"),
        (0, 18, 26, 27, 57),
        whole_end=60,
        half=False,
    )


def test_a_wide_half_line_is_no_utf_8() -> None:
    raw = "\ufeffone\n上海的".encode("utf-16-le")

    assert cut_lines(raw, 0, wide="utf-16-le") == Cut(("one", "上海的"), (0, 10), 10, half=True)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_wide_file_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    raw = "# mara\nné à 8 h → ok\n".encode(encoding)

    assert find_wide_encoding(raw) == encoding
    assert cut_lines(raw, 0, wide=encoding) == Cut(
        ("# mara", "né à 8 h → ok"), (0, 14), whole_end=42, half=False
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("# mara ".encode("utf-16-le"), id="too short to tell"),
        pytest.param(bytes(100), id="zeros only"),
        pytest.param(bytes(40) + b"# mara, after a gap of zeros", id="a gap"),
        pytest.param("解析器已修复测试".encode("utf-16-le"), id="no zeros"),
        pytest.param(b"\0a\0b\0c\0d\0e\0f\0gh\0", id="zeros on both sides"),
    ],
)
def test_a_file_is_not_wide_on_a_guess(raw: bytes) -> None:
    assert find_wide_encoding(raw) is None


@given(raw=st.binary(max_size=200), wide=st.sampled_from([None, "utf-16-le", "utf-16-be"]))
def test_no_bytes_are_an_error_and_none_are_lost(raw: bytes, wide: str | None) -> None:
    cut = cut_lines(raw, 0, wide=wide)

    assert cut.whole_end + (len(raw) - cut.offsets[-1] if cut.half else 0) == len(raw)
    assert list(cut.offsets) == sorted(set(cut.offsets))


@given(raw=st.binary(max_size=200) | st.text(max_size=100).map(str.encode), base=st.integers(0, 9))
def test_a_narrow_file_is_cut_as_a_plain_split_cuts_it(raw: bytes, base: int) -> None:
    pieces = raw.split(b"\n")
    starts = [base + len(b"\n".join(pieces[:count])) + (count > 0) for count in range(len(pieces))]
    half = pieces[-1] != b""
    cut = cut_lines(raw, base)

    assert (cut.offsets, cut.half) == (tuple(starts if half else starts[:-1]), half)
    assert cut.lines == tuple(read_line(piece) for piece in (pieces if half else pieces[:-1]))
    assert cut.whole_end == starts[-1]


@given(raw=st.binary(max_size=200), wide=st.sampled_from([None, "utf-16-le", "utf-16-be"]))
def test_every_line_is_text_that_can_be_written(raw: bytes, wide: str | None) -> None:
    for line in cut_lines(raw, 0, wide=wide).lines:
        assert line.encode().decode() == line
        assert not {"\0", "\n", "\ufeff"} & set(line)
