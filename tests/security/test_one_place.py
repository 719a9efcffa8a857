"""All that leaves goes through one place: words are redacted and made harmless there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Column, String
from sqlmodel import SQLModel

from rollcall.notify.redact import redact
from rollcall.store import log_tables, request_tables, tables
from rollcall.store.types import Words, WordsList

pytestmark = pytest.mark.xdist_group("one place")  # what they look at is made once

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "rollcall"
PRINTS = {"cli/output.py", "cli/app.py"}  # app: the version, and the streams' settings
TELLS = {
    "log_rows.py",
    "store/catching_up.py",
    "telling.py",
    "telling_digest.py",
    "telling_hands.py",
    "telling_requests.py",
}
# What Rollcall itself makes up, names that were read from redacted drafts, and hashes.
OUR_OWN = {
    "meta": {"key", "value"},
    "sources": {"name", "kind", "agent", "cursor"},
    "entries": {"agent", "key", "digest", "statement", "draft", "place", "rank"},
    "messages": {"path", "digest", "draft"},
    "agents": {"slug"},
    "blockers": {"kind", "condition", "phase", "subject", "agent", "status", "snoozed_phase"},
    "rests": {"condition", "subject", "phase"},
    "aways": {"agent", "state"},
    "signal_observations": {"state"},
    "pending_transitions": {"transition", "shared", "held_for"},
    "transitions": {"what"},
    "events": {"key", "sink", "target", "transition", "mention", "claim", "fate", "receipt"},
    "roots": {"sink", "receipt"},
    "instructions": {"verb", "origin"},
    "deadlines": {"subject"},
    "faults": {"subject"},
    "sinks": {"name", "state"},
    "git_states": {"root", "state"},
    "links": {"source", "target", "kind"},
    "dependencies": {"provider", "request", "requester", "state", "closed_by"},
    "written_cells": {"cell", "digest"},
    "log_edits": {"cell", "digest"},
    "log_rows": {"identity", "digest"},
}


@cache
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of each file of ours, by its path below ``rollcall``."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def calls_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize(
    "call",
    [
        "print", "sys.stdout.write", "sys.stderr.write", "typer.echo", "typer.secho", "click.echo",
        "Console", "rich.print", "console.print",
    ],
)  # fmt: skip
def test_only_one_module_prints(call: str) -> None:
    assert {path for path, tree in trees().items() if call in calls_in(tree)} <= PRINTS


def test_notices_are_made_where_things_are_told() -> None:
    makers = {path for path, tree in trees().items() if "Post" in calls_in(tree)}

    assert makers
    assert makers <= TELLS


def columns() -> Iterator[tuple[str, Column[object]]]:
    assert {log_tables, request_tables, tables}  # imported, so that their tables are known
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            yield table.name, column


@pytest.mark.parametrize(("table", "column"), list(columns()), ids=str)
def test_a_column_of_text_is_redacted_or_known_to_be_our_own(
    table: str, column: Column[object]
) -> None:
    if isinstance(column.type, Words | WordsList) or not isinstance(column.type, String):
        return
    assert column.name in OUR_OWN.get(table, set())


def test_at_most_one_line_in_a_hundred_of_the_examples_is_touched() -> None:
    lines = [
        line
        for path in sorted((ROOT / "tests" / "examples").rglob("*"))
        if path.is_file()
        for line in path.read_text("utf-8", "replace").split("\n")
    ]

    touched = [line for line in lines if redact(line) != line]

    assert len(lines) > 3_000
    assert len(touched) <= len(lines) / 100, touched


@pytest.mark.parametrize(
    "line",
    [
        "commit 0123456789abcdef0123456789abcdef01234567, tree 89abcdef0123456789abcdef0123456789abcdef",
        "id 5b1f7c0e-0000-4000-8000-000000000001 and 9f86d081-884c-4d65-9a2f-eaa0c55ad015",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "![x](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwA)",
        "token: src/rollcall/notify/redact.py, secret: artifacts/2026-02-07/report-14-05-31-final.json",
        "key = features/billing_page/invoice_table_2.py, api_key: settings.BILLING_API_KEY_FROM_VAULT",
        "password=os.environ['DB_PASSWORD'] and password: ${DB_PASSWORD_2} and PASSWORD=<your-password-1>",
        "tokens: 128000, token_count=1234567890, max_tokens: 4096, keys: 17",
        "monkey=12345678901234567890, turkey: 2026-02-07T14:05:31.123456+00:00",
        "MIIS the team and b3BlbnNz is nothing",
        "https://registry.example/parser/-/parser-1.2.3.tgz#0123456789abcdef0123456789abcdef01234567",
        "curl -u noor https://ci.example/build, git@forge.example:team/parser.git",
        "the authorization: basic checks are done, authorization = token based",
    ],
)
def test_what_only_looks_like_a_secret_stays(line: str) -> None:
    assert redact(line) == line
