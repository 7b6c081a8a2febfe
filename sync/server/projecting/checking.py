"""Slips of payments to producers, so that anybody who holds one can ask whether it is genuine.

A slip shows its number and the beginning of its entry's hash. Who gives both hears amount, date and whether the payment
stands; who gives a number that is not known, or another code, hears the same "no". No name is told.
"""

import hmac
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.money import Settlement
from sync.documents.reversal import Reversal
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.projecting.projection import Readable, Unprojectable, envelope_of, readable

LEAST_CODE = 12
"""Letters of the hash on the paper."""
NOBODYS = "0" * 64
"""What a code is compared with where there is no such slip, so that both answers take the same way."""
_CODE = re.compile(r"[0-9a-f]{12,64}")
_KINDS = (b'"settlement"', b'"reversal"')


class Slip(NamedTuple):
    """A slip as the centre keeps it; ``amount`` in rupiah, ``taken_back`` is 1 where the payment was reversed.

    ``hash`` has a blank between the entry's and those that it had before it was entered again (``Envelope.was_hash``).
    """

    number: str
    hash: str
    amount: int
    date: str
    epoch: int
    taken_back: int = 0


@dataclass
class Slips:
    """What a stretch of one till's journal says of slips: those it has, and numbers of those it takes back."""

    found: dict[int, Slip] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)

    def add(self, epoch: int, seq: int, digest: bytes, entry: Readable) -> None:
        """Take in one entry."""
        match entry.document:
            case Settlement() as paid:
                hashes = " ".join((digest.hex(), *entry.envelope.was_hash))
                self.found[seq] = Slip(paid.number, hashes, paid.amount, entry.envelope.date, epoch)
            case Reversal(original_kind=Settlement.KIND, original_number=number):
                self.taken_back.add(number)

    def slips(self) -> dict[int, Slip]:
        """The slips by entry, each as it stands at the end of the stretch."""
        return {seq: slip._replace(taken_back=int(slip.number in self.taken_back)) for seq, slip in self.found.items()}


def write_slips(db: Connection, device: str, slips: Slips) -> None:
    """Keep what a batch brought; slips of earlier batches may have been taken back by it."""
    rows = [{"device": device, "seq": seq, **slip._asdict()} for seq, slip in slips.slips().items()]
    if rows:
        put(db, schema.slips, rows)
    if slips.taken_back:
        table = schema.slips
        mine = sa.and_(table.c.device == device, table.c.number.in_(sorted(slips.taken_back)))
        db.execute(sa.update(table).where(mine).values(taken_back=1))


def slips_of(db: Connection, device: str) -> dict[int, Slip]:
    """The slips kept of one till, by entry."""
    table = schema.slips
    rows = db.execute(sa.select(*(table.c[name] for name in ("seq", *Slip._fields))).where(table.c.device == device))
    return {row.seq: Slip(*row[1:]) for row in rows}


def fill(db: Connection) -> None:
    """Find the slips in all entries: for a centre from before they were kept."""
    table = schema.entries
    aside = schema.quarantine.c
    held = {tuple(row) for row in db.execute(sa.select(aside.device, aside.epoch, aside.seq))}
    found: dict[str, Slips] = {}
    columns = (table.c.device, table.c.seq, table.c.epoch, table.c.body, table.c.hash)
    rows = db.execute(sa.select(*columns).order_by(*columns[:2]).execution_options(yield_per=1_000))
    for row in rows:
        if not any(kind in row.body for kind in _KINDS) or (row.device, row.epoch, row.seq) in held:
            continue
        content = readable(envelope_of(row.body), row.epoch, row.seq)
        if not isinstance(content, Unprojectable):
            found.setdefault(row.device, Slips()).add(row.epoch, row.seq, row.hash, content)
    for device, slips in found.items():
        write_slips(db, device, slips)


def check(db: Connection, number: str, code: str) -> dict[str, Any]:
    """Whether a slip of this number with this check code is genuine, and then its amount, date and state.

    The code is the beginning of the hash, at least as long as on the paper, in either case, with or without its dashes.
    """
    claimed = code.replace("-", "").replace(" ", "").lower()
    table = schema.slips
    rows = db.execute(sa.select(table).where(table.c.number == number.strip().upper())).all()
    if not rows:
        agrees(claimed, NOBODYS)
    for row in rows:
        if any(agrees(claimed, digest) for digest in row.hash.split()):
            state = "taken_back" if row.taken_back else "paid"
            return {"genuine": True, "number": row.number, "amount": row.amount, "date": row.date, "state": state}
    return {"genuine": False}


def agrees(claimed: str, digest: str) -> bool:
    """Whether ``claimed``, in small letters, is the beginning of a hash, as long as on paper at least."""
    beginning = digest[: max(len(claimed), LEAST_CODE)]
    return hmac.compare_digest(beginning.encode(), claimed.encode()) and _CODE.fullmatch(claimed) is not None
