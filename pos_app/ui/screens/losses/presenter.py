"""Rules of the screen for lost and spoiled goods: what is typed, who bears it, recording it once. No Qt.

The note is a draft in the ledger, so a power cut loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import msgspec

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import AmbiguousCode, PosError, RuleError, UnknownCode, WrongCheckDigit
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah
from pos_app.domain.product import Product
from pos_app.i18n import N_, _
from pos_app.ledger import drafts, listing, queries
from pos_app.services import losses, people
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.losses import Lost, bearer_by_rule
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered, of_recorded
from pos_app.ui.paper_words import queued
from sync.documents.base import Bearer
from sync.documents.goods import LeavingLine
from sync.documents.refund import Refund

SLOT: Final = "losses"
"""Of the draft."""
ONE: Final = 1000
FOUND: Final = 8
Reason = Literal["damaged", "expired", "lost", "other"]
REASONS: Final[dict[Reason, str]] = {
    "damaged": N_("Damaged"),
    "expired": N_("Expired"),
    "lost": N_("Lost"),
    "other": N_("Other"),
}
BEARERS: Final[dict[Bearer, str]] = {"producer": N_("The producer"), "corner": N_("The corner")}


class Typed(msgspec.Struct, frozen=True):
    """A line as typed: thousandths; ``borne_by`` and ``batch`` are ``None`` where the rule decides."""

    sku: str
    quantity: int
    reason: Reason = "damaged"
    borne_by: Bearer | None = None
    batch: str | None = None


class Draft(msgspec.Struct, frozen=True):
    """What is kept of a note: its lines, and the remark, sealed, for it may name somebody."""

    lines: list[Typed] = []
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its goods and what would be recorded of it, or what forbids that."""

    line: Typed
    product: Product
    planned: LeavingLine | None
    wrong: str
    bearer: Bearer
    batch_words: str


