"""Papers of tills, so that anybody who holds one can ask whether it is genuine: receipts, slips, the Z and all others.

A paper shows its number and the beginning of its entry's hash. Who gives both hears what the entry says and what became
of it; whoever gives a number that is not known, or another code, hears the same "no", so that nobody learns by trying
which numbers there are. Nothing told here names a person.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.base import Document, InvalidDocument
from sync.documents.kinds import UnknownKind
from sync.documents.money import Settlement
from sync.documents.paper_code import read_paper_code
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.server.database import schema
from sync.server.database.tables_reports import papers
from sync.server.projecting.checking import NOBODYS, agrees
from sync.server.projecting.projection import envelope_of
from sync.server.reports.receipts import naming

NUMBER = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,24}-[0-9]{6,12}")
SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")
MOST_SAME = 20
"""Entries of one number that are looked at: more than one has it where a ledger was begun anew without its notes."""


class Claim(NamedTuple):
    """What somebody says of a paper. ``amount`` is None where only number and code are told."""

    number: str
    code: str
    amount: int | None = None


class Verdict(NamedTuple):
    """A genuine paper: the document behind it, where and when it was recorded, what became of it.

    ``refunded`` is what buyers got back of a sale, in rupiah. ``held``: the centre set the entry aside to look at it.
    """

    document: Document
    corner: str
    corner_name: str
    at: str
    reversed: bool
    refunded: int
    held: bool


def read_claim(text: str, code: str = "") -> Claim:
    """A number and its code, or all that a code on paper gives when it is scanned."""
    if scanned := read_paper_code(text):
        return Claim(scanned.number, scanned.digest, scanned.amount)
    return Claim(_number(text), _letters(code))


def _number(text: str) -> str:
    """A number as papers write it, also where its parts were typed with spaces between them."""
    joined = "".join(text.split()).upper()
    return joined if NUMBER.fullmatch(joined) else SEPARATORS.sub("-", text.strip()).upper()


def _letters(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()


def verdict(db: Connection, claim: Claim) -> Verdict | None:
    """What is behind a paper; None where no entry has this number and this code, or another amount is claimed."""
    found = _entries(db, claim.number) if NUMBER.fullmatch(claim.number) else []
    if not found:
        agrees(claim.code, NOBODYS)
    for row in found:
        envelope = envelope_of(bytes(row.body))
        if envelope is None:
            continue
        if not any(agrees(claim.code, digest) for digest in (bytes(row.hash).hex(), *envelope.was_hash)):
            continue
        try:
            document = envelope.document()
        except (UnknownKind, InvalidDocument):
            return None
        if document.number != claim.number or claim.amount not in (None, amount_of(document)):
            return None
        undone, refunded = _became(db, row, envelope.id, document.number)
        name = row.corner_name or row.corner
        return Verdict(document, row.corner, name, envelope.at, undone, refunded, bool(row.held))
    return None


def _entries(db: Connection, number: str) -> Sequence[Any]:
    """The entries of this number, from what is reported and from slips, which are known at once."""
    entries, devices, corners, aside = schema.entries, schema.devices, schema.corners, schema.quarantine
    slips = schema.slips
    named = sa.union(
        sa.select(papers.c.device, papers.c.seq).where(papers.c.number == number),
        sa.select(slips.c.device, slips.c.seq).where(slips.c.number == number),
    ).subquery()
    held = sa.exists().where(aside.c.device == entries.c.device, aside.c.seq == entries.c.seq)
    query = (
        sa.select(
            entries.c.device,
            entries.c.seq,
            entries.c.body,
            entries.c.hash,
            devices.c.corner,
            corners.c.name.label("corner_name"),
            held.label("held"),
        )
        .select_from(named)
        .join(entries, sa.and_(entries.c.device == named.c.device, entries.c.seq == named.c.seq))
        .join(devices, devices.c.device == entries.c.device)
        .outerjoin(corners, corners.c.code == devices.c.corner)
    )
    return db.execute(query.limit(MOST_SAME)).all()


def _became(db: Connection, entry: Any, document_id: str, number: str) -> tuple[bool, int]:
    """Whether a document was reversed, and what was refunded of it by refunds that stand."""
    slips, by = schema.slips, [one for one in naming(db, document_id, number) if one.stands]
    same = (slips.c.device == entry.device, slips.c.seq == entry.seq, slips.c.taken_back == 1)
    taken_back = sa.select(slips.c.taken_back).where(*same).limit(1)
    reversed_ = any(one.kind == Reversal.KIND for one in by) or db.execute(taken_back).scalar() is not None
    return reversed_, sum(abs(one.amount) for one in by if one.kind == Refund.KIND)


def amount_of(document: Document) -> int | None:
    """What the code on a paper tells as its amount, in rupiah; None for a kind that has no such code."""
    match document:
        case Sale():
            return document.total + document.rounding
        case Settlement():
            return document.amount
        case _:
            return None
