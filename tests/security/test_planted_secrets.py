"""No secret that a team writes is anywhere in what Rollcall keeps, sends, prints or logs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import scene
from planted import PLANTED, Planted, find_clear

from harness import World, proof
from rollcall.boundary import boundary, describe
from rollcall.cli.logs import show_warnings
from rollcall.notify.redact import redact
from rollcall.store.marks import note_fault

pytestmark = pytest.mark.xdist_group("planted secrets")  # what they look at is made once

# Every sixth secret is played end to end, each with HYPOTHESIS_PROFILE=deep; the tables take all.
STEP = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 6
COMMANDS = {
    "status": ("status",),
    "status as JSON": ("status", "--json"),
    "blockers": ("blockers",),
    "blockers as JSON": ("blockers", "--json"),
    "backlog": ("blockers", "--backlog"),
    "agents": ("agents",),
    "agents as JSON": ("agents", "--json"),
    "silences": ("silence", "list"),
    "silences as JSON": ("silence", "list", "--json"),
    "why": ("why", "B-0001"),
    "why as JSON": ("why", "B-0002", "--json"),
    "why an agent has none": ("why", "agent1"),
}


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(PLANTED) >= 60
    assert len({one.kind for one in PLANTED}) >= 25


@pytest.mark.parametrize("one", PLANTED, ids=lambda one: one.kind)
@pytest.mark.parametrize(
    "frame", ["{}", "Blocked: waiting for {} from ben", "`{}`", "({}).", "> {},", "| a | {} | b |"]
)
def test_a_planted_secret_is_redacted_in_every_frame(one: Planted, frame: str) -> None:
    text = frame.format(one.text)

    once = redact(text)

    assert find_clear(once, (one,)) == []
    assert "[redacted: " in once
    assert redact(once) == once


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u2060", "\ufeff", "\u00ad", "\x1b[31m", "\x00", "\u202e"]
)
def test_a_secret_broken_up_by_what_nobody_sees_is_one_too(sign: str) -> None:
    one = next(one for one in PLANTED if one.kind == "github token")
    broken = f"key {one.text[:9]}{sign}{one.text[9:20]}{sign}{one.text[20:]} works"

    assert redact(broken) == "key [redacted: github token] works"


def test_what_nobody_sees_stays_where_no_secret_is() -> None:
    assert redact("zero\u200bwidth \x1b[31mred") == "zero\u200bwidth \x1b[31mred"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Play the scene and return everything that is left of it, by where it is seen."""
    records = scene.Records()
    log = logging.getLogger("rollcall")
    level = log.level
    log.addHandler(records)
    log.setLevel(logging.DEBUG)
    try:
        world = scene.play(
            tmp_path_factory.mktemp("planted"), [one.text for one in PLANTED[::STEP]]
        )
        told = scene.notices_of(world)
        yield {
            "store": scene.see_store(world),
            "state folder": scene.see_state(world),
            "blockers log": scene.see_region(world),
            "inboxes": "\n".join(scene.see_inboxes(world).values()),
            "Slack": scene.see_slack(told),
            "webhook": scene.see_webhook(told),
            "Alertmanager": scene.see_alerts(told),
            **{name: scene.run_command(world, *words) for name, words in COMMANDS.items()},
            "log lines": "\n".join(records.lines) + "rollcall",
        }
    finally:
        log.removeHandler(records)
        log.setLevel(level)


@pytest.mark.parametrize(
    "place",
    [
        "store", "state folder", "blockers log", "inboxes", "Slack", "webhook", "Alertmanager",
        *COMMANDS, "log lines",
    ],
)  # fmt: skip
def test_no_secret_is_in(place: str, seen: Mapping[str, str]) -> None:
    assert seen[place]
    assert find_clear(seen[place]) == []


@pytest.mark.parametrize("place", ["store", "blockers log", "Slack", "webhook", "blockers", "why"])
def test_it_is_said_that_something_was_redacted(place: str, seen: Mapping[str, str]) -> None:
    assert "redacted" in seen[place]


def test_a_file_with_a_secret_in_its_name_is_left_out_and_said(tmp_path: Path) -> None:
    planted = tuple(one for one in PLANTED if one.is_token)[::5]
    world = World(tmp_path, *scene.BARE)
    world.write("feedback/mara.md", proof("08:59"))
    for one in planted:
        world.write(f"feedback/{one.text}.md", proof("08:58"))
        world.write(f"bot_chat/{one.text}/mara-to-ben.md", "Can you send me the schema?\n")
        world.write(f"bot_chat/mara-to-ben-{one.text}.md", "Can you send me the schema?\n")
    world.start()
    world.run_until("09:20")
    world.stop()

    said = scene.run_command(world, "status", "--json")

    assert world.agents() == {"mara": "proof"}
    assert said.count("what looks like a secret in its name") == 3 * len(planted)
    assert find_clear(said + scene.run_command(world, "status")) == []
    assert find_clear(scene.see_store(world) + scene.see_state(world)) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("POST https://noor:pw@hook.example:8443/s/5e5510?k=1 failed", "POST https://hook.example:8443/… failed"),
        ("for url 'https://hook.example/s/5e5510'", "for url 'https://hook.example/…'"),
        ("https://hook.example?key=5e5510 and https://b.example", "https://hook.example/… and https://b.example"),
        ("no such file: /srv/team/feedback/mara.md", "no such file: /srv/team/feedback/mara.md"),
    ],
)  # fmt: skip
def test_what_others_say_went_wrong_names_no_more_of_an_address_than_its_host(
    words: str, said: str
) -> None:
    assert describe(ValueError(words)) == f"ValueError: {said}"


def fail(words: str) -> None:
    raise ValueError(words)


def test_a_fault_of_ours_is_kept_and_logged_without_the_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = next(one for one in PLANTED if one.kind == "slack webhook")
    world = World(tmp_path)
    world.start()
    log = logging.getLogger("rollcall")
    handlers, propagate = log.handlers, log.propagate
    show_warnings()
    try:

        def note(subject: str, text: str) -> None:
            with world.works.database.write() as session:
                note_fault(session, subject, text, world.now)

        with boundary("sink:slack", note):
            fail(f"POST {one.text} failed")
    finally:
        log.handlers, log.propagate = handlers, propagate
    world.stop()

    assert "ValueError: POST https://hooks.slack.com/… failed" in capsys.readouterr().err
    assert find_clear(scene.see_store(world)) == []
