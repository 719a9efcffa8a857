"""What a running process need not look at again, and everything that it must still find."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from harness import World, at, proof, update
from rollcall.model import SourceKind
from rollcall.sources import Source
from rollcall.store.tables import Source as SourceRow
from rollcall.unchanged import Stamp, Unchanged

MARA = Source(Path("/team/feedback/mara.md"), "feedback/mara.md", SourceKind.FEEDBACK, "mara")
BEN = Source(Path("/team/feedback/ben.md"), "feedback/ben.md", SourceKind.FEEDBACK, "ben")
BOTH = (MARA, BEN)
NOW = at("09:00")
LONG_AGO = int(at("08:00").timestamp()) * 10**9


def stamp(*, mtime: int = LONG_AGO, ctime: int = LONG_AGO) -> Stamp:
    return Stamp(1, 2, 100, mtime, ctime)


def ago(step: timedelta) -> int:
    return round((NOW - step - datetime.fromtimestamp(0, UTC)).total_seconds() * 10**9)


def names(left: list[Source]) -> list[str]:
    return [source.name for source in left]


def test_what_was_noted_is_left_out_while_it_stands_so() -> None:
    unchanged = Unchanged()
    unchanged.note(MARA, stamp(), NOW)
    stamps = {MARA.name: stamp(), BEN.name: stamp()}

    assert names(unchanged.leave_out(BOTH, stamps)) == [BEN.name]


@pytest.mark.parametrize("field", Stamp._fields)
def test_whatever_of_the_outside_changed_has_it_looked_at(field: str) -> None:
    unchanged = Unchanged()
    unchanged.note(MARA, stamp(), NOW)
    other = stamp()._replace(**{field: getattr(stamp(), field) + 1})

    assert unchanged.leave_out([MARA], {MARA.name: other}) == [MARA]


@pytest.mark.parametrize("time", ["mtime", "ctime"])
@pytest.mark.parametrize(
    ("age", "noted"),
    [
        (timedelta(seconds=2), True),
        (timedelta(seconds=1.9), False),
        (timedelta(seconds=-1.9), False),
        (timedelta(hours=-1), True),
    ],
)
def test_a_file_that_changed_less_than_two_seconds_ago_is_not_noted(
    time: str, age: timedelta, noted: bool
) -> None:
    unchanged = Unchanged()
    young = stamp(**{time: ago(age)})

    unchanged.note(MARA, young, NOW)

    assert (unchanged.leave_out([MARA], {MARA.name: young}) == []) is noted


def test_what_is_forgotten_or_was_not_kept_is_looked_at() -> None:
    unchanged = Unchanged()
    stamps = {MARA.name: stamp(), BEN.name: stamp()}
    for source in BOTH:
        unchanged.note(source, stamp(), NOW)
    unchanged.forget(MARA.name)
    unchanged.keep_only([MARA.name])

    assert unchanged.leave_out(BOTH, stamps) == [MARA, BEN]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a running daemon that has found nothing new in two files."""
    world = World(tmp_path)
    world.write("feedback/mara.md", proof("08:58"))
    world.write("feedback/ben.md", proof("08:58"))
    world.start()
    world.run_for(seconds=3)
    world.sweep_now()
    world.sweep_now()
    return world


def lose_cursors(world: World) -> None:
    """Have the store know nothing of how far files were read: whoever asks it reads them anew."""
    with world.works.database.write() as session:
        for row in session.exec(select(SourceRow)):
            row.cursor = None
            session.add(row)


def write_behind(world: World, name: str, text: str) -> None:
    """Write so that no event tells of it."""
    path = world.root / name
    seen = path.stat() if path.exists() else None
    path.write_text(text, encoding="utf-8")
    if seen is not None:
        os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def test_of_an_unchanged_source_the_store_is_not_asked(world: World) -> None:
    lose_cursors(world)

    assert world.sweep_now().read == 0


