"""Rules of the day board for producers: which goods are shown, how a figure came about, what is asked for. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final

from pos_app.domain.dates import business_date
from pos_app.domain.errors import AmbiguousCode, ManagerNeeded, PosError, WrongCheckDigit
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah
from pos_app.i18n import _
from pos_app.services import producer_board
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.producer_board import MOST_TARGET, Board, BoardLine
from pos_app.ui.messages import Message, failure, numbered

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.services.producer_papers import Sendable

Tell = Callable[[int, int], None]
ALL: Final = "all"
DELIVER: Final = "deliver"
MUCH: Final = "much"
UNSOLD: Final = "unsold"


class BoardPresenter:
    """The board, what is shown of it, and what the person wants instead of a suggestion."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.board: Board | None = None
        self.filter = ALL
        self.text = ""
        self.producer = ""
        self.sku = ""
        self.wanted: dict[str, int] = {}
        self._lines: dict[str, BoardLine] = {}
        self._texts: dict[str, str] = {}
        self._kept: dict[tuple[str, str], list[BoardLine]] = {}

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def filters(self) -> list[tuple[str, str]]:
        """Codes with words."""
        words = (_("All"), _("Needs delivery"), _("Too much stock"), _("Not sold in 14 days"))
        return list(zip((ALL, DELIVER, MUCH, UNSOLD), words, strict=True))

    def work(self) -> Callable[[Tell], Board]:
        """What a worker does to read the board."""
        counter, day = self.counter, self.today

        def work(tell: Tell) -> Board:
            with closing(counter.ledger.another()) as own:
                return producer_board.board(own.db, day, tell)

        return work

    def show_board(self, board: Board) -> None:
        """Takes what was read; what somebody wanted of an earlier day is forgotten."""
        if self.board is not None and self.board.day != board.day:
            self.wanted.clear()
        self.board = board
        self._lines = {line.sku: line for line in board.lines}
        self._texts.clear()
        self._kept.clear()

    def rows(self) -> list[BoardLine]:
        """What filter, search and producer leave, by producer and name."""
        words = self.text.casefold().split()
        found = self._found(self.filter)
        return [line for line in found if self._has(line, words)] if words else found

    def counts(self) -> dict[str, int]:
        """How many goods each filter leaves."""
        return {code: len(self._found(code)) for code, _words in self.filters()}

    def _has(self, line: BoardLine, words: list[str]) -> bool:
        text = self._texts.get(line.sku)
        if text is None:
            text = self._texts[line.sku] = f"{line.name} {line.producer_name} {line.sku} {line.producer}".casefold()
        return all(word in text for word in words)

    def _found(self, which: str) -> list[BoardLine]:
        """What a filter leaves; kept until the board or what is asked for changes."""
        key = (which, self.producer)
        if key not in self._kept:
            kept: dict[str, Callable[[BoardLine], bool]] = {
                ALL: lambda _line: True,
                DELIVER: lambda line: self.asked(line) > 0,
                MUCH: lambda line: line.too_much,
                UNSOLD: lambda line: line.unsold,
            }
            lines = self.board.lines if self.board else ()
            self._kept[key] = [line for line in lines if kept[which](line) and self.producer in ("", line.producer)]
        return self._kept[key]

    def line(self) -> BoardLine | None:
        """The goods that are looked at."""
        return self._lines.get(self.sku)

    def asked(self, line: BoardLine) -> int:
        """What the producer is asked for, in thousandths."""
        return self.wanted.get(line.sku, line.suggestion)

    def ask_for(self, sku: str, text: str) -> bool:
        """Another quantity than suggested; an empty text takes the suggestion again. False for no whole number."""
        if not text.strip():
            self.wanted.pop(sku, None)
            self._kept.clear()
            return True
        try:
            quantity = parse_quantity_typed(text)
        except ValueError:
            return False
        if quantity % 1000 or quantity > 999_000:
            return False
        self.wanted[sku] = quantity
        self._kept.clear()
        return True

    def scan(self, code: str) -> Message | None:
        """Finds the goods of a barcode; None when they are on the board."""
        try:
            product = find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode:
            return Message("W", _("Several producers use this barcode. Choose the goods."))
        except PosError:
            return numbered(1, code=code)
        self.filter, self.text, self.producer, self.sku = ALL, "", "", product.sku
        if self.line() is None:
            return Message("I", _("{item} is not here and did not sell lately.").format(item=product.name))
        return None

    # What is said of the goods that are looked at ------------------------------------------------------------------

    def facts(self) -> list[tuple[str, str]]:
        """The figures of the goods, in words."""
        line = self.line()
        if line is None:
            return []
        return [
            (_("Sold today"), quantity_text(line.today)),
            (_("Sold in 7 days"), quantity_text(line.week)),
            (_("Left"), quantity_text(line.left)),
            *([(_("Expired"), quantity_text(line.expired))] if line.expired else []),
            (_("Lasts"), days_text(line.lasts)),
        ]

    def formula(self) -> list[str]:
        """How the suggestion came about, one step a line."""
        line = self.line()
        if line is None or self.board is None:
            return []
        sold, average = quantity_text(line.sold), tenths(line.average)
        steps = [
            _("{sold} sold on {days} open days = {average} a day").format(sold=sold, days=line.days, average=average)
        ]
        if not line.days:
            steps = [_("It was not there on any of the last 14 open days.")]
        elif line.days < len(self.board.counted):
            missed = len(self.board.counted) - line.days
            steps.append(_("{days} open days without any left are not counted").format(days=missed))
        if line.target < self.board.target:
            steps.append(_("Keeps {days} days: no more than that is asked for").format(days=line.target))
        lasting = quantity_text(max(line.lasting, 0))
        step = _("{average} × {days} days - {left} left that keeps = {deliver} to deliver")
        deliver = quantity_text(line.suggestion)
        return [*steps, step.format(average=average, days=line.target, left=lasting, deliver=deliver)]

    def producer_facts(self) -> list[tuple[str, str]]:
        """What is owed to the producer of these goods, and how many of them are asked for."""
        line = self.line()
        if line is None or self.board is None:
            return []
        asked = [one for one in self.board.of(line.producer) if self.asked(one) > 0]
        owed = (_("Still owed"), rupiah(line.owed)) if line.owed >= 0 else (_("Producer owes"), rupiah(-line.owed))
        return [owed, (_("Goods to deliver tomorrow"), str(len(asked)))]

    def build(self) -> Callable[[Ledger], Sendable] | None:
        """What makes the request to the producer of these goods; None where nothing is asked for."""
        line, board, counter = self.line(), self.board, self.counter
        if line is None or board is None:
            return None
        lines, wanted = board.of(line.producer), dict(self.wanted)
        if not any(self.asked(one) > 0 for one in lines):
            return None

        def build(ledger: Ledger) -> Sendable:
            from pos_app.services import producer_papers  # late: printing

            return producer_papers.delivery_paper(ledger, lines, board.day, counter.clock(), wanted)

        return build

    def set_target(self, text: str, approved_by: str | None) -> Message | None:
        """For how many days goods should last; None when it was taken."""
        if not text.strip().isdecimal() or not 1 <= int(text) <= MOST_TARGET:
            return Message("E", _("Enter 1 to {most} days.").format(most=MOST_TARGET))
        try:
            producer_board.set_target_days(self.counter, int(text), approved_by=approved_by)
        except ManagerNeeded as error:
            return failure(error, "")
        return None

    def failed(self, error: Exception) -> Message:
        """Why reading failed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))


def tenths(number: int) -> str:
    """``6,3`` of 63 tenths, ``6`` of 60."""
    whole, rest = divmod(number, 10)
    return f"{whole},{rest}" if rest else str(whole)


def days_text(lasts: int | None) -> str:
    """``4,5 hari`` of 45 tenths; a dash where nothing sells."""
    if lasts is None:
        return "-"
    return _("over 99 days") if lasts > 990 else _("{days} days").format(days=tenths(lasts))
