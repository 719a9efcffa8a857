"""Tell what a heading's words make of it: a section, a plan, instructions, an update."""

from __future__ import annotations

import re

_LEAD = re.compile(r"^[\W_]*(?:\d{1,2}[.)][ \t]+)?[\W_]*")

_SECTION = re.compile(
    r"(?:status(?! update)|(?:executive )?summary|overview|today|yesterday|tomorrow|plan\b"
    r"|plans\b|next\b|actions?\b|todo|to do|evidence|proof\b"
    r"|artifacts?\b|blockers?\b|blocked\b|risks?\b|issues?\b|open (?:issues|questions|items)"
    r"|concerns?|notes?\b|requests?\b|asks?\b|needs?\b"
    r"|decisions?\b|questions?\b|commands?\b|changes?\b|files?\b|tests?\b|testing\b|results?\b"
    r"|verification|validation|metrics|context"
    r"|background|objectives?\b|goals?\b|scope\b|findings|recommendations?|acceptance"
    r"|(?:key )?deliverables|done\b|in progress"
    r"|pending\b|remaining|outstanding|dependenc|follow-?ups?\b|checklist|compliance"
    r"|time tracking|time spent|lessons|retro"
    r"|links\b|references|appendix|environment|details|work (?:completed|done|in progress|log)"
    r"|completed\b|accomplish|achievements"
    r"|highlights|impact|timeline|what (?:i|we|went|was|is)\b|how\b|why\b|approach|outcome"
    r"|root cause|implementation notes"
    r"|current (?:status|state|focus|task|issue)|progress\b(?! (?:report|update))|direction"
    r"|focus\b|coordination|health\b|credentials|polling|diffs?\b"
    r"|logs?\b|output|observations|assumptions|escalations?|handoff notes|kpis?\b"
    r"|self-?(?:review|assessment|grade)|score|tl;?dr)",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"(?:process\b|instructions?\b|rules\b|guidelines|how to\b|formats?\b|templates?\b|protocol"
    r"|usage\b|conventions|about\b|legend|purpose|examples?\b"
    r"|entry (?:format|template)|(?:log|update|feedback|entry) (?:format|template)"
    r"|reporting (?:format|rules)|(?:operating|ground) rules)",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"(?:.{0,24}[-\u2013—:] ?)?(?:plan\b|plans\b|planned|next\b|todo|to do|tomorrow|upcoming"
    r"|schedule|agenda|backlog|roadmap|remaining|proposed|requests?\b|asks?\b)",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"(?:(?:work|tasks?) complete\b|(?:task|ticket|story|issue|phase|milestone|sprint|step"
    r"|session|cycle|iteration|update|hour|round|day|wave|entry|checkpoint) ?#?\d"
    r"|task [A-Z]{1,4}-?\d|(?:start|end)[- ]of[- ](?:day|session|shift)|sod\b|eod\b|startup\b"
    r"|shutdown\b|stand-?up\b|kick-?off\b|wrap-?up\b|hand-?off\b(?! notes)"
    r"|check-?in\b|(?:morning|midday|noon|afternoon|evening|night|daily|weekly|hourly) (?:update"
    r"|report|check|checkpoint|summary|session|startup|shutdown)"
    r"|(?:final |status |progress )+(?:update|report)\b)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:progress|status|work|log|daily|hourly) )?(?:update|entry|checkpoint|check-?in|report"
    r"|cycle|iteration|session|round) ?[#:]? ?\d{1,4}\b",
    re.IGNORECASE,
)
_REPORT = re.compile(r".{0,120}\b(?:report|summary|assessment|review|audit)\W*$", re.IGNORECASE)
_LOG_TITLE = re.compile(
    r".{0,120}\b(?:logs?|journal|diary|feedback|notes|updates|changelog|worklog|inbox"
    r"|status file)[\W_]{0,4}(?:file|template)?$",
    re.IGNORECASE,
)

_ORDER = re.compile(
    r"[ \t]*(?:(?:[-*+]|\d{1,2}[.)])[ \t]+)?[*_]{0,2}(?:do\b|don't|never|always|when(?:ever)? (?:a|an|you)\b"
    r"|use|append|add|keep|write|log|post|follow|every (?:agent|\d))\b",
    re.IGNORECASE,
)
_CONTAINER = re.compile(
    r"(?:(?:activity|work|status|update|feedback|daily|progress|session) )?"
    r"(?:logs?|entries|updates|journal)[\W_]*",
    re.IGNORECASE,
)


def _plain(title: str) -> str:
    found = _LEAD.match(title)
    return title[found.end() if found else 0 :]


def is_section(title: str) -> bool:
    """Tell whether the heading is one of the fixed sections that reports are made of."""
    return _SECTION.match(_plain(title)) is not None


def is_instruction(title: str) -> bool:
    """Tell whether the heading stands above standing instructions, not work."""
    return _INSTRUCTION.match(_plain(title)) is not None


def may_report(title: str) -> bool:
    """Tell whether the heading stands above instructions in one file, and work in another."""
    return _plain(title).strip(" :").casefold() == "process"


def instructs(line: str) -> bool:
    """Tell whether the line tells agents what to do; a fence, as ``x``, is a template."""
    return line == "x" or _ORDER.match(line) is not None


def is_plan(title: str) -> bool:
    """Tell whether what stands under the heading is yet to come."""
    return _PLAN.match(_plain(title)) is not None


def announces_update(title: str) -> bool:
    """Tell whether the heading announces a finished piece of work or a phase of the day."""
    return _UPDATE.match(_plain(title)) is not None


def is_container(title: str) -> bool:
    """Tell whether the heading only holds the updates below it."""
    return _CONTAINER.fullmatch(_plain(title)) is not None


def is_log_title(title: str) -> bool:
    """Tell whether the heading is the title of a log, perhaps one repeated by a merge."""
    return _LOG_TITLE.match(title) is not None


def is_numbered_update(title: str) -> bool:
    """Tell whether the heading is one of a series: ``Progress Update 07``."""
    return _NUMBERED.match(_plain(title)) is not None


def is_report(title: str) -> bool:
    """Tell whether the title is that of one report, which its sections make up."""
    return _REPORT.match(title) is not None
