"""Secrets of every shape go, and nothing else does.

The secrets here are made up: each is put together from pieces so that no scanner finds one.
"""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.notify.redact import redact

LETTERS = string.ascii_lowercase
MIXED = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3cD6fG9i"  # 40 characters
HEX = "0123456789abcdef"


@pytest.mark.parametrize(
    ("secret", "name"),
    [
        ("xo" + "xb-123456789012-123456789012-" + MIXED[:24], "slack token"),
        ("xo" + "xp-1-" + MIXED, "slack token"),
        ("xo" + "xe.xo" + "xp-1-" + MIXED, "slack token"),
        ("xa" + "pp-1-A0123456789-123-" + HEX, "slack token"),
        ("https://hooks.slack" + ".com/services/T012/B034/" + MIXED[:24], "slack webhook"),
        ("https://discord" + ".com/api/webhooks/123456789/" + MIXED, "discord webhook"),
        ("gh" + "p_" + MIXED[:36], "github token"),
        ("gh" + "o_" + MIXED[:36], "github token"),
        ("gh" + "s_" + MIXED[:36], "github token"),
        ("github" + "_pat_" + MIXED + "_" + MIXED, "github token"),
        ("gl" + "pat-" + MIXED[:20], "gitlab token"),
        ("AKI" + "A" + "ABCDEFGH12345678", "aws credential"),
        ("ASI" + "A" + "ABCDEFGH12345678", "aws credential"),
        ("s" + "k-" + MIXED, "api key"),
        ("s" + "k-proj-" + MIXED + "_" + MIXED, "api key"),
        ("s" + "k-ant-api03-" + MIXED + "-" + MIXED, "api key"),
        ("hf" + "_" + MIXED[:34], "hugging face token"),
        ("ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0." + MIXED, "json web token"),
        ("shp" + "at_" + HEX * 2, "shopify token"),
        ("shp" + "ss_" + HEX * 2, "shopify token"),
        ("s" + "k_live_" + MIXED[:24], "stripe key"),
        ("r" + "k_live_" + MIXED[:24], "stripe key"),
        ("wh" + "sec_" + MIXED[:32], "stripe secret"),
        ("AI" + "za" + MIXED[:35], "google key"),
        ("np" + "m_" + MIXED[:36], "npm token"),
        ("py" + "pi-AgEIcHlwaS5vcmc" + MIXED * 2, "pypi token"),
        ("S" + "G." + MIXED[:22] + "." + MIXED + "abc", "sendgrid key"),
        ("12345678:" + MIXED[:35], "telegram token"),
        ("A" + "C" + HEX * 2, "twilio key"),
        (HEX * 2 + "-us12", "mailchimp key"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "key {} works", "`{}`", "KEY={}", '"{}",', "({})."])
def test_a_secret_becomes_words_and_its_surroundings_stay(
    frame: str, secret: str, name: str
) -> None:
    assert redact(frame.format(secret)) == frame.format(f"[redacted: {name}]")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("postgres://app:hunter2@db/shop", "postgres://app:[redacted: password]@db/shop"),
        ("redis://:p!ss:w0rd$@cache:6379", "redis://:[redacted: password]@cache:6379"),
        (
            "amqp://a:b@one amqp://c:d@two",
            "amqp://a:[redacted: password]@one amqp://c:[redacted: password]@two",
        ),
        ("Server=db;Password=hunter2;Port=1", "Server=db;Password=[redacted: password];Port=1"),
        ("Authorization: Bearer " + MIXED, "Authorization: Bearer [redacted: bearer token]"),
        ("//npm.example/:_authToken=" + MIXED, "//npm.example/:_authToken=[redacted: npm token]"),
        ("aws_secret_access_key = " + MIXED, "aws_secret_access_key = [redacted: aws credential]"),
        ("AccountKey=" + MIXED * 2 + "abcdef==;", "[redacted: azure credential];"),
    ],
)
def test_only_the_secret_part_goes(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_a_secret_key_goes_when_its_key_id_stands_near_and_a_commit_stays() -> None:
    secret, commit = "abc/DEF+" + MIXED[:32], "0123456789" + "abcdef0123" * 3
    key_id = "AKI" + "A" + "ABCDEFGH12345678"

    assert redact(f"commit {commit}, {secret}") == f"commit {commit}, {secret}"
    assert redact(f"{key_id} {secret} commit {commit}") == (
        f"[redacted: aws credential] [redacted: aws credential] commit {commit}"
    )


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
def test_a_private_key_goes_from_its_beginning_to_its_end(kind: str) -> None:
    title = f"{kind}PRIVATE" + " KEY-----"
    key = f"-----BEGIN {title}\n{MIXED}\n{MIXED}\n-----END {title}"

    assert redact(f"before\n{key}\nafter") == "before\n[redacted: private key]\nafter"
    assert redact(f"before {key[:60]}") == "before [redacted: private key]"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "## 2026-02-07T14:05Z: parser done",
        "`pytest tests/test_parser.py` -> 12 passed in 3.21s",
        "commit 0123456789abcdef0123456789abcdef01234567 on main",
        "task-implementation-of-the-parser-2026-02-07 and risk-assessment-of-the-billing-page",
        "pip install scikit-learn, import sk-learn-extra-plotting-helpers",
        "BEGIN RSA PRIVATE KEY is what we must never print",
        "the token: see the vault, key: billing, password: asked ivo",
        "Bearer tokens are checked, password= is empty",
        "https://ci.example:8080/build/123456789#L10 and git@forge.example:team/parser.git",
        "ghp_ tokens, xoxb- tokens and AKIA ids are redacted",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2026-02-07 14:05:31,123 12345678: APPLICATION ready AP",
        "artifacts/monitoring/2026-02-07/health-check-14-05.json",
        "mail mara@team.example or http://localhost:3000/users/@me",
        "[redacted: slack token]",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert redact(line) == line


def test_the_rest_of_the_run_goes_with_a_secret() -> None:
    secret = "gh" + "p_" + MIXED[:36]

    assert redact(f"a {secret}{MIXED}-tail b") == "a [redacted: github token] b"
    assert (
        redact(f"a head_{'AKI' + 'A' + 'ABCDEFGH12345678'} b") == "a [redacted: aws credential] b"
    )


PIECES = [
    "xo" + "xb-", "s" + "k-", "s" + "k-ant-", "gh" + "p_", "AKI" + "A", "ABCDEFGH12345678", MIXED,
    "ey" + "J", "eyJhbGci.", "://", "a:b@", ":", "@", "=", ";Password=", "aws_", "secret_access_key",
    "key", "token", " ", "'", '"', "-----BEGIN PRIVATE" + " KEY-----", "-----END PRIVATE" + " KEY-----",
    "_authToken=", "bearer ", "\n", "0123456789", HEX, "-us1", "[redacted: aws credential]", "AP1",
    "https://hooks.slack" + ".com/services/T012/B034/", "gl" + "pat-", "M" * 24,
    "secret=", "token: ", "api_key", "password='", "1", "curl ", " -u ", "authorization: basic ", "MII",
    "?sig=", "Q~", "\u200b", "\x1b[31m", "-----", "BEGIN ", "PRIVATE" + " KEY-----", "Zz9", ".", "cloudant_", "/",
    "PASSWORD=", "password: ", "cookie: a=", " --token ", "mysql -p", "?key=", "login a password ", "SECRET=",
    "_KEY=", "A_", "salt=", "authorization: ", "$2y$", "re_", "AAAAAAAAAAAAAAAAAAAA", ":fx", "docker login -p ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_redacting_again_changes_nothing(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@given(st.text(alphabet=string.printable, max_size=300))
def test_any_text_is_taken(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@pytest.mark.parametrize("piece", [*PIECES, "key" + " " * 400, "a", "0", "AP1 ", "//x"])
@pytest.mark.timeout(5)
def test_a_long_line_made_to_be_slow_is_not(piece: str) -> None:
    text = (piece * (60_000 // len(piece) + 1))[:60_000] + "!"

    once = redact(text)

    assert redact(once) == once
