"""What a GO signal says."""

from __future__ import annotations

import pytest

from rollcall.parse.signal import reads_as_go


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GO",
        "# GO\n\nEverybody works on the parser.\n",
        "Status: GO\n",
        "The player's buttons come first.\nThen PAUSE and STANDBY.\n",
        "GO\n\nYesterday the signal was PAUSE.\n",
        "GO\nWe PAUSE on Friday.\n",
        "GO: pauseless week\n",
        "unpaused\n",
        "Status: standbys are listed below\n",
        "Status: unpause-able\n",
        "GO\nBen's status: PAUSE\n",
        "GO\n\nTo stop the team write:\n\n```\nStatus: PAUSE\n```\n",
    ],
)
def test_it_is_go_unless_it_says_otherwise(text: str) -> None:
    assert reads_as_go(text)


@pytest.mark.parametrize(
    "text",
    [
        "PAUSE",
        "pause\n",
        "\ufeff# Standby\n",
        "\n\n   \n## GO signal: **PAUSE** until noon\n",
        "---\nPAUSE\n",
        "---\nstatus: standby\n---\n# The parser team\n",
        "# The parser team\n\nStatus: PAUSE\n",
        "# The parser team\n\n- **Status:** Standby (release)\n",
        "# The parser team\n> __Signal__: `STANDBY`\n",
        "# The parser team\n**Status**: ⏸ PAUSE\n",
        "# The parser team\n| Status | PAUSE |\n",
        "# The parser team\nGO-Signal: pause\n",
        "# The parser team\r\nSIGNAL: pause\r\n",
        "# The parser team\nStatus: PAUSED since ten\n",
        "# The parser team\nStatus: stand by\n",
        "PAUSED\n",
        "```\nPAUSE\n```\n",
        "__PAUSE__\n",
        "GO-signal \N{EM DASH} PAUSE, see the log\n",
    ],
)
def test_it_is_standby_by_its_first_line_or_its_status(text: str) -> None:
    assert not reads_as_go(text)
