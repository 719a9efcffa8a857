"""``rollcall ack``."""

from __future__ import annotations

from rollcall.cli.instruct import ByOption, IdArgument, WhyOption, instruct
from rollcall.cli.opening import open_beside
from rollcall.cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption


def command(
    id_: IdArgument,
    *,
    why: WhyOption = "",
    by: ByOption = None,
    workspace: WorkspaceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge a blocker: it stays open until its cause ends, and its levels stop."""
    found = open_beside(workspace, config, overrides)
    instruct(found, "ack", id_, why, by, as_json=as_json)
