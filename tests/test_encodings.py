# ruff: noqa: RUF001 - characters that look like others are what is tested
"""One line's bytes to its text: encodings that change, what is not seen, and mojibake."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date
from itertools import product

import ftfy.bad_codecs  # noqa: F401 - names the character sets as Windows fills their gaps
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.encodings import MOST_CHARS, read_line
from rollcall.mojibake import repair_mojibake
from rollcall.parse.feedback import initial_state, read_feedback

WINDOWS = [
    "latin-1",
    "sloppy-windows-1252",
    "sloppy-windows-1250",
    "sloppy-windows-1251",
    "sloppy-windows-1254",
]
CONSOLES = ["mac_roman", "cp437", "cp850"]


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        pytest.param("Größe – ok".encode(), "Größe – ok", id="UTF-8"),
        pytest.param("Größe – ok".encode("cp1252"), "Größe – ok", id="Windows-1252"),
        pytest.param("né ✅ ".encode() + b"\x93n\xe9\x94", "né ✅ “né”", id="both in one line"),
        pytest.param(b"\x81 \x8d", "\ufffd \ufffd", id="neither"),
        pytest.param(b"caf\xc3", "cafÃ", id="half a character"),
        pytest.param(bytes(5000) + "né".encode(), "né", id="a gap before the line"),
        pytest.param(b"a" + bytes(600_000) + b"b", "ab", id="a gap within the line"),
        pytest.param(bytes(7), "", id="a gap only"),
        pytest.param(b"\r\0", "", id="an empty line of UTF-16"),
    ],
)
def test_a_line_is_read_by_itself(piece: bytes, text: str) -> None:
    assert read_line(piece) == text


@pytest.mark.parametrize("appended", ["## 08:14 — done, né ✅", "## ok", "解析器已修复", "x"])
def test_lines_that_a_shell_appended_in_utf_16_are_read(appended: str) -> None:
    raw = b"# mara\n" + f"{appended}\r\n{appended}\r\n".encode("utf-16-le")

    assert [read_line(piece) for piece in raw.split(b"\n")] == ["# mara", appended, appended, ""]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_joined_to_another_is_read_where_its_mark_stands(encoding: str) -> None:
    first, second, _ = "\ufeff## 08:14 done – né\nok\n".encode(encoding).split(b"\n")

    assert read_line(first) == "## 08:14 done – né"
    assert read_line(second) == "ok"


def test_a_line_of_utf_16_that_is_still_being_written_is_read_as_far_as_it_goes() -> None:
    assert read_line("## 08:14 ok".encode("utf-16-le")[:-1]) == "## 08:14 ok"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("\u200b## 2026-01-12T08:00Z", "## 2026-01-12T08:00Z"),
        ("\ufeff\u2060- PR\u200b #12 \u200emerged\u200f", "- PR #12 merged"),
        ("\u202b\u2067done\u2069\u202c \u061cok", "done ok"),
        ("\u202e08:14", "08:14"),
        ("- 👩\u200d💻 ⚠\ufe0f 🇬🇧 ok", "- 👩\u200d💻 ⚠\ufe0f 🇬🇧 ok"),
        ("می\u200cشود שלום", "می\u200cشود שלום"),
    ],
)
def test_only_what_is_never_seen_is_left_out(line: str, text: str) -> None:
    assert read_line(line.encode()) == text


def test_an_entry_begins_behind_marks_that_nobody_sees() -> None:
    lines = [
        read_line(piece.encode())
        for piece in ("\ufeff# mara", "\u200e## 2026-01-12T08:00Z \u200b— \u2060done", "12 passed")
    ]
    state = initial_state("feedback/mara.md", date(2026, 1, 12))
    entries = read_feedback(lines, state, UTC).entries

    assert [(entry.start, entry.title) for entry in entries] == [(2, "done")]


SAID = "- ✅ Parser fixed — see “tests” … → 🚀"


@pytest.mark.parametrize("charset", WINDOWS + CONSOLES)
def test_a_line_that_was_read_in_another_character_set_is_repaired(charset: str) -> None:
    assert repair_mojibake(SAID.encode().decode(charset)) == SAID


@pytest.mark.parametrize("charset", WINDOWS + CONSOLES)
@pytest.mark.parametrize(
    "sign",
    [
        "✅",
        "❌",
        "⚠\ufe0f",
        "⏳",
        "✓",
        "→",
        "—",
        "“",
        "•",
        "≥",
        "└",
        "\u2795",
        "🎉",
        "🔴",
        "👩\u200d💻",
    ],
)
def test_one_sign_is_enough(charset: str, sign: str) -> None:
    assert repair_mojibake(f"{sign} done".encode().decode(charset)) == f"{sign} done"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        pytest.param("Ã©tÃ©, GrÃ¶ÃŸe", "été, Größe", id="letters"),
        pytest.param("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет", id="another script"),
        pytest.param("caf√©", "café", id="letters in MacRoman"),
        pytest.param("Ã¢Å“â€¦ done", "✅ done", id="twice"),
        pytest.param("✅ né: âœ… nÃ©", "✅ né: ✅ né", id="beside what is right"),
        pytest.param("ï»¿# mara", "\ufeff# mara", id="a byte order mark"),
    ],
)
def test_mojibake_of_every_depth_is_repaired(shown: str, said: str) -> None:
    assert repair_mojibake(shown) == said


FINE = [
    "Vérifié à l’aube : « voilà… », l’été où l’œuvre, déjà créée — 3 °C, 5 × 4, §2, ½",
    "À l’« Éveil » – « été » ; Ç’est Ô temps, coût : 5 £, ©2026 ®™",
    "Größe geprüft, „Über ‚Äpfel‘“ – 20 € für Öl, Maß 5 µm; ÄÖÜ»",
    "Этот «её» разбор исправлен — «СССР» в\xa0«Ёлке», ушёл в…» №5 объём; ГОСТ°",
    "Організації дії її — «їжак»…",
    "Српски: љубав „његова“ – џип, ђак, ћуприја",
    "中文：已修复“解析器”……——《测试》·通过，✅",
    "日本語「テスト」OK・完了、한국어 테스트 통과",
    "Ο έλεγχος «πέρασε»· 12 δοκιμές… Ά; ΣΓ Ω",
    "Zażółć gęślą jaźń „tak” – ŁĄCZŻE; ľščťžýáíé ĺ; Türkçe: “Şöyle” ığİ",
    "São José, não – «até»… ¿Qué? ¡Olé! «sí» 1.ª, 2.º; MAÇÃ ok",
    "שלום “עולם”… مرحبا «العالم»",
    "Ångström 5 Å – Ø… Tiếng Việt: đã sửa “lỗi”; Ísland “þú” – ð…",
    "┌──┐ │é│ └──┘ ├─ src │ ░▒▓█ ╠═╣",
    "✅ done 🚀 👩\u200d💻 ⚠\ufe0f 🇬🇧 → 5 ≤ 6, √2 ≈ 1.41 ∞ ∂x ∑, x² + y³ ± 5·10⁻³",
]


@pytest.mark.parametrize("line", FINE)
def test_what_is_right_in_any_language_stays(line: str) -> None:
    assert read_line(line.encode()) == line
    assert repair_mojibake(line) == line


def test_a_repair_makes_no_character_that_nobody_wrote() -> None:
    # The bytes of U+F8C8, which is private, and of NUL in Java's UTF-8, shown in Windows-1252.
    assert [repair_mojibake(line) for line in ("ï£ˆ", "â€™ À€")] == ["ï£ˆ", "’ À€"]


def test_a_long_line_is_still_cut_between_characters() -> None:
    assert read_line(("a" + "€" * 100_000).encode()) == "a" + "€" * (MOST_CHARS - 1)
    assert read_line(bytes(300_000) + "😀".encode() * 70_000) == "😀" * MOST_CHARS


@given(line=st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=60))
def test_a_repaired_line_is_one_line_without_new_controls(line: str) -> None:
    made = set(repair_mojibake(line)) - set(line)

    assert {each for each in made if each < " " or "\x7f" <= each < "\xa0"} == set()


@given(text=st.text(st.characters(min_codepoint=0xA0, codec="utf-8"), min_size=1, max_size=20))
def test_any_text_in_latin_1_mojibake_is_no_error(text: str) -> None:
    read_line(text.encode().decode("latin-1").encode())


def test_ftfy_is_imported_only_for_a_suspicious_line() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            """if True:
                import sys
                from rollcall.encodings import read_line
                for line in ("done", "été — ✅", "âœ… done"):
                    read_line(line.encode())
                    print("ftfy" in sys.modules)
            """,
        ],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        timeout=30,
    )
    assert told.stdout.split() == ["False", "False", "True"]


def test_dashes_arrows_and_dots_are_no_mojibake_however_they_stand() -> None:
    for signs in product("\u2013—…→ a", repeat=5):
        line = "".join(signs)

        assert repair_mojibake(line) == line
