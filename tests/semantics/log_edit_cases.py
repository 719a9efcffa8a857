"""Edits of the blockers log, and what each does, for ``test_log_edits``.

Every case begins with two open blockers, ``B-0001`` of mara and ``B-0002`` of pia, whose owner is
ivo, and with a row and a note by people below the region.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LOG = "docs/blockers-log.md"
PEOPLES = b"\n| today | zoe | the billing page is slow | noor | Open |\n\nAsk noor first.\n"
OPEN = b"ivo | Open (level 1) | "
DASH = "—".encode()
ROW = b"| B-0001 | 2026-02-07 09:10Z | mara | No proof of work since 09:00Z (cadence 5 min). | "

Edit = Callable[[bytes], bytes]


def first(old: bytes, new: bytes) -> Edit:
    """Edit the row of B-0001: the first place where ``old`` stands."""

    def edit(log: bytes) -> bytes:
        assert old in log
        return log.replace(old, new, 1)

    return edit


def status(new: str) -> Edit:
    return first(b"Open (level 1)", new.encode())


def owner(new: str) -> Edit:
    return first(b"| ivo |", f"| {new} |".encode())


def resolution(new: str) -> Edit:
    return first(OPEN + DASH, OPEN + new.encode())


def both(*edits: Edit) -> Edit:
    def edit(log: bytes) -> bytes:
        for one in edits:
            log = one(log)
        return log

    return edit


def row_of(log: bytes) -> bytes:
    return next(line for line in log.split(b"\n") if line.startswith(b"| B-0001"))


def again(new: str) -> Edit:
    """Repeat the row of B-0001 with another status."""

    def edit(log: bytes) -> bytes:
        row = row_of(log)
        return log.replace(row, row + b"\n" + row.replace(b"Open (level 1)", new.encode()))

    return edit


def conflicted(new: str) -> Edit:
    """Leave the row of B-0001 as a merge does that could not decide."""

    def edit(log: bytes) -> bytes:
        row = row_of(log)
        theirs = row.replace(b"Open (level 1)", new.encode())
        both_sides = (b"<<<<<<< HEAD", row, b"=======", theirs, b">>>>>>> noor")
        return log.replace(row, b"\n".join(both_sides))

    return edit


def appended(text: str) -> Edit:
    return lambda log: log + text.encode()


def inside(text: str) -> Edit:
    """Put text at the end of the region, above its comment."""
    return first(b"<!-- rollcall journal", text.encode() + b"<!-- rollcall journal")


def reordered(log: bytes) -> bytes:
    """Move the first row's columns about, header included, and resolve it there."""
    lines = log.split(b"\n")
    for number, line in enumerate(lines):
        if line.startswith((b"| ID", b"| ---", b"| B-")):
            cells = [cell.strip() for cell in line.strip(b"|").split(b"|")]
            lines[number] = b"| " + b" | ".join([cells[5], cells[0], *cells[1:5], cells[6]]) + b" |"
    return b"\n".join(lines).replace(b"| Open (level 1) | B-0001", b"| Resolved | B-0001")


def each_row(change: Callable[[bytes], bytes]) -> Edit:
    return lambda log: b"\n".join(
        change(line) if line.startswith((b"| ID", b"| ---", b"| B-")) else line
        for line in log.split(b"\n")
    )


def last_bar_missing(log: bytes) -> bytes:
    return each_row(lambda line: line.removesuffix(b" |"))(status("ack")(log))


def without_outer_bars(log: bytes) -> bytes:
    return each_row(lambda line: line.strip(b"| "))(status("ack")(log))


def struck_row(log: bytes) -> bytes:
    cells = row_of(log).strip(b"| ").split(b" | ")
    return log.replace(row_of(log), b"| " + b" | ".join(b"~~%s~~" % one for one in cells) + b" |")


def padded(log: bytes) -> bytes:
    """Format the table as editors do."""
    return b"\n".join(
        line.replace(b" | ", b"   |  ") + b"  " if line.startswith(b"|") else line
        for line in log.split(b"\n")
    )


def elsewhere(log: bytes) -> bytes:
    """Say in the comment that another store wrote it."""
    return re.sub(rb" of [0-9a-f]{8} no \d+", b" of 0badc0de no 9", log)


@dataclass(frozen=True)
class Case:
    """An edit, what it makes of B-0001, and how often it is answered in place."""

    name: str
    edit: Edit
    status: str = "Open (level 1)"
    owner: str = "ivo"
    resolution: str = "—"
    told: tuple[str, ...] = ()
    answer: str = ""
    remark: str = ""


ACKED = "Acknowledged by blockers log"
RESOLVED = "Resolved 2026-02-07 09:12Z by blockers log"
BY_LOG = "Resolved by blockers log"

