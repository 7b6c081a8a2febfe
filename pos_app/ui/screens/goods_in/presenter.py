"""Rules of the Goods In screen: one delivery or return from its first scan to its paper. No Qt.

The draft is kept in the ledger after every change, so a power cut loses nothing. Quantities are thousandths,
money is rupiah, dates are ISO texts. ``draft`` holds what is typed, ``lines`` changes it, ``checks`` judges it,
``recording`` makes the document, ``history`` shows what was recorded.
"""

from __future__ import annotations

from collections import Counter as Tally
from datetime import date

from pos_app.domain.dates import business_date
from pos_app.domain.errors import AmbiguousCode, UnknownCode, WrongCheckDigit, WrongProducer
from pos_app.domain.formats import split_multiplier
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger import hot, listing, queries, registry
from pos_app.services.alias_words import now_called, once_called
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered
from pos_app.ui.screens.goods_in import checks, draft
from pos_app.ui.screens.goods_in.catalogue import Catalogue
from pos_app.ui.screens.goods_in.checks import Check, Shown, Summary
from pos_app.ui.screens.goods_in.draft import Body, Mode
from pos_app.ui.screens.goods_in.lines import ONE, Lines
from pos_app.ui.screens.goods_in.recording import Recorder
from pos_app.ui.screens.goods_in.reminders import reminders
from sync.documents.goods import GoodsReceived, GoodsReturned

COUNT_DIGITS = 4
"""A number of so few digits that is no code was meant as a quantity."""


