"""``rollcall doctor``: one finding a line, and exit code 1 only for a problem."""

from __future__ import annotations

import sqlite3

import pytest

from cli.shell import Said, Shell
from rollcall.notify.fake_slack import CHANNEL, TOKEN, FakeSlack
from rollcall.store.database import Database
from rollcall.store.outbox import set_sink_state


def findings(said: Said) -> dict[str, tuple[object, object]]:
    return {str(one["check"]): (one["state"], one["text"]) for one in said.records}


def test_a_sound_workspace_has_no_problem(silent_team: Shell) -> None:
    said = silent_team.run("doctor", "--json")
    assert said.code == 0
    assert [sorted(one) for one in said.records[:1]] == [["advice", "check", "state", "text"]]
    assert {one["state"] for one in said.records} == {"ok", "warning"}
    found = findings(said)
    assert found["sources"][1] == "bot_chat/ is not there yet; once it comes it is watched"
    assert found["store"][0] == "ok"


def test_a_signal_that_is_not_there_is_warned_of(silent_team: Shell) -> None:
    named = ("doctor", "--json", "--set", "duty.go_signal=coordination/GO.md")
    said = silent_team.run(*named)
    assert said.code == 0
    assert findings(said)["GO signal"] == (
        "warning",
        "coordination/GO.md is not there: no proof is due from anybody",
    )
    silent_team.write("coordination/GO.md", "GO\n")
    assert findings(silent_team.run(*named))["GO signal"] == ("ok", "coordination/GO.md is there")


def test_one_agent_is_said_so(shell: Shell) -> None:
    shell.write("feedback/mara.md", "- 2026-02-07T09:00Z: hello\n")
    found = {one["check"]: one["text"] for one in reversed(shell.run("doctor", "--json").records)}
    assert found["sources"] == "1 found; feedback of 1 agent"


def test_a_shared_log_is_counted_as_one(shell: Shell) -> None:
    shell.write("log.md", "## [2026-02-07 09:00Z] mara - parser\n- Added `parser.py`\n")
    said = shell.run("doctor", "--json", "--set", 'feedback.files=["log.md"]')
    assert said.records[1]["text"] == "1 found; feedback of 0 agents and 1 shared log"


def test_every_wrong_setting_is_a_problem_and_the_rest_is_looked_at(shell: Shell) -> None:
    shell.write("config/rollcall.toml", '[feedback]\ncadense = "5m"\n[nudge]\nafter = "soon"\n')
    said = shell.run("doctor", "--json")
    assert said.code == 1
    wrong = [one["text"] for one in said.records if one["state"] == "problem"]
    assert [str(text).split(": ")[:2] for text in wrong] == [
        ["config/rollcall.toml:2", "feedback.cadense"],
        ["config/rollcall.toml:4", "nudge.after"],
    ]
    assert "clock" in findings(said)
    assert {one["advice"] for one in said.records if one["state"] == "problem"} == {
        "correct it; the defaults are used below"
    }


def test_where_other_settings_held_before_the_rest_is_looked_at_by_them(
    silent_team: Shell,
) -> None:
    silent_team.write("config/rollcall.toml", 'duty.go_signal = "GO.md"\n')
    silent_team.run("sweep")
    silent_team.write("config/rollcall.toml", "duty.go_signal = 5\n")
    said = silent_team.run("doctor", "--json")
    assert said.code == 1
    assert said.records[0]["advice"] == "correct it; the settings that held last are used below"
    assert str(findings(said)["GO signal"][1]).startswith("GO.md is not there")


def test_a_directory_that_is_no_workspace_is_only_warned_of(shell: Shell) -> None:
    said = shell.run("doctor")
    assert said.code == 0
    assert "warning  configuration: there is no config/rollcall.toml here or above" in said.out


