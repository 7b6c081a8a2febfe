"""What a line of the draft shows, what is missing, what the whole comes to, and what stands in its way. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pos_app.domain.certificates import Kind, State
from pos_app.domain.formats import percent_number, quantity_text, thousands
from pos_app.domain.product import Product
from pos_app.i18n import N_, _
from pos_app.ui.goods_form.presenter import refused_terms
from pos_app.ui.messages import Message
from pos_app.ui.screens.goods_in.catalogue import Known, Terms
from pos_app.ui.screens.goods_in.draft import Line
from sync.documents.arithmetic import commission_of, priced

LACKING: Final[tuple[State, ...]] = ("missing", "lapsed")
PAPERS: Final[dict[tuple[Kind, State], str]] = {
    ("pirt", "valid"): N_("P-IRT on file"),
    ("pirt", "soon"): N_("P-IRT lapses soon"),
    ("pirt", "lapsed"): N_("P-IRT has lapsed"),
    ("pirt", "missing"): N_("No P-IRT yet"),
    ("halal", "valid"): N_("Halal on file"),
    ("halal", "soon"): N_("Halal lapses soon"),
    ("halal", "lapsed"): N_("Halal has lapsed"),
    ("halal", "missing"): N_("No halal certificate yet"),
}
"""How the certificates stand that goods may need."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with what the registry knows of it; ``warning`` is empty while nothing is missing.

    ``sell_price``, ``consign_price`` (rupiah) and ``commission_bp`` are those that will be recorded; ``labels`` the
    count of labels. ``total`` are the thousandths of these goods on all lines.
    """

    line: Line
    known: Known
    detail: str
    warning: str
    total: int
    labels: int

    @property
    def product(self) -> Product:
        """The goods as they are registered."""
        return self.known.product

    @property
    def sell_price(self) -> int:
        return self.product.sell_price if self.line.sell_price is None else self.line.sell_price

    @property
    def consign_price(self) -> int | None:
        return self.product.consign_price if self.line.consign_price is None else self.line.consign_price

    @property
    def commission_bp(self) -> int | None:
        return self.product.commission_bp if self.line.commission_bp is None else self.line.commission_bp

    @property
    def before(self) -> Terms:
        """Prices and commission of the last delivery; of the registry where there was none."""
        product = self.product
        return self.known.last or (product.sell_price, product.consign_price, product.commission_bp)

    @property
    def lacks_date(self) -> bool:
        """Whether the goods spoil and no last day of sale is typed."""
        return bool(self.product.shelf_life_days) and not self.line.expires_on

    def refused(self) -> str:
        """Why the prices typed cannot be, as a sentence; empty when they can."""
        line, product = self.line, self.product
        if line.sell_price is None and line.consign_price is None and line.commission_bp is None:
            return ""
        return refused_terms(product.name, product.pricing, self.sell_price, self.consign_price, self.commission_bp)


@dataclass(frozen=True, slots=True)
class Summary:
    """Sums of the draft: kinds of goods, thousandths, rupiah; ``owed`` is what bought goods make payable at once."""

    goods: int
    quantity: int
    consign: int
    sell: int
    owed: int


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check list: fine, or a count of what is missing; ``figure`` stands on a line of its own."""

    fine: bool
    text: str
    figure: str = ""


def shown_delivery(line: Line, known: Known, today: date, total: int) -> Shown:
    """A batch that comes."""
    missing = [] if line.quantity else [_("Not brought: it will not be recorded")]
    product = known.product
    if product.shelf_life_days and not line.expires_on:
        missing.append(_("Enter the expiry date"))
    elif line.expires_on and line.expires_on < today.isoformat():
        missing.append(_("Expired already"))
    have: list[str] = []
    for kind, state in known.papers:
        (missing if state in LACKING else have).append(_(PAPERS[kind, state]))
    detail = " · ".join([*have, _("old stock {quantity}").format(quantity=quantity_text(product.on_hand))])
    return Shown(line, known, detail, " · ".join(missing), total, label_count(line, known))


def shown_return(line: Line, known: Known, total: int) -> Shown:
    """Pieces that go back."""
    on_hand = _("{quantity} on hand").format(quantity=quantity_text(known.product.on_hand))
    if known.expired:
        on_hand += " · " + _("{quantity} expired").format(quantity=quantity_text(known.expired))
    warning = ""
    if not line.quantity:
        warning = _("Not returned: it will not be recorded")
    elif total > known.product.on_hand:
        warning = _("More than is on hand")
    elif line.reason == "expired" and line.quantity > known.expired:
        warning = _("More than has expired")
    return Shown(line, known, on_hand, warning, total, 0)


