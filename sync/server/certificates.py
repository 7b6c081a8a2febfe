"""Certificates of producers with their documents: NIB, P-IRT, halal, BPOM, TKDN, e-Katalog, merek.

The tills know NIB, P-IRT and halal from the producer's own row, so a certificate of these kinds is written there too.
A document is judged by what it is, not by its name; a picture is drawn anew, which drops whatever else was in the file.
"""

import io
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents import identifiers
from sync.protocol.wire import MIB
from sync.server import deciding, schema
from sync.server.centre import Centre
from sync.server.dialect import only_one
from sync.server.errors import CentreError
from sync.server.loading import put
from sync.server.officers import note
from sync.server.pages.tables_registry import certificate_documents, certificates

KINDS: Final = ("nib", "pirt", "halal", "bpom", "tkdn", "ekatalog", "merek")
CHECKED: Final = ("nib", "pirt", "halal", "bpom", "merek")
"""Kinds whose numbers have a known form."""
IN_FEED: Final = {"nib": "nib", "pirt": "pirt", "halal": "halal_no"}
"""Kinds that a producer's row has a column for."""
LONGEST_NUMBER: Final = 64
MOST_BYTES: Final = 5 * MIB
MOST_OF_PRODUCER: Final = 25 * MIB
MOST_OF_ALL: Final = 4096 * MIB
LONGEST_SIDE: Final = 3_000
"""Pixels: an A4 page at 250 dots an inch."""
FOOD: Final = ("makanan", "minuman")


class Certificate(NamedTuple):
    """One certificate; ``id`` is empty for a number that is in the registry only. ``expires`` and ``document`` may be
    empty."""

    id: str
    producer: str
    name: str
    kind: str
    number: str
    expires: str
    document: str


def of(db: Connection, producer: str) -> list[Certificate]:
    """All certificates of a producer, by kind and number."""
    found = [_made(row) for row in db.execute(_kept().where(certificates.c.producer == producer))]
    row = deciding.row_of(db, "producer", producer)
    found += _of_row(row, {(one.kind, one.number) for one in found})
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.number))


def lapsing(db: Connection, today: str, days: int) -> list[Certificate]:
    """Certificates that have lapsed by ``today`` or will within ``days``, of producers that stand for themselves, the
    soonest first."""
    until, table = (date.fromisoformat(today) + timedelta(days=days)).isoformat(), schema.producers
    stands = table.c.alias_of == ""
    found = [_made(row) for row in db.execute(_kept().where(certificates.c.expires <= until, stands))]
    of_halal = sa.select(certificates.c.producer, certificates.c.number).where(certificates.c.kind == "halal")
    kept = {(row.producer, row.number) for row in db.execute(of_halal)}
    query = sa.select(table).where(table.c.halal_expires <= until, table.c.halal_no != "", stands)
    for row in db.execute(query):
        if (row.code, row.halal_no) not in kept:
            found += [one for one in _of_row(row, set()) if one.kind == "halal"]
    return sorted(found, key=lambda one: (one.expires, one.producer, one.kind))


def _kept() -> sa.Select[Any]:
    joined = certificates.join(schema.producers, schema.producers.c.code == certificates.c.producer)
    return sa.select(certificates, schema.producers.c.business_name).select_from(joined)


def _made(row: Any) -> Certificate:
    return Certificate(row.id, row.producer, row.business_name, row.kind, row.number, row.expires or "", row.document)


def _of_row(row: Any, beside: set[tuple[str, str]]) -> list[Certificate]:
    """The numbers in a producer's row that no certificate ``beside`` it has."""
    numbers = {kind: getattr(row, column) for kind, column in IN_FEED.items()}
    return [
        Certificate("", row.code, row.business_name, kind, number, (row.halal_expires or "") * (kind == "halal"), "")
        for kind, number in numbers.items()
        if number and (kind, number) not in beside
    ]


def lacking(kind: str, today: str) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has no certificate of ``kind`` that holds today."""
    table = schema.producers
    if kind == "halal":
        return sa.or_(table.c.halal_no == "", table.c.halal_expires < today)
    if kind == "nib":
        return table.c.nib == ""
    holds = sa.or_(certificates.c.expires.is_(None), certificates.c.expires >= today)
    mine = (certificates.c.producer == table.c.code, certificates.c.kind == kind)
    kept = sa.exists().where(*mine, holds)
    if kind == "pirt":
        lapsed = sa.exists().where(*mine, certificates.c.number == table.c.pirt, sa.not_(holds))
        return sa.and_(sa.or_(table.c.pirt == "", lapsed), sa.not_(kept))
    return sa.not_(kept)


def trading(categories: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has goods of these categories."""
    goods = schema.products
    makers = sa.select(goods.c.producer).where(goods.c.category.in_(categories), goods.c.alias_of == "")
    return schema.producers.c.code.in_(makers)  # read once: there is no index by producer


