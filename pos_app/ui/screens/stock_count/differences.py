"""Rules of the second step of a stock count: what differs, by value; who bears it; the posting. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal

from pos_app.domain.errors import PosError, Unsettled
from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _
from pos_app.ledger import counting as kept
from pos_app.services import count_posting, counting
from pos_app.services.context import Counter, Recorded
from pos_app.services.count_posting import Difference, NeighboursUnheard, Tell
from pos_app.services.counting import Session
from pos_app.services.once import Once
from pos_app.services.reprints import reprint_newest
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, expected, of_recorded
from pos_app.ui.paper_words import queued, reprinted
from sync.documents.base import Bearer
from sync.documents.goods import StockCount

Which = Literal["differing", "again", "all"]


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure with its words, as ``widgets.sums`` shows it."""

    label: str
    amount: str
    tone: str = "text"
    bold: bool = False
    icon: str = ""


class DifferencesPresenter:
    """What was counted beside what was expected."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        self.found: list[Difference] = []
        self.which: Which = "differing"
        self.posted: StockCount | None = None

    def load_work(self) -> Callable[[], list[Difference]]:
        """What a worker does to compare."""
        counter = self.counter

        def work() -> list[Difference]:
            with closing(counter.ledger.another()) as own:
                return count_posting.differences(own.db)

        return work

    def shown(self) -> list[Difference]:
        """What the filter leaves."""
        match self.which:
            case "differing":
                return [one for one in self.found if one.difference or one.again]
            case "again":
                return [one for one in self.found if one.again]
            case _:
                return self.found

    def counts(self) -> dict[str, int]:
        """How many goods each filter leaves."""
        again = sum(one.again for one in self.found)
        differing = sum(bool(one.difference) or one.again for one in self.found)
        return {"differing": differing, "again": again, "all": len(self.found)}

    def sums(self) -> list[Sum]:
        """What is missing and what was found, at sell prices."""
        missing = -sum(one.value for one in self.found if one.value < 0)
        more = sum(one.value for one in self.found if one.value > 0)
        rows = [
            Sum(_("Goods counted"), str(len(self.found))),
            Sum(_("Missing"), rupiah(missing), tone="danger" if missing else "text", bold=True),
            Sum(_("Found more"), rupiah(more)),
        ]
        left_out = kept.left_out(self.counter.db)
        if left_out:
            rows.append(Sum(_("Left out"), str(left_out)))
        again = sum(one.again for one in self.found)
        if again:
            rows.append(Sum(_("Count again"), str(again), tone="warning", icon="alert-outline"))
        return rows

    def reason(self, one: Difference) -> str:
        """Why goods must be counted again; empty when they need not."""
        if not one.again:
            return ""
        if one.row.state == "again":
            return _("to be counted again")
        if one.row.moved:
            return _("sold or moved while it was counted: count again")
        return _("more missing than is there now: count again")

    def bear(self, one: Difference, borne_by: Bearer) -> None:
        """Names who bears what is missing."""
        counting.bear(self.counter, one.row.sku, borne_by)
        self.found = [replace(other, borne_by=borne_by) if other is one else other for other in self.found]

    def note(self, under_way: Session) -> str:
        """The note that is kept with the count."""
        return counting.note_of(self.counter, under_way)

    def keep_note(self, note: str) -> None:
        """The note stays where a power cut leaves it."""
        counting.change(self.counter, note=note)

    # Posting -------------------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """What is to be done before it can be posted."""
        again = [one.name for one in self.found if one.again]
        if again:
            text = _("Count again first: {goods}.").format(goods=", ".join(again[:3]))
            return Message("W", text)
        if not self.found:
            return Message("W", _("Nothing was counted."))
        return None

    def unheard(self) -> Message | None:
        """That other tills should be heard of first; ``None`` where they were, or nothing differs."""
        late = count_posting.unheard_of(self.counter.db, self.found)
        return Message("W", describe(NeighboursUnheard(count_posting.letters(late)))) if late else None

    def approval_lines(self, late: Message | None = None) -> tuple[str, ...]:
        """What is about to be posted; ``late``: what a manager who goes on without the other tills must know."""
        sums = [f"{row.label}: {row.amount}" for row in self.sums()]
        return (*sums, _("The stock is changed by the differences."), *((late.text,) if late else ()))

    def before(self, note: str) -> Recorded | None:
        """The document that a try before became, although the disk hid it. Raises what ``Once.earlier`` does."""
        return self.once.earlier(self._content(note))

    def post_work(self, note: str, approved_by: str | None, *, knowingly: bool = False) -> Callable[[Tell], Recorded]:
        """Posts on a worker; all of it or nothing."""
        counter = self.counter
        return lambda tell: count_posting.post_apart(
            counter, note=note, approved_by=approved_by, tell=tell, knowingly=knowingly
        )

    def _content(self, note: str) -> object:
        return note, tuple((one.row, one.borne_by) for one in self.found)

    def done(self, recorded: Recorded) -> Message:
        """It was posted."""
        document = recorded.document
        if isinstance(document, StockCount):
            self.posted = document
        self.found = []
        words = _("{number} posted: the stock is as counted.").format(number=recorded.number)
        return of_recorded(recorded, words)

    def failed(self, error: Exception, note: str, before: str) -> Message:
        """Why it was not, or why nobody can tell yet. Errors that are bugs are raised again."""
        if isinstance(error, Unsettled):
            self.once.doubt(self._content(note), error, before)
        message = expected(error, str(self.counter.ledger.path))
        if message is None:
            raise error
        return message

    def done_rows(self) -> list[Sum]:
        """What was posted."""
        count = self.posted
        if count is None:
            return []
        missing = [line for line in count.lines if line.missing]
        more = [line for line in count.lines if line.counted > line.expected]
        owed = sum(line.missing.share for line in missing if line.missing)
        cost = sum(line.missing.cost for line in missing if line.missing)
        rows = [
            Sum(_("Goods counted"), str(len(count.lines)), bold=True),
            Sum(_("Missing"), quantity_text(sum(line.missing.quantity for line in missing if line.missing))),
            Sum(_("Found more"), quantity_text(sum(line.counted - line.expected for line in more))),
        ]
        if owed:
            rows.append(Sum(_("Owed to producers"), rupiah(owed)))
        if cost:
            rows.append(Sum(_("Cost of bought goods"), rupiah(cost)))
        return rows

    def paper_words(self) -> str:
        """What becomes of the slip."""
        return queued(self.counter, _("The slip is printed."), sheet=True)

    def reprint(self) -> Message:
        """F9."""
        try:
            number = reprint_newest(self.counter, ("stock_count",))
        except PosError as error:
            return Message("E", describe(error))
        if number is None:
            return Message("W", _("No stock count was posted yet."))
        return reprinted(self.counter, number, sheet=True)


def signed_quantity(quantity: int) -> str:
    """``+3`` or ``-3``; 0 without a sign."""
    sign = "+" if quantity > 0 else "-" if quantity < 0 else ""
    return f"{sign}{quantity_text(abs(quantity))}"


def signed_rupiah(amount: int) -> str:
    """``+Rp 16.000`` or ``-Rp 16.000``; ``Rp 0`` without a sign."""
    sign = "+" if amount > 0 else "-" if amount < 0 else ""
    return f"{sign}{rupiah(abs(amount))}"
