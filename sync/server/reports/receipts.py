"""Papers of one day at the counters, and one paper with its lines and its place in the chain.

Nobody's name is told: neither cashier nor who held a tab nor a payment's reference. Producers of goods are businesses.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from sync.documents.base import Document
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Buyer, Sale
from sync.protocol.entry import Envelope, entry_hash
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.projecting.projection import Unprojectable, envelope_of, readable
from sync.server.registry.aliases import all_names
from sync.server.reports.facts import Find
from sync.server.reports.returning import find_in
from sync.server.reports.scope import Scope
from sync.server.reports.selling import devices_of

MONEY_KINDS: Final = (Sale.KIND, Refund.KIND, Reversal.KIND)
MOST_READ: Final = 3_000
"""Papers of a day that are opened to see whose goods stand on them."""
AT_ONCE: Final = 500


class Paper(NamedTuple):
    """A paper in a list. ``amount``: rupiah that it adds to what was sold, of what was asked about; negative for what
    went back. ``lines`` of them. ``counted`` is false where its figures were left out."""

    device: str
    seq: int
    kind: str
    number: str
    at: str
    corner: str
    till: str
    amount: int
    lines: int
    office: bool
    unit: str
    counted: bool


class Day(NamedTuple):
    """Papers of a day, and whether there were more than are read."""

    papers: list[Paper]
    cut: bool


class Related(NamedTuple):
    """Another paper that this one takes back, or that takes this one back; ``stands``: nothing took it back."""

    device: str
    seq: int
    kind: str
    number: str
    date: str
    amount: int
    stands: bool


class Whole(NamedTuple):
    """One entry as the centre keeps it: what it says (None: unreadable), where it stands, and what became of it."""

    device: str
    corner: str
    corner_name: str
    till: str
    epoch: int
    seq: int
    head: int
    prev: bytes
    hash: bytes
    sound: bool
    """Whether hash and bytes agree and the entry follows the one before it."""
    received_at: str
    held: str
    """Why it is in quarantine; empty where it is not."""
    envelope: Envelope | None
    document: Document | None
    of: Related | None
    by: list[Related]


def of_day(db: Connection, scope: Scope) -> Day:
    """Sales, refunds and what cancels one of them on the first day of ``scope``, newest first."""
    papers, devices = tables.papers, schema.devices
    wanted = devices_of(db, scope)
    if wanted is None:
        wanted = list(db.execute(sa.select(devices.c.device)).scalars())
    query = (
        sa.select(papers, devices.c.corner, devices.c.till)
        .join(devices, devices.c.device == papers.c.device)
        .where(papers.c.device.in_(wanted), papers.c.date == scope.first.isoformat(), papers.c.kind.in_(MONEY_KINDS))
        .order_by(papers.c.at.desc(), papers.c.device, papers.c.seq.desc())
        .limit(MOST_READ + 1)
    )
    found = db.execute(query).all()
    shown = found[:MOST_READ]
    match = _Match(db, scope)
    said = documents(db, [(row.device, row.seq) for row in shown])
    of = originals(db, [row.of for row in shown if row.of])
    of = originals(db, [refund.sale_id for refund in of.values() if isinstance(refund, Refund)]) | of
    every = (_paper(row, said.get((row.device, row.seq)), of, match, find_in(db)) for row in shown)
    return Day([paper for paper in every if paper is not None], len(found) > MOST_READ)


def one(db: Connection, device: str, seq: int) -> Whole | None:
    """The entry ``seq`` of a till; None where the centre has none."""
    entries, devices, corners = schema.entries, schema.devices, schema.corners
    joined = entries.join(devices, devices.c.device == entries.c.device).outerjoin(
        corners, corners.c.code == devices.c.corner
    )
    query = sa.select(entries, devices.c.corner, corners.c.name, devices.c.till, devices.c.head_seq)
    row = db.execute(query.select_from(joined).where(entries.c.device == device, entries.c.seq == seq)).one_or_none()
    if row is None:
        return None
    aside = schema.quarantine
    mine = (aside.c.device == device, aside.c.epoch == row.epoch, aside.c.seq == seq)
    held = db.execute(sa.select(aside.c.reason).where(*mine)).scalar()
    envelope = envelope_of(row.body)
    content = readable(envelope, row.epoch, seq)
    document = None if isinstance(content, Unprojectable) else content.document
    by = naming(db, envelope.id, document.number if document else "") if envelope else []
    return Whole(
        device, row.corner, row.name or "", row.till, row.epoch, seq, row.head_seq, bytes(row.prev), bytes(row.hash),
        _sound(db, row), row.received_at, held or "", envelope, document, _original(db, document), by,
    )  # fmt: skip


def found_by_number(db: Connection, number: str) -> tuple[str, int] | None:
    """Till and sequence number of the newest paper with this number."""
    papers = tables.papers
    query = sa.select(papers.c.device, papers.c.seq).where(papers.c.number == number)
    row = db.execute(query.order_by(papers.c.epoch.desc(), papers.c.seq.desc()).limit(1)).one_or_none()
    return (row.device, row.seq) if row else None


class _Match:
    """Which lines are asked about."""

    def __init__(self, db: Connection, scope: Scope) -> None:
        self.buyer = scope.buyer
        self.producers = _set(
            db,
            schema.producers,
            {"code": scope.producer, "kelurahan": scope.kelurahan, "class": scope.class_},
        )
        self.skus = _set(db, schema.products, {"sku": scope.product, "category": scope.category})
        self.unit = scope.unit

    def lines(self, document: Sale | Refund) -> list[Any]:
        return [
            line
            for line in document.lines
            if (self.producers is None or line.producer in self.producers)
            and (self.skus is None or line.sku in self.skus)
        ]


def _set(db: Connection, table: sa.Table, wanted: dict[str, str]) -> set[str] | None:
    """The codes, those merged into them too, of rows that agree with what is ``wanted``; None where nothing is."""
    asked = {name: value for name, value in wanted.items() if value}
    if not asked:
        return None
    key = next(iter(table.primary_key))
    conditions = [table.c[name] == value for name, value in asked.items()]
    if set(asked) != {key.name}:
        conditions.append(table.c.alias_of == "")  # what was merged is what it was merged into
    found = db.execute(sa.select(key).where(*conditions)).scalars()
    names: set[str] = set()
    every = [*found, *([asked[key.name]] if set(asked) == {key.name} else [])]  # a code the registry does not know
    for first in range(0, len(every), AT_ONCE):
        names |= set(all_names(db, table, every[first : first + AT_ONCE]))
    return names


def _paper(row: Row[Any], said: Document | None, of: dict[str, Document], match: _Match, find: Find) -> Paper | None:
    """The paper as it is listed; None for one that says nothing of what was asked."""
    sign = 1
    if isinstance(said, Reversal):
        sign, said = -1, of.get(said.original_id)
    sale: Document | None = said
    if isinstance(said, Refund):
        sign, sale = -sign, find.sale(said) if said.elsewhere else of.get(said.sale_id)
    if not isinstance(said, (Sale, Refund)):
        return None
    buyer = sale.buyer if isinstance(sale, Sale) else Buyer()
    lines = match.lines(said)
    if not lines or buyer.kind != (match.buyer or buyer.kind) or buyer.unit != (match.unit or buyer.unit):
        return None
    return Paper(
        row.device, row.seq, row.kind, row.number, row.at, row.corner, row.till,
        sign * sum(line.total for line in lines), len(lines), buyer.kind == "office", buyer.unit, bool(row.counted),
    )  # fmt: skip


def documents(db: Connection, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Document]:
    """What entries say, by till and sequence number; those that cannot be read are left out."""
    by_device: dict[str, list[int]] = {}
    for device, seq in wanted:
        by_device.setdefault(device, []).append(seq)
    entries, found = schema.entries, {}
    for device, seqs in by_device.items():
        for first in range(0, len(seqs), AT_ONCE):
            part = entries.c.seq.in_(seqs[first : first + AT_ONCE])
            query = sa.select(entries.c.seq, entries.c.epoch, entries.c.body).where(entries.c.device == device, part)
            for row in db.execute(query):
                content = readable(envelope_of(row.body), row.epoch, row.seq)
                if not isinstance(content, Unprojectable):
                    found[device, row.seq] = content.document
    return found


def originals(db: Connection, ids: list[str]) -> dict[str, Document]:
    """Documents by their id, where the centre has them."""
    table = schema.document_ids
    places: dict[tuple[str, int], str] = {}
    for first in range(0, len(ids), AT_ONCE):
        query = sa.select(table).where(table.c.document_id.in_(ids[first : first + AT_ONCE]))
        places |= {(row.device, row.seq): row.document_id for row in db.execute(query)}
    return {places[place]: document for place, document in documents(db, places).items()}


def _sound(db: Connection, row: Row[Any]) -> bool:
    """An epoch's first entry follows what ``epochs`` says: that is verified as a whole, not here."""
    if bytes(row.hash) != entry_hash(bytes(row.prev), bytes(row.body)):
        return False
    entries = schema.entries
    mine = (entries.c.device == row.device, entries.c.seq == row.seq - 1)
    before = db.execute(sa.select(entries.c.epoch, entries.c.hash).where(*mine)).one_or_none()
    return before is None or before.epoch != row.epoch or bytes(before.hash) == bytes(row.prev)


