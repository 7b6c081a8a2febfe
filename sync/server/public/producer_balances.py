"""What a producer was owed at the beginning and at the end of some days, and everything that made the difference.

Computed from postings: the tills' balances of now, less what is dated later. Sales and refunds come from the reports,
all else that moves what is owed from the documents themselves, as do the entries that are not reported yet.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.base import Document
from sync.documents.goods import GoodsReceived, GoodsReturned, StockCount, WriteOff
from sync.documents.money import CashMove, Opening, Settlement
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal, opposite
from sync.documents.sale import Sale
from sync.documents.state import PAYABLE
from sync.server.centre import WIB
from sync.server.corners.taking_over import still_owed
from sync.server.database import schema
from sync.server.database.tables_corners import taken_over
from sync.server.database.tables_reports import papers, reported, sold
from sync.server.projecting.projection import Readable, envelope_of, readable
from sync.server.reports.receipts import documents, originals

WHATS: Final = {
    Sale.KIND: "earned",
    Refund.KIND: "earned",
    GoodsReceived.KIND: "bought",
    GoodsReturned.KIND: "bought",
    WriteOff.KIND: "losses",
    StockCount.KIND: "losses",
    CashMove.KIND: "debts",
    Opening.KIND: "opening",
    Settlement.KIND: "cancelled",
}
"""What a document is to its producer; of a payment only its reversal, for the payment itself is two things."""
ORDER: Final = ("earned", "bought", "losses", "opening", "debts", "other", "paid", "kept", "cancelled")
IN_SALES: Final = (Sale.KIND, Refund.KIND)
OUTSIDE_SALES: Final = (*(kind for kind in WHATS if kind not in IN_SALES), Reversal.KIND)


class Balance(NamedTuple):
    """Rupiah that are owed before the first and after the last day, and what changed them in between, in ``ORDER``."""

    begin: int
    changes: dict[str, int]
    end: int


class _Change(NamedTuple):
    date: str
    what: str
    amount: int


def balance(db: Connection, codes: tuple[str, ...], first: date, last: date) -> Balance:
    """Of the producer with these codes, from ``first`` to ``last``."""
    accounts = {PAYABLE + code for code in codes}
    table = schema.balances
    mine = table.c.account.in_(accounts)
    query = sa.select(table.c.device, sa.func.sum(table.c.amount)).where(mine).group_by(table.c.device)
    tills = {device: -int(amount) for device, amount in db.execute(query)}
    begin, end = first.isoformat(), last.isoformat()
    within, after = Counter[str](), 0
    fresh = list(_unreported(db, tills))
    handed_over = _handed_over(db, tills, accounts, fresh)
    for change in (*_changes(db, tills, accounts, begin, fresh), *handed_over):
        if change.date > end:
            after += change.amount
        elif change.date >= begin:
            within[change.what] += change.amount
    now = sum(tills.values()) + sum(one.amount for one in handed_over)
    changes = {what: within[what] for what in ORDER}
    return Balance(now - after - sum(changes.values()), changes, now - after)


def _changes(
    db: Connection, tills: dict[str, int], accounts: set[str], since: str, fresh: list[tuple[str, Readable]]
) -> Iterator[_Change]:
    """Everything dated ``since`` or later that moved what is owed."""
    codes = [account.removeprefix(PAYABLE) for account in accounts]
    sales = sa.select(sold.c.date, sa.func.sum(sold.c.share)).where(sold.c.producer.in_(codes), sold.c.date >= since)
    for day, share in db.execute(sales.group_by(sold.c.date)):
        yield _Change(day, "earned", int(share))
    told = sa.select(papers.c.device, papers.c.seq, papers.c.date).where(
        papers.c.device.in_(tills), papers.c.date >= since, papers.c.kind.in_(OUTSIDE_SALES)
    )
    dates = {(row.device, row.seq): row.date for row in db.execute(told)}
    known = documents(db, dates)
    undone = originals(db, [one.original_id for one in known.values() if isinstance(one, Reversal)])
    for place, document in known.items():
        if not _in_sales(document, undone):
            yield from _of(document, dates[place], accounts)
    for _device, entry in fresh:
        if entry.envelope.date >= since:
            yield from _of(entry.document, entry.envelope.date, accounts)


def _in_sales(document: Document, undone: dict[str, Document]) -> bool:
    """Whether the reports have a reversal among the sales: where its original explains it."""
    if not isinstance(document, Reversal) or document.original_kind not in IN_SALES:
        return False
    original = undone.get(document.original_id)
    return original is not None and opposite(original.effects()) == document.effects()


def _of(document: Document, day: str, accounts: set[str]) -> Iterator[_Change]:
    moved = -sum(amount for account, amount in document.effects().postings if account in accounts)
    if isinstance(document, Settlement) and moved:
        yield _Change(day, "paid", -document.amount)
        yield _Change(day, "kept", -document.deducted)
    elif moved:
        kind = document.original_kind if isinstance(document, Reversal) else document.KIND
        yield _Change(day, WHATS.get(kind, "other"), moved)


def _unreported(db: Connection, tills: dict[str, int]) -> Iterator[tuple[str, Readable]]:
    """Entries, with their till, that the balances know already and the reports do not."""
    entries, aside = schema.entries, schema.quarantine
    held = sa.exists().where(
        aside.c.device == entries.c.device, aside.c.epoch == entries.c.epoch, aside.c.seq == entries.c.seq
    )
    joined = entries.outerjoin(reported, reported.c.device == entries.c.device)
    query = sa.select(entries.c.epoch, entries.c.seq, entries.c.body).select_from(joined)
    for device in tills:
        mine = (entries.c.device == device, entries.c.seq > sa.func.coalesce(reported.c.seq, 0), ~held)
        for row in db.execute(query.where(*mine)):
            found = readable(envelope_of(row.body), row.epoch, row.seq)
            if isinstance(found, Readable):
                yield device, found


def _handed_over(
    db: Connection, tills: dict[str, int], accounts: set[str], fresh: list[tuple[str, Readable]]
) -> list[_Change]:
    """What revoked tills owed and others owe since: there it came in as an opening balance, on the first such day that
    the old till did not outlive. Where there is none it was handed over when an officer said so."""
    query = sa.select(taken_over).where(taken_over.c.device.in_(tills), ~still_owed(taken_over.c.device))
    gone = db.execute(query).all()
    opened = _opened(db, {row.by_device for row in gone}, accounts, fresh) if gone else []
    found = []
    for row in gone:
        ended = db.execute(sa.select(sa.func.max(papers.c.date)).where(papers.c.device == row.device)).scalar() or ""
        said = datetime.fromisoformat(row.at).astimezone(WIB).date().isoformat()
        day = min((day for device, day in opened if device == row.by_device and day >= ended), default=said)
        found.append(_Change(day, "opening", -tills[row.device]))
    return found


def _opened(
    db: Connection, devices: set[str], accounts: set[str], fresh: list[tuple[str, Readable]]
) -> list[tuple[str, str]]:
    """Tills with the days on which something came in there as an opening balance that is owed to the producer."""
    told = sa.select(papers.c.device, papers.c.seq, papers.c.date)
    told = told.where(papers.c.device.in_(devices), papers.c.kind == Opening.KIND)
    dates = {(row.device, row.seq): row.date for row in db.execute(told)}
    every = [(place[0], dates[place], document) for place, document in documents(db, dates).items()]
    every += [(device, entry.envelope.date, entry.document) for device, entry in fresh if device in devices]
    return [
        (device, day)
        for device, day, document in every
        if isinstance(document, Opening) and any(PAYABLE + code in accounts for code in document.payable)
    ]
