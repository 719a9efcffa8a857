"""Bytes to lines, whatever the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        pytest.param(b"a\x00b\n", ("a\x00b",), id="nul"),
    ],
)
def test_lines_are_read(raw: bytes, lines: tuple[str, ...]) -> None:
    assert cut_lines(raw, 0).lines == lines


def test_places_are_true_bytes_of_the_file() -> None:
    cut = cut_lines("ünï\r\n\nhalf".encode(), 100)

    assert cut == Cut(("ünï", "", "half"), (100, 107, 108), whole_end=108, half=True)


def test_a_byte_order_mark_counts_at_the_start_of_a_file_only() -> None:
    assert cut_lines(b"\xef\xbb\xbfone\n", 10).lines == ("\ufeffone",)


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


@given(raw=st.binary(max_size=200), wide=st.sampled_from([None, "utf-16-le", "utf-16-be"]))
def test_no_bytes_are_an_error_and_none_are_lost(raw: bytes, wide: str | None) -> None:
    cut = cut_lines(raw, 0, wide=wide)

    assert cut.whole_end + (len(raw) - cut.offsets[-1] if cut.half else 0) == len(raw)
    assert list(cut.offsets) == sorted(set(cut.offsets))
