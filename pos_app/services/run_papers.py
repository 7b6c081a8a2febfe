"""The slips of a run of payments: all in one file, or all to the printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_app.i18n import _
from pos_app.ledger import print_queue, queries
from pos_app.services.papers import document_papers
from pos_app.services.private_files import write_new
from sync.documents.money import Settlement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pos_app.ledger.queries import Entry
    from pos_app.printing.layout import Paper
    from pos_app.services.context import Counter
    from pos_app.services.settlement_run import Tell

COPIES = 2
"""Of every slip that is printed: one for the producer, one signed for the corner."""


def slips_between(counter: Counter, first_seq: int, last_seq: int) -> Iterator[Entry]:
    """The payments to producers in a stretch of the journal."""
    for seq in range(first_seq, last_seq + 1):
        entry = queries.entry_by_seq(counter.db, seq)
        if entry is not None and isinstance(entry.document, Settlement):
            yield entry


def save_slips(
    counter: Counter, first_seq: int, last_seq: int, folder: Path, *, two_up: bool = False, tell: Tell | None = None
) -> Path:
    """One PDF with all slips: a page of A5 each, or two on A4 lying down. On a worker; its path.

    ``tell`` hears of slips drawn and in all; what it raises ends the work, and no file is written.
    """
    from pos_app.printing.pdf_book import to_book  # late: it brings reportlab

    entries = list(slips_between(counter, first_seq, last_seq))
    numbers = f"{entries[0].document.number}-{entries[-1].document.number.rpartition('-')[2]}"
    papers = _told(document_papers(counter.ledger, counter.vault, entries), len(entries), tell)
    content = to_book(papers, f"{_('PRODUCER PAYMENT SLIP')} {numbers}", two_up=two_up)
    return write_new(folder, numbers, "pdf", content)


def _told(papers: Iterable[Paper], total: int, tell: Tell | None) -> Iterator[Paper]:
    """The papers, each told once it is drawn."""
    for done, paper in enumerate(papers, start=1):
        yield paper
        if tell is not None:
            tell(done, total)


def print_slips(counter: Counter, first_seq: int, last_seq: int) -> int:
    """Put the slips into the print queue that are not there and never came out; how many."""
    at = counter.clock().isoformat(timespec="seconds")
    slips = [entry.id for entry in slips_between(counter, first_seq, last_seq)]
    with counter.ledger.write() as tx:
        known = print_queue.asked_for(tx.db, slips)
        missing = [slip for slip in slips if slip not in known]
        for slip in missing:
            print_queue.enqueue(tx.db, slip, "settlement", COPIES, at)
    return len(missing)
