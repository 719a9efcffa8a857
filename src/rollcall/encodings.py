"""The bytes of one line → its text, whatever the bytes and whoever wrote them.

Each line is judged by itself, for a file's encoding may change where another program goes on.
"""

from __future__ import annotations

import codecs
import re

from rollcall.mojibake import repair_mojibake

MOST_CHARS = 65_536
_MOST_BYTES = 4 * MOST_CHARS  # a character takes at most four bytes in UTF-8 and in UTF-16
_BOM_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAMPLE = 64
_LEAST_SAMPLE = 16
_LEAST_PLAIN = 4

_WINDOWS_1252 = "rollcall.windows-1252"
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
# Zero-width spaces and the marks, embeddings and isolates of right-to-left text. The joiners and
# variation selectors stay: they make emoji, and words in some scripts.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

# Dashes, arrows and dots, which stand in half of the lines that are not ASCII, need no mending.
_ODD = re.compile("[^\x00-\x7f\u2013\u2014\u2026\u2192]")


def _read_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8, of an otherwise good line, as what Windows would mean."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_WINDOWS_1252, _read_as_windows_1252)


def find_wide_encoding(head: bytes) -> str | None:
    """Return the codec of a file in UTF-16, told by its byte order mark or its zeros, else None.

    Without a mark, at least 16 of the first 64 bytes are wanted, with zeros in three of four code
    units, all on the same side: a file of Latin text. Its length does not change the answer later.
    """
    marked = _BOM_16.get(head[:2])
    sample = head[:_SAMPLE]
    if marked is not None or len(sample) < _LEAST_SAMPLE:
        return marked
    zeros = sample[::2].count(0), sample[1::2].count(0)
    many = len(sample) // 2 * 3 // 4
    if min(zeros) > 0 or max(zeros) < many:
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def is_plain(piece: bytes) -> bool:
    """Tell whether bytes that stand where UTF-16 is expected are a line of UTF-8 instead."""
    if len(piece) < _LEAST_PLAIN or _CONTROLS.search(piece):
        return False
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_line(piece: bytes, wide: str | None = None) -> str:
    r"""Return the text of one line's bytes, without its ``\n``; at most ``MOST_CHARS`` characters.

    UTF-8, with single bytes of Windows-1252 where it is none; ``wide`` names the UTF-16 codec of
    the line, without it a line of UTF-16 is known by its zeros. Other NULs, one last ``\r``,
    zero-width characters and marks of direction are left out, and mojibake is repaired.
    """
    if wide is None and 0 in piece:
        wide, piece = _without_zeros(piece)
    piece = piece[:_MOST_BYTES]
    text = piece.decode(wide, "replace") if wide else piece.decode("utf-8", _WINDOWS_1252)
    text = text[:MOST_CHARS].removesuffix("\r")
    return text if text.isascii() else _mended(text)


def read_lines(block: bytes) -> list[str]:
    r"""Return the texts of lines that ``\n`` parts, each as ``read_line`` reads it.

    A block of UTF-8 without zeros is read at once: no character in it holds the byte of a newline.
    """
    text = None if 0 in block else _decode(block)
    if text is None:
        return list(map(read_line, block.split(b"\n")))
    lines = text.split("\n")
    if max(map(len, lines)) > MOST_CHARS:
        lines = [line[:MOST_CHARS] for line in lines]
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    if text.isascii():
        return lines
    return [line if line.isascii() or not _ODD.search(line) else _mended(line) for line in lines]


def _decode(block: bytes) -> str | None:
    try:
        return block.decode()
    except UnicodeDecodeError:
        return None


def _mended(line: str) -> str:
    return _UNSEEN.sub("", repair_mojibake(line))


def _without_zeros(piece: bytes) -> tuple[str | None, bytes]:
    r"""Return the codec of a line with zeros, and its bytes as they are to be decoded.

    A line that a shell appended in UTF-16 begins with the second byte of the newline before it and
    ends before the second byte of its own, so it reads as little-endian either way.
    """
    for mark, codec in _BOM_16.items():
        if piece.startswith(mark):
            return codec, piece[: len(piece) // 2 * 2]
    piece = piece.lstrip(b"\0")
    head = piece[:_MOST_BYTES]
    low, high = head[::2], head[1::2]
    is_wide = low.count(0) == 0 and (high.count(0) * 2 >= len(high) > 0)
    if is_wide or (len(piece) % 2 == 0 and piece.endswith(b"\r\0")):
        return "utf-16-le", piece + b"\0" * (len(piece) % 2)
    return None, piece.replace(b"\0", b"")
