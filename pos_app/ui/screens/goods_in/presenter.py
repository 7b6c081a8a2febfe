"""Rules of the Goods In screen: the delivery or return being typed, its draft and its checks. No Qt.

The draft is kept in the ledger after every change, so a power cut loses nothing. Quantities are thousandths,
money is rupiah, dates are ISO texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from pos_app.domain.dates import business_date
from pos_app.domain.errors import AmbiguousCode, PosError, UnknownCode, WrongCheckDigit, WrongProducer
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah, split_multiplier
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger import drafts, hot, listing, queries, registry
from pos_app.services import receiving
from pos_app.services.context import Counter, Recorded
from pos_app.services.goods import find_product
from pos_app.services.once import Once
from pos_app.services.reprints import reprint_newest
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered, of_recorded
from pos_app.ui.paper_words import queued, reprinted
from pos_app.ui.typed_dates import parse_typed_date
from sync.documents.arithmetic import commission_of, priced
from sync.documents.base import LossReason
from sync.documents.goods import GoodsReceived, GoodsReturned

Mode = Literal["receive", "return"]
SLOT: Final = "goods_in"
ONE: Final = 1000
COUNT_DIGITS: Final = 4
"""A number of so few digits that is no code was meant as a quantity."""


class Line(msgspec.Struct, frozen=True):
    """One line as typed. ``reason`` is used by returns, ``expires_on`` by deliveries."""

    sku: str
    quantity: int
    expires_on: str | None = None
    reason: LossReason = "unsold"


class Body(msgspec.Struct):
    """The draft."""

    producer: str = ""
    mode: Mode = "receive"
    reference: str = ""
    lines: list[Line] = []


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with what the registry knows of it; ``warning`` is empty while nothing is missing."""

    line: Line
    product: Product
    detail: str
    warning: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Sums of the draft."""

    lines: int
    quantity: int
    consign: int
    sell: int


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check list: fine, or a count of what is missing."""

    fine: bool
    text: str