def label_count(line: Line, known: Known) -> int:
    """As typed; else one a piece where our label is the goods' barcode, and one for goods sold by weight."""
    if line.labels is not None:
        return line.labels
    if not known.own_label or not line.quantity:
        return 0
    return 1 if known.product.fractional else max(1, line.quantity // 1000)


def summary(shown: Iterable[Shown]) -> Summary:
    """Kinds of goods, pieces and values; lines of 0 count for nothing."""
    quantity = consign = sell = owed = 0
    goods = set()
    for one in shown:
        if not one.line.quantity:
            continue
        value = priced(one.sell_price, one.line.quantity)
        share = consign_value(one, value)
        goods.add(one.product.sku)
        quantity, sell, consign = quantity + one.line.quantity, sell + value, consign + share
        owed += share if one.product.pricing == "putus" else 0
    return Summary(len(goods), quantity, consign, sell, owed)


def consign_value(one: Shown, value: int) -> int:
    """What the producer gets when all of the line is sold for ``value`` rupiah."""
    if one.product.pricing == "komisi":
        return value - commission_of(value, one.commission_bp or 0)
    return priced(one.consign_price or 0, one.line.quantity)


def delivery_checks(shown: Sequence[Shown], today: date) -> list[Check]:
    """The check list of a delivery."""
    taken = [one for one in shown if one.line.quantity]
    empty = sum(one.lacks_date for one in taken)
    late = sum(bool(one.line.expires_on) and (one.line.expires_on or "") < today.isoformat() for one in taken)
    checks = [Check(not empty, _("{count} date empty").format(count=empty) if empty else _("Dates complete"))]
    if late:
        checks.append(Check(False, _("{count} expired already").format(count=late)))
    lacking = [kind for one in taken for kind, state in one.known.papers if state in LACKING]
    halal, pirt = lacking.count("halal"), lacking.count("pirt")
    if halal:
        checks.append(Check(False, _("{count} without halal").format(count=halal)))
    if pirt:
        checks.append(Check(False, _("{count} without P-IRT").format(count=pirt)))
    checks += _price_checks(taken)
    left_out = len(shown) - len(taken)
    if left_out:
        checks.append(Check(False, _("{count} not brought").format(count=left_out)))
    return checks


def return_checks(shown: Sequence[Shown]) -> list[Check]:
    """The check list of a return."""
    over = len({one.product.sku for one in shown if one.total > one.product.on_hand})
    text = _("{count} above what is on hand").format(count=over) if over else _("All on hand")
    return [Check(not over, text)]


def _price_checks(shown: Sequence[Shown]) -> list[Check]:
    """Whether prices are those of last time; a single other one is told."""
    wrong = sum(bool(one.refused()) for one in shown)
    checks = [Check(False, _("{count} price impossible").format(count=wrong))] if wrong else []
    changed = [words for one in shown if (words := price_change(one))]
    if not changed:
        return checks or [Check(True, _("Same price as last time"))]
    if len(set(changed)) == 1:
        return [*checks, Check(False, _("Price differs from last time"), changed[0])]
    return [*checks, Check(False, _("{count} with another price than last time").format(count=len(changed)))]


def price_change(one: Shown) -> str:
    """``14.400 → 15.000`` where a price differs from that of the last delivery; empty when it is the same."""
    sell, consign, commission = one.before
    if one.product.pricing == "komisi" and commission != one.commission_bp:
        return f"{percent_number(commission)} % → {percent_number(one.commission_bp)} %"
    if one.product.pricing != "komisi" and consign != one.consign_price:
        return f"{thousands(consign or 0)} → {thousands(one.consign_price or 0)}"
    return f"{thousands(sell)} → {thousands(one.sell_price)}" if sell != one.sell_price else ""


def delivery_obstacle(shown: Sequence[Shown], today: date) -> Message | None:
    """Why a delivery cannot be recorded yet; None when it can."""
    for one in shown:
        if not one.line.quantity:
            continue
        name = one.product.name
        if one.lacks_date:
            return Message("E", _("{item} has no expiry date. Enter it, then F12.").format(item=name))
        if one.line.expires_on and one.line.expires_on < today.isoformat():
            return Message("E", _("{item} has expired already. Do not take it in.").format(item=name))
        if words := one.refused():
            return Message("E", words)
    return None


def return_obstacle(shown: Sequence[Shown]) -> Message | None:
    """Why a return cannot be recorded yet; None when it can."""
    wrong = next((one for one in shown if one.total > one.product.on_hand), None)
    if wrong is None:
        return None
    text = _("Only {on_hand} of {item} on hand. Enter less, or count the stock.")
    return Message("E", text.format(on_hand=quantity_text(max(wrong.product.on_hand, 0)), item=wrong.product.name))
