"""``rollcall read … --explain``: the words that told, marked, with the rule of each."""

from __future__ import annotations

from cli.shell import Shell
from cli.test_read import ANSWER, REQUEST
from cli.test_terminal import COLOURS, run_in_terminal

MARA = """## 2026-02-07T09:00Z Parser
- `pytest tests/test_parser.py` -> 12 passed
- Ran mypy on the lexer

## 2026-02-07T09:05Z Lexer
Working on it.
"""


def test_an_entry_is_printed_with_its_evidence_marked_and_a_verdict(shell: Shell) -> None:
    shell.write("feedback/mara.md", MARA)
    said = shell.run("read", "feedback", "feedback/mara.md", "--explain")
    assert said.code == 0
    assert said.out.splitlines() == [
        "feedback/mara.md:1  mara  2026-02-07 09:00Z",
        "  ## 2026-02-07T09:00Z Parser",
        "  - ⟦`pytest tests/test_parser.py` ->⟧ ⟦12 passed⟧",
        "  - Ran ⟦mypy⟧ on the lexer",
        "    line 2: command: a command with what it answered — `pytest tests/test_parser.py` ->",
        "    line 2: test: a count of what passed or failed — 12 passed",
        "    line 3: no test: a run without its outcome — mypy",
        "    Proof: test, command.",
        "",
        "feedback/mara.md:5  mara  2026-02-07 09:05Z",
        "  ## 2026-02-07T09:05Z Lexer",
        "  Working on it.",
        "    No proof: it shows nothing that can be checked.",
        "",
        "2 entries, 1 with proof.",
    ]


def test_json_adds_the_explanation_to_each_row(shell: Shell) -> None:
    shell.write("feedback/mara.md", "## 2026-02-07T09:00Z Parser\n- We will see 12 passed\n")
    (row,) = shell.run("read", "feedback", "feedback/mara.md", "--explain", "--json").records
    assert row["evidence"] == []
    assert row["explanation"] == [
        {
            "kind": "test",
            "line": 2,
            "start": 14,
            "end": 23,
            "text": "12 passed",
            "rule": "a plan: 'will see'",
            "counts": False,
        }
    ]


def test_without_the_option_no_row_is_explained(shell: Shell) -> None:
    shell.write("feedback/mara.md", MARA)
    rows = shell.run("read", "feedback", "feedback/mara.md", "--json").records
    assert ["explanation" in row for row in rows] == [False, False]


def test_secrets_and_controls_and_false_marks_do_not_reach_the_terminal(shell: Shell) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    shell.write(
        "feedback/mara.md",
        f"## 2026-02-07T09:00Z Parser\n- `curl -H {token} /health` -> 200\n- ⟦12 passed⟧ \x1b[31mred\n",
    )
    for option in ((), ("--json",)):
        said = shell.run("read", "feedback", "feedback/mara.md", "--explain", *option)
        assert token not in said.out
        assert "\x1b" not in said.out
    plain = shell.run("read", "feedback", "feedback/mara.md", "--explain").out
    assert "  - [⟦12 passed⟧]  [31mred\n" in plain


def test_a_terminal_marks_by_style_alone(shell: Shell) -> None:
    shell.write("feedback/mara.md", MARA)
    shown = run_in_terminal(shell, 120, "read", "feedback", "feedback/mara.md", "--explain")
    assert COLOURS.search(shown) is not None
    assert "⟦" not in shown


def test_a_conversation_is_explained_by_its_asks_links_and_what_closed_them(shell: Shell) -> None:
    shell.write("bot_chat/2026-02-07-mara-to-noor-schema.md", REQUEST)
    shell.write("bot_chat/2026-02-07-noor-to-mara-schema.md", ANSWER)
    said = shell.run("read", "chat", "bot_chat", "--explain")
    request = "bot_chat/2026-02-07-mara-to-noor-schema.md"
    answer = "bot_chat/2026-02-07-noor-to-mara-schema.md"
    reason = "names 2026-02-07-mara-to-noor-schema.md"
    assert said.out.splitlines() == [
        f"{request}  mara → noor  2026-02-07 09:00Z",
        "  2026-02-07-mara-to-noor-schema",
        "    asks noor",
        "    line 7: Please send the schema of the billing page.",
        "",
        f"{answer}  noor → mara  2026-02-07 10:00Z",
        "  2026-02-07-noor-to-mara-schema",
        f"    answers {request}: {reason}",
        "",
        f"    mara → noor: {request} is answered by {answer} ({reason})",
        "Dependencies: 1, of which 0 open.",
    ]
    rows = shell.run("read", "chat", "bot_chat", "--explain", "--json").records
    links = [{"kind": "answers", "target": request, "reason": reason}]
    assert [row.get("links") for row in rows] == [[], links, None]
