"""Settings that change while Rollcall runs: taken at once, or not at all; nothing told again or lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness import World, at, proof
from rollcall.configuration import Configuration
from rollcall.errors import ConfigurationError
from rollcall.model import BlockerStatus
from rollcall.store.marks import get_log_remark, list_faults
from rollcall.wiring import rewire
from rollcall.workspace import reread

CADENCE = '[feedback]\ncadence = "{cadence}"\n'
FILE = "config/rollcall.toml"


class Running(World):
    """A world whose configuration file is looked at as the daemon does it."""

    def start_with(self, text: str) -> None:
        self.write(FILE, text)
        self.start()
        self.answers_to_signals: list[str] = []
        self.configuration = Configuration(
            self.works.workspace, self.works.database, self.answers_to_signals.append
        )

    def configure(self, text: str) -> bool:
        """Change the file and look at it; return whether other settings are in force."""
        self.write(FILE, text)
        return self.look()

    def look(self, *, asked: bool = True) -> bool:
        path = self.configuration.path
        if asked and path.exists():
            written = path.stat().st_mtime - 1  # the moment of settling is over
            os.utime(path, (written, written))
        found = self.configuration.look(self.now, asked=asked)
        if found is not None:
            self._works = rewire(self.works, found, {})
            self.configuration.take(found)
            if self.works.projection is not None:
                self.works.projection.begin()
        self.sweep_now()
        return found is not None

    def fault(self) -> str | None:
        with self.works.database.read() as session:
            texts = {row.subject: row.text for row in list_faults(session)}
        return texts.get("configuration")


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path, "workspace.lead=noor")


def test_a_shorter_cadence_holds_at_once_for_what_is_not_proved_yet(running: Running) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with(CADENCE.format(cadence="30m"))
    running.run_until("09:20")
    assert running.open_ids() == []
    assert running.configure(CADENCE.format(cadence="10m"))
    assert running.told() == [("09:20:00", "opened", "mara")]


def test_a_longer_cadence_moves_the_deadline_and_loses_none(running: Running) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with(CADENCE.format(cadence="5m"))
    running.run_until("09:09")
    assert running.configure(CADENCE.format(cadence="20m"))
    running.run_until(at("09:24:59"))
    assert running.open_ids() == []
    running.run_until("09:25")
    assert running.told() == [("09:25:00", "opened", "mara")]


def test_nothing_is_told_again_and_the_ladder_goes_on(running: Running) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with(CADENCE.format(cadence="5m"))
    running.run_until("09:12")
    before = running.events()
    assert running.configure('[feedback]\ncadence = "5m"\n[nudge]\nafter = "6m"\n')
    assert running.events() == before
    running.run_until("09:20")
    assert running.told() == [("09:10:00", "opened", "mara"), ("09:20:00", "escalated", "mara")]
    assert [one.transition.value for one in running.slack.notices] == ["opened", "escalated"]


def test_a_bad_file_keeps_the_settings_and_is_a_fault_until_it_is_good(running: Running) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with(CADENCE.format(cadence="5m"))
    assert not running.configure('[feedback]\ncadance = "1h"\n')
    assert running.fault() == (
        "config/rollcall.toml:2: feedback.cadance: is unknown; "
        "the nearest known key is feedback.cadence; the settings of before hold"
    )
    running.run_until("09:10")
    assert ("09:10:00", "opened", "mara") in running.told()
    assert [one.agent for one in running.blockers(open_only=True)] == ["rollcall", "mara"]

    assert not running.configure(CADENCE.format(cadence="5m"))
    assert running.fault() is None
    assert [one.agent for one in running.blockers(open_only=True)] == ["mara"]


def test_the_blocker_of_a_bad_file_says_what_is_wrong_now_and_is_told_once(
    running: Running,
) -> None:
    running.start_with(CADENCE.format(cadence="5m"))
    running.configure('[feedback]\ncadance = "1h"\n')
    running.configure("[feedback]\ncadence = 5\n")
    (blocker,) = running.blockers(open_only=True)
    assert blocker.description == (
        "A fault of our own at configuration: config/rollcall.toml:2: feedback.cadence: must be "
        'text in quotes: got 5, expected for example "5m"; the settings of before hold'
    )
    assert "must be text in quotes" in running.log_text()
    assert "cadance" not in running.log_text()
    assert [what for _, what, _ in running.told()] == ["opened", "changed"]
    assert [one.transition.value for one in running.slack.notices] == ["opened"]
    running.configure(CADENCE.format(cadence="5m"))
    assert running.blockers(open_only=True) == []


def test_a_snoozed_fault_stays_snoozed_while_its_words_change(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="5m"))
    running.configure('[feedback]\ncadance = "1h"\n')
    running.tell("snooze", "B-0001", until=at("11:00"))
    running.configure("[feedback]\ncadence = 5\n")
    (blocker,) = running.blockers(open_only=True)
    assert blocker.status is BlockerStatus.SNOOZED
    assert "must be text in quotes" in blocker.description


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[feedback\n", "config/rollcall.toml:1: this is not TOML"),
        ("", "config/rollcall.toml: is empty now"),
        ("\n \n", "config/rollcall.toml: is empty now"),
    ],
)
def test_a_file_that_is_half_there_changes_nothing(running: Running, text: str, said: str) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    assert not running.configure(text)
    assert (running.fault() or "").startswith(said)


def test_a_file_that_is_gone_changes_nothing(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    running.delete(FILE)
    assert not running.look()
    assert running.fault() == (
        "config/rollcall.toml: is not there any more; put it back, or stop Rollcall and start it "
        "anew to have the defaults; the settings of before hold"
    )


def test_a_file_that_comes_is_taken(running: Running) -> None:
    running.start()
    running.configuration = Configuration(running.works.workspace, running.works.database)
    assert not running.look()
    assert running.configure(CADENCE.format(cadence="7m"))
    assert running.works.workspace.settings.cadence_of("mara").total_seconds() == 420


def test_a_file_is_read_only_where_it_changed_or_somebody_asks(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    running.sleep_until("09:01")
    running.write(FILE, CADENCE.format(cadence="8m"))
    running.sleep_until("09:01:01")
    assert running.look(asked=False)
    assert not running.look(asked=False)


def test_a_file_that_was_written_this_moment_is_looked_at_a_moment_later(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    running.sleep_until("09:01")
    running.write(FILE, CADENCE.format(cadence="8m"))
    assert not running.look(asked=False)
    running.sleep_until("09:01:01")
    assert running.look(asked=False)


def test_who_asks_while_the_file_is_written_is_answered_a_moment_later(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    running.sleep_until("09:01")
    running.write(FILE, '[feedback]\ncadance = "8m"\n')
    assert running.configuration.look(running.now, asked=True) is None
    assert running.fault() is None
    running.write(FILE, CADENCE.format(cadence="8m"))
    running.sleep_until("09:01:01")
    assert running.look(asked=False)
    assert running.fault() is None


def test_who_asks_is_answered_though_nothing_changed(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    assert not running.look()
    assert not running.configure("[feedback]\ncadence = 5\n")
    assert not running.look()
    refused = (
        "config/rollcall.toml cannot be used, the settings of before hold: "
        "config/rollcall.toml:2: feedback.cadence: must be text in quotes: got 5, "
        'expected for example "5m"'
    )
    assert running.answers_to_signals == [
        "config/rollcall.toml was read again: nothing else is set in it",
        refused,
        refused,
    ]


def test_a_file_that_may_be_read_again_is_taken(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.start_with(CADENCE.format(cadence="7m"))
    running.write(FILE, CADENCE.format(cadence="8m"))
    running.sleep_until("09:01")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refuse)  # root, which tests may run as, is refused nothing
        running.look(asked=False)
    assert running.fault() == (
        "config/rollcall.toml: cannot be read: Permission denied; let the user that runs Rollcall "
        "read it; the settings of before hold"
    )
    (running.root / FILE).chmod(0o600)  # changes neither text nor time of writing
    running.look(asked=False)
    assert running.fault() is None
    assert running.works.workspace.settings.cadence_of("mara").total_seconds() == 480


def test_another_pattern_finds_other_files(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="5m"))
    running.write("notes/ben/log.md", proof("09:00"))
    running.sweep_now()
    assert running.agents() == {}
    running.configure('[feedback]\nfiles = ["notes/{agent}/log.md"]\n')
    assert running.agents() == {"ben": "proof"}


def test_a_pause_in_the_file_begins_and_ends_with_it(running: Running) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with("[agents.mara]\n")
    running.configure("[agents.mara]\npaused = true\n")
    running.run_until("10:00")
    assert running.told() == []
    running.configure("[agents.mara]\n")
    running.run_until(at("10:09:59"))
    assert running.told() == []
    running.run_until("10:10")
    assert running.told() == [("10:10:00", "opened", "mara")]


def test_a_name_that_was_declared_by_mistake_owes_nothing_once_it_is_put_right(
    running: Running,
) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with("[agents.marra]\n")
    running.run_until("09:10")
    assert ("09:10:00", "opened", "marra") in running.told()
    running.configure("[agents.mara]\n")
    assert [(one.agent, one.resolution) for one in running.blockers() if one.closed] == [
        ("marra", "No proof is due any more")
    ]
    running.append("feedback/mara.md", proof("09:11"))
    running.run_until("10:00")
    assert [one.agent for one in running.blockers(open_only=True)] == ["mara"]


def test_an_alias_in_the_file_joins_two_names(running: Running) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.write("feedback/quill.md", proof("09:00"))
    running.start_with("[agents.mara]\n")
    assert sorted(running.agents()) == ["mara", "quill"]
    running.configure('[agents.mara]\naliases = ["quill"]\n')
    assert sorted(running.agents()) == ["mara"]


def test_another_log_goes_on_and_the_old_one_keeps_its_rows_and_says_where(
    running: Running,
) -> None:
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with(CADENCE.format(cadence="5m"))
    running.run_until("09:10")
    old = running.log_text()
    assert "| B-0001 |" in old
    running.configure('[feedback]\ncadence = "5m"\n[notify.blockers_log]\npath = "team/log.md"\n')
    new = (running.root / "team/log.md").read_text(encoding="utf-8")
    assert "| B-0001 |" in new
    assert "| B-0001 |" in running.log_text()
    assert "Goes on in team/log.md, since 2026-02-07 09:10Z" in running.log_text()
    with running.works.database.read() as session:
        assert get_log_remark(session, at("09:00")) is None  # it was not deleted
    running.append("feedback/mara.md", proof("09:11"))
    new = (running.root / "team/log.md").read_text(encoding="utf-8")
    assert "Resolved" in new
    assert "Open (level 1)" in running.log_text()


def test_another_channel_hears_of_what_comes_and_the_old_one_of_what_it_was_told(
    tmp_path: Path,
) -> None:
    running = Running(tmp_path)
    running.overrides = ()
    running.write("feedback/mara.md", proof("09:00"))
    running.start_with('[notify.slack]\nchannel = "C0000000001"\n')
    running.run_until("09:10")
    running.configure('[notify.slack]\nchannel = "C0000000002"\n')
    running.write("feedback/ben.md", proof("09:10"))
    running.run_until("09:15")
    running.append("feedback/mara.md", proof("09:15"))
    running.run_until("09:20")
    heard = [(one.target, one.transition.value) for one in running.slack.notices]
    assert heard == [
        ("C0000000001", "opened"),
        ("C0000000001", "closed"),
        ("C0000000002", "opened"),
    ]


def test_a_file_with_another_store_is_refused_whole(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="5m"))
    text = CADENCE.format(cadence="9m") + '[store]\nurl = "sqlite:///other.db"\n'
    assert not running.configure(text)
    assert "store.url cannot change while Rollcall runs" in (running.fault() or "")
    assert running.works.workspace.settings.cadence_of("mara").total_seconds() == 300
    assert not (running.root / "other.db").exists()
    assert running.configure(CADENCE.format(cadence="9m"))
    assert running.fault() is None


def test_what_was_set_for_this_run_goes_before_the_file(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="5m"))
    running.configure('[workspace]\nlead = "ivo"\n')
    assert running.works.workspace.settings.workspace.lead == "noor"


def test_a_file_in_its_new_form_is_told_by_its_place_in_the_workspace(running: Running) -> None:
    running.start_with(CADENCE.format(cadence="5m"))
    running.write(FILE, "zzz = 1\n")
    with pytest.raises(ConfigurationError, match=r"^config/rollcall.toml:1: zzz: is unknown"):
        reread(running.works.workspace)
