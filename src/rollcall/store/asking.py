"""Questions put many times a round: built once, asked of the connection, answered in columns.

The way through the session costs several times the question itself, and building a question more
than asking it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlmodel import Session


def ask(session: Session, question: Executable, **matter: object) -> CursorResult[Any]:
    """Ask for columns, or change rows, by a statement whose parameters are named; return the answer.

    What the session holds is written first. Rows that the session has loaded are not told of a
    change: it is for tables that are only changed so.
    """
    session.flush()
    connection = session.bind
    if not isinstance(connection, Connection):
        connection = session.connection()
    return connection.execute(question, matter)