class GoodsInPresenter:
    """The draft of one delivery or return."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.catalogue = Catalogue(counter)
        self.recorder = Recorder(counter)
        body, self._vanished = draft.load(counter)
        self._shown: dict[tuple[draft.Line, int], Shown] = {}
        self._take(body)

    def _take(self, body: Body) -> None:
        self.body = body
        self.lines = Lines(body, self.catalogue, lambda: self.today, self._save)
        self._shown.clear()

    def _save(self) -> None:
        if not self.recorder.once.is_open:  # what was recorded has emptied the slot, or it is not there
            draft.save(self.counter, self.body)

    def refresh(self) -> None:
        """Goods, prices and stock may have changed since the screen was shown."""
        self.catalogue.forget()
        self._shown.clear()

    def begin(self, body: Body) -> None:
        """Goes on with a draft that is kept already."""
        self.refresh()
        self._take(body)

    def vanished(self) -> Message | None:
        """Told once: goods of the draft that are no longer registered."""
        if not self._vanished:
            return None
        skus, self._vanished = ", ".join(self._vanished), []
        text = _("Left out of the draft, because they are no longer registered: {skus}. Check the delivery.")
        return Message("W", text.format(skus=skus))

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

    # The whole -------------------------------------------------------------------------------------------------------

    def choose_producer(self, code: str) -> Message | None:
        """Another producer empties the lines, since goods belong to one; undo is not needed before any line."""
        if code == self.body.producer:
            return None
        dropped = len(self.body.lines)
        self._begin_anew(code, self.body.mode)
        if dropped:
            return Message("W", _("Producer changed; {count} lines were removed.").format(count=dropped))
        told = now_called(self.counter.db, "producer", code)
        return Message("W", _("{told}. Take new goods in under that code.").format(told=told)) if told else None

    def set_mode(self, mode: Mode) -> None:
        """Deliveries and returns are drafted apart; changing begins anew with the same producer."""
        if mode != self.body.mode:
            self._begin_anew(self.body.producer, mode)

    def _begin_anew(self, producer: str, mode: Mode) -> None:
        self._take(Body(producer, mode, note=self.body.note, labels=self.body.labels))
        self._save()

    def set_reference(self, text: str) -> None:
        """The number on the producer's own note."""
        if text != self.body.reference:
            self.body.reference = text
            self._save()

    def set_printing(self, *, note: bool, labels: bool) -> None:
        """What is printed with the delivery."""
        self.body.note, self.body.labels = note, labels
        self._save()

    def matching_producers(self, text: str) -> list[tuple[str, str, str]]:
        """Code, name and kelurahan of producers found; instead of that, which code is which now."""
        db = self.counter.db
        return [
            (code, name, now_called(db, "producer", code) or once_called(db, "producer", code) or place)
            for code, name, place in listing.producers_matching(db, text)
        ]

    def matching_goods(self, text: str) -> list[Product]:
        """Goods of the producer with every typed word in name or SKU; a multiplier before them is passed over."""
        words = split_multiplier(text)[1].lower().split()
        goods = queries.products_of(self.counter.db, self.body.producer)
        return [p for p in goods if all(word in f"{p.name} {p.sku}".lower() for word in words)]

    # Goods -----------------------------------------------------------------------------------------------------------

    def take_code(self, code: str, quantity: int = ONE, at: int = -1) -> Message:
        """A scanned barcode or an SKU adds ``quantity``; the first scan also chooses the producer.

        ``at`` is the chosen line: it grows where it is of these goods.
        """
        try:
            product = self._find(code)
        except WrongCheckDigit:
            return numbered(2)
        except UnknownCode:
            return numbered(1, code=code)
        except AmbiguousCode:
            return Message("W", _("Several producers use this barcode. Choose whose goods came."))
        if self.body.producer and product.producer != self.body.producer:
            return Message("E", describe(WrongProducer(product.name)))
        if not self.body.producer:
            self.body.producer = product.producer
        return self.lines.add(product, quantity, at)

    def owners(self, code: str) -> list[tuple[str, str]]:
        """Code and name of the producers whose goods carry a barcode, while none is chosen."""
        if self.body.producer:
            return []
        found = queries.products_by_code(self.counter.db, code)
        return list({one.producer: one.producer_name for one in found}.items())

    def _find(self, code: str) -> Product:
        own = [p for p in queries.products_by_code(self.counter.db, code) if p.producer == self.body.producer]
        return own[0] if len(own) == 1 else find_product(self.counter.db, code)

    def take_typed(self, text: str, at: int = -1) -> Message:
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
        return self.take_code(code, quantity or ONE, at)

    def add_sku(self, sku: str, quantity: int = ONE, at: int = -1) -> Message:
        """Adds goods chosen from the list, or just registered."""
        product = queries.product(self.counter.db, sku)
        if product is None:
            return numbered(1, code=sku)
        if not self.body.producer:
            self.body.producer = product.producer
        if product.producer != self.body.producer:
            return Message("E", describe(WrongProducer(product.name)))
        return self.lines.add(product, quantity, at)

    def copy_last(self) -> Message:
        """The products of the producer's last delivery, with the same quantities and today's usual dates."""
        delivery = self.catalogue.last_delivery(self.body.producer)
        if delivery is None:
            return Message("W", _("This producer has no earlier delivery."))
        sums: Tally[str] = Tally()
        for line in delivery.lines:
            sums[line.sku] += line.quantity
        if not self.lines.copy([draft.Line(sku, quantity) for sku, quantity in sums.items()]):
            return Message("I", _("All goods of {number} are in the draft already.").format(number=delivery.number))
        text = _("Copied from {number}. Type each quantity, Enter goes on; 0 for what was not brought.")
        return Message("I", text.format(number=delivery.number))

    def fill_return(self, *, expired_only: bool) -> Message:
        """All that expired, or all that is left, of this producer."""
        self.refresh()
        goods = queries.products_of(self.counter.db, self.body.producer)
        count = self.lines.fill_return(goods, expired_only=expired_only)
        if not count:
            return Message("I", _("Nothing has expired.") if expired_only else _("Nothing is on hand."))
        text = _("{count} lines. Compare with the shelf, then F12.")
        return Message("I", text.format(count=count))

    # What is shown ---------------------------------------------------------------------------------------------------

    def shown(self) -> list[Shown]:
        """The lines with names, prices and what is missing; a line that stayed the same is the same object."""
        totals: Tally[str] = Tally()
        for line in self.body.lines:
            totals[line.sku] += line.quantity
        found = []
        for line in self.body.lines:
            key = (line, totals[line.sku])
            one = self._shown.get(key) or self._show(*key)
            if one is not None:
                self._shown[key] = one
                found.append(one)
        return found

    def _show(self, line: draft.Line, total: int) -> Shown | None:
        known = self.catalogue.known(line.sku, self.today)
        if known is None:
            return None
        if self.mode == "return":
            return checks.shown_return(line, known, total)
        return checks.shown_delivery(line, known, self.today, total)

    def summary(self) -> Summary:
        """Lines, pieces and values."""
        return checks.summary(self.shown())

    def checks(self) -> list[Check]:
        """The check list beside the lines."""
        told = reminders(self.counter.db, self.body)
        if not self.body.lines:
            return told
        if self.mode == "return":
            return [*told, *checks.return_checks(self.shown())]
        return [*told, *checks.delivery_checks(self.shown(), self.today)]

    def label_count(self) -> int:
        """How many labels the goods of the draft need."""
        return sum(one.labels for one in self.shown())

    # Recording -------------------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """Why it cannot be recorded yet; None when it can."""
        if not self.body.producer:
            return Message("W", _("Choose a producer, then scan."))
        if not self.body.taken():
            return Message("W", _("Scan or type the goods first."))
        self.refresh()
        if self.mode == "return":
            return checks.return_obstacle(self.shown())
        return checks.delivery_obstacle(self.shown(), self.today)

    def record(self, approved_by: str | None) -> Message:
        """Records the delivery or return and empties the draft. What is refused stays as typed."""
        message = self.recorder.record(self.body, self.shown(), approved_by)
        if message.kind == "S":
            self.refresh()
            self._take(Body(note=self.body.note, labels=self.body.labels))
        return message

    def approval_lines(self) -> tuple[str, ...]:
        """What a manager is asked to approve."""
        return (self.producer_name, *self.recorder.approval_lines(self.summary(), self.shown()))
