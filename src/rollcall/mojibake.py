"""Repair UTF-8 that an editor or a shell read in another character set and wrote again.

ftfy recognises and repairs most of it, and is asked (and imported) only for a line in which two
neighbours could be the first two bytes of one character. It leaves what its statistics cannot
judge: in MacRoman, in code pages 437 and 850 (the Windows console) and in Windows-1250 and 1251
most signs and emoji. These are looked up, each as a character set shows its bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_CONSOLES = ("mac_roman", "cp437", "cp850")
_WINDOWS = ("cp1252", "cp1250", "cp1251")
_LEFT_BY_FTFY = (*_WINDOWS, "mac_roman", "cp437")  # and cp850, which it takes for Windows' own
_RELATED = (*_WINDOWS, "latin_1", "cp1253", "cp1254", "cp1257", "iso8859_2")
_SIGNS = (
    "✅✔✓☑☐☒❌✖✗✘\u2795\u2796➡❗❓⚠⛔⏳⌛⏰⏱⏸▶⚡⭐✨♻⚙☁→←↑↓↔⇒≥≤≠≈…—“”•─│├└┌┐┘█■□●○\u2013\u2018\u2019"
    "\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}"
)
_NEVER_MADE = {"Cc", "Cn", "Co", "Cs"}  # controls, unassigned, private use, surrogates


def _shown_in(charset: str, shown: bytes) -> str:
    """Show bytes in a character set; a byte that it does not define shows as itself."""
    return "".join(bytes([byte]).decode(charset, "ignore") or chr(byte) for byte in shown)


def _any_of(charsets: tuple[str, ...], first: int, last: int) -> str:
    """Write a regex's class of what the bytes of a range show in any of some character sets."""
    span = bytes(range(first, last + 1))
    return f"[{re.escape(''.join(sorted({*''.join(_shown_in(each, span) for each in charsets)})))}]"


@cache
def _compile_suspect() -> re.Pattern[str]:
    """Match what shows as one character of UTF-8, or a C1 control.

    Of the console's first bytes of two only those of Latin letters: the others are quotation marks
    and dashes, which stand before accented letters in any text.
    """
    firsts: list[str] = []
    sequences: list[str] = []
    for charsets, last_of_two in ((_RELATED, 0xDF), (_CONSOLES, 0xC3)):
        follows = _any_of(charsets, 0x80, 0xBF)
        for count, first, last in ((1, 0xC2, last_of_two), (2, 0xE0, 0xEF), (3, 0xF0, 0xF4)):
            firsts.append(_any_of(charsets, first, last))
            sequences.append(f"(?<={firsts[-1]}){follows}{{{count}}}")
    some_first = "".join(each[1:-1] for each in firsts)
    some_next = _any_of((*_RELATED, *_CONSOLES), 0x80, 0xBF)
    return re.compile(
        rf"[\x80-\x9f{some_first}](?:(?={some_next})(?:{'|'.join(sequences)})|(?<=[\x80-\x9f]))"
    )


def repair_mojibake(line: str) -> str:
    """Return a line with its mojibake read as what it was, any other line as it is.

    Of ftfy only the repair of encodings is used, and not where it would make a control, a private
    or an unassigned character, which nobody wrote. What a line says in any language stays.
    """
    if line.isascii() or _compile_suspect().search(line) is None:
        return line
    line = _repair_by_signs(line, "cp850")
    line = _repair_by_statistics(line)
    for charset in _LEFT_BY_FTFY:
        line = _repair_by_signs(line, charset)
    return line


def _repair_by_statistics(line: str) -> str:
    from ftfy import fix_encoding  # noqa: PLC0415 - its import costs more than reading most files

    repaired = fix_encoding(line)
    return repaired if _could_be_written(repaired, line) else line


def _repair_by_signs(line: str, charset: str) -> str:
    """Read the whole line anew if a known sign shows that it was read so, else its signs alone."""
    repaired = _compile_sign(charset).sub(lambda found: _read_sign(found, charset), line)
    if repaired == line:
        return line
    shown = _bytes_shown(charset)
    try:
        whole = bytes(ord(each) if each < "\x80" else shown[each] for each in line).decode()
    except (KeyError, UnicodeDecodeError):
        return repaired
    return whole if _could_be_written(whole, line) else repaired


def _could_be_written(repaired: str, line: str) -> bool:
    made = set(repaired).difference(line)
    return not any(unicodedata.category(each) in _NEVER_MADE for each in made)


def _read_sign(found: re.Match[str], charset: str) -> str:
    """Return the sign that a match shows, or the match if it is none."""
    shown = _bytes_shown(charset)
    sign = bytes(map(shown.__getitem__, found[0])).decode()
    return sign if len(found[0]) == 4 or sign in _SIGNS else found[0]


@cache
def _compile_sign(charset: str) -> re.Pattern[str]:
    """Match U+1F000 to U+1FAFF, and U+2000 to U+27BF and U+FE00 to U+FE3F, as they are shown."""
    f0, e2, ef, x9f, xb8 = (
        re.escape(_shown_in(charset, bytes([b]))) for b in b"\xf0\xe2\xef\x9f\xb8"
    )
    follows = _any_of((charset,), 0x80, 0xBF)
    return re.compile(
        f"{f0}{x9f}{_any_of((charset,), 0x80, 0xAB)}{follows}"
        f"|{e2}{_any_of((charset,), 0x80, 0x9F)}{follows}|{ef}{xb8}{follows}"
    )


@cache
def _bytes_shown(charset: str) -> Mapping[str, int]:
    return {_shown_in(charset, bytes([byte])): byte for byte in range(0x80, 0x100)}