@pytest.mark.parametrize(
    ("arguments", "token", "text"),
    [
        ((), "xoxb-1", "off: no notify.slack.channel in the configuration"),
        (
            ("--set", f"notify.slack.channel={CHANNEL}"),
            "",
            "off: no SLACK_BOT_TOKEN in the environment",
        ),
    ],
)
def test_half_of_slack_is_warned_of(
    silent_team: Shell,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    token: str,
    text: str,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", token)
    said = silent_team.run("doctor", "--json", *arguments)
    assert said.code == 0
    assert findings(said)["slack"] == ("warning", text)


@pytest.mark.parametrize(
    ("scopes", "token", "code", "text"),
    [
        (("chat:write", "channels:history"), TOKEN, 0, f", channel {CHANNEL}"),
        (("chat:write",), TOKEN, 1, "the token lacks the scope channels:history"),
        (("chat:write",), "xoxb-wrong", 1, "Slack auth.test: invalid_auth"),
    ],
)
def test_slack_is_asked_who_we_are(
    silent_team: Shell,
    monkeypatch: pytest.MonkeyPatch,
    scopes: tuple[str, ...],
    token: str,
    code: int,
    text: str,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", token)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeSlack(scopes=scopes) as slack:
        said = silent_team.run(
            "doctor",
            "--json",
            "--set",
            f"notify.slack.channel={CHANNEL}",
            "--set",
            f'notify.slack.base_url="{slack.base_url}"',
        )
        assert slack.messages == []
    assert said.code == code
    assert str(findings(said)["slack"][1]).endswith(text)
    assert token not in said.out


def test_a_lead_who_cannot_be_mentioned_is_warned_of(silent_team: Shell) -> None:
    said = silent_team.run("doctor", "--json", "--set", "workspace.lead=zoe")
    assert findings(said)["leads"] == ("warning", "slack:@lead is sent without a mention of zoe")


def test_contradicting_markers_in_the_blockers_log_are_a_problem(silent_team: Shell) -> None:
    silent_team.write("docs/blockers-log.md", "<!-- rollcall -->\n<!-- rollcall -->\n")
    said = silent_team.run("doctor", "--json")
    assert said.code == 1
    assert findings(said)["blockers log"][0] == "problem"


def test_a_store_of_a_newer_version_is_a_problem(silent_team: Shell) -> None:
    path = silent_team.root / ".rollcall/rollcall.db"
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO migrations VALUES ('9999-later', '2026-02-07')")
    connection.close()
    said = silent_team.run("doctor", "--json")
    assert said.code == 1
    assert findings(said)["store"] == (
        "problem",
        f"{path} was written by a newer Rollcall (step 9999-later)",
    )


def test_a_level_of_a_route_that_has_nobody_to_tell_is_warned_of(silent_team: Shell) -> None:
    said = silent_team.run(
        "doctor",
        "--json",
        "--set",
        'escalation=[{after="0s",notify=["blockers_log"]}]',
        "--set",
        'routes=[{agents=["ben"],escalation=[{after="0s",notify=["slack:@lead"]}]}]',
    )
    state, text = findings(said)["leads"]
    assert state == "warning"
    assert str(text).startswith("level 1 of route 1 has nobody to tell: Slack is off and there is ")


@pytest.mark.parametrize(
    ("statement", "state", "said"),
    [
        ("ALTER TABLE blockers DROP COLUMN told_at", "problem", "lacks blockers.told_at: "),
        ("DROP INDEX one_open_blocker_per_condition", "problem", "lacks one_open_blocker_per_"),
        ("CREATE TABLE notes (x)", "warning", "has notes, notes.x, which no step of this "),
        ("ALTER TABLE agents ADD COLUMN mood TEXT", "warning", "has agents.mood, which no step "),
    ],
)
def test_a_store_of_another_form_is_told_by_its_tables_and_columns(
    silent_team: Shell, statement: str, state: str, said: str
) -> None:
    path = silent_team.root / ".rollcall/rollcall.db"
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    found = findings(silent_team.run("doctor", "--json"))
    assert found["store"][0] == state
    assert str(found["store"][1]).startswith(f"{path} {said}")


def telling(said: Said) -> list[tuple[object, object]]:
    return [(one["state"], one["text"]) for one in said.records if one["check"] == "telling"]


LEVEL = 'escalation=[{{after="0s",notify={}}}]'


@pytest.mark.parametrize(
    ("targets", "more", "state", "text"),
    [
        (["webhook"], (), "problem", "nothing is told anywhere: what happens stands in "),
        (["webhook"], ("workspace.lead=ivo",), "ok", "by the inbox of ivo"),
        (["blockers_log"], (), "warning", "nobody is told of a blocker: it stands in docs/"),
        (["blockers_log", "inbox:lead"], (), "warning", "nobody is told of a blocker: it stan"),
        (["blockers_log", "inbox:lead"], ("agents.mara.lead=ivo",), "ok", "by Blockers log, Inb"),
        (["blockers_log", "inbox:agent"], (), "ok", "by Blockers log, Inbox"),
    ],
)
def test_where_nobody_is_told_that_is_said(
    silent_team: Shell, targets: list[str], more: tuple[str, ...], state: str, text: str
) -> None:
    level = LEVEL.format(str(targets).replace("'", '"'))
    sets = [part for one in (level, *more) for part in ("--set", one)]
    said = silent_team.run("doctor", "--json", *sets)
    assert said.code == (1 if state == "problem" else 0)
    (found,) = telling(said)
    assert (found[0], str(found[1])[: len(text)]) == (state, text)


def test_a_webhook_that_is_disabled_tells_nobody(
    silent_team: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_WEBHOOK_URL", "https://hooks.example/rollcall")
    command = ("doctor", "--json", "--set", LEVEL.format('["webhook"]'))
    assert telling(silent_team.run(*command)) == [("ok", "by Webhook")]
    database = Database(silent_team.root / ".rollcall/rollcall.db")
    with database.write() as session:
        set_sink_state(session, "webhook", "disabled", "webhook: answered 410 Gone")
    database.close()
    said = silent_team.run(*command)
    assert said.code == 1
    assert telling(said) == [
        ("problem", "Webhook is disabled: webhook: answered 410 Gone"),
        ("problem", "nothing is told anywhere: what happens stands in `rollcall status` only"),
    ]
    assert findings(said)["leads"][1] == (
        "level 1 has nobody to tell: Webhook is disabled and there is no workspace.lead with an inbox"
    )


def test_a_file_in_the_place_of_a_folder_is_a_problem_with_its_name(silent_team: Shell) -> None:
    docs = silent_team.root / "docs"
    if docs.exists():
        docs.rename(silent_team.root / "docs-before")
    silent_team.write("docs", "not a folder\n")
    said = silent_team.run("doctor", "--json")
    assert said.code == 1
    wrong = [(one["check"], one["text"]) for one in said.records if one["state"] == "problem"]
    assert wrong == [("blockers log", f"{docs} is a file, and a folder is needed there")]