def test_the_first_sweep_of_a_process_asks_the_store_of_every_source(world: World) -> None:
    lose_cursors(world)

    assert world.restart().read == 2


def test_a_sweep_finds_a_rewrite_of_the_same_size_that_kept_its_time_of_change(
    world: World,
) -> None:
    write_behind(world, "feedback/mara.md", proof("08:59"))

    assert world.sweep_now().read == 1
    assert [row.stamp for row in world.entries("mara") if not row.gone] == [at("08:59")]


def test_a_source_that_went_and_came_back_is_read_again(world: World) -> None:
    path, aside = world.root / "feedback/mara.md", world.root / "aside.md"
    path.rename(aside)
    world.sweep_now()
    gone = [row.gone for row in world.entries("mara")]
    aside.rename(path)
    back = world.sweep_now().read

    assert (gone, back, [row.gone for row in world.entries("mara")]) == ([True], 1, [False])


def test_a_source_that_an_event_saw_go_and_come_back_is_read_again(world: World) -> None:
    path, aside = world.root / "feedback/mara.md", world.root / "aside.md"
    path.rename(aside)
    world.works.pipeline.ingest([path], world.now)
    aside.rename(path)

    assert world.sweep_now().read == 1
    assert [row.gone for row in world.entries("mara")] == [False]


def test_a_source_that_came_by_an_event_and_went_without_is_gone(world: World) -> None:
    world.write("feedback/ivo.md", proof("08:59"))
    (world.root / "feedback/ivo.md").unlink()
    world.sweep_now()

    assert [row.gone for row in world.entries("ivo")] == [True]


def test_a_half_written_line_is_read_by_a_later_sweep(world: World) -> None:
    write_behind(world, "feedback/mara.md", proof("08:58") + update("08:59").rstrip("\n"))
    os.utime(world.root / "feedback/mara.md", (world.now.timestamp(), world.now.timestamp()))
    world.sweep_now()
    world.sweep_now()
    world.run_for(seconds=2)
    world.sweep_now()

    assert [(row.stamp, row.gone) for row in world.entries("mara")] == [
        (at("08:58"), False),
        (at("08:59"), False),
    ]


def test_what_could_not_be_read_is_tried_again_by_each_sweep(world: World) -> None:
    path = world.root / "feedback/mara.md"
    aside = path.rename(world.root / "aside.md")
    path.mkdir()
    world.works.pipeline.ingest([path], world.now)
    path.rmdir()
    aside.rename(path)
    world.sweep_now()

    assert (world.faults(), [row.gone for row in world.entries("mara")]) == ([], [False])


TEXTS = st.sampled_from([proof("08:58"), proof("08:59"), update("08:58"), update("08:59")])
NAMES = st.sampled_from(["mara", "ben", "ivo"])


@pytest.mark.timeout(300)  # each life opens its store anew; on a busy machine that takes long
@settings(max_examples=15, deadline=None)
@given(
    rounds=st.lists(
        st.lists(st.tuples(NAMES, st.none() | TEXTS), min_size=1, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_the_sweeps_of_one_life_store_what_sweeps_of_new_lives_store(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str | None]]]
) -> None:
    one = World(tmp_path_factory.mktemp("one"))
    many = World(tmp_path_factory.mktemp("many"))
    one.start()
    many.sweep()
    for steps in rounds:
        for world in (one, many):
            (world.root / "feedback").mkdir(exist_ok=True)
            for name, text in steps:
                path = world.root / "feedback" / f"{name}.md"
                if text is None:
                    path.unlink(missing_ok=True)
                else:
                    write_behind(world, f"feedback/{name}.md", text)
        one.sweep_now()
        many.sweep()
    for name in ("mara", "ben", "ivo"):
        assert [(row.stamp, row.gone, row.proof) for row in one.entries(name)] == [
            (row.stamp, row.gone, row.proof) for row in many.entries(name)
        ]
