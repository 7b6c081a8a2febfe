"""Papers for producers to print, keep and send: one page as PDF, the same page as a picture, all of it on more pages.

Run them on a worker with a ledger of its own (``Ledger.another``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pos_app.i18n import _
from pos_app.printing.page_picture import to_png
from pos_app.printing.papers import producer_statement as papers
from pos_app.printing.papers.producer_statement import AgedRow, Slip, Told, Wanted
from pos_app.printing.papers.settlement import DEDUCTIONS
from pos_app.printing.pdf import Media, page_count, to_pdf
from pos_app.services import workbooks
from pos_app.services.ageing import OLDEST, SPANS
from pos_app.services.papers import letterhead, marked
from pos_app.services.private_files import write_new, write_together

if TYPE_CHECKING:
    from pathlib import Path

    from pos_app.ledger.ledger import Ledger
    from pos_app.printing.layout import Paper
    from pos_app.services.ageing import Aged, Ageing
    from pos_app.services.producer_board import BoardLine
    from pos_app.services.producer_statements import ProducerStatement

PAGES: Final[tuple[Media, ...]] = ("phone", "a5", "a4")
"""Large letters where all of it fits on the page, smaller ones else."""
MOST_NAMED: Final = 16
"""More goods than this never fit on one page."""
LONGEST: Final = 60
"""Letters of a producer's name in the name of a file."""


@dataclass(frozen=True, slots=True)
class Sendable:
    """A paper to send: ``page`` fits on one page, ``roll`` is as long as it is, ``full`` may take several A4 pages."""

    stem: str
    page: Paper
    roll: Paper
    full: Paper | None = None

    @property
    def media(self) -> Media:
        """The page with the largest letters that holds it."""
        return next((media for media in PAGES if page_count(self.page, media) == 1), PAGES[-1])

    def pdf(self) -> bytes:
        """The one page."""
        return to_pdf(self.page, self.media)

    def png(self) -> bytes:
        """The same page as a picture."""
        return to_png(self.page, self.media)

    def save(self, folder: Path) -> Path:
        """Write page and picture (and all pages, where there are more) under one name; the page's path.

        For this user alone, never over other files, and all of them or none. Raises ``StorageFault`` and its like.
        """
        contents = {".pdf": self.pdf(), ".png": self.png()}
        if self.full is not None:
            contents[f"-{_('complete')}.pdf"] = to_pdf(self.full, "a4")
        return write_together(folder, self.stem, contents)

    def print_it(self, ledger: Ledger) -> bool:
        """To the printer of sheets, else of rolls; false where the till has none. Raises ``PrinterFault``."""
        from pos_app.services import printing

        return printing.print_now(ledger, self.roll)


def statement_paper(ledger: Ledger, found: ProducerStatement, at: datetime, *, full: bool = False) -> Sendable:
    """The statement ready to send; with ``full`` also every document of it."""
    head, moment, told = letterhead(ledger), at.isoformat(timespec="seconds"), _told(found)
    short = _fitting(lambda most: marked(papers.producer_statement(told, head, moment, most), head), len(told.goods))
    return Sendable(
        f"rekap-{_plain(found.name)}-{found.span.last.isoformat()}",
        short,
        marked(papers.producer_statement(told, head, moment), head),
        marked(papers.full_statement(told, head, moment), head) if full else None,
    )


def delivery_paper(
    ledger: Ledger, lines: list[BoardLine], day: date, at: datetime, quantities: Mapping[str, int] | None = None
) -> Sendable:
    """What the producer of these goods is asked to deliver the day after ``day``.

    ``quantities`` (thousandths by SKU) go before what the board suggests; what nobody wants is left out.
    """
    head, moment = letterhead(ledger), at.isoformat(timespec="seconds")
    asked = [(line, (quantities or {}).get(line.sku, line.suggestion)) for line in lines]
    wanted = tuple(
        Wanted(line.name, line.unit, quantity, line.left, line.average) for line, quantity in asked if quantity > 0
    )
    first = lines[0]
    tomorrow = day + timedelta(days=1)
    paper = marked(
        papers.delivery_request(
            first.producer, first.producer_name, tomorrow, wanted, max(line.target for line in lines), head, moment
        ),
        head,
    )
    return Sendable(f"antar-{_plain(first.producer_name)}-{tomorrow.isoformat()}", paper, paper)


def ageing_paper(ledger: Ledger, found: Ageing, at: datetime) -> Paper:
    """The list by age for a sheet; who owes stands at the end, below the sums of what is owed."""
    head = letterhead(ledger)
    rows = tuple(AgedRow(one.name, one.spans, one.amount, one.overdue) for one in found.owed)
    total = AgedRow(_("Total owed"), found.spans, found.amount, found.overdue)
    owing = tuple(AgedRow(one.name, (0, 0, 0, 0), one.amount, 0) for one in found.owing)
    moment = at.isoformat(timespec="seconds")
    return marked(papers.ageing_list(found.day, span_titles(), (*rows, total, *owing), head, moment), head)


def save_ageing(ledger: Ledger, found: Ageing, kind: str, folder: Path, at: datetime) -> Path:
    """Write the list by age as ``xlsx``, ``csv`` or ``pdf``; its path."""
    stem = f"umur-utang-{found.day.isoformat()}"
    if kind == "pdf":
        return write_new(folder, stem, kind, to_pdf(ageing_paper(ledger, found, at), "a4"))
    columns = (_("Producer code"), _("Producer"), _("Terms"), *span_titles(), _("Overdue"), _("Total"))
    cells = [columns, *(_cells(one) for one in found.owed)]
    cells += [(one.producer, one.name, one.payout_terms, 0, 0, 0, 0, 0, one.amount) for one in found.owing]
    return workbooks.save(folder, stem, "xlsx" if kind == "xlsx" else "csv", _("Age of payables"), cells)


def span_titles() -> tuple[str, ...]:
    """``0-7 hari`` … in the user's language."""
    spans = (_("{first}-{last} days").format(first=first, last=last) for first, last in SPANS)
    return *spans, _("over {days} days").format(days=OLDEST)


def _cells(one: Aged) -> tuple[str | int, ...]:
    return one.producer, one.name, one.terms, *one.spans, one.overdue, one.amount


def _told(found: ProducerStatement) -> Told:
    return Told(
        producer=found.producer,
        name=found.name,
        first=found.span.first,
        last=found.span.last,
        since=found.span.payment,
        opening=found.opening,
        changes={str(what): amount for what, amount in found.changes.items()},
        closing=found.closing,
        goods=found.goods,
        slips=tuple(
            Slip(one.number, one.date, one.amount, tuple((_(DEDUCTIONS[why]), kept) for why, kept in one.deductions))
            for one in found.payments
        ),
        documents=tuple((one.number, one.date, amount) for one, amount in found.documents),
        sound=not found.faults,
    )


def _fitting(build: Callable[[int], Paper], count: int) -> Paper:
    """The paper with as many goods by name as one page holds."""
    for most in range(min(count, MOST_NAMED), -1, -1):
        paper = build(most)
        if page_count(paper, PAGES[0]) == 1:
            break
    return paper


def _plain(name: str) -> str:
    """A name for a file: letters and digits, words joined by dashes, no longer than a file system takes."""
    words = "-".join("".join(sign if sign.isalnum() else " " for sign in name).split()).lower()
    return words[:LONGEST].rstrip("-") or "produsen"
