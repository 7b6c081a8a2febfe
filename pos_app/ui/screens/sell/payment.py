"""Rules of paying: what is due, what each method still needs, parts of a split, and the sale itself. No Qt.

Money is whole rupiah. The sale is durable when ``finish`` returns; its receipt lies in the print queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pos_app.domain import qris
from pos_app.domain.cart import Cart, CartLine
from pos_app.domain.errors import WrongPin
from pos_app.domain.formats import rupiah
from pos_app.domain.tendering import PART_NOTES, Offer, quick_amounts
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.ledger.registry import StaffMember
from pos_app.services import checkout, tabs
from pos_app.services.context import Recorded
from pos_app.services.once import Once
from pos_app.ui import settings_keys
from pos_app.ui.messages import Message, numbered, of_error
from pos_app.ui.screens.sell.held import CURRENT
from sync.documents.arithmetic import round_cash
from sync.documents.base import TenderKind
from sync.documents.sale import Buyer, Sale

Method = Literal["cash", "qris", "tab", "transfer", "split"]
REFERENCE_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class QrCodeToShow:
    """Payload, who is paid, and whether the buyer must type the amount. ``error`` when there is no code to show."""

    payload: str = ""
    caption: str = ""
    amount_to_type: int = 0
    error: Message | None = None


@dataclass(frozen=True, slots=True)
class TabView:
    """A tab at all the corner's tills before and after this sale, in rupiah; ``excess`` above the limit, or 0."""

    member: StaffMember
    amount: int

    @property
    def after(self) -> int:
        return self.member.owes + self.amount

    @property
    def left(self) -> int:
        return self.member.tab_limit - self.after

    @property
    def excess(self) -> int:
        return max(0, -self.left)

    @property
    def percent(self) -> int:
        """Share of the limit that is used after this sale."""
        return self.after * 100 // self.member.tab_limit if self.member.tab_limit else 100


