"""A printer that is only a folder: each paper's bytes are a file there, and a window shows what paper would show.

For training, for tests, and for trying settings before the printer is bought. Papers may name people, so only this
user may read the files, and they last until the next start of the till.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pos_app.printing.devices import Format, PrinterFault

KEPT = 60
"""Papers that the folder keeps; older ones are thrown away."""
OUT_OF_PAPER = "out-of-paper"
"""A file of this name takes the paper out of the printer."""


def folder_beside(ledger: Path) -> Path:
    """Where the virtual printer of this ledger keeps its papers."""
    return ledger.parent / f"{ledger.stem}-papers"


@dataclass(frozen=True, slots=True)
class VirtualPrinter:
    """Takes ESC/POS as a thermal printer does."""

    folder: Path
    format: Format = "escpos"

    def send(self, content: bytes, name: str) -> None:
        """Keep the bytes as the newest paper. Raises ``PrinterFault`` when there is no paper in it."""
        if not has_paper(self.folder):
            raise PrinterFault("out_of_paper", "the virtual printer's paper was taken out")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            there = papers(self.folder)
            count = int(there[-1].name.partition("-")[0]) + 1 if there else 1
            target = self.folder / f"{count:06d}-{name}.bin"
            unfinished = target.with_suffix(".part")
            unfinished.touch(0o600)
            unfinished.write_bytes(content)
            unfinished.replace(target)
            for old in [*there, target][:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise PrinterFault("offline", str(error)) from error


def papers(folder: Path) -> list[Path]:
    """The papers that came out, oldest first."""
    return sorted(path for path in folder.glob("*-*.bin") if path.name.partition("-")[0].isdecimal())


def clear(folder: Path) -> None:
    """Throw all papers away."""
    for path in papers(folder):
        with suppress(OSError):
            path.unlink()


def has_paper(folder: Path) -> bool:
    """Whether somebody left the paper in."""
    return not (folder / OUT_OF_PAPER).exists()


def set_paper(folder: Path, there: bool) -> None:
    """Put paper in, or take it out: to practise what to do then."""
    mark = folder / OUT_OF_PAPER
    if there:
        mark.unlink(missing_ok=True)
    else:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch()
