"""Rules of the list of papers: what waits, what is in doubt, what came out; and what can be done with each. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from pos_app.domain.dates import in_wib, short_moment
from pos_app.domain.errors import PosError
from pos_app.i18n import N_, _, language
from pos_app.ledger import print_queue, queries
from pos_app.ledger.print_queue import Job
from pos_app.printing.papers.money import KIND_NAMES
from pos_app.services import printing, reprints
from pos_app.services.context import Counter
from pos_app.services.papers import document_paper
from pos_app.ui.messages import Message, numbered, of_error
from pos_app.ui.notices import FAULT_MESSAGES
from pos_app.ui.paper_words import has_printer, no_printer

View = Literal["open", "closed"]

STATES: Final = {
    "waiting": (N_("waits for the printer"), "warning", "printer-alert"),
    "printing": (N_("is being printed"), "muted", "printer-check"),
    "unsure": (N_("has it been printed?"), "warning", "alert-outline"),
    "failed": (N_("could not be made"), "danger", "alert-circle-outline"),
    "done": (N_("printed"), "success", "check-circle-outline"),
    "cancelled": (N_("not wanted any more"), "muted", "close"),
}
NO_FAULT: Final = ""


class Worker(Protocol):
    """What the list needs of the print worker."""

    def fault(self) -> str:
        """Why papers wait; empty when they do not."""

    def retry(self) -> None:
        """Try at once."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A job with what its document is: number and kind in words, and when it was asked for."""

    job: Job
    number: str
    kind: str
    at: str


class QueuePresenter:
    """The papers of this till; ``worker`` is None where nothing prints."""

    def __init__(self, counter: Counter, worker: Worker | None) -> None:
        self.counter = counter
        self._worker = worker
        self.view: View = "open"

    def rows(self) -> list[PaperRow]:
        """What the view shows: open papers oldest first, closed ones newest first."""
        db = self.counter.db
        jobs = print_queue.open_jobs(db) if self.view == "open" else print_queue.closed_jobs(db)
        return [self._row(job) for job in jobs]

    def _row(self, job: Job) -> PaperRow:
        entry = queries.entry_by_id(self.counter.db, job.document_id)
        moment = short_moment(in_wib(datetime.fromisoformat(job.created_at)), language())
        if entry is None:
            return PaperRow(job, "–", "", moment)
        document = entry.document
        return PaperRow(job, document.number, _(KIND_NAMES.get(document.KIND, document.KIND)), moment)

    def counts(self) -> dict[str, int]:
        """How many papers are open."""
        return {"open": sum(print_queue.counts(self.counter.db).values())}

    def state(self, job: Job) -> tuple[str, str, str]:
        """What became of a paper: words with the reason, tone, icon."""
        words, tone, icon = STATES[job.state]
        reason = self.reason(job.error) if job.error else ""
        return (f"{_(words)} · {reason}" if reason else _(words)), tone, icon

    def reason(self, error: str) -> str:
        """Why it waits, in a sentence."""
        return numbered(FAULT_MESSAGES[error]).text if error in FAULT_MESSAGES else printing.fault_sentence(error)

    def trouble(self) -> Message | None:
        """Messages 7 and 8, or why else papers wait; None when nothing is wrong with the printer."""
        fault = self._worker.fault() if self._worker is not None else NO_FAULT
        return Message("E", self.reason(fault)) if fault else None

    # What can be done ------------------------------------------------------------------------------------------------

    def print_now(self) -> Message:
        """Everything that waits is tried at once."""
        if not has_printer(self.counter):
            return Message("W", no_printer())
        if self._worker is not None:
            self._worker.retry()
        return Message("I", _("Printing again …"))

    def answer(self, job: Job, *, printed: bool) -> Message:
        """She looked: the paper is there, or it has to be printed again."""
        printing.answer(self.counter.ledger, job.id, self.counter.clock(), printed=printed)
        if printed:
            return Message("S", _("Noted: it is printed."))
        return self.print_now()

    def cancel(self, job: Job) -> Message:
        """Nobody wants this paper."""
        printing.cancel(self.counter.ledger, job.id)
        number = self._row(job).number
        return Message("S", _("{number} is not printed. Its document stays.").format(number=number))

    def print_again(self, job: Job) -> Message:
        """The same paper once more: what came out before says SALINAN."""
        number = self._row(job).number
        try:
            if job.state == "failed":
                printing.retry(self.counter.ledger, job.id)
            else:
                reprints.reprint(self.counter, job.document_id)
        except PosError as error:
            return of_error(error)
        said = self.print_now()
        return said if said.kind == "W" else Message("S", _("{number} is printed again.").format(number=number))

    def picture_work(self, job: Job) -> Callable[[], tuple[int, int, bytes]]:
        """What a worker does to draw the paper as the printer would: width, height and grey bytes."""
        counter = self.counter

        def work() -> tuple[int, int, bytes]:
            from pos_app.printing.escpos import to_escpos
            from pos_app.printing.strip import strip_picture

            with closing(counter.ledger.another()) as own:
                settings = printing.printer_settings(own.db)
                paper = document_paper(own, counter.vault, job.document_id, copy=job.copy_mark)
            picture = strip_picture(to_escpos(paper, settings.roll), settings.columns)
            return picture.width, picture.height, picture.tobytes()

        return work
