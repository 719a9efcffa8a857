"""A log as long as one likes, as an agent writes it through its days: nobody's, made for measuring.

Ten updates written by hand in several styles, one after the other, again and again; stamps, counts,
paths, commits and durations are others in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

_BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_STEP = timedelta(minutes=7)
_PARTS = ("header", "lexer", "index", "billing", "mailer", "upload", "session", "report", "cache")

UPDATES = (
    """## {stamp} — The {part} reads quoted fields

Took the failing sample from `fixtures/{part}/sample-{n}.csv` and walked it through by hand. The
quote was closed one character too early, so every field after it moved one column to the left.

- Updated `src/{part}/quotes.py` so that a doubled quote stays inside its field.
- Added `tests/{part}/test_quotes_{n}.py` with the four samples that went wrong last week.
- Ran `pytest tests/{part} -q`: {passed} passed, {failed} failed in {seconds}.4s.
- Commit {commit} on branch `{part}-quotes`; the diff is small enough to read in one sitting.

Next: the same for fields that hold a line break.
""",
    """## {stamp} — Billing page, second look at the totals

**Status:** in progress, nothing in the way.

- The rounding is done once, at the end, and not per line any more; the sum agrees with the invoice.
- Looked at {n} invoices of last month: {passed} agree to the cent, the others have a discount.
- Wrote down what a discount does to the sum in `docs/billing/discounts-{n}.md`, with two examples.
- Asked ben whether a discount may make a line negative. I go on with zero until there is an answer.
""",
    """### {day} {clock} UTC - Slow query on the orders table

What was slow: the list of open orders sorted by their customer, {seconds} seconds for {n}00 rows.

1. Read the plan: it sorts everything and throws away all but fifty rows.
2. Added an index over state and customer in `migrations/{n}_orders_index.sql`.
3. Measured again with the same data, three times, on an otherwise idle machine.

```
before   {seconds}.82 s   sort: external merge, 14 MB
after     0.04 s   index scan, {n} rows
```

The migration takes about a minute on a copy of the real table and locks nothing.
Pull request: https://git.example.org/shop/orders/pull/{n}
""",
    """- {stamp}: Waiting on noor for the schema of the export; meanwhile the {part} uses the draft in
  `contracts/export-draft-{n}.json`, so nothing stands still. If the final one differs in names only
  it is a change of a minute; if it nests the addresses, the mapping has to be written anew.
  Checked that the draft loads: `node scripts/load-contract.js contracts/export-draft-{n}.json`
  exits with 0 and prints {passed} fields. I look again in an hour and say so here either way.
""",
    """## {stamp} — End of the morning

Done since the last update:

- [x] Moved the {part} to the new client; the old one is not imported anywhere any more.
- [x] Replaced the sleeps in `tests/{part}/test_retry.py` by a clock that the test turns itself.
- [x] `npm run lint` and `npm run build` are clean; the bundle is {n} KB, {passed} KB less than before.
- [ ] Screenshots for the review, in light and in dark.

The retry test fails about once in {passed} runs on the shared runner and never here. I kept the
output of one failure in `artifacts/{part}/retry-{n}.log` and will look at it after the review, since
it failed before my change as well (see the run of the day before).
""",
    """**[{clock} UTC] Upload of large files**

A file of more than 2 GB was cut off without a word because its length went through a 32-bit number
in `src/upload/chunks.go`. It is 64 bits wide now, and the test sends a sparse file of 5 GB, which
takes {seconds} seconds and no space. `go test ./upload/...` says ok, {passed} tests. While at it I
found that the progress bar counts a chunk when it is queued and not when it has arrived; that is a
change of its own, so I only wrote it down as issue {n} and left it alone.
""",
    """## {day}T{clock}:30Z — Mailer: bounced addresses

| what | before | now |
| --- | --- | --- |
| addresses tried again at each run | {n} | 0 |
| mails a day that nobody gets | {passed}0 | {failed} |

- An address that bounced three times is set aside in the table `parked`, with the last answer.
- `bin/mailer parked --since yesterday` lists them; `bin/mailer release ADDRESS` tries one again.
- Tests: `pytest tests/mailer` → {passed} passed, {failed} failed, 2 skipped (they need the network).
- Documented in `docs/mailer/parked.md`; ivo has read it and asked for an example, which is in now.
""",
    """## {stamp} — Review of the {part} for mara

Read all of the {n} changed lines twice, once for what they do and once for what they leave out.

- `src/{part}/merge.py`, line {n}: the lock is taken after the check, so two workers can pass it.
- `src/{part}/merge.py`, further down: the error is logged and swallowed; the caller goes on as if
  the merge had worked. I would raise, and let the worker decide whether it tries again.
- The names are good. `settle` says more than `finish` did.
- Missing: a test with two workers. I wrote one that fails for the first point, {commit}, and pushed
  it to the branch `{part}-two-workers` for mara to take or leave.

No other remarks; with the lock moved up it can go in from my side.
""",
    """## {stamp} — Session ends too early on the phone

Reported by support with {passed} cases. The phone sleeps, its timer stands still, and on waking the
session looks older than it is, so it is ended in the middle of an order.

Steps taken:

- Reproduced with `scripts/sleepy-phone.sh --minutes {n}`, which stops the process for that long.
- The age now comes from the server's clock in each answer and no longer from the phone's own.
- Before: ended after {seconds} minutes at the earliest. After: at thirty, as the rule says.

```bash
$ scripts/sleepy-phone.sh --minutes {n}
asleep for {n} minutes
awake; session is valid for another 12 minutes
```

Evidence: `artifacts/session/sleepy-{n}.log`. Rolled out to the test ring, not further.
""",
    """## {stamp} — Nothing new on the {part}

Still reading the logs of the failed import; {n} of them are through, about as many are left. So far
all of them end at the same place, a customer without a country, which the old system allowed. I have
not changed anything yet and will propose a default to the team before I do.
""",
)
"""What each update says; ``{n}`` and the like are other numbers in each copy."""


def day_log(size: int) -> str:
    """Return at least ``size`` bytes of updates, the first of them under a title."""
    parts = ["# Mara's log\n"]
    length = 0
    for update in _updates():
        parts.append(update)
        length += len(update)
        if length >= size:
            break
    return "\n".join(parts)


def _updates() -> Iterator[str]:
    for number in count(1):
        at = _BEGIN + number * _STEP
        yield UPDATES[number % len(UPDATES)].format(
            stamp=at.strftime("%Y-%m-%dT%H:%MZ"),
            day=at.date(),
            clock=at.strftime("%H:%M"),
            part=_PARTS[number % len(_PARTS)],
            n=100 + number,
            passed=12 + number % 83,
            failed=number % 3,
            seconds=3 + number % 47,
            commit=f"{number * 2654435761 % 2**32:08x}",
        )
