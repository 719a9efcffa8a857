"""Tokens of many services, and secrets known only by the name, option or header before them.

All are made up, each put together from pieces so that no scanner finds one.
"""

from __future__ import annotations

import pytest

from rollcall.notify.redact import redact

MIXED = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3cD6fG9i"  # 40 characters
HEX = "0123456789abcdef" * 4
LOWER = "a3b6c9d2e5f8g1h4j7k0m3n6p9q2r5s8t1u4v7w0x3y6z9"
UUID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
TOKENS = (
    "IQoJ" + "b3JpZ2luX2VjE" + MIXED * 3,
    "ABS" + "KQmVkcm9ja0" + MIXED * 2,
    "s" + "k-None-" + MIXED,
    "ses" + "s-" + MIXED,
    "cs" + "k-" + LOWER,
    "s" + "k_" + HEX[:48],
    "lsv2" + "_pt_" + HEX[:32] + "_" + HEX[:10],
    "pcs" + "k_" + MIXED * 2,
    "tvly" + "-dev-" + MIXED[:32],
    "nvap" + "i-" + MIXED + MIXED[:24],
    "1/" + "/0g" + MIXED * 2,
    "ci" + "o" + MIXED[:32],
    "oy" + "2" + LOWER[:43],
    "AKC" + "p8" + MIXED * 2,
    "cmVm" + "dGtuOjAxOj" + MIXED * 2,
    "d" + "p.pt." + MIXED + "abc",
    "d" + "p.st.prd." + MIXED + "abc",
    "ops" + "_eyJ" + MIXED * 5,
    "nf" + "p_" + MIXED[:36],
    "fm" + "2_" + MIXED * 2,
    "HRK" + "U-AA" + MIXED + MIXED[:18],
    "ph" + "x_" + MIXED + "a1b",
    "pat" + MIXED[:14] + "." + HEX,
    "sq0" + "atp-" + MIXED[:22],
    "access" + "-production-" + UUID,
    "CCIP" + "AT_" + MIXED[:22] + "_" + HEX[:40],
    "pscale" + "_tkn_" + MIXED + "abc",
    "np" + "g_" + MIXED[:16],
    "sb" + "_secret_" + MIXED[:31],
    "CFPA" + "T-" + MIXED + "abc",
    "EAA" + "C" + MIXED * 3,
    "pat" + "-na1-" + UUID,
    "xkey" + "sib-" + HEX + "-" + MIXED[:16],
    "ATB" + "B" + MIXED[:32],
    "ATCT" + "T3xFfG" + MIXED * 4,
    "mf" + "a." + MIXED * 2 + "abcd",
    "v1" + ".0-" + HEX[:24] + "-" + HEX * 2 + HEX[:18],
    "sq" + "u_" + HEX[:40],
    MIXED[:14] + ".atlas" + "v1." + MIXED * 2,
    UUID + ":f" + "x",
    "gl" + "ptt-" + HEX[:40],
    "hooks.slack" + ".com/services/T012/B034/" + MIXED[:24],
    "$2" + "y$10$" + MIXED + "abcdefghijklm",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE" + f" KEY ----\n{MIXED}\n---- END SSH2 ENCRYPTED KEY ----",
)
NAMED = (
    ("PGPASS" + "WORD=", "correcthorse"),
    ("DB_PA" + "SS=", "hunter2x"),
    ("PASS" + "WORD=", "hunter2!"),
    ("pass" + "word: ", "Tr0ub4dor&3"),
    ("the pass" + "word is ", "Tr0ub4dor&3"),
    ("pass" + "wort: ", "Tr0ub4dor&3"),
    ("p" + "w=", "aB3dE6gH9j"),
    ('"pass' + 'word": "', "letmeinplease"),
    ("JWT_SEC" + "RET=", "mysupersecretjwtkey"),
    ("SECRET" + "_KEY = '", "x!" + MIXED + "'"),
    ("+KE" + "Y=", MIXED[:32]),
    ("AZURE_DEVOPS_EXT_PA" + "T=", LOWER),
    ("HEROKU_API_K" + "EY=", UUID),
    ("api k" + "ey: ", HEX[:32]),
    ("sa" + "lt=", MIXED[:32]),
    ("Authori" + "zation: ", MIXED[:32]),
    ("Cook" + "ie: session=", MIXED[:36]),
    ("Set-Cook" + "ie: sid=", MIXED[:36]),
    ("https://s3.example/x?X-Amz-Sign" + "ature=", HEX),
    ("https://maps.example/api?ke" + "y=", MIXED[:39]),
    ("https://app.example/back?state=1&co" + "de=", MIXED),
    ("tool --pass" + "word ", "aB3dE6gH9jK2"),
    ("tool --tok" + "en ", MIXED[:30]),
    ("tool --api-k" + "ey=", MIXED[:30]),
    ("sshpass -p '", "aB3dE6gH9jK2"),
    ("mysql -uroot -p", "aB3dE6gH9jK2"),
    ("redis-cli -a ", "aB3dE6gH9jK2"),
    ("docker login -u mara -p ", "aB3dE6gH9jK2"),
    ("machine api.example login mara pass" + "word ", "aB3dE6gH9jK2"),
    ("_au" + "th=", MIXED[:24]),
    ('"au' + 'th": "', MIXED[:32] + '"'),
    ("https://" + HEX[:32] + "@o123.ingest.", ""),
)
FRAMES = ("{}", "- ran {} today", "`{}`", "+{}", "({})", "_{}_", "| a | {} | b |")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:8])
def test_a_token_is_known_by_how_it_begins(token: str, frame: str) -> None:
    text = frame.format(token)

    once = redact(text)

    assert token[-12:] not in once
    assert "[redacted: " in once
    assert redact(once) == once


@pytest.mark.parametrize("frame", ["{}", "- {}", "`{}`", "> {}", "x; {}"])
@pytest.mark.parametrize(("before", "secret"), NAMED)
def test_a_secret_is_known_by_what_stands_before_it(before: str, secret: str, frame: str) -> None:
    text = frame.format(f"{before}{secret}" + ('"' if before.endswith('"') else ""))

    once = redact(text)

    assert (secret or HEX[:32]).strip("\"'") not in once
    assert "[redacted: " in once
    assert redact(once) == once


@pytest.mark.parametrize(
    "line",
    [
        "password: required, token: none, secret: see the vault",
        '{"password": "required", "api_key": "string"}',
        "PASSWORD=$DB_PASSWORD TOKEN=${TOKEN} SECRET=<yours>",
        "TESTS_PASS=118 PASS=12 CACHE_KEY=billing",
        "run `tool --token $TOKEN --password-file secrets/db.txt`",
        "the password is checked by the parser, the passphrase was removed",
        "Cookie: banner=shown; theme=dark",
        "GET /items?key=billing-page-2026&code=200&page=7",
        "docker login registry.example, mysql -u root shop, redis-cli ping",
        "re_run_of_the_parser_tests_2026_02_07 and fc-implementation and sk_learn_model_7",
        "pass: 12 of 12, pass: B-0042 at 2026-02-07T14:05Z",
        f"request {UUID} took 3 ms; state.KeyOfTheBillingPage2026 is set",
    ],
)
def test_names_without_a_secret_after_them_stay(line: str) -> None:
    assert redact(line) == line
