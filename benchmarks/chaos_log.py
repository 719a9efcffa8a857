"""Append to, edit and kill around one blockers log, and count what is lost: ``make chaos``.

1. Four processes append 10,000 lines each while Rollcall rewrites the log 1,000 times and is killed
   (SIGKILL) at random: every line stands there once, whole.
2. An editor saves by rename, alone with Rollcall, which is killed now and then, or held up while
   files change their names: each edit is seen, and each line of a copy it saved stands there.
3. Writers and the editor together, each in its own time: what a rename takes away is lost with or
   without Rollcall, which is why the same run without it comes first; there it is as busy with
   another log, so that nobody has more of the machine.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawValue
from pathlib import Path

from benchmarks.log_processes import (
    LINES_EACH,
    WRITERS,
    Allowance,
    Keeper,
    Place,
    edit_by_the_clock,
    edit_when_ours_stands,
    editor_lines,
    lines_of,
    pause,
    rewrite,
    rewrite_for_ever,
    rewrite_held_up,
)
from rollcall.parse.blockers_log import find_region

REWRITES, KILLS = 1_000, 50
EDITS_ALONE, EDITS_AMONG_KILLS = 1_000, 300
ROUNDS, TOGETHER_S, EDITS_TOGETHER = 3, 10.0, 100
AHEAD = 150  # lines a writer may be ahead of the rewrites, so that it writes at any moment of one
LONGEST_S = 170.0
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Count:
    """What became of the lines that were written."""

    written: int
    lost: int
    doubled: int
    torn: int
    lost_of: Counter[str]

    @property
    def sound(self) -> bool:
        """Tell whether each line stands there once, whole."""
        return (self.lost, self.doubled, self.torn) == (0, 0, 0)

    def __str__(self) -> str:
        return f"{self.written:,} lines: {self.lost} lost, {self.torn} torn, {self.doubled} doubled"


def main() -> None:
    """Run each and print its figures; exit 1 where they are not what they have to be."""
    failed = [
        run.__name__ for run in (run_killed_among_writers, run_editor, run_together) if not run()
    ]
    if failed:
        sys.exit(f"not as it has to be: {', '.join(failed)}")


def run_killed_among_writers() -> bool:
    """Let four write while Rollcall rewrites 1,000 times and is killed; tell whether all stands."""
    with _place() as place:
        begun = time.perf_counter()

        def allowed() -> int:
            done = place.rewrites.value
            if done >= REWRITES:
                return LINES_EACH
            return min(done * (LINES_EACH // REWRITES) + AHEAD, LINES_EACH - 1)

        writers = _start_writers(place, allowed)
        kills = _kill_while(place, writers, pause_s=0.0, longest_life_s=0.5)
        count = _count(place, expected=_lines_of_writers())
        rewrites = place.rewrites.value
        print(
            f"writers and kills: {count}; {rewrites:,} rewrites, {kills} kills,"
            f" {time.perf_counter() - begun:.0f} s"
        )
    return count.sound and rewrites >= REWRITES and kills >= KILLS


def run_editor() -> bool:
    """Let an editor save by rename, with Rollcall, with one that is killed, with a held up one."""
    return all(
        [
            _run_editor(EDITS_ALONE),
            _run_editor(EDITS_AMONG_KILLS, longest_life_s=0.1),
            _run_editor(EDITS_AMONG_KILLS, target=rewrite_held_up),
            _run_editor(EDITS_AMONG_KILLS, longest_life_s=0.2, target=rewrite_held_up),
        ]
    )


def run_together() -> bool:
    """Let all work at once, without Rollcall and with it; tell whether it loses no more."""
    without: Counter[str] = Counter()
    with_it: Counter[str] = Counter()
    sound = True
    for _ in range(ROUNDS):
        without += _run_together(with_rollcall=False).lost_of
        count = _run_together(with_rollcall=True)
        with_it += count.lost_of
        sound &= (count.torn, count.doubled) == (0, 0)
    for name in (*WRITERS, "editor"):
        print(f"  {name:20} lost without Rollcall {without[name]:7,}   with it {with_it[name]:7,}")
    return sound and with_it.total() <= without.total()


def _run_editor(
    edits: int,
    *,
    longest_life_s: float = inf,
    target: Callable[[Place, float], None] = rewrite_for_ever,
) -> bool:
    with _place() as place:
        begun = time.perf_counter()
        editor = _start(edit_when_ours_stands, place, edits)
        kills = _kill_while(
            place, [editor], pause_s=0.0, longest_life_s=longest_life_s, target=target
        )
        count = _count(place, expected=list(editor_lines(edits)))
        ignored = edits - len(place.edits_noted())
        print(
            f"editor alone, {target.__name__}: {edits:,} edits, {ignored} ignored; {count};"
            f" {place.rewrites.value:,} rewrites, {kills} kills, {time.perf_counter() - begun:.0f} s"
        )
    return ignored == 0 and count.sound


def _run_together(*, with_rollcall: bool) -> Count:
    with _place() as place:
        begun = time.perf_counter()

        def allowed() -> int:
            return int((time.perf_counter() - begun) / TOGETHER_S * LINES_EACH)

        processes = _start_writers(place, allowed)
        every_s = TOGETHER_S / EDITS_TOGETHER
        processes.append(_start(edit_by_the_clock, place, EDITS_TOGETHER, every_s))
        with _place() as elsewhere:
            _kill_while(place if with_rollcall else elsewhere, processes, pause_s=0.005)
        expected = [*_lines_of_writers(), *editor_lines(EDITS_TOGETHER)]
        count = _count(place, expected=expected, settle=with_rollcall)
        said = f"{place.rewrites.value:,} rewrites" if with_rollcall else "no Rollcall"
        held_ms = place.held_us.value / 1_000 / EDITS_TOGETHER
        print(f"together, {said}, {EDITS_TOGETHER} edits of {held_ms:.0f} ms each: {count}")
    return count


@contextmanager
def _place() -> Iterator[Place]:
    """Yield a log in a folder of its own, written once."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), RawValue("l", 0), RawValue("l", 0))
        place.log.parent.mkdir()
        rewrite(place.open(), 2, Keeper(place.noted))
        yield place