def save(
    centre: Centre, db: Connection, producer: str, kind: str, number: str, expires: str, data: bytes, by: str,
    name: str = "",
) -> str:  # fmt: skip
    """Write a certificate down, or correct the one called ``name``; its id. ``data`` is its document, empty for none
    or to keep the one that is there. Raises ``CentreError``."""
    only_one(db, "certificates")
    row = deciding.row_of(db, "producer", producer)
    if row.alias_of:
        raise CentreError("merged_already", proposal=producer, target=row.alias_of)
    number, expires = _checked(kind, number), _day(expires)
    before = _certificate(db, name, producer) if name else None
    note(centre, db, by, "certificate", producer, f"{kind} {number}")
    if before and data and before.document:
        _forget(db, before.document)
    document = _keep(centre, db, producer, data) if data else (before.document if before else "")
    kept = {"producer": producer, "kind": kind, "number": number, "expires": expires or None, "document": document}
    made = name or secrets.token_hex(8)
    put(db, certificates, [{"id": made, **kept, "changed_at": centre.now(), "changed_by": by}])
    if before and (before.kind, before.number) != (kind, number):
        row = _leave_row(db, row, before)
    _publish(db, row, kind, number, expires)
    return made


def remove(centre: Centre, db: Connection, producer: str, name: str, by: str) -> None:
    """Take a certificate back, with its document. Raises ``CentreError``."""
    only_one(db, "certificates")
    row, before = deciding.row_of(db, "producer", producer), _certificate(db, name, producer)
    note(centre, db, by, "certificate_removed", producer, f"{before.kind} {before.number}")
    db.execute(sa.delete(certificates).where(certificates.c.id == name))
    if before.document:
        _forget(db, before.document)
    _leave_row(db, row, before)


def document(db: Connection, name: str) -> Any:
    """The document called ``name``. Raises ``CentreError``."""
    found = db.execute(sa.select(certificate_documents).where(certificate_documents.c.id == name)).one_or_none()
    if found is None:
        raise CentreError("no_document")
    return found


def forget_all(db: Connection, producer: str) -> None:
    """Nothing is left of a producer's certificates."""
    for table in (certificates, certificate_documents):
        db.execute(sa.delete(table).where(table.c.producer == producer))


def _certificate(db: Connection, name: str, producer: str) -> Any:
    wanted = (certificates.c.id == name, certificates.c.producer == producer)
    found = db.execute(sa.select(certificates).where(*wanted)).one_or_none()
    if found is None:
        raise CentreError("no_certificate")
    return found


def _checked(kind: str, number: str) -> str:
    number = number.strip()
    if kind not in KINDS:
        raise CentreError("bad_certificate_kind", kinds=", ".join(KINDS))
    if kind in CHECKED:
        number = identifiers.check(kind, number).normal  # type: ignore[arg-type]
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise CentreError("bad_certificate_number")
    return number


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise CentreError("bad_day") from None


def _publish(db: Connection, row: Any, kind: str, number: str, expires: str) -> None:
    """Tell the tills, unless the row says so already."""
    if kind not in IN_FEED:
        return
    changed: dict[str, Any] = {IN_FEED[kind]: number}
    if kind == "halal":
        changed["halal_expires"] = expires or None
    if any(getattr(row, column) != value for column, value in changed.items()):
        deciding.publish(db, "producer", [deciding.values_of(row) | changed])


def _leave_row(db: Connection, row: Any, before: Any) -> Any:
    """Where the producer's row has the number of a certificate that is no longer, the newest other one takes its
    place; the row as it is now."""
    column = IN_FEED.get(before.kind)
    if column is None or getattr(row, column) != before.number:
        return row
    mine = (certificates.c.producer == before.producer, certificates.c.kind == before.kind)
    other = db.execute(sa.select(certificates).where(*mine).order_by(certificates.c.changed_at.desc()).limit(1)).first()
    _publish(db, row, before.kind, other.number if other else "", (other.expires if other else "") or "")
    return deciding.row_of(db, "producer", before.producer)


def _keep(centre: Centre, db: Connection, producer: str, data: bytes) -> str:
    media, body = judged(data)
    table = certificate_documents
    size = sa.func.coalesce(sa.func.sum(table.c.size), 0)
    if db.execute(sa.select(size).where(table.c.producer == producer)).scalar_one() + len(body) > MOST_OF_PRODUCER:
        raise CentreError("producer_full", mib=MOST_OF_PRODUCER // MIB)
    if db.execute(sa.select(size)).scalar_one() + len(body) > MOST_OF_ALL:
        raise CentreError("documents_full", mib=MOST_OF_ALL // MIB)
    name = secrets.token_hex(16)
    row = {"id": name, "producer": producer, "media": media, "size": len(body), "body": body, "made_at": centre.now()}
    db.execute(sa.insert(table), row)
    return name


def _forget(db: Connection, name: str) -> None:
    db.execute(sa.delete(certificate_documents).where(certificate_documents.c.id == name))


def judged(data: bytes) -> tuple[str, bytes]:
    """What a document is by its content, and how it is kept. Raises ``CentreError`` for anything but a PDF, JPEG or PNG
    of the right size."""
    if len(data) > MOST_BYTES:
        raise CentreError("document_too_large", mib=MOST_BYTES // MIB)
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]:
        return "application/pdf", data
    for mark, kind, media in ((b"\xff\xd8\xff", "JPEG", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "PNG", "image/png")):
        if data.startswith(mark):
            return media, _drawn(data, kind)
    raise CentreError("document_unknown")


def _drawn(data: bytes, kind: str) -> bytes:
    """A picture drawn anew: no place where it was taken, nothing behind its end."""
    from sync.server.drawing import shrunk

    buffer = io.BytesIO()
    try:
        shrunk(data, [kind], LONGEST_SIDE).save(buffer, kind, quality=85, optimize=True)
    except CentreError as error:  # it begins as one
        raise CentreError("document_broken") if error.code == "no_picture" else error from None
    return buffer.getvalue()
