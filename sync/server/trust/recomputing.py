"""What a till reported at closing and on slips, held against what follows from its own entries.

A closing (Z) tells its float, its figures and the cash expected; a settlement tells from where to where it pays, what
was carried over and what came since. Both are computed anew from the journal; what differs is listed, nothing changes.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.money import Settlement
from sync.documents.reversal import Reversal
from sync.documents.shift import ShiftClosed, ShiftOpened, expected_cash
from sync.documents.state import PAYABLE
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.database.tables_corners import till_checks
from sync.server.errors import CentreError
from sync.server.projecting.projection import Readable, Unprojectable, envelope_of, readable
from sync.server.trust.journals import told_by
from sync.server.trust.replaying import chained
from sync.server.trust.series import Numbers, Series

MOST_FINDINGS = 500
"""Differences that one check keeps; a till with more has one cause."""


class Finding(msgspec.Struct, frozen=True):
    """One figure of a document, ``kind`` shift_closed or settlement, that the till told as ``told`` and that follows
    from its entries as ``found``; rupiah, or a count or sequence number by the name ``what``.

    ``again``: the document was entered again after a repair, where only the old order explains it.
    """

    kind: str
    seq: int
    number: str
    date: str
    what: str
    told: int
    found: int
    again: bool = False


class Checked(msgspec.Struct, frozen=True):
    """What a check of one till saw, and what differs."""

    entries: int = 0
    closings: int = 0
    settlements: int = 0
    findings: tuple[Finding, ...] = ()
    series: tuple[Series, ...] = ()
    """Of numbers, those that are not whole."""
    fault: str = ""
    """Why it could not go to the end: a code of ``errors``, filled in with ``fault_data``; empty where it did."""
    fault_data: dict[str, str | int] = {}


@dataclass
class _Owed:
    """What moved one payable besides settlements, as sums by sequence number, and what settlements stand."""

    seqs: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    balance: int = 0
    standing: list[tuple[str, int]] = field(default_factory=list)
    """Document id and last entry paid of each settlement that was not reversed."""

    def change(self, seq: int, amount: int) -> None:
        """``amount`` more is owed by entry ``seq``."""
        self.seqs.append(seq)
        self.sums.append((self.sums[-1] if self.sums else 0) + amount)

    def until(self, seq: int) -> int:
        """The sum of changes up to entry ``seq``."""
        place = bisect_right(self.seqs, seq)
        return self.sums[place - 1] if place else 0


@dataclass
class Recomputing:
    """One till's journal, taken in entry by entry."""

    entries: int = 0
    closings: int = 0
    settlements: int = 0
    findings: list[Finding] = field(default_factory=list)
    numbers: Numbers = field(default_factory=Numbers)
    _float: int = 0
    _figures: dict[str, int] = field(default_factory=dict)
    _owed: dict[str, _Owed] = field(default_factory=lambda: defaultdict(_Owed))

    def add(self, seq: int, entry: Readable) -> None:
        """Take in the entry ``seq``."""
        document = entry.document
        self.numbers.add(document.number)
        if isinstance(document, ShiftOpened):
            self._float, self._figures = document.float, {}
        elif isinstance(document, ShiftClosed):
            self._close(seq, entry, document)
        elif isinstance(document, Settlement):
            self._settle(seq, entry, document)
        paid = isinstance(document, Settlement) or (
            isinstance(document, Reversal) and document.original_kind == Settlement.KIND
        )
        for account, amount in entry.effects.postings:
            if account.startswith(PAYABLE):
                owed = self._owed[account]
                owed.balance -= amount
                if not paid:
                    owed.change(seq, -amount)
                elif isinstance(document, Reversal):
                    owed.standing = [one for one in owed.standing if one[0] != document.original_id]
        for name, amount in entry.effects.figures.items():
            self._figures[name] = self._figures.get(name, 0) + amount

    def _close(self, seq: int, entry: Readable, closed: ShiftClosed) -> None:
        self.closings += 1
        told = {name: amount for name, amount in closed.figures.items() if amount}
        found = {name: amount for name, amount in self._figures.items() if amount}
        pairs = {name: (told.get(name, 0), found.get(name, 0)) for name in sorted(told.keys() | found.keys())}
        pairs["float"] = (closed.float, self._float)
        pairs["expected"] = (closed.expected, expected_cash(self._float, self._figures))
        self._compare(seq, entry, closed.number, pairs)
        self._float, self._figures = 0, {}

    def _settle(self, seq: int, entry: Readable, paid: Settlement) -> None:
        self.settlements += 1
        owed = self._owed[f"{PAYABLE}{paid.producer}"]
        last = owed.standing[-1][1] if owed.standing else 0
        since = owed.until(paid.through_seq) - owed.until(last)
        due = owed.balance - (owed.until(seq) - owed.until(paid.through_seq))
        pairs = {
            "from_seq": (paid.from_seq, last),
            "carried_over": (paid.carried_over, due - since),
            "since": (paid.earned + paid.other, since),
        }
        self._compare(seq, entry, paid.number, pairs)
        owed.standing.append((entry.envelope.id, paid.through_seq))

    def _compare(self, seq: int, entry: Readable, number: str, pairs: dict[str, tuple[int, int]]) -> None:
        envelope = entry.envelope
        for what, (told, found) in pairs.items():
            if told != found and len(self.findings) < MOST_FINDINGS:
                again = bool(envelope.was)
                self.findings.append(Finding(envelope.kind, seq, number, envelope.date, what, told, found, again))


