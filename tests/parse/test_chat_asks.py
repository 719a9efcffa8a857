from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rollcall.model import Stamp
from rollcall.parse.chat import read_chat
from rollcall.parse.threads import assemble

TEAM = {"mara": (), "ben": (), "noor": (), "ivo": ()}


def asked(text: str, path: str = "c/2026-01-05-mara-to-ben.md") -> tuple[bool, tuple[str, ...]]:
    drafts = read_chat(path, text.splitlines(), UTC)
    (message,) = assemble(drafts, TEAM).messages
    return message.asks, message.ask_of


@pytest.mark.parametrize(
    "text",
    [
        "Please review the parser.",
        "Could you rerun the tests before noon?",
        "Let me know which grammar you settle on.",
        "I need the figures from you by Tuesday.",
        "We are blocked on you for the schema.",
        "Your sign-off is needed.",
        "Request: add an index to the billing table.",
        "Confirm whether the schema is final.",
        "## Request(s)\n- The grammar\n",
        "## Inputs needed from Ben\n1. The grammar\n",
        "## Review Ask\n- Three files\n",
        "## Pending Confirmation Needed\n1. The final list of states\n",
        "## Remaining Alignment\n1. Confirm the schema\n",
        "## Requested Confirmation\n- By Tuesday\n",
        "Please provide by Tuesday:\n1. The grammar\n",
        "Follow-up on pending request:\n- `c/a.md`\n",
        "Rerun the tests.\n\nType: request",
        "Which grammar does the parser use?",
        "The page is slow. Is the index missing?",
        "May we skip the noon run?",
        "Any news on the schema?",
        "Four workers from noon on. OK for you?",
        "Send me the schema of the invoices.",
        "Two things are missing from you: the figures and the schema.",
        "Needed by Tuesday: the price of a letter.",
        "Need the fonts before Monday.",
        "@ben we need four workers on Monday.",
        "We need the ratio for the brake. Deliver it with two decimals.",
        "Good. @ben send me the price list when you have it.",
        "**Action needed:** raise the limit of the queue.",
        "Still no word yet about the schema.",
        "## Inputs needed\n\n### Ben\n- The grammar\n",
        "Ben: list the grades that you accept.",
        "Ben: how many letters are kept?",
        "Type: handoff\n\n## Summary\nThe page is ready; pull the branch and run the tests.",
    ],
)
def test_an_explicit_ask_of_the_recipient_is_an_ask(text: str) -> None:
    head = "\n".join(line for line in text.splitlines() if line.startswith("Type:"))
    body = text.replace(head, "") if head else text
    assert asked(f"# Mara -> Ben\n{head}\n\n{body}") == (True, ("ben",))


@pytest.mark.parametrize(
    "text",
    [
        "The parser is done.",
        "If you want it, I can send the grammar too.",
        "Let me know if you need anything.",
        "Please note that the server is down.",
        "## Next Ask\n- In the next pass I'll add the index.\n",
        "## Requested Inputs Delivered\n- The grammar: `docs/grammar.txt`\n",
        "## Requests Issued\n- Ben: `c/2026-01-05-mara-to-ben.md`\n",
        "## Commitments\n1. We will keep the schema stable.\n",
        "## Need from you\n\nNone.\n",
        "## Need from you\n\nNo new work is requested until the schema is final.\n",
        "## Response Rule\n\nRespond with a note that names this file.\n",
        "> Please review the parser.\n\nDone.",
        "```\nPlease review the parser.\n```\n",
        "## Pending Confirmations\n- Three reviews are still open.\n",
        "Waiting: two confirmations are still pending.",
        "Why did it fail? Because the disk was full.",
        "Q: Which grammar does the parser use?\nA: LL(1).",
        "How do I run it? See the README.",
        "> Which grammar does the parser use?\n\nLL(1).",
        "Please never restart the queue by hand.",
        "Please do not merge before the freeze.",
        "Grammar B, please.",
        "We need to raise the limit by Tuesday.",
        "We need the ratio for the brake. It is being measured.",
        "Good. I sent the price list.",
        "**Action needed:** None",
        "No word yet from Noor about the schema.",
        "Tell me if you want the figures too.",
        "## Inputs needed\n\n### Background\n- The grammar was lost\n",
        "Grades: list, tuple and set.",
    ],
)
def test_what_announces_offers_promises_or_reports_is_no_ask(text: str) -> None:
    assert asked(f"# Mara -> Ben\n\n{text}") == (False, ())


def test_a_request_that_says_nothing_is_needed_asks_nothing() -> None:
    assert asked("From: mara\nTo: ben\nType: request\n\nNo action needed.") == (False, ())


def test_a_broadcast_asks_those_that_it_names() -> None:
    text = """# Mara Broadcast (2026-01-05)

## Requests
- Ben: lock the schema.
- Noor:
  - Provide the figures.
"""
    assert asked(text, "general/2026-01-05-mara-broadcast.md") == (True, ("ben", "noor"))


def test_expectations_listed_by_agent_are_asks() -> None:
    text = "# Mara Broadcast\n\n## Expectations\n- Ben:\n  - Provide the schema.\n- Ivo:\n  - Review it.\n"
    assert asked(text, "general/mara-broadcast.md") == (True, ("ben", "ivo"))


def test_requests_under_agents_headings_ask_those_agents() -> None:
    text = """# Mara -> Specific Agent Requests

## Initial Requests

## Ben
1. Share the schema.

## Noor
1. Confirm the figures.
"""
    drafts = read_chat("c/mara-agent-requests.md", text.splitlines(), UTC)
    (message,) = assemble(drafts, TEAM).messages
    assert (message.ask_of, message.recipients) == (("ben", "noor"), ("ben", "noor"))


def test_a_broadcast_that_names_nobody_asks_everyone() -> None:
    text = "# Mara Broadcast\n\nPlease report your open questions.\n"
    assert asked(text, "general/mara-broadcast.md") == (True, ("*",))


def test_an_ask_of_whoever_did_it_is_an_ask_of_everyone() -> None:
    line = "MSG | 2026-01-05 10:00Z | mara | to:all | type:info | note:The agent who broke it should fix it"
    assert asked(line, "chat.md") == (True, ("*",))


def test_of_several_recipients_only_those_named_are_asked() -> None:
    text = "From: mara\nTo: ben, noor\n\n@noor please send the figures.\n"
    assert asked(text) == (True, ("noor",))


def test_the_day_by_which_it_is_asked_for_is_its_due_time() -> None:
    text = "# Mara -> Ben\n\nPlease send the grammar by 2026-01-06 15:00Z.\n"
    (draft,) = read_chat("c/2026-01-05-mara-to-ben.md", text.splitlines(), UTC)
    assert draft.due == Stamp(datetime(2026, 1, 6, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Everyone: reply with your holidays.", True),
        ("Each agent: send me three risks.", True),
        ("Everyone: the parser is done.", False),
        ("Who can take the phone on Saturday?", True),
    ],
)
def test_an_order_or_a_question_to_everyone_asks_everyone(text: str, *, asks: bool) -> None:
    found = asked(f"# Mara Broadcast\n\n{text}\n", "general/mara-broadcast.md")
    assert found == ((True, ("*",)) if asks else (False, ()))


def test_a_date_in_the_head_is_nothing_that_is_asked_for() -> None:
    text = "# Call for risks\n\nFrom: mara\nTo: ben\nDate: 2026-01-05\n\n## Ask\nThree risks.\n"
    (draft,) = read_chat("c/x.md", text.splitlines(), UTC)
    assert [want.words for want in draft.wants] == [("risk",)]
