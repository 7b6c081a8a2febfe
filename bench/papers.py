"""Goal 11: producers settled and their slips drawn, against the same strokes on a bare reportlab canvas."""

import gc
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
from pos_app.domain.dates import business_date
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.printing.pdf_book import to_book
from pos_app.services import settlement_run
from pos_app.services.papers import document_papers

Stroke = tuple[str, tuple[Any, ...], dict[str, Any]]
PLAIN = reportlab_canvas.Canvas
METHODS = (
    *("drawString", "drawRightString", "drawCentredString", "setFont", "line", "rect", "setLineWidth", "setDash"),
    *("saveState", "restoreState", "showPage", "setFillGray", "setStrokeGray", "setFillColor", "setStrokeColor"),
)


def figures(folder: Path, size: Size, *, producers: int = 300, pairs: int = 5) -> list[Figure]:
    """``producers`` paid in one run by transfer and their slips drawn on A5; each starts from the same ledger."""
    ledger, vault = generate(folder, "b", size)
    ledger.close()
    runs = count()

    def prepared() -> Ledger:
        copy = ledger.path.with_name(f"settle-{next(runs)}.db")
        shutil.copyfile(ledger.path, copy)
        return Ledger.open(copy)

    def ours() -> float:
        opened = prepared()
        seconds = seconds_of(lambda: _settle_and_print(opened, vault, producers))
        opened.close()
        opened.path.unlink()
        return seconds

    opened = prepared()
    paid, drawn = _strokes(lambda: _settle_and_print(opened, vault, producers))
    opened.close()
    gc.collect()
    gc.freeze()  # so many strokes: the collector would look through them while ours runs
    found = paired(ours, lambda: seconds_of(lambda: [_redraw(*paper) for paper in drawn]), pairs)
    gc.unfreeze()
    name = f"300 producers settled and printed (runs of {paid})"
    return [found.figure("11", name, 1.5, "same pages, bare reportlab", "s")]


def _settle_and_print(ledger: Ledger, vault: Vault, producers: int) -> int:
    """How many were paid."""
    till = counter(ledger, vault)
    today = business_date(till.clock())
    plan = settlement_run.prepare(till, today, today=today)
    owed = [row for row in plan.rows if row.standing in ("due", "later")][:producers]
    orders = [settlement_run.order(plan, row, "transfer") for row in owed]
    last = settlement_run.record(till, plan, orders)
    run = settlement_run.recorded(ledger.db, last.seq, len(orders))
    to_book(document_papers(ledger, vault, run), "Slips")
    return len(orders)


def _strokes(work: Callable[[], int]) -> tuple[int, list[tuple[tuple[float, float], list[Stroke]]]]:
    """What ``work`` answers and draws: page size and calls of every canvas it makes."""
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
        answer = work()
    finally:
        setattr(reportlab_canvas, "Canvas", PLAIN)  # noqa: B010
    return answer, papers


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