def _original(db: Connection, document: Document | None) -> Related | None:
    match document:
        case Refund(sale_id=name) | Reversal(original_id=name):
            ids, papers = schema.document_ids, tables.papers
            place = db.execute(sa.select(ids.c.device, ids.c.seq).where(ids.c.document_id == name)).first()
            mine = (papers.c.device == place.device) & (papers.c.seq == place.seq) if place else papers.c.number == name
            return next(iter(_related(db, mine)), None)
    return None


def naming(db: Connection, document_id: str, number: str) -> list[Related]:
    """Papers that refund, cancel or collect the document; a refund that knew the paper alone names its number."""
    names = [name for name in (document_id, number) if name and "\0" not in name]
    return _related(db, tables.papers.c.of.in_(names))


def _related(db: Connection, condition: sa.ColumnElement[bool]) -> list[Related]:
    papers, undoing = tables.papers, tables.papers.alias()
    columns = [papers.c[name] for name in ("device", "seq", "kind", "number", "date", "amount")]
    undone = sa.exists().where(undoing.c.of == papers.c.document_id, undoing.c.kind == Reversal.KIND)
    query = sa.select(*columns, ~undone).where(condition).order_by(papers.c.date, papers.c.seq)
    return [Related._make((*row[:-1], bool(row[-1]))) for row in db.execute(query)]
