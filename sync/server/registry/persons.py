"""Persons behind producers (UU 27/2022): looked at with a purpose, corrected, erased.

Documents hold codes, never persons, so nothing here touches an entry. What was erased leaves an empty record, which no
till and no spreadsheet fills in again.
"""

from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol import registry_fields
from sync.protocol.registry_reasons import Problem
from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.corners.taking_over import still_owed
from sync.server.database import schema
from sync.server.database.dialect import POSTGRES, only_one
from sync.server.database.loading import put
from sync.server.database.tables_registry import person_requests
from sync.server.database.tables_reports import goods
from sync.server.errors import CentreError
from sync.server.exchange import announcing
from sync.server.exchange.proposals import REFUSED
from sync.server.registry import certificates, consents, deciding, producer_links
from sync.server.registry.aliases import all_names
from sync.server.registry.marks import mark_of

FIELDS: Final = ("owner_name", "phone", "nik", "address", "npwp", "bank_name", "bank_account")
LONGEST: Final = 200
EMPTIED: Final = {"kelurahan": "", "nib": "", "pirt": "", "halal_no": "", "halal_expires": None}
"""What goes with a person from the row of the business."""
TOLD: Final = (
    "Data pribadi produsen {code} sudah dihapus di Diskoperin. Hapus juga kontaknya di kasir ini: buka Produsen, pilih "
    "{code}, lalu anonimkan."
)
"""What corners read after an erasure, as officers write to them: in Indonesian."""
_FORMS: Final = {
    "phone": registry_fields.phone,
    "bank_account": registry_fields.account,
    "npwp": registry_fields.identifier("npwp"),
    "nik": registry_fields.identifier("nik"),
}


def known(db: Connection, code: str) -> str:
    """What the centre has of the person: ``""`` nothing, ``kept`` something, ``erased``."""
    personal = _personal(db, code)
    if personal is None:
        return ""
    return "kept" if personal else "erased"


def look(centre: Centre, db: Connection, code: str, purpose: str, by: str) -> dict[str, str]:
    """What identifies the person behind a producer; that ``by`` looked, and what for, is noted. Raises
    ``CentreError``."""
    deciding.row_of(db, "producer", code)
    if not purpose.strip():
        raise CentreError("no_purpose")
    note(centre, db, by, "person_seen", code, purpose.strip()[:LONGEST])
    found = _personal(db, code) or {}
    return {name: str(found.get(name) or "") for name in FIELDS}


def mark(db: Connection, code: str) -> str:
    """What tells this state of the person's data from another."""
    found = _personal(db, code) or {}
    return mark_of(*(str(found.get(name) or "") for name in FIELDS))


def correct(
    centre: Centre, db: Connection, code: str, changes: dict[str, str], by: str, seen: str | None = None
) -> dict[str, str]:
    """Put right what identifies a person; the audit tells which fields, not what stood there. ``seen`` is the ``mark``
    of the state that the officer saw.

    Gives the fields that cannot be so with why (a code of ``registry_reasons``); then nothing changed. Raises
    ``CentreError``.
    """
    only_one(db, "deciding")
    row = deciding.row_of(db, "producer", code)
    found = _personal(db, code)
    if found == {}:
        raise CentreError("person_erased", proposal=code)
    if seen is not None and seen != mark(db, code):
        raise CentreError("row_changed", proposal=code)
    values, wrong = dict[str, str](), dict[str, str]()
    for name in FIELDS:
        try:
            values[name] = _formed(name, changes.get(name, ""))
        except Problem as problem:
            wrong[name] = problem.code
    if wrong:
        return wrong
    before = found or {}
    changed = [name for name in FIELDS if str(before.get(name) or "") != values[name]]
    if changed:
        note(centre, db, by, "person_corrected", code, ", ".join(changed))
        _put(db, code, before | values)
        deciding.publish(db, "producer", [deciding.values_of(row)])  # whoever compares producers looks again
    return {}


