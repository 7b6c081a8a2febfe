"""Producers who agreed that the public catalogue names how to reach them.

The law wants an agreement for a purpose, on record, that can be withdrawn at any time (UU 27/2022 articles 20-24, 8):
without a row here that stands, the catalogue tells no telephone number. The number itself stays in the contacts, so
that what is corrected or erased there is corrected or gone here.
"""

from datetime import date
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.database.tables_public import contact_consents
from sync.server.errors import CentreError


class Consent(NamedTuple):
    """That a producer agreed on a day, and the day on which it was withdrawn."""

    agreed_on: str
    withdrawn_on: str | None
    recorded_by: str


def agree(centre: Centre, db: Connection, producer: str, agreed_on: date, officer: str) -> None:
    """Record that a producer agreed on a day that has come. Raises ``CentreError``."""
    if db.execute(sa.select(schema.producers.c.code).where(schema.producers.c.code == producer)).scalar() is None:
        raise CentreError("not_in_registry", proposal=producer)
    if agreed_on.isoformat() > centre.today():
        raise CentreError("day_to_come")
    row = {
        "producer": producer,
        "agreed_on": agreed_on.isoformat(),
        "recorded_at": centre.now(),
        "recorded_by": officer,
        "withdrawn_on": None,
    }
    put(db, contact_consents, [row])
    note(centre, db, officer, "contact_agreed", producer, agreed_on.isoformat())


def withdraw(centre: Centre, db: Connection, producer: str, officer: str) -> bool:
    """Tell nobody any more how to reach a producer; whether that was told until now."""
    table = contact_consents
    standing = (table.c.producer == producer, table.c.withdrawn_on.is_(None))
    gone = db.execute(sa.update(table).where(*standing).values(withdrawn_on=centre.today())).rowcount
    if gone:
        note(centre, db, officer, "contact_withdrawn", producer)
    return bool(gone)


def consent_of(db: Connection, producer: str) -> Consent | None:
    """What is on record of a producer; None where nobody ever asked."""
    table = contact_consents
    columns = (table.c.agreed_on, table.c.withdrawn_on, table.c.recorded_by)
    row = db.execute(sa.select(*columns).where(table.c.producer == producer)).one_or_none()
    return Consent(*row) if row else None


def public_phones(db: Connection, producers: list[str]) -> dict[str, str]:
    """Telephone numbers of those of ``producers`` who agree that everybody may see them."""
    consents, contacts = contact_consents, schema.producer_contacts
    query = sa.select(contacts.c.code, contacts.c.personal).join(consents, consents.c.producer == contacts.c.code)
    rows = db.execute(query.where(consents.c.withdrawn_on.is_(None), contacts.c.code.in_(producers)))
    told: dict[str, dict[str, Any]] = {row.code: msgspec.json.decode(row.personal) for row in rows}
    return {code: personal["phone"] for code, personal in told.items() if personal.get("phone")}
