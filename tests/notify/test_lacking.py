"""Which lines written late a saved copy lacks."""

from __future__ import annotations

import pytest

from rollcall.notify.lacking import lacking_lines


@pytest.mark.parametrize(
    ("copy", "beginning", "late", "lacking"),
    [
        (b"a\n", b"a\n", b"b\n", b"b\n"),
        (b"a\nb\n", b"a\n", b"b\n", b""),
        (b"a\nb\n", b"a\n", b"b\nc\n", b"c\n"),
        # Equal lines count: the copy's one is the beginning's.
        (b"a\n", b"a\n", b"a\n", b"a\n"),
        (b"a\na\n", b"a\n", b"a\n", b""),
        (b"a\na\n", b"a\n", b"a\na\n", b"a\n"),
        # What the editor moved or took out of the beginning changes nothing.
        (b"b\nx\n", b"a\n", b"b\nc\n", b"c\n"),
        # Half a line is another line.
        (b"a\nb", b"a\n", b"b\n", b"b\n"),
        (b"", b"", b"b\r\n\n", b"b\r\n\n"),
    ],
)
def test_a_copy_lacks_the_late_lines_that_do_not_stand_in_it_often_enough(
    copy: bytes, beginning: bytes, late: bytes, lacking: bytes
) -> None:
    assert lacking_lines(copy, beginning, late) == lacking
