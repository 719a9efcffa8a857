"""The whole story on one page: begin · ingest · sweep · tick. The worker calls these, nobody else.

Files are read into the store, the store is judged, and what must be told goes into the outbox with
the change that it tells. Delivery (``delivery.py``) happens beside it, from the outbox alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from sqlmodel import Session

from rollcall.boundary import boundary
from rollcall.carrying_out import carry_out
from rollcall.config import Settings
from rollcall.duties import sync_configured_pauses
from rollcall.first_sight import release_undeclared, settle_newcomers
from rollcall.git_moves import GitMoves
from rollcall.judging import Judge, Judged
from rollcall.pages import Pages
from rollcall.reading import (
    Circumstances,
    SourceReader,
    forget,
    link_messages,
    merge_declared,
)
from rollcall.rules.watched import Gap, find_gap
from rollcall.signals import SIGNAL, note_signal, read_signal
from rollcall.sources import Discovery, Source, SourceFinder
from rollcall.store import marks
from rollcall.store.database import Database
from rollcall.store.duty import list_observations
from rollcall.store.ledger import Happened
from rollcall.store.setback import move_back
from rollcall.store.sources import (
    find_cursors,
    is_anyone_on_duty,
    judge_everything_anew,
    list_present,
    list_waiting_instructions,
    list_writers,
    verb_of,
)
from rollcall.tail import Change
from rollcall.telling import Teller
from rollcall.telling_requests import RequestTeller
from rollcall.unchanged import Unchanged

LINKING = "linking messages"


@dataclass(slots=True)
class Round:
    """What one sweep or tick did, for those who watch it."""

    happened: list[Happened] = field(default_factory=list)
    notices: int = 0
    read: int = 0

    def add(self, other: Round) -> None:
        """Count what another round did as done in this one."""
        self.happened += other.happened
        self.notices += other.notices
        self.read += other.read


class Pipeline:
    """Ingests, judges and tells, for one workspace, in one thread."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        finder: SourceFinder,
        *,
        slack_is_on: bool,
        added: Collection[str] = (),
        follow: Callable[[Sequence[Source]], Iterable[Source]] = iter,
        pages: Pages | None = None,
    ) -> None:
        """Wire the stages; nothing is read yet.

        ``added`` are the added sinks that work; ``follow`` gives the sources to read one by one;
        ``pages`` are written where this is no rehearsal.
        """
        self._settings = settings
        self._database = database
        self._finder = finder
        self._reader = SourceReader(settings)
        self._judge = Judge(settings)
        self._pages = pages
        self._teller = Teller(settings, slack_is_on=slack_is_on, added=added)
        self._request_teller = RequestTeller(settings, slack_is_on=slack_is_on, added=added)
        self._gap: Gap | None = None
        self._in_force = blake2b(repr(settings).encode(), digest_size=16).hexdigest()
        self._sources: dict[Path, Source] = {}
        self._unchanged = Unchanged()
        self._git = GitMoves(database, finder)
        self._follow = follow
        self._accounted: Sequence[Source] | None = None
        self.discovery = Discovery((), (), ())

    def begin(self, now: datetime, planned_next: datetime) -> Gap | None:
        """Note that we are looking, and store the interval before now that nobody watched."""
        with self._database.write() as session:
            gap = find_gap(marks.get_instant(session, marks.PLANNED_TICK), now)
            last = marks.get_instant(session, marks.LAST_TICK)
            if last is not None and now < last:
                self._take_clock_back(session, last, now)
            marks.set_instant(session, marks.LAST_TICK, now)
            marks.set_instant(session, marks.PLANNED_TICK, planned_next)
            if marks.get_mark(session, marks.SETTINGS) != self._in_force:
                # What was planned under other settings may be due sooner now.
                marks.set_mark(session, marks.SETTINGS, self._in_force)
                marks.set_mark(session, marks.LINKS_STALE, "yes")
                merge_declared(session, self._settings, now)
                sync_configured_pauses(session, self._settings, now)
                release_undeclared(session, self._settings, now)
                judge_everything_anew(session, now)
            if gap is not None:
                self._gap = gap
                marks.add_gap(session, gap)
                judge_everything_anew(session, now)
                if self._is_worth_telling(session, gap):
                    self._teller.tell_gap(session, gap, now)
        return gap

    def sweep(self, now: datetime) -> Round:
        """Read everything that changed, then judge: correct whatever events were missed."""
        self._observe_signal(now)
        self.discovery = self._finder.scan()
        # Taken before reading: what moves meanwhile has moved for the next sweep.
        git_states = self._git.read_states()
        with self._database.read() as session:
            first = marks.get_mark(session, marks.FIRST_SWEEP) is None
        # Before reading: what was moved must be known to be gone when it is met at its new place.
        self._account_for(self.discovery.sources, now)
        changed = self._unchanged.leave_out(self.discovery.sources, self.discovery.stamps)
        done = self._ingest(changed, now, first_sight=first, deep=True)
        with self._database.write() as session:
            settle_newcomers(session, self._settings, now)
            if first:
                marks.set_instant(session, marks.FIRST_SWEEP, now)
            marks.set_instant(session, marks.LAST_SWEEP, now)
            self._git.keep(session, git_states)
        self._gap = None
        return self._judge_due(now, done)

    def ingest(self, paths: Iterable[Path], now: datetime) -> Round:
        """Read the sources among these paths, then judge what they changed.

        Where a repository moved, everything that came with it is read at once.
        """
        if self._git.moved_roots():
            return self.sweep(now)
        sources: dict[Path, Source] = {}
        for path in paths:
            found = self._finder.inspect(path) or self._finder.match(path)
            if isinstance(found, Source):
                sources[path] = found
        self._sources |= sources
        done = self._ingest(list(sources.values()), now)
        self._settle_newcomers(now)
        return self._judge_due(now, done)

    def tick(self, now: datetime) -> Round:
        """Carry out instructions and judge what is due now."""
        done = Round()
        self._observe_signal(now)
        if self._git.moved_roots() and not self.is_git_busy(now):
            # Once what git brought is read, what follows is the agents' own writing again.
            done = self.sweep(now)
        with self._database.read() as session:
            waiting = list_waiting_instructions(session)
            due = set(marks.due_subjects(session, now))
        if any(subject.startswith("source:") for subject in due):
            self._take_back(due)
        late = [one for one in self._sources.values() if f"source:{one.name}" in due]
        if late:
            done.add(self._ingest(late, now))
            self._settle_newcomers(now)
        for instruction in waiting:
            self._instruct(instruction, now, done)
        return self._judge_due(now, done)

    def is_git_busy(self, now: datetime) -> bool:
        """Tell whether git is just writing into a root: what it brings must not pass for an append."""
        return self._git.is_busy(now)

    def next_wake(self) -> datetime | None:
        """Return when something is due next."""
        with self._database.read() as session:
            deadline = marks.next_deadline(session)
        page = None if self._pages is None else self._pages.next_refresh()
        return min((at for at in (deadline, page) if at is not None), default=None)

    def finish_pages(self, now: datetime) -> None:
        """Write the generated pages as they stand, for who leaves and cannot write them later."""
        if self._pages is not None and self._pages.are_wanted:
            with self._guarded("pages", now):
                self._pages.refresh(self._database, now)

    def _instruct(self, instruction: int, now: datetime, done: Round) -> None:
        with self._database.read() as session:
            verb = verb_of(session, instruction)
        if verb == "sweep":
            done.add(self.sweep(now))
            self.finish_pages(now)
        with (
            self._guarded(f"instruction:{instruction}", now),
            self._database.write() as session,
        ):
            happened = carry_out(session, self._settings, instruction, now)
            done.happened += happened
            done.notices += self._teller.tell(session, Judged(happened), now)

    def _ingest(
        self,
        sources: Sequence[Source],
        now: datetime,
        *,
        first_sight: bool = False,
        deep: bool = False,
    ) -> Round:
        scene = Circumstances(
            now=now,
            first_sight=first_sight,
            gap=self._gap,
            git_moved=self._git.watch(sources),
            deep=deep,
        )
        done = Round()
        with self._database.read() as session:
            cursors = find_cursors(session, [source.name for source in sources])
            faulty = marks.list_faulty(session)
        for source in self._follow(sources):
            self._unchanged.forget(source.name)
            with self._guarded(f"source:{source.name}", now, faulty):
                done.read += self._read_one(source, cursors.get(source.name), scene)
        with self._database.read() as session:
            links_stale = marks.get_mark(session, marks.LINKS_STALE) is not None
        if links_stale:
            with self._guarded(LINKING, now, faulty):
                done.notices += self._link(now)
        return done

    def _read_one(
        self, source: Source, known: tuple[str | None, bool] | None, scene: Circumstances
    ) -> bool:
        cursor, gone = known or (None, False)
        tail = self._reader.look(source, cursor, scene)
        if tail is None:
            if known is not None and not gone:
                with self._database.write() as session:
                    forget(session, source.name)
            return False
        if tail.change is Change.UNCHANGED and tail.refreshed is None and not tail.half_line:
            if scene.deep:
                self._unchanged.note(source, self.discovery.stamps[source.name], scene.now)
            return False
        if known is None or gone:
            self._accounted = None
        with self._database.write() as session:
            return self._reader.record(session, source, tail, scene)

    def _observe_signal(self, now: datetime) -> None:
        named = self._settings.duty.go_signal
        if named is None or self._settings.duty.always_on:
            return
        with self._guarded(f"signal:{named}", now):
            state = read_signal(self._finder.workspace / named)
            with self._database.read() as session:
                known = list_observations(session)
                due = SIGNAL in marks.due_subjects(session, now)
            if due or not known or known[-1].state != state.value:
                with self._database.write() as session:
                    note_signal(session, state, now)

    def _settle_newcomers(self, now: datetime) -> None:
        with self._database.write() as session:
            settle_newcomers(session, self._settings, now)

    def _link(self, now: datetime) -> int:
        with self._database.write() as session:
            backlog = link_messages(session, self._settings, now, list_writers(session))
            return self._teller.tell_backlog(session, backlog, now) if backlog else 0

    def _judge_due(self, now: datetime, done: Round) -> Round:
        with self._database.read() as session:
            is_any_due = bool(marks.due_subjects(session, now))
        if is_any_due:
            self._judge_subjects(now, done)
        if self._pages is not None:
            if is_any_due:
                self._pages.mark_stale()
            if self._pages.is_due(now):
                self.finish_pages(now)
        return done

    def _judge_subjects(self, now: datetime, done: Round) -> None:
        with self._database.write() as session:
            subjects = marks.due_subjects(session, now)
            judged = self._judge.judge(
                session, subjects, now, marks.list_gaps(session), self._inner_noter(session, now)
            )
            done.notices += self._teller.tell(session, judged, now)
            done.notices += self._request_teller.tell(session, judged, now)
            done.happened += judged.happened

    def tell_stall(self, since: datetime, now: datetime) -> None:
        """Say that the worker hangs; the one method that another thread may call."""
        with self._database.write() as session:
            self._teller.tell_stall(session, since, now)

    def _take_clock_back(self, session: Session, last: datetime, now: datetime) -> None:
        """Go on by a clock that was set back: nothing that we know of is yet to happen."""
        move_back(session, last, now)
        judge_everything_anew(session, now)
        if self._is_worth_telling(session, Gap(now, last)):
            self._teller.tell_clock_set_back(session, last, now)

    def _is_worth_telling(self, session: Session, gap: Gap) -> bool:
        """Tell only of a gap that could have hidden a missed proof of somebody on duty."""
        feedback = self._settings.feedback
        if gap.end - gap.start < feedback.cadence + feedback.grace:
            return False
        return is_anyone_on_duty(session)

    def _account_for(self, sources: Sequence[Source], now: datetime) -> None:
        """Forget what vanished, unless all is there that the store was last compared with."""
        if sources is self._accounted:
            return
        names = {source.name for source in sources}
        with self._database.write() as session:
            self._forget_vanished(session, names, now)
        self._unchanged.keep_only(names)
        self._sources = {source.path: source for source in sources}
        self._accounted = sources

    def _forget_vanished(self, session: Session, present: set[str], now: datetime) -> None:
        for name in list_present(session):
            if name not in present:
                forget(session, name)
        for fault in marks.list_faults(session):
            kind, _, name = fault.subject.partition(":")
            if kind == "source" and name not in present:
                marks.end_fault(session, fault.subject)
                marks.set_deadline(session, fault.subject, None)
                marks.mark_changed(session, [f"fault:{fault.subject}"], now)

    def _noter(self, now: datetime) -> Callable[[str, str], None]:
        def note(subject: str, text: str) -> None:
            with self._database.write() as session:
                self._inner_noter(session, now)(subject, text)

        return note

    def _inner_noter(self, session: Session, now: datetime) -> Callable[[str, str], None]:
        def note(subject: str, text: str) -> None:
            text = text.replace(f"{self._finder.workspace}/", "")
            retry_at = marks.note_fault(session, subject, text, now)
            self._accounted = None
            marks.mark_changed(session, [f"fault:{subject}"], now)
            kind, _, judged = subject.partition(" ")
            if kind == "judging" or subject.startswith("source:"):
                marks.set_deadline(session, judged or subject, retry_at)

        return note

    @contextmanager
    def _guarded(
        self, subject: str, now: datetime, faulty: Collection[str] | None = None
    ) -> Iterator[None]:
        """Keep a fault inside its subject; what went well ends the fault that was noted before."""
        with boundary(subject, self._noter(now)):
            yield
            if faulty is None or subject in faulty:
                self._end_fault(subject, now)

    def _take_back(self, due: Collection[str]) -> None:
        """Take back the appointments with sources that are due: reading them makes new ones."""
        with self._database.write() as session:
            for subject in due:
                if subject.startswith("source:"):
                    marks.set_deadline(session, subject, None)

    def _end_fault(self, subject: str, now: datetime) -> None:
        with self._database.write() as session:
            if marks.end_fault(session, subject):
                marks.mark_changed(session, [f"fault:{subject}"], now)
