"""All that the centre holds about the person behind a producer, for that person (UU 27/2022, articles 6 and 7)."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.tables_registry import person_requests
from sync.server.registry import certificates, consents, deciding, duties, persons, producer_links
from sync.server.registry.aliases import all_names

ANSWER: Final = "Salinan data pribadi dibuat untuk diserahkan kepada yang bersangkutan."
"""What is noted as the answer to a request for a copy, as officers write it: in Indonesian."""


def export(centre: Centre, db: Connection, code: str, purpose: str, by: str) -> dict[str, Any]:
    """Of every code of a producer: the registry, the person, certificates, consent, link, requests, and who looked.

    Each look is noted with its purpose; requests for access that wait are answered by it. Raises ``CentreError``.
    """
    codes = sorted(all_names(db, schema.producers, [deciding.standing(db, "producer", code)]))
    note(centre, db, by, "person_copied", code)
    for name in waiting(db, codes):
        duties.answer(centre, db, name, ANSWER, by)
    found = [{"code": one, **_of_one(centre, db, one, purpose, by)} for one in codes]
    papers = [
        {name: getattr(one, name) for name in ("kind", "number", "expires")}
        for one in certificates.of(db, deciding.standing(db, "producer", code))
    ]
    return {"at": centre.now(), "producer": code, "purpose": purpose.strip(), "codes": found, "certificates": papers}


def _of_one(centre: Centre, db: Connection, code: str, purpose: str, by: str) -> dict[str, Any]:
    person = persons.look(centre, db, code, purpose, by)
    consent, link = consents.consent_of(db, code), producer_links.link_of(db, code)
    asked = db.execute(person_requests.select().filter_by(producer=code).order_by(person_requests.c.asked_at)).all()
    looked = [
        {name: getattr(row, name) for name in ("at", "officer", "what", "detail")} for row in persons.looks(db, code)
    ]
    return {
        "registry": deciding.values_of(deciding.row_of(db, "producer", code)),
        "person": person,
        "consent": consent._asdict() if consent else None,
        "link": link._asdict() if link else None,
        "requests": [dict(row._mapping) for row in asked],  # noqa: SLF001 - the way to the columns of a row
        "looks": looked,
    }


def waiting(db: Connection, codes: list[str]) -> list[str]:
    """The requests of producers for access to what is held about them that nobody answered yet."""
    table = person_requests
    mine = (table.c.producer.in_(codes), table.c.what == "access", table.c.answered_at.is_(None))
    return list(db.execute(sa.select(table.c.id).where(*mine)).scalars())
