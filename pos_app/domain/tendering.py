"""How a sale is paid: what each tender covers, the cash rounding and the change (rule 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.errors import InvalidAmount, OverpaidNonCash, Underpaid, UnknownStaff
from sync.documents.arithmetic import round_cash
from sync.documents.base import TenderKind
from sync.documents.sale import Authorised, Tender

NOTES = (5_000, 10_000, 20_000, 50_000, 100_000)
"""What a buyer is likely to round up to, in rupiah."""
PART_NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000)
"""With what a buyer is likely to pay a part in cash."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One tender as the buyer gives it: for cash the money handed over, else the amount it pays.

    ``authorised`` says how the staff member confirmed a tab.
    """

    kind: TenderKind
    amount: int
    staff: str | None = None
    reference: str = ""
    authorised: Authorised | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """A sale that is covered; amounts in rupiah."""

    tenders: tuple[Tender, ...]
    rounding: int
    received: int
    change: int


def pay(total: int, offers: Sequence[Offer], cash_step: int) -> Paid:
    """Cover ``total`` with ``offers``.

    QRIS, tab and transfer are exact; what is left is rounded to ``cash_step`` when cash pays it.
    Raises ``InvalidAmount``, ``UnknownStaff`` for a tab of nobody, ``OverpaidNonCash`` or ``Underpaid``.
    """
    for offer in offers:
        if offer.amount < (0 if offer.kind == "cash" else 1):
            raise InvalidAmount(str(offer.amount))
        if offer.kind == "tab" and not offer.staff:
            raise UnknownStaff("")
    others = tuple(
        Tender(
            kind=offer.kind,
            amount=offer.amount,
            staff=offer.staff if offer.kind == "tab" else None,
            reference=offer.reference,
            authorised=offer.authorised,
        )
        for offer in offers
        if offer.kind != "cash"
    )
    cash = [offer.amount for offer in offers if offer.kind == "cash"]
    due = total - sum(tender.amount for tender in others)
    if due < 0:
        raise OverpaidNonCash(-due)
    if not cash:
        if due:
            raise Underpaid(due)
        return Paid(others, 0, 0, 0)
    rounded, received = round_cash(due, cash_step), sum(cash)
    if received < rounded:
        raise Underpaid(rounded - received)
    return Paid((*others, Tender(kind="cash", amount=rounded)), rounded - due, received, received - rounded)


def quick_amounts(due: int, cash_step: int) -> tuple[int, ...]:
    """Exact cash, then the distinct next multiples of usual notes, at most six (rupiah)."""
    exact = round_cash(due, cash_step)
    nexts = sorted({-(-exact // note) * note for note in NOTES} - {exact})
    return (exact, *nexts)[:6]