class Stopped(Exception):
    """A check was told to stop between two stretches."""


def recompute(db: Connection, device: Device, between: Callable[[], None] = lambda: None) -> Checked:
    """Compute anew what ``device`` reported, from the first entry on; entries in quarantine count for nothing.

    ``between`` is called after each stretch and may raise ``Stopped``. Where the chain of its entries is broken, what
    came before is told, with the fault.
    """
    aside = schema.quarantine
    held = set(db.execute(sa.select(aside.c.seq).where(aside.c.device == device.device)).scalars())
    work = Recomputing()
    fault: CentreError | None = None
    try:
        for stretch in chained(db, device):
            work.entries += len(stretch)
            for row in stretch:
                _take(work, row, aside=row.seq in held)
            between()
    except CentreError as error:
        fault = error
    return Checked(
        work.entries,
        work.closings,
        work.settlements,
        tuple(work.findings),
        work.numbers.broken(),
        fault.code if fault else "",
        fault.data if fault else {},
    )


def _take(work: Recomputing, row: sa.Row[Any], *, aside: bool) -> None:
    if aside:
        work.numbers.add(told_by(bytes(row.body))[1], aside=True)
        return
    content = readable(envelope_of(row.body), row.epoch, row.seq)
    if not isinstance(content, Unprojectable):
        work.add(row.seq, content)


def keep(centre: Centre, db: Connection, device: str, checked: Checked, officer: str, through: int) -> None:
    """Keep what a check found up to entry ``through``, in the place of the check before; ``officer`` asked for it,
    empty where nobody did."""
    facts = {"device": device, "checked_at": centre.now(), "officer": officer, "through": through}
    put(db, till_checks, [{**facts, "found": msgspec.json.encode(checked).decode()}])


class Kept(msgspec.Struct, frozen=True):
    """The last check of a till; ``officer`` asked for it, empty where it was due."""

    checked_at: str
    officer: str
    checked: Checked


def kept(db: Connection, device: str | None = None) -> dict[str, Kept]:
    """The last check of each till that was checked, or of one."""
    query = sa.select(till_checks)
    rows = db.execute(query if device is None else query.where(till_checks.c.device == device))
    return {row.device: Kept(row.checked_at, row.officer, msgspec.json.decode(row.found, type=Checked)) for row in rows}
