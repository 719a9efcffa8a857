"""What the configuration means: defaults, every setting read, and overrides."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rollcall.config import (
    LevelSettings,
    Settings,
    Target,
    describe_settings,
    format_duration,
    load_settings,
    parse_duration,
)
from rollcall.hours import parse_hours
from rollcall.model import BlockerKind

WHOLE = """
[workspace]
roots = [".", "../wt-*"]
timezone = "America/Denver"
sweep_every = "90s"
lead = "ivo"
[feedback]
files = ["reports/{agent}/{date}.md"]
ignore = []
cadence = "10m"
grace = "0s"
require = "claimed"
[chat]
dirs = ["bot chat"]
ack_within = "1h30m"
answer_within = "2d"
[duty]
go_signal = "coordination/GO.md"
hours = ["Mon-Fri 09:00-18:00", "Sat 10:00-14:00"]
max_promise = "30m"
retire_after = "12h"
always_on = true
[agents.devops-sre]
aliases = ["DevOps/SRE", "devops_sre"]
lead = "noor"
cadence = "20m"
hours = "22:00-06:00"
timezone = "Europe/Vienna"
paused = true
[people.ivo]
slack = "U0123456789"
[nudge]
after = "4m"
[[escalation]]
after = "0m"
notify = ["blockers_log", "slack", "inbox:lead", "inbox:agent", "inbox:noor"]
[[escalation]]
after = "1h"
notify = ["slack:@lead", "slack:@ivo"]
repeat_every = "4h"
[[routes]]
kinds = ["stalled dependency", "absent agent"]
agents = ["mara"]
[[routes.escalation]]
after = "5m"
notify = ["inbox:agent"]
[[routes]]
agents = ["mara", "ben"]
[[routes.escalation]]
after = "10m"
notify = ["slack:@ivo"]
[notify]
group_wait = "30s"
quiet_hours = "22:00-07:00"
digest_at = "08:30"
[notify.blockers_log]
path = "log.md"
[notify.slack]
channel = "C0123456789"
token_env = "TEAM_SLACK_TOKEN"
app_token_env = "TEAM_SLACK_APP_TOKEN"
webhook_url_env = "TEAM_SLACK_WEBHOOK"
base_url = "http://127.0.0.1:8080/api"
per_second = 2
[notify.inbox]
path = "inbox/{agent}.md"
[heartbeat]
url_env = "TEAM_HEARTBEAT"
[store]
url = "sqlite:///state/team.db"
"""


def load(text: str | None = None, *overrides: str) -> Settings:
    return load_settings(text, name="rollcall.toml", overrides=overrides)


def test_without_a_file_every_setting_has_its_default() -> None:
    assert load() == Settings()
    assert load("") == Settings()
    assert Settings().escalation == (
        LevelSettings(
            after=timedelta(0),
            notify=(Target("blockers_log"), Target("slack"), Target("inbox", "lead")),
        ),
        LevelSettings(after=timedelta(minutes=10), notify=(Target("slack", "@lead"),)),
    )
    assert Settings().model_dump(exclude={"escalation"}) == {
        "workspace": {
            "roots": (".",),
            "timezone": ZoneInfo("UTC"),
            "sweep_every": timedelta(minutes=5),
            "lead": None,
        },
        "feedback": {
            "files": ("feedback/{agent}.md", "feedback/{agent}/{date}.md"),
            "ignore": ("feedback/archive/**",),
            "cadence": timedelta(minutes=5),
            "grace": timedelta(minutes=5),
            "require": "claimed",
        },
        "chat": {
            "dirs": ("bot_chat",),
            "ack_within": timedelta(minutes=15),
            "answer_within": timedelta(hours=4),
        },
        "duty": {
            "go_signal": None,
            "hours": None,
            "max_promise": timedelta(minutes=45),
            "retire_after": timedelta(hours=24),
            "always_on": False,
        },
        "agents": {},
        "people": {},
        "nudge": {"after": "cadence"},
        "routes": (),
        "notify": {
            "group_wait": timedelta(0),
            "quiet_hours": None,
            "digest_at": None,
            "blockers_log": {"path": "docs/blockers-log.md"},
            "slack": {
                "channel": None,
                "token_env": "SLACK_BOT_TOKEN",
                "app_token_env": "SLACK_APP_TOKEN",
                "webhook_url_env": "SLACK_WEBHOOK_URL",
                "base_url": "https://slack.com/api/",
                "per_second": 1.0,
            },
            "inbox": {"path": "coordination/inbox/{agent}/{date}-notes.md"},
            "pages": {"dashboard": None, "dependencies": None},
        },
        "heartbeat": {"url_env": "ROLLCALL_HEARTBEAT_URL"},
        "store": {"url": "sqlite:///.rollcall/rollcall.db"},
    }


def test_every_setting_is_read() -> None:
    settings = load(WHOLE)
    assert settings.workspace.roots == (".", "../wt-*")
    assert settings.workspace.timezone == ZoneInfo("America/Denver")
    assert settings.workspace.sweep_every == timedelta(seconds=90)
    assert settings.feedback.files == ("reports/{agent}/{date}.md",)
    assert settings.feedback.ignore == ()
    assert settings.feedback.grace == timedelta(0)
    assert settings.chat.dirs == ("bot chat",)
    assert settings.chat.ack_within == timedelta(minutes=90)
    assert settings.chat.answer_within == timedelta(days=2)
    assert settings.duty.go_signal == "coordination/GO.md"
    assert settings.duty.max_promise == timedelta(minutes=30)
    assert settings.duty.always_on is True
    assert [level.repeat_every for level in settings.escalation] == [None, timedelta(hours=4)]
    assert settings.notify.group_wait == timedelta(seconds=30)
    assert settings.notify.quiet_hours == parse_hours("22:00-07:00")
    assert settings.agents["devops-sre"].aliases == ("DevOps/SRE", "devops_sre")
    assert settings.people["ivo"].slack == "U0123456789"
    assert settings.nudge.after == timedelta(minutes=4)
    assert [str(target) for level in settings.escalation for target in level.notify] == [
        "blockers_log",
        "slack",
        "inbox:lead",
        "inbox:agent",
        "inbox:noor",
        "slack:@lead",
        "slack:@ivo",
    ]
    assert settings.notify.slack.base_url == "http://127.0.0.1:8080/api/"
    assert settings.notify.slack.per_second == 2.0
    assert settings.store.path_in(Path("/team")) == Path("/team/state/team.db")


def test_a_byte_order_mark_and_windows_line_ends_are_no_error() -> None:
    assert load("\ufeff[feedback]\r\ncadence = '10m'\r\n").feedback.cadence == timedelta(minutes=10)


def test_an_agents_own_cadence_and_lead_win_over_the_workspaces() -> None:
    settings = load(WHOLE)
    assert settings.cadence_of("devops-sre") == timedelta(minutes=20)
    assert settings.cadence_of("mara") == timedelta(minutes=10)
    assert settings.lead_of("devops-sre") == "noor"
    assert settings.lead_of("mara") == "ivo"
    assert load().lead_of("mara") is None


def test_an_agents_own_hours_and_zone_win_over_the_teams() -> None:
    settings = load(WHOLE)
    assert settings.hours_of("devops-sre") == parse_hours("22:00-06:00")
    assert settings.hours_of("mara") == parse_hours("Mon-Fri 09:00-18:00; Sat 10:00-14:00")
    assert load().hours_of("mara") is None
    assert settings.zone_of("devops-sre") == ZoneInfo("Europe/Vienna")
    assert settings.zone_of("mara") == ZoneInfo("America/Denver")


def test_only_an_agent_that_says_so_is_paused() -> None:
    settings = load(WHOLE)
    assert [settings.is_paused(slug) for slug in ("devops-sre", "mara")] == [True, False]


@pytest.mark.parametrize(
    ("kind", "slug", "after_minutes"),
    [
        (BlockerKind.STALLED_DEPENDENCY, "mara", [5]),
        (BlockerKind.ABSENT, "mara", [5]),
        (BlockerKind.MISSING_PROOF, "mara", [10]),
        (BlockerKind.STALLED_DEPENDENCY, "ben", [10]),
        (BlockerKind.STALLED_DEPENDENCY, "noor", [0, 60]),
    ],
)
def test_the_first_route_that_fits_wins_over_the_escalation(
    kind: BlockerKind, slug: str, after_minutes: list[int]
) -> None:
    levels = load(WHOLE).ladder_of(kind, slug)
    assert [level.after for level in levels] == [timedelta(minutes=n) for n in after_minutes]


def test_every_ladder_is_listed_with_the_escalation_first() -> None:
    assert [len(levels) for levels in load(WHOLE).ladders()] == [2, 1, 1]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().feedback.cadence = timedelta(0)


def test_an_absolute_database_path_stays_absolute() -> None:
    settings = load(None, "store.url=sqlite:////var/lib/rollcall.db")
    assert settings.store.path_in(Path("/team")) == Path("/var/lib/rollcall.db")


class TestOverrides:
    def test_an_override_replaces_what_the_file_says(self) -> None:
        settings = load(WHOLE, "feedback.cadence=1s", "feedback.grace='2s'")
        assert settings.feedback.cadence == timedelta(seconds=1)
        assert settings.feedback.grace == timedelta(seconds=2)

    def test_the_last_of_two_overrides_holds(self) -> None:
        settings = load(None, "feedback.cadence=1s", "feedback.cadence=2s")
        assert settings.feedback.cadence == timedelta(seconds=2)

    def test_a_value_is_toml(self) -> None:
        settings = load(
            None,
            'chat.dirs=["bot chat", "a=b"]',
            "duty.always_on = true",
            'escalation=[{after="0m",notify=["blockers_log"]}]',
            'people={ivo={slack="U0123456789"}}',
            "notify.slack.per_second=0.5",
        )
        assert settings.chat.dirs == ("bot chat", "a=b")
        assert settings.duty.always_on is True
        assert settings.escalation == (
            LevelSettings(after=timedelta(0), notify=(Target("blockers_log"),)),
        )
        assert settings.people["ivo"].slack == "U0123456789"
        assert settings.notify.slack.per_second == 0.5

    def test_a_bare_word_is_text(self) -> None:
        settings = load(
            None,
            "workspace.timezone=Europe/Vienna",
            "notify.slack.base_url=http://localhost:9/api/",
            "notify.slack.channel=C0123456789",
        )
        assert settings.workspace.timezone == ZoneInfo("Europe/Vienna")
        assert settings.notify.slack.base_url == "http://localhost:9/api/"
        assert settings.notify.slack.channel == "C0123456789"

    def test_a_dotted_key_reaches_one_agent_and_leaves_its_other_settings(self) -> None:
        settings = load(WHOLE, "agents.devops-sre.cadence=1m", 'agents."mara".lead=ben')
        assert settings.agents["devops-sre"].aliases == ("DevOps/SRE", "devops_sre")
        assert settings.cadence_of("devops-sre") == timedelta(minutes=1)
        assert settings.lead_of("mara") == "ben"


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("0s", 0),
            ("90s", 90),
            ("5m", 300),
            ("4h", 14_400),
            ("2d", 172_800),
            ("1h30m", 5_400),
            ("1d2h3m4s", 93_784),
            (" 5M ", 300),
        ],
    )
    def test_days_hours_minutes_and_seconds(self, text: str, seconds: int) -> None:
        assert parse_duration(text) == timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "5",
            "5.5m",
            "-5m",
            "m",
            "5 m",
            "30m1h",
            "5m5m",
            "5w",
            "\N{ARABIC-INDIC DIGIT FIVE}m",
            "5m,5s",
            "1e3s",
        ],
    )
    def test_anything_else_is_refused_with_an_example(self, text: str) -> None:
        with pytest.raises(
            ValueError, match=r'is no duration: got ".*", expected for example "90s"'
        ):
            parse_duration(text)

    def test_more_than_ten_years_is_refused(self) -> None:
        assert parse_duration("3650d") == timedelta(days=3650)
        with pytest.raises(ValueError, match="is longer than ten years"):
            parse_duration("3650d1s")

    @given(st.integers(min_value=0, max_value=315_360_000))
    def test_what_is_written_is_read_back(self, seconds: int) -> None:
        span = timedelta(seconds=seconds)
        assert parse_duration(format_duration(span)) == span


def test_every_setting_is_described_once_with_a_full_sentence() -> None:
    settings = describe_settings()
    keys = [setting.key for setting in settings]
    assert len(keys) == len(set(keys))
    assert [setting.key for setting in settings if not setting.help.endswith(".")] == []


def test_every_described_default_loads_as_that_default() -> None:
    for setting in describe_settings():
        in_a_list = setting.key.startswith(("escalation.", "routes."))
        if setting.default is not None and "*" not in setting.key and not in_a_list:
            assert load(None, f"{setting.key}={setting.default}") == Settings(), setting.key
