"""The current figures of a till, as till and centre both report them.

``Books`` adds up the effects of documents; ``state_of`` puts sums into the one form that both sides print,
so that equal books give equal text. Money is whole rupiah; stock comes in thousandths and leaves as a
decimal string.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sync.documents.arithmetic import quantity_code
from sync.documents.base import Document, Effects
from sync.documents.shift import ShiftClosed, ShiftOpened, expected_cash

OUTSIDE = 0
"""The key of figures recorded while no shift was open."""

PAYABLE = "payable:"
TAB = "tab:"
ALWAYS_LISTED = ("cash", "qris", "tab")


class ShiftState(NamedTuple):
    """One shift; ``counted`` and ``difference`` are None while it is open, ``expected`` is then the drawer now."""

    opened_at: str
    expected: int
    counted: int | None = None
    difference: int | None = None


class JournalState(NamedTuple):
    """Number of entries, the last hash as hex, and how many of them the centre has."""

    entries: int
    head: str
    acked: int


class Shift(NamedTuple):
    """A shift as the books keep it; the last three are None while it is open."""

    number: str
    opened_at: str
    opening_float: int
    expected: int | None = None
    counted: int | None = None
    difference: int | None = None


def shift_state(shift: Shift, figures: Mapping[str, int]) -> ShiftState:
    """What is told of ``shift``, whose running totals are ``figures``."""
    if shift.expected is None:
        return ShiftState(shift.opened_at, expected_cash(shift.opening_float, dict(figures)))
    return ShiftState(shift.opened_at, shift.expected, shift.counted, shift.difference)


def state_of(
    balances: Mapping[str, int],
    stock: Mapping[str, int],
    shifts: Iterable[ShiftState],
    figures: Mapping[str, int],
    journal: JournalState,
) -> dict[str, Any]:
    """The object that ``pojok state`` prints.

    ``balances`` by account (debit positive), ``stock`` in thousandths by SKU (the sum over its batches), both
    of everything ever touched; ``shifts`` in the order they were opened; ``figures`` are running totals over
    all shifts and outside them. For several tills the arguments are their sums.
    """
    shifts = list(shifts)
    closed = [shift for shift in shifts if shift.counted is not None]
    still_open = [shift for shift in shifts if shift.counted is None]
    got = {name: figures.get(name, 0) for name in ("sales", "refunds", "gross", "commission", "margin")}
    return {
        "stock": {sku: quantity_code(stock[sku]) for sku in sorted(stock)},
        "payable": {
            account.removeprefix(PAYABLE): -balances[account]
            for account in sorted(balances)
            if account.startswith(PAYABLE)
        },
        "tabs": {
            account.removeprefix(TAB): balances[account] for account in sorted(balances) if account.startswith(TAB)
        },
        "tenders": _tenders(figures),
        "shifts": [shift._asdict() for shift in closed + still_open],
        **got,
        "drawer": sum(shift.expected for shift in still_open),
        "journal": journal._asdict(),
    }


def _tenders(figures: Mapping[str, int]) -> dict[str, int]:
    tenders = {kind: figures.get(f"tender_{kind}", 0) for kind in ALWAYS_LISTED}
    transfer = figures.get("tender_transfer", 0)
    return {**tenders, "transfer": transfer} if transfer else tenders


class Books:
    """Sums over documents. Starts empty, or from the shift that is open, to hold what a batch adds.

    ``figures`` are kept by the sequence number that opened their shift, ``days`` by business date.
    """

    def __init__(self, open_shift: int = OUTSIDE) -> None:
        self.open_shift = open_shift
        self.balances: dict[str, int] = {}
        self.stock: dict[str, int] = {}
        self.figures: dict[int, dict[str, int]] = {}
        self.days: dict[str, dict[str, int]] = {}
        self.opened: dict[int, Shift] = {}
        self.closed: dict[int, ShiftClosed] = {}

    def add(self, seq: int, at: str, date: str, document: Document, effects: Effects) -> None:
        """Add the effects of the document in entry ``seq``, recorded ``at``, on business ``date``."""
        if isinstance(document, ShiftOpened):
            self.open_shift = seq
            self.opened[seq] = Shift(document.number, at, document.float)
        balances, stock = self.balances, self.stock
        for account, amount in effects.postings:
            balances[account] = balances.get(account, 0) + amount
        for movement in effects.movements:
            stock[movement.sku] = stock.get(movement.sku, 0) + movement.quantity
        for sums in (self.figures.setdefault(self.open_shift, {}), self.days.setdefault(date, {})):
            for name, amount in effects.figures.items():
                if amount:
                    sums[name] = sums.get(name, 0) + amount
        if isinstance(document, ShiftClosed):
            self.closed[self.open_shift] = document
            self.open_shift = OUTSIDE

    def shifts(self) -> dict[int, Shift]:
        """Every shift opened in these books, by the sequence number that opened it."""
        return {seq: self._shift(seq, shift) for seq, shift in self.opened.items()}

    def _shift(self, seq: int, shift: Shift) -> Shift:
        close = self.closed.get(seq)
        if close is None:
            return shift
        return shift._replace(expected=close.expected, counted=close.counted, difference=close.difference)