class GoodsInPresenter:
    """The draft of one delivery or return."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        self.body = self._load()

    # The draft -----------------------------------------------------------------------------------------------------

    def _load(self) -> Body:
        found = drafts.load(self.counter.db, SLOT)
        if found is None:
            return Body()
        try:
            body = msgspec.json.decode(found.body.encode(), type=Body)
        except msgspec.MsgspecError:
            return Body()
        body.lines = [line for line in body.lines if queries.product(self.counter.db, line.sku)]
        return body

    def _save(self) -> None:
        if self.once.is_open:  # what was recorded has emptied the slot, or it is not there
            return
        at = self.counter.clock().isoformat(timespec="seconds")
        drafts.save(self.counter.db, SLOT, at, msgspec.json.encode(self.body).decode())

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    @property
    def mode(self) -> Mode:
        """Whether goods come or go back."""
        return self.body.mode

    @property
    def producer(self) -> str:
        """Code of the producer, empty before one is chosen."""
        return self.body.producer

    @property
    def producer_name(self) -> str:
        """Business name of the producer."""
        return registry.producer_name(self.counter.db, self.body.producer) or "" if self.body.producer else ""

    def next_number(self) -> str:
        """The number that the document will get if nothing else is recorded before it."""
        prefix = GoodsReceived.PREFIX if self.mode == "receive" else GoodsReturned.PREFIX
        series = f"{prefix}-{self.counter.ledger.identity.series}"
        return f"{series}-{hot.last_number(self.counter.db, series) + 1:06d}"

    def choose_producer(self, code: str) -> Message | None:
        """Another producer empties the lines, since goods belong to one; undo is not needed before any line."""
        if code == self.body.producer:
            return None
        dropped = len(self.body.lines)
        self.body = Body(producer=code, mode=self.body.mode)
        self._save()
        if dropped:
            return Message("W", _("Producer changed; {count} lines were removed.").format(count=dropped))
        return None

    def set_mode(self, mode: Mode) -> None:
        """Deliveries and returns are drafted apart; changing begins anew with the same producer."""
        if mode != self.body.mode:
            self.body = Body(producer=self.body.producer, mode=mode)
            self._save()

    def set_reference(self, text: str) -> None:
        """The number on the producer's own note."""
        if text != self.body.reference:
            self.body.reference = text
            self._save()

    def matching_producers(self, text: str) -> list[tuple[str, str, str]]:
        """Code, name and kelurahan of producers found."""
        return listing.producers_matching(self.counter.db, text)

    def matching_goods(self, text: str) -> list[Product]:
        """Goods of the producer with every typed word in name or SKU; a multiplier before them is passed over."""
        words = split_multiplier(text)[1].lower().split()
        goods = queries.products_of(self.counter.db, self.body.producer)
        return [p for p in goods if all(word in f"{p.name} {p.sku}".lower() for word in words)]

    # Lines ---------------------------------------------------------------------------------------------------------

    def take_code(self, code: str, quantity: int = ONE) -> Message:
        """A scanned barcode or an SKU adds ``quantity``; the first scan also chooses the producer."""
        try:
            product = self._find(code)
        except WrongCheckDigit:
            return numbered(2)
        except UnknownCode:
            return Message(
                "E", _("Barcode {code} not registered. A manager registers it on the Sell screen.").format(code=code)
            )
        except AmbiguousCode:
            return Message("W", _("Several producers use this barcode. Choose the producer first (F8)."))
        if self.body.producer and product.producer != self.body.producer:
            return Message("E", describe(WrongProducer(product.name)))
        if not self.body.producer:
            self.body.producer = product.producer
        return self.add(product, quantity)

    def _find(self, code: str) -> Product:
        own = [p for p in queries.products_by_code(self.counter.db, code) if p.producer == self.body.producer]
        return own[0] if len(own) == 1 else find_product(self.counter.db, code)

    def take_typed(self, text: str) -> Message:
        """A code typed by hand, with a multiplier as in ``12*2000000000015``."""
        quantity, code = split_multiplier(text)
        if not code:
            return Message("W", _("Type or scan the goods after {text}").format(text=text.strip()))
        known = bool(queries.products_by_code(self.counter.db, code))
        if not self.body.producer and not known and not code.isdigit():
            return Message("W", _("Choose a producer, then scan."))
        if self.body.lines and not known and code.isdigit() and len(code) <= COUNT_DIGITS:
            words = _("Nothing was added. {number}* and Enter sets the quantity; so does F4.")
            return Message("W", words.format(number=code))
        return self.take_code(code, quantity or ONE)

    def add_sku(self, sku: str, quantity: int = ONE) -> Message:
        """Adds goods chosen from the list."""
        product = queries.product(self.counter.db, sku)
        return self.add(product, quantity) if product else numbered(1, code=sku)

    def add(self, product: Product, quantity: int = ONE) -> Message:
        """More of the product: its line grows, or a new one begins with the usual expiry date."""
        if quantity % ONE and not product.fractional:
            return Message("E", _("{item} is sold in whole pieces.").format(item=product.name))
        row = self.row_of(product.sku)
        if row < 0:
            row = len(self.body.lines)
            self.body.lines.append(Line(product.sku, 0, self.usual_expiry(product)))
        total = self.body.lines[row].quantity + quantity
        self._replace(row, quantity=total)
        return Message("S", f"{product.name} · {quantity_text(total)}")

    def _replace(self, row: int, **changes: object) -> None:
        self.body.lines[row] = msgspec.structs.replace(self.body.lines[row], **changes)
        self._save()

    def usual_expiry(self, product: Product) -> str | None:
        """Today and the shelf life; None for goods that do not spoil."""
        if not product.shelf_life_days or self.mode == "return":
            return None
        return (self.today + timedelta(days=product.shelf_life_days)).isoformat()

    def row_of(self, sku: str) -> int:
        """The line of a product, -1 when it has none."""
        return next((row for row, line in enumerate(self.body.lines) if line.sku == sku), -1)

    def remove(self, row: int) -> Message | None:
        """Takes a line out."""
        if not 0 <= row < len(self.body.lines):
            return None
        line = self.body.lines.pop(row)
        self._save()
        product = queries.product(self.counter.db, line.sku)
        return Message("I", _("{item} removed.").format(item=product.name if product else line.sku))

    def restore(self, row: int, line: Line) -> None:
        """Puts a removed line back."""
        self.body.lines.insert(min(row, len(self.body.lines)), line)
        self._save()

    def set_quantity(self, row: int, text: str) -> bool:
        """Takes a typed quantity; whole pieces unless sold by weight."""
        line = self.body.lines[row]
        product = queries.product(self.counter.db, line.sku)
        try:
            quantity = parse_quantity_typed(text)
        except ValueError:
            return False
        if quantity < 1 or (quantity % ONE and not (product and product.fractional)):
            return False
        self._replace(row, quantity=quantity)
        return True

    def set_expiry(self, row: int, text: str) -> bool:
        """Takes a typed date; an empty text empties it."""
        day = parse_typed_date(text, self.today)
        if day is None and text.strip(" _/"):
            return False
        self._replace(row, expires_on=day.isoformat() if day else None)
        return True

    def refusal(self, date_asked: bool, text: str) -> str:
        """Why a typed date or quantity was not taken, and how to type it."""
        if date_asked:
            return _("{text} is no date. Type day/month/year, for example 31/12/2026, or +7 for days.").format(
                text=text
            )
        return _("{text} is not possible here. Type the pieces, for example 12.").format(text=text)

    def set_reason(self, row: int, reason: LossReason) -> None:
        """Why goods go back."""
        self._replace(row, reason=reason)

    def copy_last(self) -> Message:
        """The products of the producer's last delivery, with the same quantities and today's usual dates."""
        seq = listing.last_delivery(self.counter.db, self.body.producer)
        entry = queries.entry_by_seq(self.counter.db, seq) if seq else None
        if entry is None or not isinstance(entry.document, GoodsReceived):
            return Message("W", _("This producer has no earlier delivery."))
        for one in entry.document.lines:
            product = queries.product(self.counter.db, one.sku)
            if product is not None and self.row_of(one.sku) < 0:
                self.body.lines.append(Line(one.sku, one.quantity, self.usual_expiry(product)))
        self._save()
        return Message("I", _("Copied from {number}. Check the quantities.").format(number=entry.document.number))

    # What is shown -------------------------------------------------------------------------------------------------

    def shown(self) -> list[Shown]:
        """The lines with names, prices and what is missing."""
        papers = listing.producer_papers(self.counter.db, self.body.producer) if self.body.producer else None
        found = []
        for line in self.body.lines:
            product = queries.product(self.counter.db, line.sku)
            if product is not None:
                found.append(self._shown(line, product, papers))
        return found

    def _shown(self, line: Line, product: Product, papers: listing.Papers | None) -> Shown:
        old = _("old stock {quantity}").format(quantity=quantity_text(product.on_hand))
        if self.mode == "return":
            on_hand = _("{quantity} on hand").format(quantity=quantity_text(product.on_hand))
            too_many = line.quantity > product.on_hand
            return Shown(line, product, on_hand, _("More than is on hand") if too_many else "")
        missing = []
        if product.shelf_life_days and not line.expires_on:
            missing.append(_("Enter the expiry date"))
        elif line.expires_on and line.expires_on < self.today.isoformat():
            missing.append(_("Expired already"))
        needs_pirt, needs_halal = listing.needed_papers(self.counter.db, product.sku)
        have: list[str] = []
        if needs_pirt and papers:
            (have if papers.pirt else missing).append(_("P-IRT on file") if papers.pirt else _("No P-IRT yet"))
        if needs_halal and papers:
            halal = self._halal(papers)
            (have if halal else missing).append(
                _("Halal on file") if halal else _("No halal certificate yet"),
            )
        return Shown(line, product, " · ".join([*have, old]), " · ".join(missing))

    def _halal(self, papers: listing.Papers) -> bool:
        valid = papers.halal_expires is None or papers.halal_expires >= self.today.isoformat()
        return bool(papers.halal_no) and valid

    def summary(self) -> Summary:
        """Lines, pieces and values."""
        shown = self.shown()
        consign = sell = 0
        for one in shown:
            value = priced(one.product.sell_price, one.line.quantity)
            sell += value
            consign += self._consign_value(one, value)
        return Summary(len(shown), sum(one.line.quantity for one in shown), consign, sell)

    @staticmethod
    def _consign_value(one: Shown, value: int) -> int:
        product = one.product
        if product.pricing == "komisi":
            return value - commission_of(value, product.commission_bp or 0)
        return priced(product.consign_price or 0, one.line.quantity)

    def checks(self) -> list[Check]:
        """The check list beside the lines."""
        if not self.body.lines:
            return []
        shown = self.shown()
        if self.mode == "return":
            over = sum(one.line.quantity > one.product.on_hand for one in shown)
            text = _("{count} above what is on hand").format(count=over) if over else _("All on hand")
            return [Check(not over, text)]
        empty = sum(bool(one.product.shelf_life_days) and not one.line.expires_on for one in shown)
        late = sum(bool(one.line.expires_on) and (one.line.expires_on or "") < self.today.isoformat() for one in shown)
        checks = [Check(not empty, _("{count} date empty").format(count=empty) if empty else _("Dates complete"))]
        if late:
            checks.append(Check(False, _("{count} expired already").format(count=late)))
        lacking = self._lacking(shown)
        if lacking:
            checks.append(Check(False, lacking))
        checks.append(self._price_check(shown))
        return checks

    def _lacking(self, shown: Sequence[Shown]) -> str:
        papers = listing.producer_papers(self.counter.db, self.body.producer)
        needs = [listing.needed_papers(self.counter.db, one.product.sku) for one in shown]
        halal = 0 if self._halal(papers) else sum(need[1] for need in needs)
        pirt = 0 if papers.pirt else sum(need[0] for need in needs)
        words = []
        if halal:
            words.append(_("{count} without halal").format(count=halal))
        if pirt:
            words.append(_("{count} without P-IRT").format(count=pirt))
        return ", ".join(words)

    def _price_check(self, shown: Sequence[Shown]) -> Check:
        seq = listing.last_delivery(self.counter.db, self.body.producer)
        entry = queries.entry_by_seq(self.counter.db, seq) if seq else None
        before = {}
        if entry is not None and isinstance(entry.document, GoodsReceived):
            before = {line.sku: (line.sell_price, line.consign_price) for line in entry.document.lines}
        changed = sum(
            before.get(one.product.sku, (one.product.sell_price, one.product.consign_price))
            != (one.product.sell_price, one.product.consign_price)
            for one in shown
        )
        if changed:
            return Check(False, _("{count} with another price than last time").format(count=changed))
        return Check(True, _("Same price as last time"))

    # Recording -----------------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """Why it cannot be recorded yet; None when it can."""
        if not self.body.producer:
            return Message("W", _("Choose a producer, then scan."))
        if not self.body.lines:
            return Message("W", _("Scan or type the goods first."))
        shown = self.shown()
        if self.mode == "return":
            wrong = next((one for one in shown if one.line.quantity > one.product.on_hand), None)
            if wrong is not None:
                text = _("Only {on_hand} of {item} on hand. Enter less, or count the stock.")
                return Message("E", text.format(on_hand=quantity_text(wrong.product.on_hand), item=wrong.product.name))
            return None
        for one in shown:
            if one.product.shelf_life_days and not one.line.expires_on:
                return Message("E", _("{item} has no expiry date. Enter it, then F12.").format(item=one.product.name))
            if one.line.expires_on and one.line.expires_on < self.today.isoformat():
                return Message("E", _("{item} has expired already. Do not take it in.").format(item=one.product.name))
        return None

    def record(self, approved_by: str | None) -> Message:
        """Records the delivery or return and empties the draft. What is refused stays as typed."""
        try:
            recorded = self.once.record(msgspec.json.encode(self.body), lambda: self._record(approved_by))
        except PosError as error:
            return Message("E", describe(error))
        self.body = Body(mode="receive")
        text = _("{number} recorded.").format(number=recorded.number)
        words = queued(self.counter, _("Two copies are in the print queue."), sheet=True)
        return of_recorded(recorded, f"{text} {words}")

    def _record(self, approved_by: str | None) -> Recorded:
        body = self.body
        if body.mode == "return":
            leaving = [receiving.Leaving(line.sku, line.quantity, line.reason) for line in body.lines]
            return receiving.return_goods(self.counter, body.producer, leaving, approved_by=approved_by, draft=SLOT)
        lines = [receiving.Delivered(line.sku, line.quantity, line.expires_on) for line in body.lines]
        return receiving.receive(
            self.counter,
            body.producer,
            lines,
            reference=body.reference.strip(),
            approved_by=approved_by,
            draft=SLOT,
        )

    def paper_words(self) -> str:
        """What will become of the note's paper."""
        words = _("Two copies are printed: one for the producer, one for the corner.")
        return queued(self.counter, words, sheet=True)

    def reprint(self) -> Message:
        """The newest note again: of the chosen producer, else of anybody."""
        number = reprint_newest(self.counter, ("goods_received", "goods_returned"), self.body.producer or None)
        if number is None:
            return Message("W", _("Nothing to print again yet."))
        return reprinted(self.counter, number, sheet=True)

    def label_count(self) -> int:
        """How many labels the goods need that just came in: one for each piece."""
        from pos_app.services import labels  # late: it brings the print room

        return sum(line.count for line in labels.of_last_delivery(self.counter.db))

    def add_labels(self) -> None:
        """Puts them on the list of labels."""
        from pos_app.services import labels

        labels.add(self.counter, labels.of_last_delivery(self.counter.db))

    def approval_lines(self) -> tuple[str, ...]:
        """What a manager is asked to approve."""
        summary = self.summary()
        pieces = _("{items} items · {lines} lines").format(items=quantity_text(summary.quantity), lines=summary.lines)
        return self.producer_name, pieces, _("Sell value {amount}").format(amount=rupiah(summary.sell))
