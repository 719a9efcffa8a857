"""The end of a snooze, a silence or a pause as people give it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rollcall.cli.moments import read_end, read_moment
from rollcall.config import load_settings
from rollcall.errors import UsageError

NOW = datetime(2026, 2, 7, 14, 5, tzinfo=UTC)  # a Saturday
DENVER = '[workspace]\ntimezone = "America/Denver"\n'
WEEKDAYS = '[duty]\nhours = ["Mon-Fri 08:30-17:00"]\n'
NIGHTS = '[duty]\nhours = ["22:00-06:00"]\n'


@pytest.mark.parametrize(
    ("text", "config", "expected"),
    [
        ("90s", "", "2026-02-07T14:06:30"),
        ("2h", "", "2026-02-07T16:05:00"),
        ("1d", "", "2026-02-08T14:05:00"),
        ("15:40", "", "2026-02-07T15:40:00"),
        ("14:05", "", "2026-02-08T14:05:00"),
        ("14:05:01", "", "2026-02-07T14:05:01"),
        ("09:00", "", "2026-02-08T09:00:00"),
        ("09:00", DENVER, "2026-02-07T16:00:00"),
        ("15:40Z", DENVER, "2026-02-07T15:40:00"),
        ("tomorrow", "", "2026-02-08T09:00:00"),
        ("Tomorrow", DENVER, "2026-02-08T16:00:00"),
        ("tomorrow", WEEKDAYS, "2026-02-09T08:30:00"),
        ("tomorrow", DENVER + WEEKDAYS, "2026-02-09T15:30:00"),
        ("tomorrow", NIGHTS, "2026-02-08T22:00:00"),
        ("monday", "", "2026-02-09T09:00:00"),
        ("Mon", DENVER + WEEKDAYS, "2026-02-09T15:30:00"),
        ("saturday", "", "2026-02-14T09:00:00"),
        ("2026-02-10", WEEKDAYS, "2026-02-10T08:30:00"),
        ("2026-02-10", "", "2026-02-10T09:00:00"),
        ("2026-02-10T12:00", DENVER, "2026-02-10T19:00:00"),
        ("2026-02-10 12:00", "", "2026-02-10T12:00:00"),
        ("2026-02-10T12:00+02:00", "", "2026-02-10T10:00:00"),
    ],
)
def test_a_moment_is_read(text: str, config: str, expected: str) -> None:
    found = read_moment(text, NOW, load_settings(config, name="rollcall.toml"))
    assert found.astimezone(UTC) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "15", "1540", "25:00", "5 minutes", "2026-02-30", "-1h", "1x", "mond"]
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(
        UsageError, match="is no time: give for example 30m, 2h, 15:40, tomorrow, monday"
    ):
        read_moment(text, NOW, load_settings("", name="rollcall.toml"))


@pytest.mark.parametrize("text", ["0s", "2026-02-07T14:05Z", "2026-02-07", "2025-01-01"])
def test_what_is_over_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="which is over"):
        read_moment(text, NOW, load_settings("", name="rollcall.toml"))


def test_no_end_is_none_where_none_is_needed() -> None:
    settings = load_settings("", name="rollcall.toml")
    assert read_end([None, None], NOW, settings, needed=False) is None