class LossesPresenter:
    """The note that is being written."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The write-off of these lines."""
        self.lines: list[Typed] = []
        self.remark = ""
        self.selected = -1
        self._reason: Reason = "damaged"

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def load(self) -> None:
        """What was typed before."""
        kept = drafts.load(self.counter.db, SLOT)
        draft = msgspec.json.decode(kept.body, type=Draft) if kept is not None else Draft()
        self.lines = draft.lines
        self.remark = people.readable(self.counter, draft.remark)
        self.selected = min(max(self.selected, 0), len(self.lines) - 1)

    @property
    def is_left_open(self) -> bool:
        """Whether the disk hides what became of these lines: until it is known they stay as they are."""
        return self.once.is_open

    def _keep(self) -> None:
        at = self.counter.clock().isoformat(timespec="seconds")
        remark = people.typed(self.counter, self.remark) if self.remark else ""
        drafts.save(self.counter.db, SLOT, at, msgspec.json.encode(Draft(self.lines, remark)).decode())

    def set_remark(self, text: str) -> None:
        """What happened, in words."""
        if text.strip() != self.remark:
            self.remark = text.strip()
            self._keep()

    # The lines -------------------------------------------------------------------------------------------------------

    def found(self, text: str) -> list[Product]:
        """Goods that a text may mean, best first."""
        return queries.search_products(self.counter.db, text, FOUND)

    def scan(self, code: str) -> Message:
        """One more piece of the goods with this code."""
        try:
            product = find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode:
            return Message("W", _("Several producers use this barcode. Type the name and choose."))
        except UnknownCode:
            return numbered(1, code=code)
        return self.add(product.sku)

    def add(self, sku: str) -> Message:
        """One more piece: on the chosen line of these goods, else on the last, else on a new one."""
        if self.is_left_open:
            return Message("E", _("It is not known yet whether this note was recorded. Press F12 again."))
        product = queries.product(self.counter.db, sku)
        if product is None:
            return numbered(1, code=sku)
        own = [place for place, line in enumerate(self.lines) if line.sku == sku]
        if own:
            place = self.selected if self.selected in own else own[-1]
            line = self.lines[place]
            self.lines[place] = msgspec.structs.replace(line, quantity=line.quantity + ONE)
        else:
            place = len(self.lines)
            self.lines.append(Typed(sku, ONE, self._reason))
        self.selected = place
        self._keep()
        return Message("S", f"{product.name} +1")

    def choose(self, sku: str) -> None:
        """Goods that another screen was left with: their line is chosen, a new one only where there is none."""
        own = [place for place, line in enumerate(self.lines) if line.sku == sku]
        if own:
            self.selected = own[-1]
        else:
            self.add(sku)

    def add_batch(self, sku: str, batch: str, state: str) -> None:
        """All pieces of a batch, from the list of goods near expiry."""
        there = sum(lot.quantity for lot in queries.lots(self.counter.db, sku) if lot.batch == batch)
        if there <= 0 or self.is_left_open:
            return
        reason: Reason = "expired" if state in ("expired", "today") else "damaged"
        line = Typed(sku, there, reason, None, batch)
        own = [place for place, one in enumerate(self.lines) if (one.sku, one.batch) == (sku, batch)]
        if own:
            self.selected = own[0]
            self.lines[own[0]] = line
        else:
            self.selected = len(self.lines)
            self.lines.append(line)
        self._keep()

    def add_refund(self, number: str) -> bool:
        """The pieces that buyers brought back by a refund, batch by batch; False for what is no refund."""
        entry = queries.entry_by_number(self.counter.db, number)
        if entry is None or not isinstance(entry.document, Refund):
            return False
        reason: Reason = "expired" if entry.document.reason == "expired" else "damaged"
        for line in entry.document.lines if not self.is_left_open else ():
            for take in line.takes:
                known = [
                    place for place, one in enumerate(self.lines) if (one.sku, one.batch) == (line.sku, take.batch)
                ]
                if not known:
                    self.lines.append(Typed(line.sku, take.quantity, reason, None, take.batch))
                self.selected = known[0] if known else len(self.lines) - 1
        self._keep()
        return True

    def split(self) -> Message | None:
        """A further line of the same goods, for another batch or reason."""
        line = self.line()
        if line is None or self.is_left_open:
            return Message("W", _("Scan goods first, or type a name."))
        self.lines.append(Typed(line.sku, ONE, line.reason))
        self.selected = len(self.lines) - 1
        self._keep()
        return None

    def remove(self, row: int) -> None:
        """Takes a line off."""
        if 0 <= row < len(self.lines) and not self.is_left_open:
            del self.lines[row]
            self.selected = min(self.selected, len(self.lines) - 1)
            self._keep()

    def line(self) -> Typed | None:
        """The chosen line."""
        return self.lines[self.selected] if 0 <= self.selected < len(self.lines) else None

    def set_quantity(self, row: int, text: str) -> bool:
        """The pieces of a line; False for what is no quantity of them."""
        product = queries.product(self.counter.db, self.lines[row].sku)
        quantity = parse_quantity_typed(text)
        if product is None or not quantity or quantity <= 0 or (quantity % ONE and not product.fractional):
            return False
        if self.is_left_open:
            return False
        self._change(row, quantity=quantity)
        return True

    def set_reason(self, reason: Reason) -> None:
        """Why the chosen line left; the next lines begin with it."""
        self._reason = reason
        self._change(self.selected, reason=reason)

    def set_batch(self, batch: str | None) -> None:
        """Which batch the chosen line is of; ``None``: as the rule has it."""
        self._change(self.selected, batch=batch)

    def set_bearer(self, bearer: Bearer) -> None:
        """Who bears the chosen line; what the rule says anyway is not named."""
        line = self.line()
        product = queries.product(self.counter.db, line.sku) if line is not None else None
        if line is not None and product is not None:
            by_rule = bearer_by_rule(self.counter.db, product, line.reason)
            self._change(self.selected, borne_by=None if bearer == by_rule else bearer)

    def _change(self, row: int, **values: object) -> None:
        if 0 <= row < len(self.lines) and not self.is_left_open:
            self.lines[row] = msgspec.structs.replace(self.lines[row], **values)
            self._keep()

    # What is shown ---------------------------------------------------------------------------------------------------

    def shown(self) -> list[Shown]:
        """The lines with what would be recorded; goods that are gone from the registry are left out."""
        db = self.counter.db
        found = []
        for line, planned in zip(self.lines, losses.plan_each(db, self._wanted(), self.today), strict=True):
            product = queries.product(db, line.sku)
            if product is None:
                continue
            bearer = line.borne_by or bearer_by_rule(db, product, line.reason)
            wrong = describe(planned) if isinstance(planned, RuleError) else ""
            leaving = planned if isinstance(planned, LeavingLine) else None
            found.append(Shown(line, product, leaving, wrong, bearer, self._batch_words(line, leaving)))
        return found

    def _batch_words(self, line: Typed, planned: LeavingLine | None) -> str:
        days = [take.expires_on for take in planned.takes] if planned is not None else []
        words = [short_date(date.fromisoformat(day)) for day in dict.fromkeys(days) if day]
        if line.batch is not None and not words:
            return _("batch without a last day")
        return _("last day {days}").format(days=", ".join(words)) if words else ""

    def batches(self) -> list[tuple[str, str]]:
        """The batches of the chosen goods, as code and words; the first is the rule."""
        line = self.line()
        if line is None:
            return []
        by_rule = _("by rule: what has expired") if line.reason == "expired" else _("by rule: the first to expire")
        found = [("", by_rule)]
        there = [one for one in listing.batches(self.counter.db, line.sku) if one[1] > 0]
        days = [expires_on for _batch, _quantity, expires_on in there]
        for batch, quantity, expires_on in there:
            day = short_date(date.fromisoformat(expires_on)) if expires_on else _("no last day")
            words = _("{day} · {left} left").format(day=day, left=quantity_text(quantity))
            found.append((f"={batch}", f"{words} · {batch}" if days.count(expires_on) > 1 and batch else words))
        return found

    def rule_words(self) -> str:
        """Who bears the chosen line by rule or agreement."""
        line = self.line()
        product = queries.product(self.counter.db, line.sku) if line is not None else None
        if line is None or product is None:
            return ""
        if product.pricing == "putus":
            return _("Bought outright: the corner bears it, as it has paid or owes for it already.")
        if bearer_by_rule(self.counter.db, product, line.reason) == "corner":
            return _("By the agreement with this producer the corner bears it.")
        return _("By rule the producer bears what was left on consignment.")

    def owed(self) -> int:
        """Rupiah that become payable to producers."""
        return sum(one.planned.share for one in self.shown() if one.planned is not None)

    def facts(self) -> list[tuple[str, str, str]]:
        """What recording it would do: words, icon, tone."""
        shown = self.shown()
        if not shown:
            return []
        facts = [(one.wrong, "alert-circle-outline", "danger") for one in shown if one.wrong]
        planned = [one.planned for one in shown if one.planned is not None]
        owed = sum(line.share for line in planned)
        cost = sum(line.cost for line in planned)
        if owed:
            text = _("The corner bears it: {amount} become the producers' right.")
            facts.append((text.format(amount=rupiah(owed)), "alert-outline", "warning"))
        if cost:
            text = _("The corner bears it: bought goods of {amount}.")
            facts.append((text.format(amount=rupiah(cost)), "alert-outline", "warning"))
        if any(line.borne_by == "producer" for line in planned):
            facts.append((_("Borne by producers: only the stock changes."), "information-outline", "muted"))
        return facts

    def summary(self) -> tuple[str, ...]:
        """What is told before it is recorded."""
        shown = self.shown()
        lines = [
            f"{quantity_text(one.line.quantity)} {one.product.name}: {_(REASONS[one.line.reason])},"
            f" {_(BEARERS[one.bearer])}"
            for one in shown[:6]
        ]
        if len(shown) > len(lines):
            lines.append(_("and {count} more lines").format(count=len(shown) - len(lines)))
        return (*lines, *(words for words, _icon, _tone in self.facts()))

    # Recording -------------------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """Why nothing can be recorded now."""
        if not self.lines:
            return Message("W", _("Scan goods first, or type a name."))
        wrong = next((one.wrong for one in self.shown() if one.wrong), "")
        return Message("E", wrong) if wrong else None

    def record(self, approved_by: str | None) -> Message:
        """Records the note; its paper waits for the printer."""
        wanted, note = self._wanted(), self.remark or None
        try:
            done = self.once.record(
                (tuple(wanted), note),
                lambda: losses.write_off(self.counter, wanted, note=note, approved_by=approved_by, draft=SLOT),
            )
        except PosError as error:
            return Message("E", describe(error))
        self.lines, self.selected, self.remark = [], -1, ""
        text = _("{number} recorded.").format(number=done.number)
        return of_recorded(done, f"{text} {queued(self.counter, _('The note is printed.'), sheet=True)}")

    def _wanted(self) -> Sequence[Lost]:
        return [Lost(line.sku, line.quantity, line.reason, line.borne_by, line.batch) for line in self.lines]
