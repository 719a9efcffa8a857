"""The k-th identical entry of a file is the k-th one ever seen of its agent."""

from __future__ import annotations

from datetime import UTC, datetime

from rollcall.model import Entry, Stamp
from rollcall.rules.identity import Identified, KnownEntry, Match, identify

STAMP = Stamp(datetime(2026, 1, 5, 10, 0, tzinfo=UTC))


def entry(start: int, key: str, digest: str, *, stamped: bool = True) -> Entry:
    return Entry(
        start=start,
        end=start + 1,
        title=key,
        key=key,
        digest=digest,
        stamp=STAMP if stamped else None,
    )


def matches(found: list[Identified]) -> list[tuple[Match, int | None]]:
    return [(one.match, one.known) for one in found]


def test_an_entry_never_seen_is_new() -> None:
    assert matches(identify([entry(1, "a", "a1")], [])) == [(Match.NEW, None)]


def test_an_identical_entry_in_a_copy_is_the_same_one() -> None:
    known = [KnownEntry(7, "a", "a1")]
    assert matches(identify([entry(90, "a", "a1")], known)) == [(Match.SAME, 7)]


def test_a_second_identical_entry_in_one_file_is_new_until_it_was_seen() -> None:
    read = [entry(1, "a", "a1"), entry(3, "a", "a1")]
    once = [KnownEntry(7, "a", "a1")]
    twice = [*once, KnownEntry(8, "a", "a1")]
    assert matches(identify(read, once)) == [(Match.SAME, 7), (Match.NEW, None)]
    assert matches(identify(read, twice)) == [(Match.SAME, 7), (Match.SAME, 8)]


def test_a_repeat_appended_to_a_file_is_heard_because_the_first_still_stands_above() -> None:
    known = [KnownEntry(7, "a", "a1")]
    assert matches(identify([entry(3, "a", "a1")], known, taken={7})) == [(Match.NEW, None)]


def test_a_stamped_heading_with_another_body_is_a_revision() -> None:
    known = [KnownEntry(7, "a", "a1")]
    assert matches(identify([entry(1, "a", "a2")], known)) == [(Match.REVISION, 7)]


def test_an_unstamped_heading_with_another_body_elsewhere_is_new() -> None:
    known = [KnownEntry(7, "a", "a1")]
    read = [entry(1, "a", "a2", stamped=False)]
    assert matches(identify(read, known, were_here={5: 7})) == [(Match.NEW, None)]
    assert matches(identify(read, known, were_here={1: 7})) == [(Match.REVISION, 7)]


def test_an_entry_that_grew_is_the_same_one_even_when_its_heading_was_half_written() -> None:
    known = [KnownEntry(7, "half", "h1")]
    read = [entry(4, "whole", "w1")]
    found = identify(read, known, were_here={4: 7}, appended=True)
    assert matches(found) == [(Match.REVISION, 7)]
    assert matches(identify(read, known, were_here={4: 7})) == [(Match.NEW, None)]


def test_an_exact_match_is_taken_before_any_revision() -> None:
    known = [KnownEntry(1, "a", "a1"), KnownEntry(2, "a", "a2")]
    read = [entry(1, "a", "a2"), entry(3, "a", "a3")]
    assert matches(identify(read, known)) == [(Match.SAME, 2), (Match.REVISION, 1)]
