"""Rules of a stock count at the screen: what is counted, blind, by scans and typed numbers. No Qt.

Who counts never sees what is expected; differences are for a manager (``differences``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pos_app.domain.dates import short_moment, time_text
from pos_app.domain.errors import AmbiguousCode, PosError, UnknownCode, WrongCheckDigit
from pos_app.domain.formats import parse_quantity_typed, quantity_text, split_multiplier
from pos_app.domain.product import Product
from pos_app.i18n import _, language
from pos_app.ledger import counting as kept
from pos_app.ledger import queries
from pos_app.ledger.counting import CountRow, ScopeGoods
from pos_app.services import counting, people
from pos_app.services.context import Counter
from pos_app.services.counting import Session
from pos_app.services.goods import find_product
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered
from pos_app.ui.screens.stock_count.words import scope_words

Step = Literal["scope", "count", "differences", "done"]
Which = Literal["all", "left", "counted"]
ONE: Final = 1000


@dataclass(frozen=True, slots=True)
class CountLine:
    """Goods to count, with what was counted of them."""

    goods: ScopeGoods
    row: CountRow | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has counted them yet, or they are to be counted again."""
        return self.row is None or self.row.state == "again"


class CountPresenter:
    """The count that is under way, as who counts sees it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.lines: list[CountLine] = []
        self.which: Which = "all"
        self.text = ""
        self.session: Session | None = None
        self._names: dict[str, str] = {}
        self.read()

    def read(self) -> None:
        """Which count is under way; another process, or a start before this one, may have left it."""
        self.session = counting.session(self.counter.db)
        self._names = {}

    # What is listed ------------------------------------------------------------------------------------------------

    def load_work(self) -> Callable[[], list[CountLine]]:
        """What a worker does to list the goods of the scope."""
        counter, session = self.counter, self.session

        def work() -> list[CountLine]:
            if session is None:
                return []
            with closing(counter.ledger.another()) as own:
                rows = kept.rows(own.db)
                goods = kept.goods(own.db, session.scope.kind, session.scope.which)
                return [CountLine(one, rows.get(one.sku)) for one in goods]

        return work

    def take(self, lines: list[CountLine]) -> None:
        """The list that a worker made; what was counted since is in the ledger."""
        rows = kept.rows(self.counter.db)
        self.lines = [CountLine(line.goods, rows.get(line.goods.sku)) for line in lines]
        known = {line.goods.sku for line in lines}
        self.lines += [line for sku in rows if sku not in known and (line := self._line(sku)) is not None]

    def shown(self) -> list[CountLine]:
        """What filter and search leave."""
        words = self.text.casefold().split()
        found = self.lines
        if self.which != "all":
            found = [line for line in found if line.is_open == (self.which == "left")]
        if words:
            found = [line for line in found if all(word in _searched(line.goods) for word in words)]
        return found

    def counts(self) -> dict[str, int]:
        """How many goods each filter leaves."""
        left = sum(line.is_open for line in self.lines)
        return {"all": len(self.lines), "left": left, "counted": len(self.lines) - left}

    def title(self) -> str:
        """What is counted, since when and by whom."""
        if self.session is None:
            return ""
        since = short_moment(datetime.fromisoformat(self.session.begun_at), language())
        words = scope_words(self.counter.db, self.session.scope)
        who = self.name_of(self.session.begun_by)
        return " · ".join(part for part in (words, _("since {when}").format(when=since), who) if part)

    def name_of(self, user: str) -> str:
        """Who counted."""
        if user and user not in self._names:
            self._names = {one.id: one.name for one in people.users(self.counter)}
            self._names.setdefault(user, "")
        return self._names.get(user, "")

    def counted_words(self, line: CountLine) -> str:
        """Who counted it, and when; or what is to be done."""
        row = line.row
        if row is None:
            return ""
        if row.state == "again":
            return _("count again")
        if row.state == "left_out":
            return _("left out")
        when = time_text(datetime.fromisoformat(row.counted_at), language())
        return " · ".join(part for part in (when, self.name_of(row.counted_by)) if part)

    # Counting ------------------------------------------------------------------------------------------------------

    def find(self, code: str) -> Product | Message:
        """The goods of a code; of several producers' those of the scope."""
        try:
            return find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode as error:
            own = [sku for sku in error.skus if self.belongs(sku)]
            product = queries.product(self.counter.db, own[0]) if len(own) == 1 else None
            return product or Message("W", _("Several producers use this barcode. Type the name and choose."))
        except UnknownCode:
            return numbered(1, code=code)

    def belongs(self, sku: str) -> bool:
        """Whether goods are of the scope, or were counted with it."""
        if self.session is None:
            return False
        scope = self.session.scope
        counted = any(line.goods.sku == sku for line in self.lines)
        return counted or kept.belongs(self.counter.db, scope.kind, scope.which, sku)

    def scanned(self, product: Product, quantity: int = ONE) -> Message:
        """So many more of these were found."""
        return self._record(product.sku, lambda: counting.add(self.counter, product.sku, quantity))

    def typed(self, sku: str, text: str) -> Message:
        """So many were found in all; ``12*`` and a bare number mean the same here."""
        multiplier, rest = split_multiplier(text)
        try:
            quantity = multiplier if multiplier and not rest else parse_quantity_typed(text)
        except ValueError:
            return Message("E", _("Enter what you counted, 0 when the shelf is empty."))
        return self._record(sku, lambda: counting.put(self.counter, sku, quantity))

    def _record(self, sku: str, write: Callable[[], CountRow]) -> Message:
        try:
            row = write()
        except PosError as error:
            return Message("E", describe(error))
        line = self.refresh(sku)
        name = line.goods.name if line is not None else sku
        words = f"{name}: {quantity_text(row.counted)}"
        if row.moved:
            text = _("{item}. Sold or moved while you counted it: count it again from the start (F6).")
            return Message("W", text.format(item=words))
        return Message("S", words)

    def again(self, sku: str) -> Message:
        """Goods are counted again from the start."""
        counting.again(self.counter, [sku])
        line = self.refresh(sku)
        return Message("I", _("{item}: count again from the start.").format(item=line.goods.name if line else sku))

    def declare_zero(self, skus: list[str]) -> None:
        """Nothing is there of these."""
        counting.declare_zero(self.counter, skus)
        self.refresh_all()

    def leave_out(self, skus: list[str]) -> None:
        """These are not counted this time."""
        counting.leave_out(self.counter, skus)
        self.refresh_all()

    def line(self, sku: str) -> CountLine | None:
        """What is listed of a product."""
        return next((line for line in self.lines if line.goods.sku == sku), None)

    def refresh(self, sku: str) -> CountLine | None:
        """Reads one product anew."""
        row = kept.row(self.counter.db, sku)
        for place, line in enumerate(self.lines):
            if line.goods.sku == sku:
                self.lines[place] = CountLine(line.goods, row)
                return self.lines[place]
        line_of_it = self._line(sku)
        if line_of_it is not None:
            self.lines.append(line_of_it)
        return line_of_it

    def refresh_all(self) -> None:
        """Reads what was counted anew."""
        rows = kept.rows(self.counter.db)
        self.lines = [CountLine(line.goods, rows.get(line.goods.sku)) for line in self.lines]

    def _line(self, sku: str) -> CountLine | None:
        goods = kept.one(self.counter.db, sku)
        return CountLine(goods, kept.row(self.counter.db, sku)) if goods is not None else None

    # The course of it ----------------------------------------------------------------------------------------------

    def begin(self, scope: counting.Scope) -> Message | None:
        """A count begins; None when it did."""
        try:
            self.session = counting.begin(self.counter, scope)
        except PosError as error:
            self.read()
            return Message("E", describe(error))
        self.lines, self.which, self.text = [], "all", ""
        return None

    def finish_counting(self) -> list[str]:
        """Says that all is counted; the goods that are not, by SKU: then it is not said."""
        if self.session is None:
            return []
        left = [goods.sku for goods in counting.left(self.counter.db)]
        if not left:
            self.session = counting.change(self.counter, done=True)
        return left

    def go_on_counting(self) -> None:
        """Counting goes on."""
        if self.session is not None:
            self.session = counting.change(self.counter, done=False)

    def cancel(self, approved_by: str | None) -> Message:
        """Nothing of this count is kept."""
        try:
            counting.cancel(self.counter, approved_by=approved_by)
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        self.lines = []
        return Message("I", _("Stock count cancelled. No stock was changed."))


def _searched(goods: ScopeGoods) -> str:
    return f"{goods.name} {goods.producer_name} {goods.sku} {goods.shelf}".casefold()