GOOD = [
    Case("acknowledged", status("Acknowledged"), ACKED, told=("ack",)),
    Case("another case", status("ACKNOWLEDGED"), ACKED, told=("ack",)),
    Case("bold", status("**Acknowledged**"), ACKED, told=("ack",)),
    Case("short", status("ack"), ACKED, told=("ack",)),
    Case("spaces around it", status("   acknowledged  "), ACKED, told=("ack",)),
    Case("who did it", status("Acked by zoe"), ACKED, told=("ack",)),
    Case("resolved", status("Resolved"), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case("closed", status("Closed"), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case("done", status("Done."), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case("why", status("Fixed: new key"), RESOLVED, resolution="new key", told=("resolve",)),
    Case("a tick behind", status("Resolved ✅"), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case("a tick in front", status("✅ done"), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case("a ticked box", status("[x] done"), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case("a code", status(":tada: Done"), RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case(
        "struck out and written anew",
        status("~~Open (level 1)~~ Closed"),
        RESOLVED,
        resolution=BY_LOG,
        told=("resolve",),
    ),
    Case(
        "two lines in a cell",
        status("Resolved<br>by zoe"),
        RESOLVED,
        resolution="by zoe",
        told=("resolve",),
    ),
    Case("in HTML", status("<b>Acknowledged</b>"), ACKED, told=("ack",)),
    Case(
        "a bar as it is written in a cell",
        resolution(r"this \| that"),
        resolution="this \N{FULLWIDTH VERTICAL LINE} that",
        told=("remark",),
    ),
    Case("a tick as resolution", resolution("✅"), resolution="✅", told=("remark",)),
    Case(
        "another owner, the old struck out", owner("~~ivo~~ noor"), owner="noor", told=("assign",)
    ),
    Case("no owner any more", owner("~~ivo~~"), owner="—", told=("assign",)),
    Case(
        "owner as a link",
        owner("[Noor](https://forge.example/noor)"),
        owner="Noor",
        told=("assign",),
    ),
    Case("the last bar missing", last_bar_missing, ACKED, told=("ack",)),
    Case("no outer bars", without_outer_bars, ACKED, told=("ack",)),
    Case(
        "a column with another name",
        both(status("ack"), first(b"| Status |", b"| State |")),
        ACKED,
        told=("ack",),
    ),
    Case(
        "two columns with other names",
        both(status("ack"), first(b"| ID | Opened", b"| # | Since")),
        ACKED,
        told=("ack",),
    ),
    Case(
        "snoozed in words",
        status("Snoozed for 30 minutes"),
        "Snoozed until 2026-02-07 09:42Z by blockers log",
        told=("snooze",),
    ),
    Case(
        "a status and a resolution are one instruction",
        both(resolution("mara is back"), status("Resolved")),
        RESOLVED,
        resolution="mara is back",
        told=("resolve",),
    ),
    Case("a resolution alone", resolution("fix is out"), resolution="fix is out", told=("remark",)),
    Case(
        "snoozed, no end",
        status("Snoozed"),
        "Snoozed until 2026-02-07 10:12Z by blockers log",
        told=("snooze",),
        answer="it said no end, so it is snoozed for 1 h",
    ),
    Case(
        "snoozed for a while",
        status("Snoozed for 2h"),
        "Snoozed until 2026-02-07 11:12Z by blockers log",
        told=("snooze",),
    ),
    Case(
        "snoozed until a time",
        status("snoozed (until 15:40)"),
        "Snoozed until 2026-02-07 15:40Z by blockers log",
        told=("snooze",),
    ),
    Case("owner", owner("noor"), owner="noor", told=("assign",)),
    Case("owner with an at", owner("@noor"), owner="noor", told=("assign",)),
    Case("no owner", owner(" "), owner="—", told=("assign",)),
    Case(
        "owner and status", both(owner("zoe"), status("ack")), ACKED, "zoe", told=("assign", "ack")
    ),
    Case("columns moved about", reordered, RESOLVED, resolution=BY_LOG, told=("resolve",)),
    Case(
        "lines of Windows",
        both(status("ack"), lambda log: log.replace(b"\n", b"\r\n")),
        ACKED,
        told=("ack",),
    ),
    Case(
        "a mark of byte order",
        lambda log: b"\xef\xbb\xbf" + status("ack")(log),
        ACKED,
        told=("ack",),
    ),
    Case(
        "comment removed",
        lambda log: status("ack")(log).replace(b"<!-- rollcall journal", b"<!-- gone"),
        ACKED,
        told=("ack",),
    ),
    Case(
        "repeated, one edited",
        again("ack"),
        ACKED,
        told=("ack",),
        remark="B-0001 stood there more than once",
    ),
    Case(
        "repeated, both say the same",
        both(again("done"), status("Resolved")),
        RESOLVED,
        resolution=BY_LOG,
        told=("resolve",),
        remark="B-0001 stood there more than once",
    ),
]
ANSWERED = [
    Case(
        "a slip of the pen", status("Dnoe?"), answer='"Dnoe?" is no status (did you mean "Done"?)'
    ),
    Case(
        "two in one", status("Resolved, still open"), answer='"Resolved, still open" is no status'
    ),
    Case("a question", status("resolved?"), answer='"resolved?" is no status'),
    Case("another language", status("Erledigt"), answer='"Erledigt" is no status'),
    Case(
        "no time", status("Snoozed until lunch"), answer='"Snoozed until lunch" was not understood'
    ),
    Case(
        "a time that is over",
        status("Snoozed until 2026-02-06"),
        answer='"Snoozed until 2026-02-06" was not',
    ),
    Case(
        "a whole story",
        status("story " * 100),
        answer=f'"{("story " * 20)[:119]}…" is no status; write Acknowledged',
    ),
    Case("only a sign", status("✅"), answer='"✅" is no status; write'),
    Case("a sign that says no", status("❌ resolved"), answer='"❌ resolved" is no status'),
    Case(
        "struck out",
        status("~~Open (level 1)~~"),
        answer='"\N{FULLWIDTH TILDE}\N{FULLWIDTH TILDE}Open (level 1)\N{FULLWIDTH TILDE}\N{FULLWIDTH TILDE}" is no status',
    ),
    Case(
        "the row struck out",
        struck_row,
        answer='"\N{FULLWIDTH TILDE}\N{FULLWIDTH TILDE}Open (level 1)\N{FULLWIDTH TILDE}\N{FULLWIDTH TILDE}" is no status',
    ),
    Case("far from any word", status("Seen"), answer='"Seen" is no status; write'),
    Case("who knows", owner("?"), answer='"?" names no owner'),
    Case("perhaps somebody", owner("noor?"), answer='"noor?" names no owner'),
    Case(
        "a bar in a cell",
        resolution("this | that"),
        answer='its row has more cells than columns: "ivo \N{FULLWIDTH VERTICAL LINE} Open (level 1) \N{FULLWIDTH VERTICAL LINE} this \N{FULLWIDTH VERTICAL LINE} that"',
    ),
    Case(
        "contradictory",
        both(again("Resolved"), status("Acknowledged")),
        answer='its Status is "Acknowledged" and "Resolved"',
        remark="B-0001 stood there more than once",
    ),
    Case(
        "two owners",
        lambda log: log.replace(
            row_of(log), owner("zoe")(row_of(log)) + b"\n" + owner("noor")(row_of(log))
        ),
        answer='its Owner is "zoe" and "noor"',
        remark="B-0001 stood there more than once",
    ),
]
NOTHING = [
    Case("spaces", padded),
    Case("bold as it was", status("**Open (level 1)**")),
    Case("case as it was", status("OPEN (LEVEL 1)")),
    Case("another dash", resolution("-")),
    Case("emptied", resolution("")),
    Case("status emptied", status("")),
    Case("another encoding", lambda log: log.decode().replace("—", "\x97").encode("latin-1")),
    Case("read as Windows' and saved", lambda log: log.decode().encode().decode("cp1252").encode()),
    Case("another description", first(b"No proof of work", b"All is well")),
    Case("half a row", lambda log: log.replace(row_of(log), row_of(log)[:60]), remark="B-0001 had only half a row"),
    Case("row deleted", lambda log: log.replace(row_of(log) + b"\n", b""), remark="B-0001 had vanished"),
    Case("row of another", first(b"09:10Z | mara", b"08:00Z | mara")),
    Case("resolved in a row of another", both(status("Resolved"), first(b"09:10Z | mara", b"08:00Z | zoe"))),
    Case("conflicted", conflicted("Resolved"), remark="B-0001 stood between the markers of a merge conflict"),
    Case("forged outside", appended(f"{ROW.decode()}ivo | Resolved | — |\n")),
    Case("forged in a fence", inside(f"```\n{ROW.decode()}ivo | Resolved | — |\n```\n\n")),
    Case("forged in a comment", inside(f"<!--\n{ROW.decode()}ivo | Resolved | — |\n-->\n\n")),
    Case("forged as code", inside(f"    {ROW.decode()}ivo | Resolved | — |\n\n")),
    Case("forged in a quotation", inside(f"> {ROW.decode()}ivo | Resolved | — |\n\n")),
    Case("an id of nobody", inside("| B-0777 | 2026-02-07 09:10Z | mara | x | ivo | Resolved | — |\n\n")),
    Case("another clone's", both(status("Resolved"), elsewhere), remark="another Rollcall, or a store that is gone, wrote it last"),
    Case("a newer writing", both(status("Resolved"), first(b" no ", b" no 99")), remark="it is newer than the store"),
    Case("region deleted", lambda log: log[: log.index(b"<!--")] + log[log.index(b"<!-- /rollcall -->\n") + 19 :], remark="its region was removed"),
    Case("all deleted but people's", lambda _log: b"# Blockers log\n" + PEOPLES, remark="its region was removed"),
]  # fmt: skip
CASES = [*GOOD, *ANSWERED, *NOTHING]
