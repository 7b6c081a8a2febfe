"""Refunds of a sale in another journal count for whom the sale was, from the moment when it is in the figures, too.

A till that knows the sale names its document, by the paper alone its number. Tills report in any order: until the sale
is in the figures its refund counts for people; what takes the sale in, or makes its till anew, puts the refund right.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.base import Document
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.server.database import schema
from sync.server.database.tables_reports import papers
from sync.server.projecting.projection import Readable, envelope_of, readable
from sync.server.reports.facts import Facts, Find, added, counted_of, is_elsewhere, negative

AT_ONCE = 500


class Returned(NamedTuple):
    """A refund of a sale elsewhere, or what takes one back, with what it counts for now."""

    device: str
    date: str
    document: Document
    counts: Facts


def find_in(db: Connection) -> Find:
    """Documents that the centre has, and the sales of refunds elsewhere that are in the figures."""
    return Find(lambda document_id: document_of(db, document_id), lambda refund: _sale_of(db, refund))


def find_own(db: Connection) -> Find:
    """Documents that the centre has; refunds elsewhere are put right later."""
    return Find(lambda document_id: document_of(db, document_id), lambda _refund: None)


def document_of(db: Connection, document_id: str) -> Document | None:
    """The document with this id, as the centre took it in first."""
    ids = schema.document_ids
    return _at(db, sa.select(ids.c.device, ids.c.seq).where(ids.c.document_id == document_id), document_id)


def _sale_of(db: Connection, refund: Refund) -> Document | None:
    """Of two papers with one number that of the till whose name comes first."""
    ids = schema.document_ids
    place = sa.select(papers.c.device, papers.c.seq).where(papers.c.kind == Sale.KIND)
    if refund.sale_id == refund.sale_number:
        place = place.where(papers.c.number == refund.sale_number)
    else:
        same = sa.and_(ids.c.device == papers.c.device, ids.c.seq == papers.c.seq)
        place = place.join(ids, same).where(ids.c.document_id == refund.sale_id)
    return _at(db, place.order_by(papers.c.device, papers.c.seq).limit(1), refund.sale_id)


def _at(db: Connection, place: sa.Select[Any], named: str) -> Document | None:
    """What stands at the one place that is found; ``named``: what it was asked by."""
    found = db.execute(place).one_or_none() if "\0" not in named else None
    if found is None:
        return None
    entries = schema.entries
    mine = (entries.c.device == found.device, entries.c.seq == found.seq)
    row = db.execute(sa.select(entries.c.seq, entries.c.epoch, entries.c.body).where(*mine)).one()
    content = readable(envelope_of(row.body), row.epoch, row.seq)
    return content.document if isinstance(content, Readable) else None


def returned_to(db: Connection, names: Collection[str]) -> list[Returned]:
    """What is in the figures of refunds that name one of these sales, by document or number, and of what takes them
    back."""
    every, found = sorted(names), list[Returned]()
    for first in range(0, len(every), AT_ONCE):
        refunds = _papers(db, Refund.KIND, every[first : first + AT_ONCE])
        found += _returned(db, refunds)
        if refunds:
            found += _returned(db, _papers(db, Reversal.KIND, [row.document_id for row in refunds]))
    return [one for one in found if is_elsewhere(one.document, find_own(db))]


def returned_to_till(db: Connection, device: str) -> list[Returned]:
    """The same of all sales of a till."""
    sales, undoing = papers, papers.alias()
    mine = (sales.c.device == device, sales.c.kind == Sale.KIND, undoing.c.kind == Refund.KIND)
    names = set[str]()
    for name in (sales.c.document_id, sales.c.number):
        joined = sales.join(undoing, undoing.c.of == name)
        names |= set(db.execute(sa.select(undoing.c.of).select_from(joined).where(*mine)).scalars())
    return [one for one in returned_to(db, names) if one.device != device]


def changes(db: Connection, before: Iterable[Returned]) -> dict[str, Facts]:
    """By till, what has to be added so that each counts as it should now."""
    find, found = find_in(db), dict[str, Facts]()
    for one in before:
        now = counted_of(one.date, one.document, find)
        if (now.sold, now.times) != (one.counts.sold, one.counts.times):
            sums = found.setdefault(one.device, Facts())
            added(sums, negative(one.counts))
            added(sums, now)
    return found


def _papers(db: Connection, kind: str, of: Sequence[str]) -> list[Any]:
    return list(db.execute(_of_kind(), {"named": of, "asked": kind}))


@cache
def _of_kind() -> sa.Select[Any]:
    named = papers.c.of.in_(sa.bindparam("named", expanding=True))
    columns = (papers.c.device, papers.c.seq, papers.c.date, papers.c.document_id)
    return sa.select(*columns).where(named, papers.c.kind == sa.bindparam("asked"), papers.c.counted == 1)


def _returned(db: Connection, rows: Iterable[Any]) -> list[Returned]:
    find, found = find_in(db), list[Returned]()
    for row in rows:
        place = sa.select(papers.c.device, papers.c.seq)
        document = _at(db, place.where(papers.c.device == row.device, papers.c.seq == row.seq), "")
        if document is not None:
            found.append(Returned(row.device, row.date, document, counted_of(row.date, document, find)))
    return found
