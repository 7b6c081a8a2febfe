"""What officers did, read page by page: by officer, by what it was about, by date."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from sync.server.centre import WIB, stamp
from sync.server.database import schema


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows of the audit; empty takes all. ``of`` is a part of the subject, whatever its case; dates are those of WIB,
    both included."""

    officer: str = ""
    what: str = ""
    of: str = ""
    since: date | None = None
    until: date | None = None


def count(db: Connection, wanted: Wanted) -> int:
    """How many rows there are."""
    return db.execute(sa.select(sa.func.count()).select_from(schema.audit).where(*_conditions(wanted))).scalar_one()


def read(db: Connection, wanted: Wanted, most: int, skip: int = 0) -> list[Row[Any]]:
    """The newest ``most`` rows after ``skip``: at, officer, what, of, detail, address."""
    audit = schema.audit.c
    columns = (audit.at, audit.officer, audit.what, audit.of, audit.detail, audit.address)
    query = sa.select(*columns).where(*_conditions(wanted)).order_by(audit.at.desc(), audit.id)
    return list(db.execute(query.limit(most).offset(skip)))


def last_about(db: Connection, of: str, most: int) -> list[Row[Any]]:
    """The newest rows about one code or account."""
    audit = schema.audit
    return list(db.execute(sa.select(audit).where(audit.c.of == of).order_by(audit.c.at.desc()).limit(most)))


def known(db: Connection) -> tuple[list[str], list[str]]:
    """Everybody who stands in the audit, and everything that was done, in order."""
    audit = schema.audit.c
    names, deeds = (
        db.execute(sa.select(one).distinct().order_by(one)).scalars().all() for one in (audit.officer, audit.what)
    )
    return [name for name in names if name], list(deeds)


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    audit, found = schema.audit.c, list[sa.ColumnElement[bool]]()
    if wanted.officer:
        found.append(audit.officer == wanted.officer)
    if wanted.what:
        found.append(audit.what == wanted.what)
    if wanted.of:
        found.append(sa.func.lower(audit.of).contains(wanted.of.lower(), autoescape=True))
    if wanted.since:
        found.append(audit.at >= _begins(wanted.since))
    if wanted.until and wanted.until < date.max:
        found.append(audit.at < _begins(wanted.until + timedelta(days=1)))
    return found


def _begins(day: date) -> str:
    """The moment at which ``day`` begins in WIB, as the audit tells times."""
    try:
        return stamp(datetime.combine(day, time(), WIB))
    except OverflowError:
        return ""
