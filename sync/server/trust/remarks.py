"""What officers say of a document that needs looking after, oldest first; the last one tells whether it is dealt with.

Kept in ``remarks`` for entries in quarantine, in ``finding_remarks`` for documents whose figures do not follow.
"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.database.dialect import only_one
from sync.server.errors import CentreError

LONGEST: Final = 500
DONE: Final = "done"


class Remark(NamedTuple):
    """What an officer said; ``state`` is open or done."""

    at: str
    officer: str
    state: str
    note: str


def said(db: Connection, table: sa.Table, **of: Any) -> tuple[Remark, ...]:
    """The remarks on one document."""
    columns = [table.c[name] for name in Remark._fields]
    return tuple(Remark(*row) for row in db.execute(sa.select(*columns).filter_by(**of).order_by(table.c.place)))


def last_state(table: sa.Table, *of: sa.ColumnElement[bool]) -> sa.ColumnElement[str]:
    """The state that the last remark gives to a row of a query; empty where nobody remarked on it."""
    last = sa.select(table.c.state).where(*of).order_by(table.c.place.desc()).limit(1)
    return sa.func.coalesce(last.scalar_subquery(), "")


def checked_words(text: str) -> str:
    """A remark as it is kept. Raises ``CentreError`` ``no_remark`` without words, or with too many."""
    words = " ".join(text.split())
    if not words or len(words) > LONGEST:
        raise CentreError("no_remark", most=LONGEST)
    return words


def add(
    centre: Centre, db: Connection, table: sa.Table, of: dict[str, Any], words: str, officer: str, *, done: bool,
    about: tuple[str, str],
) -> None:  # fmt: skip
    """Put a remark after the others; ``about`` is what the audit notes. Raises ``CentreError`` ``unknown_officer``."""
    note_decision(centre, db, officer, *about)
    only_one(db, "remark")
    place = db.execute(sa.select(sa.func.count()).select_from(table).filter_by(**of)).scalar_one() + 1
    facts = {"place": place, "at": centre.now(), "officer": officer, "state": DONE if done else "open", "note": words}
    db.execute(sa.insert(table), of | facts)
