"""A mistake in the configuration is told with its place, what was got, and what to do."""

from __future__ import annotations

import pytest

from rollcall.config import load_settings
from rollcall.errors import ConfigurationError


def problems(text: str | None, *overrides: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(text, name="rollcall.toml", overrides=overrides)
    return str(caught.value).splitlines()


def problem(text: str | None, *overrides: str) -> str:
    (only,) = problems(text, *overrides)
    return only


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """
[feedback]
cadance = "5m"
grace = 5

[notify.webhook]
url_name = "ROLLCALL_WEBHOOK_URL"

[[escalation]]
after = "0m"
notify = ["slak"]
"""
    assert problems(text, "chat.dirs=chat") == [
        "--set: chat.dirs: must be a list, for example [\"…\"]: got 'chat'",
        "rollcall.toml:3: feedback.cadance: is unknown; the nearest known key is feedback.cadence",
        'rollcall.toml:4: feedback.grace: must be text in quotes: got 5, expected for example "5m"',
        (
            "rollcall.toml:7: notify.webhook.url_name: is unknown; the nearest known key is "
            "notify.webhook.url_env"
        ),
        (
            'rollcall.toml:11: escalation[1].notify[1]: is no target: got "slak", expected '
            '"blockers_log", "webhook", "alertmanager", "slack", "slack:@lead", "slack:@<person>", '
            '"inbox:lead", "inbox:agent" or "inbox:<name>"'
        ),
    ]


class TestUnknownKeys:
    @pytest.mark.parametrize(
        ("text", "nearest"),
        [
            ('[feedbak]\ncadence = "5m"', "feedback"),
            ('cadence = "5m"', "feedback.cadence"),
            ('[feedback]\nack_within = "5m"', "chat.ack_within"),
            ('[notify]\n[notify.slck]\nchannel = "C0123456789"', "notify.slack"),
            ('[notify.blockers_log]\nfile = "x.md"', "notify.blockers_log.path"),
            ('[agents.mara]\nalias = ["m"]', "agents.<name>.aliases"),
            ('[[escalation]]\nafter = "0m"\nnotfy = ["slack"]', "escalation.notify"),
        ],
    )
    def test_the_nearest_known_key_is_named(self, text: str, nearest: str) -> None:
        assert any(
            line.endswith(f"is unknown; the nearest known key is {nearest}")
            for line in problems(text)
        )

    def test_a_key_like_no_other_is_just_unknown(self) -> None:
        assert problem("zzz = 1") == "rollcall.toml:1: zzz: is unknown"

    def test_a_secret_in_a_misspelt_key_is_not_repeated(self) -> None:
        text = '[notify.slack]\ntoken = "not-for-the-log"'
        assert problem(text).startswith("rollcall.toml:2: notify.slack.token: is unknown")
        assert "not-for-the-log" not in problem(text)
        assert "not-for-the-log" not in problem(None, "notify.slack.token=not-for-the-log")


class TestLaterSettings:
    @pytest.mark.parametrize(
        ("override", "named"),
        [
            ("feedback.require=verified", 'require = "verified"'),
            ("store.url=postgresql://db/rollcall", "a postgresql store"),
            ('escalation=[{after="0m",notify=["email"]}]', 'the target "email"'),
        ],
    )
    def test_a_setting_of_a_later_version_is_refused_by_name(
        self, override: str, named: str
    ) -> None:
        assert f"this version does not carry out {named}; " in problem(None, override)


class TestBadValues:
    @pytest.mark.parametrize(
        ("override", "said"),
        [
            ("feedback.cadence=5", "must be text in quotes: got 5"),
            ("feedback.cadence='5'", 'is no duration: got "5", expected for example "90s"'),
            ("feedback.cadence=0s", "must be longer than nothing"),
            ("workspace.sweep_every=0m", "must be longer than nothing"),
            ("duty.retire_after=0h", "must be longer than nothing"),
            ("duty.hours=9-18", 'are no hours of the week: got "9-18", expected for example'),
            ('duty.hours=["Mon-Fri 09:00-18:00", 5]', "must be text in quotes: got 5"),
            ("duty.hours=[]", 'must name at least one window; "00:00-24:00" is always'),
            ("duty.hours=9", 'expected for example "Mon-Fri 09:00-18:00"'),
            ("duty.go_signal=../GO.md", "must be relative to the workspace and stay inside it"),
            ("duty.go_signal=/GO.md", "must be relative to the workspace and stay inside it"),
            ("duty.max_promise=soon", 'is no duration: got "soon"'),
            ("agents.mara.hours=always", 'are no hours of the week: got "always"'),
            ("agents.mara.timezone=Mars/Base", 'is no time zone: got "Mars/Base"'),
            ("agents.mara.paused='no'", "must be true or false: got 'no'"),
            ("notify.quiet_hours=night", 'are no hours of the week: got "night"'),
            ("notify.group_wait=-1s", "is no duration"),
            ("nudge.after=0m", "must be longer than nothing"),
            ("nudge.after=soon", 'is no duration: got "soon"'),
            ("workspace.timezone=Mars/Base", 'is no time zone: got "Mars/Base"'),
            ("workspace.timezone=../secret", "is no time zone"),
            ("workspace.roots=[]", "must not be empty"),
            ('workspace.roots=[".","."]', 'names "." twice'),
            ('escalation=[{after="0m",notify=["slack","slack"]}]', 'names "slack" twice'),
            (
                "notify.digest_at=8:30",
                'is no time of day: got "8:30", expected for example "08:30"',
            ),
            ("notify.digest_at=24:00", 'is no time of day: got "24:00"'),
            ("notify.slack.app_token_env=xapp-1-not-for-the-log", "never the secret itself"),
            ("notify.slack.webhook_url_env=https://hooks.slack.com/x", "never the secret itself"),
            ("notify.slack.base_url=https://slack.com:x/", "Port could not be cast"),
            ("workspace.lead='The Lead'", 'got "The Lead", write "the-lead"'),
            ("feedback.files=[]", "must not be empty"),
            ('feedback.files=["feedback"]', "must say where the agent's name stands"),
            ('feedback.files=["feedback/{agent}}.md"]', 'has a "{" or "}" by itself'),
            ('feedback.files=["{agent}/{day}.md"]', "names {day}"),
            ('feedback.files=["../{agent}.md"]', "stay inside it"),
            ('feedback.files=["/{agent}.md"]', "must be relative to a root"),
            ('chat.dirs=[""]', "must be text without control characters"),
            ("duty.always_on='yes'", "must be true or false: got 'yes'"),
            ("agents.DevOps={}", 'write "devops"'),
            ("agents.mara=3", "must be a table of keys: got 3"),
            ('agents.mara.aliases=["--"]', "must hold a letter or a digit"),
            ("people.ivo={}", "people.ivo.slack: is missing"),
            ("people.ivo.slack='@ivo'", "must be the member ID"),
            ("notify.slack.channel='#alerts'", "must be a channel's ID, not its name"),
            ("notify.slack.per_second=0", "got 0"),
            ("notify.slack.per_second=nan", "got nan"),
            ("notify.slack.per_second='1'", "must be a number: got '1'"),
            ("notify.slack.base_url=http://slack.com/api/", "must be an https address"),
            ("notify.slack.base_url=https://u:p@slack.com/", "without a password"),
            ("notify.inbox.path=inbox.md", "must say where the agent's name stands"),
            ("store.url=sqlite://", "must name a database file"),
            ("store.url=sqlite:///:memory:", "must name a database file"),
            ("escalation=[]", "must not be empty"),
            ('escalation=[{after="0m",notify=[]}]', "escalation[1].notify: must not be empty"),
            ('escalation=[{notify=["slack"]}]', "escalation[1].after: is missing"),
        ],
    )
    def test_the_message_says_what_was_got_or_expected(self, override: str, said: str) -> None:
        line = problem(None, override)
        assert line.startswith(f"--set: {override.partition('=')[0]}")
        assert said in line

    def test_a_token_in_place_of_its_variables_name_is_refused_and_not_repeated(self) -> None:
        line = problem(None, "notify.slack.token_env=not-for-the-log")
        assert "must be the name of an environment variable, never the secret itself" in line
        assert "not-for-the-log" not in line


class TestNamesAndLevels:
    def test_an_alias_of_two_agents_is_an_error_however_it_is_spelt(self) -> None:
        text = '[agents.ben]\naliases = ["Ops/SRE"]\n[agents.mara]\naliases = ["ops-sre"]'
        assert problem(text).endswith('give the name "ops-sre" to two agents: ben and mara')

    def test_an_alias_that_is_another_agents_slug_is_an_error(self) -> None:
        text = '[agents.ben]\naliases = ["Mara"]\n[agents.mara]'
        assert problem(text).endswith('give the name "mara" to two agents: ben and mara')

    def test_two_agents_that_differ_in_an_underscore_are_an_error(self) -> None:
        text = "[agents.ops_sre]\n[agents.ops-sre]"
        assert problem(text).endswith('give the name "ops-sre" to two agents: ops_sre and ops-sre')

    def test_an_alias_that_is_the_agents_own_slug_is_none(self) -> None:
        text = '[agents.devops]\naliases = ["DevOps", "devops"]'
        assert load_settings(text, name="x").agents["devops"].aliases == ("DevOps", "devops")

    @pytest.mark.parametrize("second", ["10m", "9m59s"])
    def test_levels_must_rise(self, second: str) -> None:
        ladder = f'[{{after="10m",notify=["slack"]}},{{after="{second}",notify=["slack"]}}]'
        assert problem(None, f"escalation={ladder}").endswith(
            "must rise: level 2 is not later than the one before it"
        )

    @pytest.mark.parametrize(
        ("route", "said"),
        [
            ("{LEVELS}", "routes[1]: must say which blockers it is for, with kinds or agents"),
            ('agents=["mara"]', "routes[1].escalation: is missing"),
            ('agents=["mara"],escalation=[]', "routes[1].escalation: must not be empty"),
            (
                'agents=["Mara"],{LEVELS}',
                'routes[1].agents[1]: must be lower-case words joined by "-": got "Mara"',
            ),
            ('agents=["mara","mara"],{LEVELS}', 'routes[1].agents: names "mara" twice'),
            (
                'kinds=["late"],{LEVELS}',
                "routes[1].kinds[1]: is no kind of blocker: got 'late', expected one of \"missing",
            ),
            ('agents=["ops-team"],{LEVELS}', 'route 1 is for "ops-team", an alias: write "ops"'),
            (
                'agents=["ops"],escalation=[{after="0m",notify=["slack:@ivo"]}]',
                'route 1 tells "slack:@ivo", but there is no [people.ivo]',
            ),
            (
                'agents=["ops"],escalation=[{after="1m",notify=["slack"]},{after="1m",notify=["slack"]}]',
                "routes[1].escalation: must rise: level 2",
            ),
        ],
    )
    def test_a_route_must_say_what_it_is_for_and_whom_it_tells(self, route: str, said: str) -> None:
        written = route.replace("{LEVELS}", 'escalation=[{after="0m",notify=["slack"]}]')
        aliases = 'agents.ops.aliases=["Ops Team"]'
        assert said in problem(None, aliases, f"routes=[{{{written}}}]")

    @pytest.mark.parametrize("every", ["0s", "hourly"])
    def test_a_level_is_repeated_after_some_time_or_never(self, every: str) -> None:
        level = f'[{{after="0m",notify=["slack"],repeat_every="{every}"}}]'
        assert problem(None, f"escalation={level}").startswith(
            "--set: escalation[1].repeat_every: "
        )

    def test_a_person_to_mention_needs_a_slack_id(self) -> None:
        text = '[[escalation]]\nafter = "0m"\nnotify = ["slack:@ivo"]\n'
        assert problem(text) == (
            'rollcall.toml:1: escalation: tells "slack:@ivo", '
            "but there is no [people.ivo] with its Slack ID"
        )
        load_settings(f'{text}[people.ivo]\nslack = "U0123456789"', name="x")

    def test_the_role_of_the_lead_needs_no_slack_id(self) -> None:
        load_settings(
            None, name="x", overrides=['escalation=[{after="0m",notify=["slack:@lead"]}]']
        )


class TestSyntax:
    def test_text_that_is_not_toml_is_told_with_its_line(self) -> None:
        assert problem("[feedback]\ncadence = 5m\n").startswith(
            "rollcall.toml:2: this is not TOML, column 12: "
        )

    def test_text_that_ends_too_soon_is_told_with_its_last_line(self) -> None:
        assert problem('[feedback]\nfiles = ["{agent}.md"').startswith(
            "rollcall.toml:2: this is not TOML"
        )

    @pytest.mark.parametrize(
        ("override", "said"),
        [
            ("feedback.cadence", "must be key=value"),
            ("feedback.cadence=", "must be key=value"),
            ("=5m", '"" is no key'),
            ("feedback cadence=5m", '"feedback cadence" is no key'),
            ('chat.dirs=["bot chat"', "the value is not TOML"),
            ("feedback.cadence.seconds=5", "feedback.cadence holds no further keys"),
        ],
    )
    def test_an_override_that_cannot_be_read_is_refused(self, override: str, said: str) -> None:
        assert said in problem('[feedback]\ncadence = "5m"', override)


class TestLines:
    def test_a_key_in_a_list_over_several_lines_is_found_where_the_list_begins(self) -> None:
        text = '# head\n[feedback]\nfiles = [\n  "{agent}.md",\n  "{who}.md",\n]\ncadance = "5m"\n'
        assert [line.split(": ")[0] for line in problems(text)] == [
            "rollcall.toml:3",
            "rollcall.toml:7",
        ]

    def test_a_bracket_or_a_key_inside_a_text_misleads_nobody(self) -> None:
        text = '[notify.blockers_log]\npath = """\n[chat]\ndirs = 3\n"""\n[chat]\ndirs = 3\n'
        assert [line.split(": ")[:2] for line in problems(text)] == [
            ["rollcall.toml:2", "notify.blockers_log.path"],
            ["rollcall.toml:7", "chat.dirs"],
        ]

    def test_the_second_level_of_the_ladder_is_told_apart_from_the_first(self) -> None:
        text = '[[escalation]]\nafter="0m"\nnotify=["slack"]\n[[escalation]]\nafter=1\nnotify=["x"]'
        assert [line.split(": ")[0] for line in problems(text)] == [
            "rollcall.toml:5",
            "rollcall.toml:6",
        ]

    def test_a_missing_key_is_told_at_its_table(self) -> None:
        assert problem('\n[people.ivo]\n[people.ben]\nslack = "U0123456789"') == (
            "rollcall.toml:2: people.ivo.slack: is missing"
        )

    def test_dotted_and_inline_keys_are_found_too(self) -> None:
        text = "feedback.cadance = 1\nchat = { dirs = 3 }\n"
        assert [line.split(": ")[0] for line in problems(text)] == [
            "rollcall.toml:1",
            "rollcall.toml:2",
        ]