class Payment:
    """One cart being paid."""

    def __init__(self, once: Once, cart: Cart, buyer: Buyer) -> None:
        self.once = once
        self.counter = once.counter
        self.cart = cart
        self.buyer = buyer
        self.method: Method = "cash"
        self.parts: list[Offer] = []
        self.part: int | None = None
        """What the next part was typed to pay, in rupiah; None: all that is open."""
        self._allowed: dict[str, tuple[int, str]] = {}
        """By staff member: how far above the limit a manager let the tab go, and who."""

    @property
    def total(self) -> int:
        """What the buyer owes before cash rounding."""
        return self.cart.total

    @property
    def due(self) -> int:
        """What the parts recorded so far leave open, exact."""
        return self.total - sum(part.amount for part in self.parts)

    @property
    def asked(self) -> int:
        """What the method that is shown is to pay."""
        return self.due if self.part is None else self.part

    @property
    def cash_due(self) -> int:
        """What cash must still cover, rounded to the cash step (rule 4)."""
        others = sum(part.amount for part in self.parts if part.kind != "cash")
        received = sum(part.amount for part in self.parts if part.kind == "cash")
        return round_cash(self.total - others, self.counter.cash_step) - received

    @property
    def rounding(self) -> int:
        """Cash rounding if cash pays what is open."""
        return self.cash_due - self.due

    def quick(self) -> tuple[int, ...]:
        """Exact cash first, then likely notes."""
        return quick_amounts(max(0, self.cash_due), self.counter.cash_step)

    def notes(self) -> tuple[int, ...]:
        """Notes that pay a part of what is open, the largest first."""
        return tuple(note for note in PART_NOTES if note < self.cash_due)

    def change(self, received: int) -> int:
        """Change when positive, what is short when negative."""
        return received - self.cash_due

    # Parts of a split ---------------------------------------------------------------------------------------------

    def refusal(self, amount: int, kind: TenderKind) -> Message | None:
        """Why a part of this amount cannot be recorded; None when it can."""
        if amount <= 0:
            return Message("E", _("Enter an amount."))
        if kind != "cash" and amount > self.due:
            text = _("At most {amount}: change is given from cash only.").format(amount=rupiah(max(0, self.due)))
            return Message("E", text)
        return None

    def completes(self, offer: Offer) -> bool:
        """Whether this tender pays all that is open."""
        return offer.amount >= (self.cash_due if offer.kind == "cash" else self.due)

    def add_part(self, offer: Offer) -> None:
        """Records one part; what is open is asked next."""
        self.parts.append(offer)
        self.part = None

    def remove_part(self, number: int) -> None:
        """Takes a recorded part back."""
        del self.parts[number]

    # QRIS and tab -------------------------------------------------------------------------------------------------

    def qr(self) -> QrCodeToShow:
        """The code for what is due: with the amount once the provider agreed, else the corner's own."""
        db = self.counter.db
        static = queries.setting(db, settings_keys.QRIS_STATIC, "")
        dynamic = queries.setting(db, settings_keys.QRIS_DYNAMIC, "") == "1"
        if not static:
            return QrCodeToShow(error=numbered(12))
        try:
            who = qris.merchant(static)
            payload = qris.with_amount(static, self.asked) if dynamic else static
        except qris.QrisError:
            return QrCodeToShow(error=numbered(12))
        caption = " · ".join(part for part in (who.name, who.nmid) if part)
        return QrCodeToShow(payload, caption, 0 if dynamic else self.asked)

    @property
    def transfer_account(self) -> str:
        """Where transfers go; empty when the corner takes none."""
        return queries.setting(self.counter.db, settings_keys.TRANSFER_ACCOUNT, "")

    def find_staff(self, text: str) -> list[StaffMember]:
        """Staff whose name, NIP, unit or code holds every typed word; at most eight."""
        words = text.casefold().split()
        members = registry.staff_members(self.counter.db, self.counter.vault.unseal)
        return [
            member
            for member in members
            if all(word in f"{member.name} {member.nip} {member.unit} {member.code}".casefold() for word in words)
        ][:8]

    def tab_view(self, member: StaffMember) -> TabView:
        """The tab with what is asked, and with the parts that are on it already."""
        recorded = sum(part.amount for part in self.parts if part.staff == member.code)
        return TabView(member, recorded + self.asked)

    def over_limit(self, view: TabView) -> Message | None:
        """Message 13 when the tab would pass its limit by more than a manager allowed."""
        if view.excess <= self._allowed.get(view.member.code, (0, ""))[0]:
            return None
        return numbered(13, name=view.member.name, amount=rupiah(view.excess))

    def allow_tab(self, view: TabView, approved_by: str) -> None:
        """A manager lets this tab go as far above its limit as it would now, for this sale."""
        self._allowed[view.member.code] = (view.excess, approved_by)

    def has_pin(self, member: StaffMember) -> bool:
        """Whether the member confirms by a PIN; who has none signs the receipt."""
        return tabs.staff_has_pin(self.counter, member.code)

    def check_pin(self, member: StaffMember, pin: str) -> Message | None:
        """Message 14 when it is not the member's PIN."""
        try:
            tabs.check_staff_pin(self.counter, member.code, pin)
        except WrongPin as error:
            return of_error(error)
        return None

    # The sale -----------------------------------------------------------------------------------------------------

    def finish(self, last: Offer | None = None) -> Recorded:
        """Records the sale with the parts and ``last``; durable when it returns. Raises what forbids it.

        A cart of which a failing disk hid whether it was sold is sold once, as it was paid the first time.
        """
        offers = [*self.parts, *([last] if last is not None else [])]

        def sell() -> Recorded:
            return checkout.sell(
                self.counter,
                _wanted(self.cart.lines),
                offers,
                buyer=self.buyer,
                approved_by=self._approved_by(offers) or self.cart.approved_by,
                expected_total=self.total,
                draft=CURRENT,
            )

        return self.once.record((self.cart.lines, self.buyer), sell)

    def _approved_by(self, offers: Sequence[Offer]) -> str | None:
        """The manager whose word a tab of this sale needs."""
        allowed = (self._allowed.get(offer.staff or "") for offer in offers)
        return next((found[1] for found in allowed if found is not None), None)


def _wanted(lines: Sequence[CartLine]) -> list[checkout.Wanted]:
    return [checkout.Wanted(line.product.sku, line.quantity, line.discount, line.borne_by) for line in lines]


def method_words(kind: TenderKind) -> str:
    """How a tender is called on screen."""
    return {"cash": _("Cash"), "qris": _("QRIS"), "tab": _("Tab"), "transfer": _("Transfer")}[kind]


@dataclass(frozen=True, slots=True)
class PaidView:
    """What the last page of a sale says."""

    headline: str
    amount: str
    detail: str
    receipt: str


def paid_view(recorded: Recorded, *, prints: bool) -> PaidView:
    """Change when cash was given, else what was paid and how."""
    sale = recorded.document
    if not isinstance(sale, Sale):
        raise TypeError("not a sale")
    kinds = " + ".join(dict.fromkeys(method_words(tender.kind) for tender in sale.tenders))
    paper = _("receipt queued") if prints else _("no receipt")
    receipt = _("Receipt {number} · {paper}").format(number=recorded.number, paper=paper)
    if sale.received:
        detail = _("Received {amount} · {method}").format(amount=rupiah(sale.received), method=kinds)
        return PaidView(_("Change"), rupiah(sale.change), detail, receipt)
    return PaidView(_("PAID"), rupiah(sale.total), kinds, receipt)
