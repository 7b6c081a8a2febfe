"""Certificates of producers with their documents: NIB, P-IRT, halal, BPOM, TKDN, e-Katalog, merek.

A producer has the papers of every code that was merged into it. The tills know NIB, P-IRT and halal from the producer's
own row: of each of these kinds the paper that holds longest is written there too, until a row that is corrected as a
whole says another.
Their documents are in ``certificate_files``; which papers hold and which lapse is in ``holding``.
"""

import secrets
from collections.abc import Collection, Mapping, Set
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents import identifiers
from sync.server.access.officers import note
from sync.server.centre import Centre, stamp
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.database.tables_registry import certificate_documents, certificates
from sync.server.errors import CentreError
from sync.server.registry import deciding
from sync.server.registry.certificate_files import Document, forget, keep
from sync.server.registry.marks import mark_of, papers_changed

KINDS: Final = ("nib", "pirt", "halal", "bpom", "tkdn", "ekatalog", "merek")
CHECKED: Final = ("nib", "pirt", "halal", "bpom", "merek")
"""Kinds whose numbers have a known form."""
IN_FEED: Final = {"nib": "nib", "pirt": "pirt", "halal": "halal_no"}
"""Kinds that a producer's row has a column for."""
IN_ROW: Final = (*IN_FEED.values(), "halal_expires")
"""Columns of a producer's row that come of papers."""
LONGEST_NUMBER: Final = 64
FOR_EVER: Final = "9999-12-31"
"""Until when a paper without an end holds."""
KEPT: Final = timedelta(days=30)
"""How long a certificate that was taken back can be put back."""
Paper = tuple[str, str]
"""A kind and a number."""


class Certificate(NamedTuple):
    """One certificate of ``producer``, written down under ``under``: the same code, or one that was merged into it.

    ``id`` is empty for a number that is in the registry only. ``expires`` and ``document`` may be empty; a P-IRT holds
    to the end of the year in its number unless its paper says else.
    """

    id: str
    producer: str
    name: str
    under: str
    kind: str
    number: str
    expires: str
    document: str
    changed_at: str

    @property
    def mark(self) -> str:
        """What tells this state of the certificate from another."""
        return mark_of(self.kind, self.number, self.expires, self.document, self.changed_at)


class Seen(NamedTuple):
    """A certificate as an officer saw it."""

    id: str
    mark: str


def of(db: Connection, producer: str) -> list[Certificate]:
    """All certificates of a producer, by kind and number. Raises ``CentreError`` where there is none."""
    table = schema.producers
    deciding.row_of(db, "producer", producer)
    found = _papers(db, sa.or_(table.c.code == producer, table.c.alias_of == producer))
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.number, one.id))


def removed(db: Connection, producer: str) -> list[Any]:
    """Certificates of a producer that were taken back and can be put back, the last first."""
    mine = (certificates.c.producer == producer, certificates.c.removed_at.is_not(None))
    return list(db.execute(sa.select(certificates).where(*mine).order_by(certificates.c.removed_at.desc())))


def _papers(db: Connection, which: sa.ColumnElement[bool]) -> list[Certificate]:
    """The certificates of rows of ``producers``, and the numbers in the rows that are written down nowhere else."""
    table, stands = schema.producers, sa.alias(schema.producers)
    owner = stands.c.code == standing()
    names = (stands.c.code.label("stands"), stands.c.business_name)
    kept = sa.select(certificates, *names).select_from(
        certificates.join(table, table.c.code == certificates.c.producer).join(stands, owner)
    )
    found = [
        Certificate(row.id, row.stands, row.business_name, row.producer, row.kind, row.number,
                    row.expires or year_of(row.kind, row.number), row.document, row.changed_at)
        for row in db.execute(kept.where(which, certificates.c.removed_at.is_(None)))
    ]  # fmt: skip
    beside = {(one.under, one.kind, one.number) for one in found} | {
        (one.producer, one.kind, one.number) for one in found
    }
    columns = (table.c.code.label("under"), *(table.c[name] for name in IN_FEED.values()), table.c.halal_expires)
    numbered = sa.or_(*(table.c[name] != "" for name in IN_FEED.values()))
    rows = sa.select(*columns, *names).select_from(table.join(stands, owner)).where(which, numbered)
    for row in db.execute(rows.order_by(table.c.alias_of.desc())):  # what stands has the best of the merged ones too
        for kind, column in IN_FEED.items():
            number = getattr(row, column)
            if number and (row.under, kind, number) not in beside:
                ends = (row.halal_expires or "") if kind == "halal" else year_of(kind, number)
                found.append(Certificate("", row.stands, row.business_name, row.under, kind, number, ends, "", ""))
                beside.add((row.stands, kind, number))
    return found


