"""From facts in the store to decisions in the store: one subject at a time, each on its own."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from rollcall.boundary import boundary
from rollcall.config import Settings
from rollcall.configuration import SUBJECT as CONFIGURATION
from rollcall.duties import Duties
from rollcall.judging_dependencies import KINDS as OF_REQUESTS
from rollcall.judging_dependencies import RequestJudge, place_in_round
from rollcall.model import EVERYONE, BlockerKind, Transition
from rollcall.rules.decisions import Condition, Ladder, Moment, Nudge, Retire, Verdict
from rollcall.rules.escalate import reconcile
from rollcall.rules.inhibition import say_inhibition
from rollcall.rules.proof import AgentFacts, ProofPolicy, judge_agent
from rollcall.rules.watched import Gap
from rollcall.store.conversation import GRAPH
from rollcall.store.facts import read_agent_facts
from rollcall.store.ledger import Happened, apply_decisions, read_standing
from rollcall.store.marks import due_subjects, end_fault, list_faulty, mark_changed, set_deadline
from rollcall.store.tables import AgentRow, FaultRow
from rollcall.team_stops import SUBJECT as TEAM
from rollcall.team_stops import TeamChange, judge_team
from rollcall.waiting import find_inhibition, follow, judge_graph, note_inhibition

REOPEN_AFTER = timedelta(hours=4)
_WHY_A_FAULT_LASTS = "it is tried again with growing pauses until it works"
_WHY_FAULTS_LAST = {
    CONFIGURATION: "the file is read again when it changes, and at SIGHUP",
}


@dataclass(slots=True)
class Judged:
    """What a round of judgement decided, to be told."""

    happened: list[Happened] = field(default_factory=list)
    nudges: list[Nudge] = field(default_factory=list)
    team: TeamChange = field(default_factory=TeamChange)
    requests: list[str] = field(default_factory=list)


class Judge:
    """Judges subjects: ``agent:<slug>``, ``fault:…``, ``graph``, and those of requests."""

    def __init__(self, settings: Settings) -> None:
        """Turn the settings into policies."""
        self._settings = settings
        self._duties = Duties(settings)
        self._requests = RequestJudge(settings, self._duties)
        self._judges: dict[str, Callable[[Session, str, Moment], Verdict]] = {
            "agent": self._judge_agent,
            "dependency": self._requests.dependency,
            "absent": self._requests.absence,
            "broadcast": self._requests.broadcast,
            "fault": self._judge_fault,
            GRAPH: self._judge_graph,
        }

    def judge(
        self,
        session: Session,
        subjects: Sequence[str],
        now: datetime,
        gaps: Sequence[Gap],
        note_fault: Callable[[str, str], None],
    ) -> Judged:
        """Judge each subject in a transaction of its own within the caller's."""
        judged = Judged()
        faulty = list_faulty(session)
        if TEAM in subjects:
            # A stop that begins or ends changes everybody's duty, so it goes before all.
            with boundary(f"judging {TEAM}", note_fault), session.begin_nested():
                judged.team = judge_team(session, self._duties, gaps, now, self._may_be_silent)
            subjects = due_subjects(session, now)
        waiting = self._requests.widen(session, subjects)
        for subject in waiting:
            kind = subject.partition(":")[0]
            if kind not in self._judges:
                continue
            with boundary(f"judging {subject}", note_fault), session.begin_nested():
                self._prepare(session, subject, now)
                verdict = self._judges[kind](session, subject, self._moment(subject, now, gaps))
                happened = apply_decisions(session, subject, verdict.decisions, now)
                nudges = [one for one in verdict.decisions if isinstance(one, Nudge)]
                for nudge in nudges:
                    session.get_one(AgentRow, nudge.agent).nudged = nudge.since
                for retiring in verdict.decisions:
                    if isinstance(retiring, Retire):
                        session.get_one(AgentRow, retiring.agent).retired = True
                set_deadline(session, subject, verdict.next_check_at)
                session.flush()
                judged.happened += happened
                judged.nudges += nudges
                judged.requests += [subject] if kind in OF_REQUESTS else []
                for more in follow(session, happened) - set(waiting):
                    insort(waiting, more, key=place_in_round)
                if f"judging {subject}" in faulty:
                    end_fault(session, f"judging {subject}")
                    mark_changed(session, [f"fault:judging {subject}"], now)
        return judged

    def _may_be_silent(self, slug: str) -> timedelta:
        return self._settings.cadence_of(slug) + self._settings.feedback.grace

    def proof_policy(self, slug: str) -> ProofPolicy:
        """Return how often proof is due from an agent."""
        settings = self._settings
        cadence = settings.cadence_of(slug)
        after = settings.nudge.after
        return ProofPolicy(
            cadence=cadence,
            grace=settings.feedback.grace,
            nudge_after=cadence if after == "cadence" else after,
            answer_within=settings.chat.answer_within,
            always_on=settings.duty.always_on,
            max_promise=settings.duty.max_promise,
            retire_after=None if slug in settings.agents else settings.duty.retire_after,
        )

    def agent_facts(self, session: Session, slug: str, now: datetime) -> AgentFacts | None:
        """Return what is known of one agent's proof and duty, or None for an unknown agent."""
        facts = read_agent_facts(
            session,
            slug,
            self._settings.lead_of(slug),
            lambda since: self._duties.of(session, slug, now, since=since),
        )
        wait = None
        if facts is not None and facts.statement is not None:
            wait = find_inhibition(session, self._settings, slug, now)
        inhibited = None if wait is None else say_inhibition(wait)
        return facts and replace(facts, inhibited=inhibited)

    def explain(
        self, session: Session, subject: str, now: datetime, gaps: Sequence[Gap]
    ) -> Verdict:
        """Return what would be decided about one subject now, changing nothing."""
        return self._judges[subject.partition(":")[0]](
            session, subject, self._moment(subject, now, gaps)
        )

    def _moment(self, subject: str, now: datetime, gaps: Sequence[Gap]) -> Moment:
        kind, _, rest = subject.partition(":")
        agent = rest.rpartition(":")[2] if kind == "dependency" else rest
        agent = EVERYONE if kind == "broadcast" else agent
        ladders = {one: self._ladder(one, agent) for one in BlockerKind}
        return Moment(now, ladders[BlockerKind.MISSING_PROOF], gaps, ladders=ladders)

    def _ladder(self, kind: BlockerKind, agent: str) -> Ladder:
        levels = self._settings.ladder_of(kind, agent)
        return Ladder(
            tuple(level.after for level in levels), tuple(level.repeat_every for level in levels)
        )

    def _judge_agent(self, session: Session, subject: str, moment: Moment) -> Verdict:
        slug = subject.partition(":")[2]
        facts = self.agent_facts(session, slug, moment.now)
        if facts is None:
            return Verdict()
        return judge_agent(facts, read_standing(session, subject), self.proof_policy(slug), moment)

    def _judge_graph(self, session: Session, subject: str, moment: Moment) -> Verdict:
        del subject
        return judge_graph(session, self._settings, self._duties, moment)

    def _prepare(self, session: Session, subject: str, now: datetime) -> None:
        """Note what a judgement hangs on and what does not follow from the store later."""
        kind, _, slug = subject.partition(":")
        if kind == "agent":
            note_inhibition(session, self._settings, slug, now)
        self._requests.prepare(session, subject)

    def _judge_fault(self, session: Session, subject: str, moment: Moment) -> Verdict:
        what = subject.partition(":")[2]
        row = session.get(FaultRow, what)
        conditions = []
        if row is not None:
            conditions = [
                Condition(
                    key=subject,
                    kind=BlockerKind.FAULT,
                    agent="rollcall",
                    due=row.since,
                    # Another text is no other state: it opens nothing anew and ends no snooze.
                    phase=f"\n{row.text}",
                    description=f"A fault of our own at {what}: {row.text}",
                    why=_WHY_FAULTS_LAST.get(what, _WHY_A_FAULT_LASTS),
                )
            ]
        # A fault of ours is told once and kept in sight; nobody is mentioned for it.
        ladder = moment.ladder_of(BlockerKind.FAULT)
        once = Moment(moment.now, Ladder(ladder.afters[:1], ladder.repeats[:1]), moment.gaps)
        return reconcile(
            conditions, read_standing(session, subject), once, endings={subject: "It works again"}
        )


def share_openings(judged: Judged) -> list[Happened]:
    """Return what happened, the openings of an agent whose absence just ended in one group."""
    returned = {
        one.blocker.agent
        for one in judged.happened
        if one.transition is Transition.CLOSED and one.blocker.kind is BlockerKind.ABSENT
    }
    return [
        replace(one, group=f"returned:{one.blocker.agent}")
        if one.transition is Transition.OPENED and one.group and one.blocker.agent in returned
        else one
        for one in judged.happened
    ]
