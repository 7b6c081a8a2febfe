"""Printing: empties the queue on a worker's own connection, and asks for papers again.

A dead printer never stops a sale: jobs wait, every attempt is bounded in time, and the first refusal ends
the round so that one dead printer is not asked thirty times.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pos_app.i18n import N_, _
from pos_app.ledger import paper_facts, print_queue, queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.print_queue import Job
from pos_app.ledger.sqlite import Connection, faults, file_of
from pos_app.ledger.vault import Vault
from pos_app.printing.devices import Device, File, Network, PdfFolder, PrinterFault
from pos_app.printing.escpos import CodesBy, Roll, to_escpos
from pos_app.printing.layout import Paper
from pos_app.printing.papers.test_page import printer_test
from pos_app.printing.pdf import Media, to_pdf
from pos_app.printing.serial_port import BAUDS, SerialPort
from pos_app.printing.spooler import OsSpooler
from pos_app.printing.virtual import VirtualPrinter, folder_beside
from pos_app.services.context import TRAINING_SETTING
from pos_app.services.papers import PAPERS, NoPaper, document_paper, letterhead

DeviceKind = Literal["none", "folder", "file", "network", "serial", "system", "virtual"]
SheetKind = Literal["none", "folder", "system"]

Word = TypeVar("Word", bound=str)

NETWORK_PORT = 9100
NARROW_COLUMNS = 32

FAULTS = {
    "offline": N_("Printer not responding. Check the cable. Selling still works."),
    "silent": N_("Printer not responding. Check the cable. Selling still works."),
    "broke_off": N_("The printer broke off. Look whether the paper is complete."),
    "out_of_paper": N_("Out of paper. Replace, then F9. Sale saved."),
    "refused": N_("The printer's queue refuses the paper. Check the printer's name in the settings."),
    "unsupported": N_("This kind of printing is not possible on this computer. Choose another in the settings."),
    "interrupted": N_("Printing was interrupted. Look whether the paper is complete."),
    "no_paper": N_("This document has no paper."),
    "bug": N_("The paper could not be made. The document itself is safe; tell Diskoperin."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One round of printing. ``fault`` is the reason that ended it; the counts are what is left in the queue."""

    printed: int
    fault: str
    waiting: int
    unsure: int
    failed: int
    has_printer: bool = True

    @property
    def state(self) -> Literal["ready", "waiting", "paper", "silent", "none"]:
        """For the printer's chip in the top bar."""
        if not self.has_printer:
            return "none"
        if self.fault == "out_of_paper":
            return "paper"
        if self.fault:
            return "silent"
        return "waiting" if self.waiting or self.unsure or self.failed else "ready"


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """Where papers go. ``target`` is a folder, a path, ``host`` or ``host:port``, a port's or a printer's name.

    ``columns`` is 32, 42 or 48; ``baud`` is for serial lines; ``codes`` says who draws QR codes. ``plain`` printers
    know neither bold nor large letters. Slips for producers go to ``sheets`` as A5 where that is set, else to the roll.
    """

    device: DeviceKind = "none"
    target: str = ""
    columns: int = 32
    cutter: bool = False
    drawer: bool = False
    baud: int = 9600
    codes: CodesBy = "raster"
    plain: bool = False
    sheets: SheetKind = "none"
    sheet_target: str = ""

    @property
    def roll(self) -> Roll:
        """What the printer can do."""
        return Roll(self.columns, self.cutter, self.drawer, self.codes, styles=not self.plain)


def printer_settings(db: Connection) -> PrinterSettings:
    """The settings of this till; what is missing or not understood is the default.

    The virtual printer is always the one beside this ledger, wherever that was moved to.
    """
    default = PrinterSettings()
    got = {name: queries.setting(db, f"printer.{name}", "") for name in PrinterSettings.__slots__}
    return PrinterSettings(
        device=_one_of(got["device"], get_args(DeviceKind), default.device),
        target=got["target"] if got["device"] != "virtual" else str(folder_beside(file_of(db))),
        columns=int(_one_of(got["columns"], ("32", "42", "48"), str(default.columns))),
        cutter=got["cutter"] == "yes",
        drawer=got["drawer"] == "yes" and queries.setting(db, TRAINING_SETTING, "") != "1",
        baud=int(_one_of(got["baud"], tuple(str(baud) for baud in BAUDS), str(default.baud))),
        codes=_one_of(got["codes"], get_args(CodesBy), default.codes),
        plain=got["plain"] == "yes",
        sheets=_one_of(got["sheets"], get_args(SheetKind), default.sheets),
        sheet_target=got["sheet_target"],
    )


