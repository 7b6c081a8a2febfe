"""Goal 11: producers settled and their slips drawn, against the same strokes on a bare reportlab canvas."""

import io
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from reportlab.pdfgen import canvas as reportlab_canvas

from bench.catalogue import Size
from bench.generate import counter, generate
from bench.measure import Figure, paired, seconds_of
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.printing.pdf import to_pdf
from pos_app.services.papers import document_paper
from pos_app.services.settling import settle

Stroke = tuple[str, tuple[Any, ...], dict[str, Any]]
PLAIN = reportlab_canvas.Canvas
METHODS = (
    *("drawString", "drawRightString", "drawCentredString", "setFont", "line", "rect", "setLineWidth", "setDash"),
    *("saveState", "restoreState", "showPage", "setFillGray", "setStrokeGray", "setFillColor", "setStrokeColor"),
)


def figures(folder: Path, size: Size, *, producers: int = 100, pairs: int = 5) -> list[Figure]:
    """``producers`` settled by transfer and printed on A5, a run; every run starts from the same ledger."""
    ledger, vault = generate(folder, "b", size)
    ledger.close()
    runs = count()

    def prepared() -> tuple[Ledger, list[str]]:
        copy = ledger.path.with_name(f"settle-{next(runs)}.db")
        shutil.copyfile(ledger.path, copy)
        opened = Ledger.open(copy)
        return opened, _owed(opened)[:producers]

    def ours() -> float:
        opened, owed = prepared()
        seconds = seconds_of(lambda: _settle_and_print(opened, vault, owed))
        opened.close()
        opened.path.unlink()
        return seconds

    opened, owed = prepared()
    drawn = _strokes(lambda: _settle_and_print(opened, vault, owed))
    opened.close()
    found = paired(ours, lambda: seconds_of(lambda: [_redraw(*paper) for paper in drawn]), pairs)
    name = f"300 producers settled and printed (runs of {len(owed)})"
    return [found.figure("11", name, 1.5, "same pages, bare reportlab", "s")]


def _owed(ledger: Ledger) -> list[str]:
    rows = ledger.db.execute("SELECT substr(account, 9) FROM balances WHERE account LIKE 'payable:%' AND amount < 0")
    return [row[0] for row in rows]


def _settle_and_print(ledger: Ledger, vault: Vault, producers: list[str]) -> None:
    till = counter(ledger, vault)
    for producer in producers:
        recorded = settle(till, producer, "transfer")
        to_pdf(document_paper(ledger, vault, recorded.id), "a5")


def _strokes(work: Callable[[], None]) -> list[tuple[tuple[float, float], list[Stroke]]]:
    """What ``work`` draws: page size and calls of every canvas it makes."""
    papers: list[tuple[tuple[float, float], list[Stroke]]] = []

    class Recording(PLAIN):
        def __init__(self, *args: Any, **options: Any) -> None:
            self._inside = False
            self._calls: list[Stroke] = []
            papers.append((options["pagesize"], self._calls))
            super().__init__(*args, **options)

    for name in METHODS:
        setattr(Recording, name, _recorded(name))
    setattr(reportlab_canvas, "Canvas", Recording)  # noqa: B010 - the drawing code asks the module for it
    try:
        work()
    finally:
        setattr(reportlab_canvas, "Canvas", PLAIN)  # noqa: B010
    return papers


def _recorded(name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **options: Any) -> Any:
        outermost = not self._inside
        if outermost:
            self._inside = True
            self._calls.append((name, args, options))
        try:
            return getattr(PLAIN, name)(self, *args, **options)
        finally:
            if outermost:
                self._inside = False

    return call


def _redraw(page: tuple[float, float], strokes: list[Stroke]) -> bytes:
    buffer = io.BytesIO()
    canvas = PLAIN(buffer, pagesize=page, invariant=1)
    for name, args, options in strokes:
        getattr(canvas, name)(*args, **options)
    canvas.save()
    return buffer.getvalue()
