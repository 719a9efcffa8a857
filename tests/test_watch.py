"""When changed paths are due, and what the real observer puts."""

from __future__ import annotations

import errno
import queue
import shutil
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from watchdog.observers import Observer

from rollcall import watch
from rollcall.sources import SourceFinder, WatchRoot
from rollcall.watch import Coalescer, Watcher

MARA = Path("feedback/mara.md")
BEN = Path("feedback/ben.md")
WAIT_S = 10.0


def test_the_first_change_of_a_quiet_path_is_due_at_once() -> None:
    coalescer = Coalescer()
    coalescer.put(MARA, 100.0)

    assert coalescer.next_at_s() == 100.0
    assert coalescer.due(100.0) == (MARA,)
    assert coalescer.due(100.0) == ()
    assert coalescer.next_at_s() is None


def test_later_changes_are_due_together_when_the_time_is_over_and_not_before() -> None:
    coalescer = Coalescer(0.25)
    coalescer.put(MARA, 100.0)
    coalescer.due(100.0)
    for at_s in (100.01, 100.1, 100.2):
        coalescer.put(MARA, at_s)

    assert coalescer.next_at_s() == 100.25
    assert coalescer.due(100.249) == ()
    assert coalescer.due(100.25) == (MARA,)
    assert coalescer.due(200.0) == ()


def test_a_path_that_was_quiet_again_is_due_at_once_again() -> None:
    coalescer = Coalescer(0.25)
    coalescer.put(MARA, 100.0)
    coalescer.due(100.0)
    coalescer.put(MARA, 100.25)

    assert coalescer.next_at_s() == 100.25


def test_one_busy_path_holds_back_no_other() -> None:
    coalescer = Coalescer(0.25)
    coalescer.put(MARA, 100.0)
    coalescer.due(100.0)
    coalescer.put(MARA, 100.1)
    coalescer.put(BEN, 100.1)

    assert coalescer.due(100.1) == (BEN,)
    assert coalescer.due(100.3) == (MARA,)


def test_what_waits_longest_is_first() -> None:
    coalescer = Coalescer()
    coalescer.put(MARA, 100.0)
    coalescer.put(BEN, 99.0)

    assert coalescer.due(101.0) == (BEN, MARA)


@given(gaps_s=st.lists(st.integers(0, 64).map(lambda part: part / 64), max_size=30))
def test_no_change_is_lost_and_continuous_writing_delays_nobody_for_long(
    gaps_s: list[float],
) -> None:
    coalescer = Coalescer(0.25)
    at_s, pending_since = 0.0, None
    for gap_s in gaps_s:
        at_s += gap_s
        due_at = coalescer.next_at_s()
        if due_at is not None and due_at <= at_s:
            assert pending_since is not None
            assert due_at - pending_since <= 0.25
            assert coalescer.due(due_at) == (MARA,)
            pending_since = None
        coalescer.put(MARA, at_s)
        pending_since = at_s if pending_since is None else pending_since

    assert coalescer.due(at_s + 0.25) == ((MARA,) if gaps_s else ())


class Observed:
    """A watcher over a folder, and what it put."""

    def __init__(self, roots: Sequence[WatchRoot]) -> None:
        self.puts: queue.Queue[Path] = queue.Queue()
        self.watcher = Watcher(
            roots,
            lambda path: path.suffix == ".md",
            self.puts.put,
            is_folder=lambda path: path.name != "node_modules",
        )
        self.watcher.start()

    def until(self, last: Path) -> list[Path]:
        """Return all that was put before ``last`` was, waiting for it."""
        got: list[Path] = []
        while (path := self.puts.get(timeout=WAIT_S)) != last:
            got.append(path)
        return got


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feedback").mkdir()
    return tmp_path / "feedback"


@pytest.fixture
def observed(folder: Path) -> Iterator[Observed]:
    before = threading.active_count()
    found = Observed([WatchRoot(folder.parent, recursive=False), WatchRoot(folder, recursive=True)])
    yield found
    found.watcher.stop()
    assert threading.active_count() == before


def append(path: Path, text: str = "one line\n") -> None:
    with path.open("a") as file:
        file.write(text)


def mark(observed: Observed, path: Path) -> list[Path]:
    """Write to a file that nothing else touches, and return what was put before."""
    append(path)
    return observed.until(path)


def test_one_append_gives_no_more_than_a_change_and_a_close(
    folder: Path, observed: Observed
) -> None:
    append(folder / "mara.md")
    mark(observed, folder / "first-mark.md")
    append(folder / "mara.md")

    puts = [path for path in mark(observed, folder / "mark.md") if path.name == "mara.md"]

    assert 1 <= len(puts) <= 2


def test_reading_gives_nothing(folder: Path, observed: Observed) -> None:
    append(folder / "mara.md")
    mark(observed, folder / "first-mark.md")
    observed.until(folder / "first-mark.md")
    for _ in range(200):
        (folder / "mara.md").read_bytes()
        list(folder.iterdir())

    assert [p for p in mark(observed, folder / "mark.md") if p.name == "mara.md"] == []


def test_a_file_that_is_no_source_gives_nothing(folder: Path, observed: Observed) -> None:
    append(folder / "mara.log")
    (folder / "mara.log").rename(folder / "mara.old")
    (folder / "mara.old").unlink()
    (folder / "node_modules").mkdir()

    assert mark(observed, folder / "mark.md") == []


def test_a_move_puts_both_ends_and_a_deletion_its_path(folder: Path, observed: Observed) -> None:
    append(folder / "mara.md")
    mark(observed, folder / "first-mark.md")
    (folder / "mara.md").rename(folder / "ben.md")
    (folder / "ben.md").unlink()

    puts = set(mark(observed, folder / "mark.md")) - {folder / "first-mark.md"}

    assert puts == {folder / "mara.md", folder / "ben.md"}