def _formed(name: str, text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    if len(text) > LONGEST or "\0" in text:
        raise Problem("too_long", refuse=True, limit=str(LONGEST))
    return str(_FORMS[name](text)) if name in _FORMS else text


def open_tills(db: Connection, codes: list[str]) -> int:
    """At how many tills money is owed to or by these producers, or goods of theirs lie; what a till took over from a
    revoked one counts there alone."""
    balances, stock = schema.balances, schema.stock
    owed = sa.select(balances.c.device).where(
        balances.c.account.in_([f"payable:{code}" for code in codes]),
        balances.c.amount != 0,
        still_owed(balances.c.device),
    )
    skus = sa.select(schema.products.c.sku).where(schema.products.c.producer.in_(codes))
    lies = sa.select(stock.c.device).where(stock.c.sku.in_(skus), stock.c.quantity != 0, still_owed(stock.c.device))
    return len(set(db.execute(owed).scalars()) | set(db.execute(lies).scalars()))


def erase(centre: Centre, db: Connection, code: str, reason: str, by: str) -> int:
    """Forget the person behind a producer under all its codes, how many they are: contacts, certificates with their
    documents, the private link, kelurahan, and the business name, which gives way to the code; what officers wrote of
    the person, why they looked and what they answered, is emptied. The books stay, by code (Ps 15).

    Raises ``CentreError``, while money is open too.
    """
    only_one(db, "deciding")
    if not reason.strip():
        raise CentreError("no_purpose")
    codes = [code]
    if not (declined := _declined(db, code)):
        deciding.row_of(db, "producer", code)
        codes = sorted(all_names(db, schema.producers, [deciding.standing(db, "producer", code)]))
        if all(known(db, one) == "erased" for one in codes):
            raise CentreError("person_erased", proposal=code)
    if tills := open_tills(db, codes):
        raise CentreError("person_owed", proposal=code, tills=tills)
    if db.dialect.name != POSTGRES:
        db.exec_driver_sql("PRAGMA secure_delete = ON")
    note(centre, db, by, "person_erased", code, reason.strip()[:LONGEST])
    for one in codes:
        _put(db, one, {})
        _forget_proposal(db, one)
        if not declined:
            _forget(db, one)
            consents.withdraw(centre, db, one, by)
            producer_links.revoke_link(centre, db, one, by)
    for corner in _corners_that_knew(db, codes):
        announcing.send(centre, db, corner, TOLD.format(code=code), by)
    return len(codes)


def _corners_that_knew(db: Connection, codes: list[str]) -> list[str]:
    """Corners that proposed a producer, had goods of it or owed it something: they may have contacts of their own."""
    devices, balances, table = schema.devices, schema.balances, schema.proposals
    tills = sa.union(
        sa.select(balances.c.device).where(balances.c.account.in_([f"payable:{code}" for code in codes])),
        sa.select(goods.c.device).where(goods.c.producer.in_(codes)),
        sa.select(table.c.device).where(table.c.code.in_(codes)),
    )
    known_there = sa.select(schema.corners.c.code).where(
        schema.corners.c.code.in_(sa.select(devices.c.corner).where(devices.c.device.in_(tills)))
    )
    return list(db.execute(known_there.order_by(schema.corners.c.code)).scalars())


def _forget(db: Connection, code: str) -> None:
    """Nothing of the person is left in the registry."""
    row = deciding.values_of(deciding.row_of(db, "producer", code))
    deciding.publish(db, "producer", [row | EMPTIED | {"business_name": code}])
    certificates.forget_all(db, code)
    looks, asked = schema.audit, person_requests
    db.execute(sa.update(looks).where(looks.c.of == code, looks.c.what == "person_seen").values(detail=""))
    db.execute(sa.update(asked).where(asked.c.producer == code).values(answer=""))


def _declined(db: Connection, code: str) -> bool:
    """Whether a till proposed this producer and it is not in the registry."""
    table = schema.proposals
    mine = (table.c.code == code, table.c.kind == "producer", table.c.state == REFUSED)
    return db.execute(sa.select(table.c.code).where(*mine)).first() is not None


def _forget_proposal(db: Connection, code: str) -> None:
    """Nothing of the person is left in what a till proposed."""
    table = schema.proposals
    facts = db.execute(sa.select(table.c.facts).where(table.c.code == code)).scalar()
    if facts is not None:
        plain = msgspec.json.decode(facts) | EMPTIED | {"business_name": code}
        changed = {"facts": msgspec.json.encode(plain).decode(), "sealed": b""}
        db.execute(sa.update(table).where(table.c.code == code).values(**changed))


def _personal(db: Connection, code: str) -> dict[str, Any] | None:
    text = db.execute(sa.select(schema.producer_contacts.c.personal).filter_by(code=code)).scalar()
    return None if text is None else msgspec.json.decode(text)


def _put(db: Connection, code: str, personal: dict[str, Any]) -> None:
    put(db, schema.producer_contacts, [{"code": code, "personal": msgspec.json.encode(personal).decode()}])


def looks(db: Connection, code: str) -> list[Any]:
    """Who looked at the person behind a producer or changed something, the newest first."""
    table = schema.audit
    mine = (table.c.of == code, table.c.what.in_(("person_seen", "person_copied", "person_corrected", "person_erased")))
    return list(db.execute(sa.select(table).where(*mine).order_by(table.c.at.desc())))
