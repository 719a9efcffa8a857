"""What can go wrong, as one tree.

RollcallError
 ├─ UsageError                 exit 2: the command or its arguments are wrong
 │   ├─ ConfigurationError     a setting is unknown, badly formed, or not carried out yet
 │   └─ WorkspaceMissing       no configuration and nothing to watch
 ├─ OutsideError               exit 3: the world did not do what we need
 │   ├─ SourceUnreadable       one watched file cannot be read
 │   ├─ StoreUnusable          the database is newer than we are, locked or broken
 │   └─ BlockersLogUnusable    the log's markers contradict each other, or it cannot be written
 ├─ InstructionRefused         exit 1: what a person asked for cannot be, as things stand
 ├─ ReadingStopped             somebody asked for an end while files were read
 └─ DeliveryFailed             one notice was not taken by one sink
"""

from __future__ import annotations


class RollcallError(Exception):
    """Anything that Rollcall says went wrong; its text is fit for a person."""


class UsageError(RollcallError):
    """The command, or what it was given, is wrong."""


class ConfigurationError(UsageError):
    """A setting is unknown, badly formed, or not carried out by this version."""


class WorkspaceMissing(UsageError):
    """There is no configuration here or above, and nothing to watch."""


class OutsideError(RollcallError):
    """Something outside Rollcall did not do what was needed."""


class SourceUnreadable(OutsideError):
    """One watched file cannot be read; says which and why."""


class StoreUnusable(OutsideError):
    """The database cannot be used: newer than this version, locked, or damaged."""


class BlockersLogUnusable(OutsideError):
    """The blockers log cannot be rewritten safely; it was left as it is."""


class InstructionRefused(RollcallError):
    """What a person asked for cannot be carried out as things stand; says what can."""


class ReadingStopped(RollcallError):
    """Somebody asked for an end while files were read; what was read is kept."""


class DeliveryFailed(RollcallError):
    """A sink did not take a notice.

    ``permanent``: trying again will not help until a person changes something.
    ``retry_after_s``: the seconds that the sink asked us to wait, for everything it gets.
    ``perhaps_sent``: the request left us and no answer came; the sink must be asked before a resend.
    ``disables_sink``: every other notice would fare the same (a revoked token, an archived channel);
    without it only this notice is refused.
    ``has_another_way``: the sink was answered, and does it in another way when it is asked again,
    which need not wait for more than its turn.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        perhaps_sent: bool = False,
        disables_sink: bool = False,
        has_another_way: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.perhaps_sent = perhaps_sent
        self.disables_sink = disables_sink
        self.has_another_way = has_another_way
