"""What is taken out of a text tells no more of its secrets than the text itself, redacted."""

from __future__ import annotations

from rollcall.notify.redact_parts import ALONE, Parts

WHOLE = "Set PGPASS" + "WORD=correcthorse, the password is for the billing page"


def test_a_part_of_a_text_holds_no_word_of_its_secrets() -> None:
    parts = Parts(WHOLE)

    assert parts.clean("correcthorse for the billing page") == "[redacted] for the billing page"
    assert parts.clean("the billing page") == "the billing page"
    assert parts.clean(WHOLE) == WHOLE.replace("correcthorse", "[redacted: password]")


def test_a_word_of_a_secret_is_left_out_of_lists_and_the_rest_stays() -> None:
    topics = {"topics": ("pgpassword", "correcthorse", "billing"), "asks": True, "start": 3}

    assert Parts(WHOLE).clean_all(topics) == {
        "topics": ["pgpassword", "billing"],
        "asks": True,
        "start": 3,
    }


def test_a_text_without_secrets_changes_nothing_in_its_parts() -> None:
    assert Parts("the billing page, password: asked ivo").clean("asked ivo") == "asked ivo"
    assert ALONE.clean("correcthorse") == "correcthorse"