def _one_of(text: str, known: tuple[Word, ...], default: Word) -> Word:
    return next((word for word in known if word == text), default)


def save_printer_settings(ledger: Ledger, settings: PrinterSettings) -> None:
    """Keep the settings in the ledger."""
    with ledger.write() as tx:
        for name, value in asdict(settings).items():
            text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
            registry.set_setting(tx.db, f"printer.{name}", text)


def roll_device(settings: PrinterSettings) -> Device | None:
    """The device for rolls; ``None`` where the till has none."""
    match settings.device:
        case "folder":
            return PdfFolder(Path(settings.target))
        case "file":
            return File(Path(settings.target))
        case "network":
            host, _colon, port = settings.target.partition(":")
            return Network(host, int(port) if port.isdecimal() else NETWORK_PORT)
        case "serial":
            return SerialPort(settings.target, settings.baud)
        case "system":
            return OsSpooler(settings.target)
        case "virtual":
            return VirtualPrinter(Path(settings.target))
        case _:
            return None


def sheet_device(settings: PrinterSettings) -> Device | None:
    """The device for A5 slips; ``None``: they go to the roll."""
    match settings.sheets:
        case "folder":
            return PdfFolder(Path(settings.sheet_target))
        case "system":
            return OsSpooler(settings.sheet_target, "pdf")
        case _:
            return None


def print_waiting(ledger: Ledger, vault: Vault, settings: PrinterSettings, clock: Callable[[], datetime]) -> Outcome:
    """Print what waits, oldest first, until it is done or a printer refuses. Run it on a worker.

    ``ledger`` is the worker's own (``Ledger.another``). Where the till has no printer, jobs are cancelled.
    """
    printed, reason = 0, ""
    with faults(ledger.path):
        while not reason and (job := print_queue.claim(ledger.db)):
            done, reason = _print(ledger, vault, settings, job, _now(clock))
            printed += done
        counts = print_queue.counts(ledger.db)
    return Outcome(printed, reason, counts["waiting"], counts["unsure"], counts["failed"], settings.device != "none")


def _print(ledger: Ledger, vault: Vault, settings: PrinterSettings, job: Job, now: str) -> tuple[int, str]:
    """Print one job and move it on. Returns how many papers came out (0 or 1) and the reason of a printer's fault."""
    db = ledger.db
    try:
        paper = document_paper(ledger, vault, job.document_id, copy=job.copy_mark)
        taken = deliver(paper, settings, job.copies)
    except NoPaper as error:
        print_queue.fail(db, job.id, error.name)
        return 0, ""
    except PrinterFault as fault:
        (print_queue.doubt if fault.maybe_printed else print_queue.release)(db, job.id, fault.reason)
        return 0, fault.reason
    except BaseException:
        print_queue.fail(db, job.id, "bug")
        raise
    if taken:
        print_queue.finish(db, job.id, now)
    else:
        print_queue.cancel(db, job.id)
    return int(taken), ""


def deliver(paper: Paper, settings: PrinterSettings, copies: int = 1) -> bool:
    """Render a paper for its device and send it; false where there is none. Raises ``PrinterFault``.

    A recovery code is not for the virtual printer, which would keep it beside the ledger.
    """
    if settings.device == "virtual" and paper.kind == "recovery":
        return False
    sheet = sheet_device(settings) if paper.size == "sheet" else None
    device = sheet or roll_device(settings)
    if device is None:
        return False
    if device.format == "escpos":
        content = to_escpos(paper, settings.roll)
        if copies > 1:
            content += to_escpos(replace(paper, drawer=False), settings.roll) * (copies - 1)
        device.send(content, paper.number)
        return True
    content = to_pdf(paper, "a5" if sheet else _media(settings.columns))
    for _copy in range(1 if isinstance(device, PdfFolder) else copies):
        device.send(content, paper.number)
    return True