def _start_writers(place: Place, allowed: Allowance) -> list[BaseProcess]:
    return [_start(append, place.log, name, allowed) for name, append in WRITERS.items()]


def _start(target: Callable[..., None], *args: object) -> BaseProcess:
    process = _fork.Process(target=target, args=args, daemon=True)
    process.start()
    return process


def _kill_while(
    place: Place,
    processes: Collection[BaseProcess],
    *,
    pause_s: float,
    longest_life_s: float = inf,
    target: Callable[[Place, float], None] = rewrite_for_ever,
) -> int:
    """Start Rollcall and kill it at random for as long as these work; return the kills."""
    chance, kills, begun = random.Random(7), 0, time.perf_counter()  # noqa: S311 - repeatable
    while any(process.is_alive() for process in processes):
        rollcall = _start(target, place, pause_s)
        death = time.perf_counter() + longest_life_s * (1 - chance.random())
        while any(one.is_alive() for one in processes) and time.perf_counter() < death:
            pause(min(0.02, max(0.0, death - time.perf_counter())))
        assert rollcall.exitcode is None, "Rollcall ended by itself"
        rollcall.kill()
        rollcall.join()
        kills += rollcall.exitcode == -signal.SIGKILL
        assert time.perf_counter() - begun < LONGEST_S, "it takes too long"
    _join(processes)
    return kills


def _join(processes: Iterable[BaseProcess]) -> None:
    for process in processes:
        process.join()
        assert process.exitcode == 0, "a process failed"


def _lines_of_writers() -> list[bytes]:
    return [line for name in WRITERS for line in lines_of(name)]


def _count(place: Place, *, expected: Collection[bytes], settle: bool = True) -> Count:
    """Take over what was written late, then compare the file with what was written."""
    if settle:
        log = place.open()
        rewrite(log, log.highest_id() + 1, Keeper(place.noted))
        for _ in range(100):
            # A save that stood in our way is kept for ten minutes.
            if not log.poll(now=datetime.now(UTC) + timedelta(hours=1)):  # noqa: TID251 - its age
                break
        else:
            raise AssertionError("replaced files are still kept though nobody has them open")
    content = place.log.read_bytes()
    region = find_region(content, where=str(place.log))
    assert region is not None, "the region is gone"
    head, tail = content[: region.start], content[region.end :]
    there = Counter(tail.splitlines(keepends=True))
    wanted = set(expected)
    lost = wanted - there.keys()
    return Count(
        written=len(expected),
        lost=len(lost),
        doubled=sum(times - 1 for line, times in there.items() if line in wanted),
        torn=len(there.keys() - wanted) + (head != b"# Blockers log\n\n"),
        lost_of=Counter(line.split(b" | ")[0].removeprefix(b"| ").decode() for line in lost),
    )


if __name__ == "__main__":
    main()