def standing() -> sa.ColumnElement[str]:
    """The code that stands for a row of ``producers``."""
    table = schema.producers
    return sa.func.coalesce(sa.func.nullif(table.c.alias_of, sa.literal_column("''")), table.c.code)


def year_of(kind: str, number: str) -> str:
    """The day on which the number of a P-IRT says that it ends; empty for any other."""
    return f"20{number[-2:]}-12-31" if kind == "pirt" else ""


def save(
    centre: Centre, db: Connection, producer: str, kind: str, number: str, expires: str,
    document: Document | None, by: str, seen: Seen | None = None,
) -> str:  # fmt: skip
    """Write a certificate down, or correct the one that was ``seen``, of the producer or of a code that was merged into
    it; its id. Without a ``document`` the one that is there is kept. Raises ``CentreError``."""
    only_one(db, "deciding")
    row = deciding.row_of(db, "producer", producer)
    if row.alias_of:
        raise CentreError("merged_already", proposal=producer, target=row.alias_of)
    number, expires = _checked(kind, number), _day(expires)
    before = _certificate(db, seen.id, producer) if seen else None
    if before and seen and seen.mark != _mark_of_row(before):
        raise CentreError("row_changed", proposal=producer)
    made = before.id if before else secrets.token_hex(8)
    note(centre, db, by, "certificate", producer, f"{kind} {made}")
    of_code = before.producer if before else producer
    name = before.document if before else ""
    if document:
        forget(db, name)
        name = keep(centre, db, of_code, document)
    kept = {"producer": of_code, "kind": kind, "number": number, "expires": expires or None, "document": name}
    put(db, certificates, [{"id": made, **kept, "changed_at": centre.now(), "changed_by": by}])
    papers_changed(db)
    without = {(before.kind, before.number)} if before else set[Paper]()
    _settle_all(centre, db, of_code, by, without, {kind, *(one for one, _number in without)})
    return made


def remove(centre: Centre, db: Connection, producer: str, name: str, by: str) -> None:
    """Take a certificate back; it can be put back for ``KEPT``, with its document. Raises ``CentreError``."""
    only_one(db, "deciding")
    before = _certificate(db, name, producer)
    note(centre, db, by, "certificate_removed", producer, f"{before.kind} {name}")
    db.execute(sa.update(certificates).where(certificates.c.id == name).values(removed_at=centre.now()))
    papers_changed(db)
    _forget_old(centre, db)
    _settle_all(centre, db, before.producer, by, {(before.kind, before.number)}, [before.kind])


def put_back(centre: Centre, db: Connection, producer: str, name: str, by: str) -> None:
    """Put a certificate back that was taken back. Raises ``CentreError``."""
    only_one(db, "deciding")
    before = _certificate(db, name, producer, there=False)
    note(centre, db, by, "certificate", producer, f"{before.kind} {name}")
    db.execute(sa.update(certificates).where(certificates.c.id == name).values(removed_at=None))
    papers_changed(db)
    _settle_all(centre, db, before.producer, by, frozenset(), [before.kind])


def _settle_all(
    centre: Centre, db: Connection, code: str, by: str, without: Set[Paper], kinds: Collection[str]
) -> None:
    """Of a code that was merged, and of the one that stands for it."""
    settle(centre, db, code, by, without, kinds)
    if stands := deciding.row_of(db, "producer", code).alias_of:
        settle(centre, db, stands, by, without, kinds)


def settle(
    centre: Centre, db: Connection, code: str, by: str,
    without: Set[Paper] = frozenset(), kinds: Collection[str] = KINDS,
) -> None:  # fmt: skip
    """Write into a producer's row which of its papers tills are to know: of each of ``kinds`` the one that holds
    longest, its own before that of a merged code, the newest. What gives way is written down. Numbers ``without`` count
    only where they are written down."""
    row = deciding.row_of(db, "producer", code)
    papers = [one for one in of(db, code) if one.id or (one.kind, one.number) not in without]
    changed: dict[str, str | None] = {}
    told = {kind: column for kind, column in IN_FEED.items() if kind in kinds}
    for kind, column in told.items():
        held = [one for one in papers if one.kind == kind]
        best = max(held, key=lambda one: (one.expires or FOR_EVER, one.under == code, one.changed_at), default=None)
        if best or getattr(row, column):
            changed[column] = best.number if best else ""
            if kind == "halal":
                changed["halal_expires"] = best.expires or None if best else None
    if any(getattr(row, column) != value for column, value in changed.items()):
        gone = {(kind, getattr(row, column)) for kind, column in told.items()} - without
        write_down(centre, db, code, by, gone - {(kind, changed.get(column, "")) for kind, column in told.items()})
        deciding.publish(db, "producer", [deciding.values_of(row) | changed])


