"""The draft becomes a document: the question to the manager, the record, its paper and its labels. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import PosError
from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _, ngettext
from pos_app.ledger import queries
from pos_app.services import receiving
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded
from pos_app.ui.paper_words import queued
from pos_app.ui.screens.goods_in import draft
from pos_app.ui.screens.goods_in.checks import Shown, Summary, price_change
from pos_app.ui.screens.goods_in.draft import SLOT, Body

MOST_TOLD: Final = 5
"""Price changes that are named one by one when a manager is asked."""


@dataclass(frozen=True, slots=True)
class LabelWish:
    """Labels for one batch."""

    sku: str
    count: int
    expires_on: str | None


def label_total(wished: Sequence[LabelWish]) -> int:
    """Labels in all."""
    return sum(wish.count for wish in wished)


class Recorder:
    """Records drafts; ``labels`` are those of the delivery recorded last."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        self.labels: list[LabelWish] = []

    def approval_lines(self, summary: Summary, shown: Sequence[Shown]) -> tuple[str, ...]:
        """Pieces, values and the prices that change."""
        pieces = _("{items} items · {lines} lines").format(items=quantity_text(summary.quantity), lines=summary.goods)
        lines = [pieces, _("Sell value {amount}").format(amount=rupiah(summary.sell))]
        if summary.owed:
            lines.append(_("Owed at once {amount}").format(amount=rupiah(summary.owed)))
        changed = {one.product.name: price_change(one) for one in shown if new_terms(one)}
        lines += [f"{name}: {change}" for name, change in list(changed.items())[:MOST_TOLD]]
        if len(changed) > MOST_TOLD:
            lines.append(_("and {count} more prices").format(count=len(changed) - MOST_TOLD))
        return tuple(lines)

    def record(self, body: Body, shown: Sequence[Shown], approved_by: str | None) -> Message:
        """Records the draft; what is refused is told and changes nothing."""
        wished = [LabelWish(one.product.sku, one.labels, one.line.expires_on) for one in shown if one.labels]
        try:
            recorded = self.once.record(draft.encode(body), lambda: self._record(body, approved_by))
        except PosError as error:
            return Message("E", describe(error))
        self.labels = wished if body.mode == "receive" and body.labels else []
        text = _("{number} recorded.").format(number=recorded.number)
        if body.mode == "return" or body.note:
            text += " " + queued(self.counter, _("Two copies are in the print queue."), sheet=True)
        return of_recorded(recorded, text)

    def _record(self, body: Body, approved_by: str | None) -> Recorded:
        if body.mode == "return":
            going = draft.leaving(body)
            return receiving.return_goods(self.counter, body.producer, going, approved_by=approved_by, draft=SLOT)
        return receiving.receive(
            self.counter,
            body.producer,
            draft.delivered(body),
            reference=body.reference.strip(),
            approved_by=approved_by,
            draft=SLOT,
            print_note=body.note,
        )

    def paper_words(self, body: Body) -> str:
        """What will become of the note's paper."""
        if body.mode == "receive" and not body.note:
            return _("No consignment note: it can be printed later, from the history.")
        words = _("Two copies are printed: one for the producer, one for the corner.")
        return queued(self.counter, words, sheet=True)

    # Labels ----------------------------------------------------------------------------------------------------------

    def prints_labels(self) -> bool:
        """Whether it was said where labels come out: a label printer, or a folder for sheets of A4."""
        from pos_app.services import labels  # late: it brings the print room

        db = self.counter.db
        wish = labels.wish(db)
        if wish.output == "label":
            return bool(queries.setting(db, labels.DEVICE, ""))
        return wish.output == "pdf" and bool(queries.setting(db, labels.FOLDER, ""))

    def list_labels(self, wished: Sequence[LabelWish]) -> Message:
        """Puts labels on the list of the Labels screen, and tells them from those that were there."""
        from pos_app.services import labels

        before = sum(line.count for line in labels.wish(self.counter.db).lines)
        labels.add(self.counter, [labels.Line(wish.sku, wish.count) for wish in wished])
        count = label_total(wished)
        text = ngettext("The delivery added {count} label.", "The delivery added {count} labels.", count)
        if before:
            text += " " + _("{before} were on the list before.")
        return Message("I", text.format(count=count, before=before))

    def label_work(self, wished: Sequence[LabelWish]) -> Callable[[], str]:
        """What a worker does to print them, each with its last day; the path of a PDF comes back, else nothing."""
        from pos_app.services import labels, printing

        counter = self.counter
        wanted, where = labels.wish(counter.db), labels.places(counter)
        name = f"label-{counter.clock():%Y%m%d-%H%M}"

        def work() -> str:
            with closing(counter.ledger.another()) as own:
                made = []
                for wish in wished:
                    code = labels.ensure_barcode(own, wish.sku)
                    product = queries.product(own.db, wish.sku)
                    if product is not None:
                        made.append((labels.label_of(product, code, wish.expires_on or ""), wish.count))
                return labels.send(made, wanted, where, printing.printer_settings(own.db), name)

        return work

    @staticmethod
    def labels_printed(wished: Sequence[LabelWish], path: str, recorded: str) -> Message:
        """After they came out; ``recorded`` tells of the delivery and stays first."""
        count = label_total(wished)
        text = ngettext("{count} label printed.", "{count} labels printed.", count)
        if path:
            text = ngettext("{count} label in {path}", "{count} labels in {path}", count)
        return Message("S", f"{recorded} {text.format(count=count, path=path)}")


def new_terms(one: Shown) -> bool:
    """Whether recording the line sets a price."""
    product = one.product
    terms = (product.sell_price, product.consign_price, product.commission_bp)
    return bool(one.line.quantity) and terms != (one.sell_price, one.consign_price, one.commission_bp)
