"""A command's one pass tells Slack all that is due, in pace: with cron the next pass is minutes away."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from cli.shell import Shell
from rollcall.notify.fake_slack import CHANNEL, TOKEN, FakeSlack, rate_limited

SILENT = "# x\n\n## 2026-02-07T09:00Z Parser\nStill working on it\n"


@pytest.fixture
def slack(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    """A fake Slack, and beside it a team of four that is silent for a second more than it may."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    with FakeSlack() as fake:
        shell.write(
            "config/rollcall.toml",
            '[feedback]\ncadence = "1s"\ngrace = "0s"\n'
            "[agents.ben]\n[agents.ivo]\n[agents.mara]\n[agents.zoe]\n"
            f'[notify.slack]\nchannel = "{CHANNEL}"\nbase_url = "{fake.base_url}"\n'
            "per_second = 10.0\n",
        )
        for agent in ("ben", "ivo", "mara", "zoe"):
            shell.write(f"feedback/{agent}.md", SILENT)
        assert shell.run("sweep").code == 0
        shell.wait(1.1)
        yield fake


def test_one_pass_tells_slack_all_that_is_due(shell: Shell, slack: FakeSlack) -> None:
    assert shell.run("sweep").code == 0

    assert sorted(str(one.key).split("/")[1] for one in slack.messages) == [
        "B-0001",
        "B-0002",
        "B-0003",
        "B-0004",
    ]
    stamps = sorted(float(one.ts) for one in slack.messages)
    assert min(after - before for before, after in pairwise(stamps)) >= 0.1


def test_one_pass_takes_the_other_way_too(shell: Shell, slack: FakeSlack) -> None:
    slack.world.channels[CHANNEL].takes_blocks = False

    assert shell.run("sweep").code == 0

    assert len(slack.messages) == 4


def test_one_pass_does_not_wait_for_a_sink_that_asks_for_a_pause(
    shell: Shell, slack: FakeSlack
) -> None:
    slack.fail_next("chat.postMessage", rate_limited(60))

    assert shell.run("sweep").code == 0

    assert slack.count("chat.postMessage") == 1