def correct_row(centre: Centre, db: Connection, before: Mapping[str, Any], values: Mapping[str, Any], by: str) -> None:
    """Correct a producer's row as a whole: tills get what it says, its numbers are papers that hold as long as it says,
    and those of its own papers that gave way to them are taken back, as by ``remove``."""
    after, code = {**before, **values}, before["code"]
    correcting = any(before[name] != after[name] for name in IN_ROW)
    if correcting:
        write_down(centre, db, code, by)
    deciding.publish(db, "producer", [after])
    if not correcting:
        return
    there = sa.update(certificates).where(certificates.c.producer == code, certificates.c.removed_at.is_(None))
    for kind, column in IN_FEED.items():
        if before[column] != after[column]:
            gone = there.where(certificates.c.kind == kind, certificates.c.number == before[column])
            db.execute(gone.values(removed_at=centre.now()))
    if (before["halal_no"], before["halal_expires"]) != (after["halal_no"], after["halal_expires"]):
        ends = {"expires": after["halal_expires"], "changed_at": centre.now(), "changed_by": by}
        same = there.where(certificates.c.kind == "halal", certificates.c.number == after["halal_no"])
        db.execute(same.values(**ends))
    _forget_old(centre, db)
    write_down(centre, db, code, by)


def write_down(centre: Centre, db: Connection, code: str, by: str, which: Set[Paper] | None = None) -> None:
    """Write numbers of a producer's row down that stand nowhere else, so that another may take their place."""
    told = {"producer": code, "document": "", "changed_at": centre.now(), "changed_by": by}
    loose = [one for one in of(db, code) if one.under == code and not one.id]
    put(db, certificates, [
        {"id": secrets.token_hex(8), "kind": one.kind, "number": one.number,
         "expires": one.expires or None if one.kind == "halal" else None, **told}
        for one in loose if which is None or (one.kind, one.number) in which
    ])  # fmt: skip
    papers_changed(db)


def forget_all(db: Connection, producer: str) -> None:
    """Nothing is left of a producer's certificates."""
    for table in (certificates, certificate_documents):
        db.execute(sa.delete(table).where(table.c.producer == producer))
    papers_changed(db)


def _certificate(db: Connection, name: str, producer: str, *, there: bool = True) -> Any:
    """One of the producer's, or of a code that was merged into it."""
    taken_back, table = certificates.c.removed_at, schema.producers
    codes = sa.select(table.c.code).where(sa.or_(table.c.code == producer, table.c.alias_of == producer))
    wanted = (certificates.c.id == name, certificates.c.producer.in_(codes))
    found = db.execute(
        sa.select(certificates).where(*wanted, taken_back.is_(None) if there else taken_back.is_not(None))
    ).one_or_none()
    if found is None:
        raise CentreError("no_certificate")
    return found


def _mark_of_row(row: Any) -> str:
    expires = row.expires or year_of(row.kind, row.number)
    return mark_of(row.kind, row.number, expires, row.document, row.changed_at)


def _forget_old(centre: Centre, db: Connection) -> None:
    """Certificates that nobody put back in time, with their documents."""
    old = certificates.c.removed_at < stamp(centre.clock() - KEPT)
    for row in db.execute(sa.select(certificates.c.id, certificates.c.document).where(old)).all():
        forget(db, row.document)
        db.execute(sa.delete(certificates).where(certificates.c.id == row.id))


def _checked(kind: str, number: str) -> str:
    number = number.strip()
    if kind not in KINDS:
        raise CentreError("bad_certificate_kind", kinds=", ".join(KINDS))
    if kind in CHECKED:
        number = identifiers.check(kind, number).normal  # type: ignore[arg-type]
        if not number and kind in IN_FEED:
            raise CentreError(f"bad_{kind}_number")
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise CentreError("bad_certificate_number")
    return number


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise CentreError("bad_day") from None
