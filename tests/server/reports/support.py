"""A till that sells, takes back and pays, one share at a time."""

from datetime import date, timedelta

from sync.documents.base import Document, Take
from sync.documents.goods import GoodsReceived, ReceivedLine
from sync.documents.money import CashMove, Deduction, Opening, Settlement
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Sale, SaleLine, Tender
from sync.server.centre import Centre
from sync.server.reports.reporter import catch_up
from tests.server.figures import push
from tests.server.support import Journal

FIRST = date(2026, 8, 1)
SHARE = 9_000


def day(number: int) -> str:
    """The date so many days after the first of all."""
    return (FIRST + timedelta(days=number)).isoformat()


class Till:
    """Days are counted from ``FIRST``, amounts in shares. What it records is named by its entry."""

    def __init__(self, centre: Centre, till: str = "A", ledger: int | None = None) -> None:
        self.centre = centre
        number = ord(till) if ledger is None else ledger
        self.journal = Journal(till=till, ledger_id=f"{number:032x}", prefix=f"{till}{number}-").enrol_at(centre)
        self.documents: dict[str, Document] = {}
        self.dates: dict[str, str] = {}

    def sell(self, code: str, at: int, shares: int = 1) -> str:
        line = SaleLine(
            sku=f"{code}-B", name="Keripik", producer=code, pricing="titip", quantity=shares * 1_000, sell_price=10_000,
            consign_price=SHARE, total=shares * 10_000, share=shares * SHARE, takes=(Take("", shares * 1_000),),
        )  # fmt: skip
        tenders = (Tender(kind="qris", amount=line.total),)
        return self._add("ST", at, lambda number: Sale(number=number, lines=(line,), tenders=tenders, total=line.total))

    def refund(self, name: str, at: int, shares: int = 1) -> str:
        sale = self.documents[name]
        (sold,) = sale.lines
        plain = {part: getattr(sold, part) for part in RefundLine.__struct_fields__ if part != "line"}
        money = {"quantity": shares * 1_000, "total": shares * 10_000, "share": shares * SHARE}
        line = RefundLine(line=0, **plain | money | {"takes": (Take("", shares * 1_000),)})
        of = {"sale_id": name, "sale_number": sale.number, "lines": (line,), "total": line.total, "tender": "transfer"}
        return self._add("PU", at, lambda number: Refund(number=number, **of))

    def pay(self, code: str, at: int, shares: int = 1) -> str:
        paid = {
            "producer": code, "producer_name": code, "tender": "transfer", "from_seq": 0,
            "through_seq": len(self.journal.bodies), "through_date": day(at), "other": shares * SHARE,
            "amount": shares * SHARE,
        }  # fmt: skip
        return self._add("BP", at, lambda number: Settlement(number=number, **paid))

    def keep(self, code: str, at: int, shares: int) -> str:
        """A payment of one share more, of which the corner keeps the rest."""
        paid = {
            "producer": code, "producer_name": code, "tender": "transfer", "from_seq": 0,
            "through_seq": len(self.journal.bodies), "through_date": day(at), "other": (shares + 1) * SHARE,
            "amount": SHARE, "deductions": (Deduction("labels", shares * SHARE),),
        }  # fmt: skip
        return self._add("BP", at, lambda number: Settlement(number=number, **paid))

    def bring(self, code: str, at: int, shares: int) -> str:
        """Goods that the corner buys outright."""
        plain = {"sku": f"{code}-P", "name": "Kopi", "pricing": "putus", "quantity": shares * 1_000}
        plain |= {"sell_price": 10_000, "consign_price": SHARE, "cost": shares * SHARE}

        def made(number: str) -> GoodsReceived:
            return GoodsReceived(number=number, producer=code, lines=(ReceivedLine(**plain, batch=f"{number}.0"),))

        return self._add("NT", at, made)

    def debt(self, code: str, at: int, shares: int) -> str:
        """The producer pays what it owes."""
        paid = {"direction": "in", "amount": shares * SHARE, "reason": "producer", "producer": code}
        return self._add("KK", at, lambda number: CashMove(number=number, **paid))

    def open(self, code: str, at: int, shares: int) -> str:
        """What the corner owed before this journal began."""
        return self._add("SA", at, lambda number: Opening(number=number, payable={code: shares * SHARE}))

    def take_back(self, name: str, at: int) -> str:
        original = self.documents[name]
        of = {"original_id": name, "original_number": original.number, "original_kind": original.KIND}
        effects = original.effects()
        return self._add("BT", at, lambda number: undoing(Reversal(number=number, postings=(), **of), effects))

    def told(self) -> None:
        push(self.centre, self.journal)
        catch_up(self.centre)

    def _add(self, prefix: str, at: int, made) -> str:
        seq = len(self.journal.bodies) + 1
        name = f"{self.journal.prefix}{seq}"
        self.documents[name] = made(f"{prefix}-MTR001{self.journal.till}-{seq:06}")
        self.dates[name] = day(at)
        self.journal.add(self.documents[name], document_id=name, at=f"{day(at)}T09:00:00+07:00", date=day(at))
        return name
