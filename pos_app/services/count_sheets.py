"""Sheets for counting on paper first. Run them on a worker with a ledger of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.i18n import _
from pos_app.ledger import counting as kept
from pos_app.printing.papers.count_sheet import ToCount, count_sheet
from pos_app.services.papers import letterhead, marked
from pos_app.services.private_files import write_new
from pos_app.services.reporting import category_words

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.printing.layout import Paper
    from pos_app.services.counting import Scope


def sheet_of(ledger: Ledger, scope: Scope, words: str, at: datetime, *, sheet: bool = False) -> Paper:
    """The sheet of a scope, told as ``words``; by shelf where goods have one, else by category. ``sheet`` is for A4."""
    goods = kept.goods(ledger.db, scope.kind, scope.which)
    if not any(one.shelf for one in goods):
        goods = sorted(goods, key=lambda one: (one.category, one.name, one.sku))
    rows = [
        ToCount(
            group=one.shelf or category_words(one.category),
            name=one.name if one.unit == "pcs" else _("{name} ({unit})").format(name=one.name, unit=one.unit),
            producer=one.producer_name,
        )
        for one in goods
    ]
    head = letterhead(ledger)
    return marked(count_sheet(rows, words, head, at=at.isoformat(timespec="seconds"), sheet=sheet), head)


def save(ledger: Ledger, scope: Scope, words: str, at: datetime, folder: Path) -> Path:
    """Write the sheet as PDF (A4) into ``folder``, for this user alone and never over another file; its path."""
    from pos_app.printing.pdf import to_pdf  # late: reportlab

    content = to_pdf(sheet_of(ledger, scope, words, at, sheet=True), "a4")
    return write_new(folder, f"lembar-hitung-{at.date().isoformat()}", "pdf", content)
