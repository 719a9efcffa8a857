"""Whom a level of the escalation may tell."""

from __future__ import annotations

import pytest

from rollcall.config import Target, parse_target


@pytest.mark.parametrize(
    ("text", "target", "person"),
    [
        ("blockers_log", Target("blockers_log"), None),
        ("slack", Target("slack"), None),
        ("slack:@lead", Target("slack", "@lead"), None),
        ("slack:@ivo", Target("slack", "@ivo"), "ivo"),
        ("inbox:lead", Target("inbox", "lead"), None),
        ("inbox:agent", Target("inbox", "agent"), None),
        ("inbox:noor", Target("inbox", "noor"), None),
        ("webhook", Target("webhook"), None),
        ("alertmanager", Target("alertmanager"), None),
    ],
)
def test_a_target_is_a_sink_and_a_route(text: str, target: Target, person: str | None) -> None:
    assert parse_target(text) == target
    assert str(target) == text
    assert target.person == person


@pytest.mark.parametrize(
    "text",
    [
        "",
        "slak",
        "slack:ivo",
        "slack:",
        "slack:@",
        "inbox",
        "inbox:../x",
        "blockers_log:x",
        "webhook:x",
    ],
)
def test_anything_else_is_no_target(text: str) -> None:
    with pytest.raises(ValueError, match="is no target"):
        parse_target(text)


@pytest.mark.parametrize("text", ["teams", "email", "email:ivo"])
def test_a_later_target_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=f'does not carry out the target "{text}"'):
        parse_target(text)