def test_a_file_renamed_over_a_source_is_put(folder: Path, observed: Observed) -> None:
    append(folder / "mara.md.tmp")
    (folder / "mara.md.tmp").rename(folder / "mara.md")

    assert folder / "mara.md" in mark(observed, folder / "mark.md")


def test_what_appears_in_a_new_folder_is_put(folder: Path, observed: Observed) -> None:
    (folder / "noor").mkdir()
    observed.until(folder / "noor")
    append(folder / "noor" / "2026-02-07.md")

    assert observed.until(folder / "noor" / "2026-02-07.md") == []


def test_a_folder_that_is_made_again_is_observed_again(folder: Path, observed: Observed) -> None:
    roots = [WatchRoot(folder.parent, recursive=False), WatchRoot(folder, recursive=True)]
    shutil.rmtree(folder)
    folder.mkdir()
    observed.until(folder)
    observed.watcher.refresh(roots)
    append(folder / "mara.md")

    observed.until(folder / "mara.md")
    assert observed.watcher.problem is None


def test_a_folder_that_another_was_put_in_place_of_is_observed(
    folder: Path, observed: Observed
) -> None:
    roots = [WatchRoot(folder.parent, recursive=False), WatchRoot(folder, recursive=True)]
    folder.rename(folder.with_name("old"))
    folder.mkdir()
    observed.until(folder)
    observed.watcher.refresh(roots)
    append(folder.with_name("old") / "ben.md")
    append(folder / "mara.md")

    assert folder / "ben.md" not in observed.until(folder / "mara.md")


def test_a_folder_of_feedback_that_appears_later_is_noticed_and_observed(tmp_path: Path) -> None:
    finder = SourceFinder(
        tmp_path,
        roots=["."],
        feedback_files=["team/feedback/{agent}.md"],
        ignore=[],
        chat_dirs=["bot_chat"],
        declared={},
        sink_paths=[],
    )
    puts: queue.Queue[Path] = queue.Queue()
    watcher = Watcher(
        finder.watch_roots(),
        lambda path: finder.match(path) is not None,
        puts.put,
        is_folder=finder.may_hold,
    )
    watcher.start()
    (tmp_path / "build").mkdir()
    for folder in (tmp_path / "team", tmp_path / "team" / "feedback"):
        folder.mkdir()
        first = puts.get(timeout=WAIT_S)
        assert first == folder
        assert watcher.refresh(finder.watch_roots())
        assert not watcher.refresh(finder.watch_roots())
    append(tmp_path / "team" / "feedback" / "mara.md")

    assert puts.get(timeout=WAIT_S) == tmp_path / "team" / "feedback" / "mara.md"
    watcher.stop()


def test_a_folder_behind_a_symbolic_link_is_observed(tmp_path: Path) -> None:
    (tmp_path / "real" / "noor").mkdir(parents=True)
    (tmp_path / "feedback").symlink_to("real")
    observed = Observed([WatchRoot(tmp_path / "feedback", recursive=True)])
    append(tmp_path / "real" / "mara.md")
    append(tmp_path / "real" / "noor" / "2026-02-07.md")

    observed.until(tmp_path / "feedback" / "mara.md")
    observed.until(tmp_path / "feedback" / "noor" / "2026-02-07.md")
    observed.watcher.stop()


def test_a_root_that_is_not_there_is_no_problem(tmp_path: Path) -> None:
    observed = Observed([WatchRoot(tmp_path / "gone", recursive=True)])

    assert observed.watcher.problem is None
    observed.watcher.stop()


class FullObserver(Observer):  # type: ignore[misc, valid-type]
    """Watchdog's own, on a host whose limit is reached."""

    def schedule(self, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")


def test_a_limit_of_the_kernel_is_said_and_raises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "Observer", FullObserver)
    observed = Observed([WatchRoot(tmp_path, recursive=True)])
    problem = observed.watcher.problem
    observed.watcher.stop()

    assert problem == (
        f"{tmp_path}: cannot be observed: the kernel's limit of watches is reached; "
        "raise fs.inotify.max_user_watches"
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_is_said_and_started_anew(tmp_path: Path) -> None:
    puts: queue.Queue[Path] = queue.Queue()
    fails = threading.Event()
    fails.set()

    def put(path: Path) -> None:
        if fails.is_set():
            raise ValueError("a fault of ours")
        puts.put(path)

    roots = [WatchRoot(tmp_path, recursive=True)]
    watcher = Watcher(roots, lambda _: True, put)
    watcher.start()
    observer = watcher._observer
    assert observer is not None
    append(tmp_path / "mara.md")
    observer.join(WAIT_S)

    problem = watcher.problem
    fails.clear()
    watcher.refresh(roots)
    append(tmp_path / "mara.md")
    assert puts.get(timeout=WAIT_S) == tmp_path / "mara.md"
    assert watcher.problem is None
    assert problem == "the thread that observes files died; the next sweep starts it anew"
    watcher.stop()


def test_a_folder_with_one_inside_it_made_at_once_does_not_end_watching(tmp_path: Path) -> None:
    seen = threading.Event()
    watcher = Watcher(
        [WatchRoot(tmp_path, recursive=True)],
        lambda path: path.name == "late.md",
        lambda path: seen.set() if path.name == "late.md" else None,
    )
    watcher.start()
    warnings.warn("Callback with id '1' already exists for watch x", RuntimeWarning, stacklevel=1)
    for number in range(30):
        (tmp_path / f"a{number}" / "b" / "c").mkdir(parents=True)
    (tmp_path / "late.md").touch()
    assert seen.wait(10)
    problem = watcher.problem
    watcher.stop()
    assert problem is None