def print_now(ledger: Ledger, paper: Paper) -> bool:
    """Send a paper past the queue; false where the till has no printer. Raises ``PrinterFault``. On a worker."""
    return deliver(paper, printer_settings(ledger.db))


def _media(columns: int) -> Media:
    return "58" if columns <= NARROW_COLUMNS else "80"


def print_test(ledger: Ledger, settings: PrinterSettings, at: datetime) -> bool:
    """Send the test page past the queue; false where there is no printer. Raises ``PrinterFault``."""
    page = printer_test(letterhead(ledger), at.isoformat(timespec="seconds"), settings.columns)
    return deliver(page, settings)


def reprint(ledger: Ledger, document_id: str, now: datetime) -> int:
    """Ask for a paper again; returns the job's id. Raises ``NoPaper``.

    A paper that never came out is printed as the original it is; where one did, or may have, it says SALINAN.
    """
    with ledger.write() as tx:
        entry = queries.entry_by_id(tx.db, document_id)
        if entry is None or entry.document.KIND not in PAPERS:
            raise NoPaper(document_id)
        jobs = print_queue.jobs_of(tx.db, document_id)
        moment = now.isoformat(timespec="seconds")
        for job in jobs:
            if job.state == "failed":
                print_queue.retry(tx.db, job.id)
            if job.state == "unsure":
                print_queue.answer(tx.db, job.id, moment, printed=True)
            if job.state in ("waiting", "failed"):
                return job.id
        is_copy = any(job.state in ("done", "unsure") for job in jobs)
        return print_queue.enqueue(tx.db, document_id, PAPERS[entry.document.KIND], 1, moment, is_copy)


def recover(ledger: Ledger) -> int:
    """At start: what was printing when the program died needs a look ("sudah tercetak?"). Returns how many."""
    with faults(ledger.path):
        return print_queue.recover(ledger.db)


def answer(ledger: Ledger, job_id: int, now: datetime, *, printed: bool) -> None:
    """What the cashier saw: the paper is there, or it has to be printed again."""
    with faults(ledger.path):
        print_queue.answer(ledger.db, job_id, now.isoformat(timespec="seconds"), printed=printed)


def retry(ledger: Ledger, job_id: int) -> None:
    """A paper that could not be made is tried again."""
    with faults(ledger.path):
        print_queue.retry(ledger.db, job_id)


def cancel(ledger: Ledger, job_id: int) -> None:
    """Nobody wants this paper; its document stays, and can be printed again."""
    with faults(ledger.path):
        print_queue.cancel(ledger.db, job_id)


def fault_sentence(reason: str) -> str:
    """A fault's reason as one sentence that says what to do, in the user's language."""
    return _(FAULTS.get(reason, FAULTS["silent"]))


def write_papers(
    ledger: Ledger, vault: Vault, folder: Path, document_ids: Iterable[str] | None = None, *, columns: int = 48
) -> list[Path]:
    """Write papers as files: ``<number>.bin`` (ESC/POS) and ``<number>.pdf``, slips also as ``<number>-a5.pdf``.

    All documents that have a paper, or those named. Returns the files in the order of the journal.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = document_ids if document_ids is not None else paper_facts.documents_with_paper(ledger.db, tuple(PAPERS))
    written: list[Path] = []
    for document_id in wanted:
        paper = document_paper(ledger, vault, document_id)
        files = {
            f"{paper.number}.bin": to_escpos(paper, Roll(columns, cutter=True, drawer=True)),
            f"{paper.number}.pdf": to_pdf(paper, _media(columns)),
        }
        if paper.size == "sheet":
            files[f"{paper.number}-a5.pdf"] = to_pdf(paper, "a5")
        for name, content in files.items():
            (folder / name).write_bytes(content)
            written.append(folder / name)
    return written


def _now(clock: Callable[[], datetime]) -> str:
    return clock().isoformat(timespec="seconds")
