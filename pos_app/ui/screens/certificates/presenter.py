"""Rules of the Certificates screen: what has lapsed, lapses or is missing, filtered and saved. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from pos_app.domain.dates import business_date, short_date
from pos_app.i18n import N_, _
from pos_app.services import certificate_board
from pos_app.services.certificate_board import NAMES, STATES, Lapse
from pos_app.services.context import Counter
from pos_app.services.workbooks import Kind
from pos_app.ui.messages import Message, failure

ALL: Final = "all"
FILTERS: Final = {
    ALL: N_("All"),
    "lapsed": N_("Lapsed"),
    "missing": N_("Not there yet"),
    "30": N_("30 days"),
    "60": N_("60 days"),
    "90": N_("90 days"),
}
NAMED: Final = 3
"""Goods that are named beside the list; the file names all."""
FORMATS: Final = {"xlsx": N_("Excel (XLSX)"), "csv": N_("Text (CSV)")}


class CertificatesPresenter:
    """The board as it was read, and what chips and search leave of it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.filter = ALL
        self.text = ""
        self.lapses: list[Lapse] = []

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def work(self) -> Callable[[object], list[Lapse]]:
        """What a worker does to read the board."""
        ledger, today = self.counter.ledger, self.today

        def work(_tell: object) -> list[Lapse]:
            with closing(ledger.another()) as own:
                return certificate_board.board(own.db, today)

        return work

    def filters(self) -> list[tuple[str, str]]:
        """Codes of the chips with their words."""
        return [(code, _(words)) for code, words in FILTERS.items()]

    def counts(self) -> dict[str, int]:
        """How many each chip leaves."""
        return {code: sum(_passes(one, code) for one in self.lapses) for code in FILTERS}

    def rows(self) -> list[Lapse]:
        """What chip and search leave."""
        words = self.text.casefold().split()
        return [one for one in self.lapses if _passes(one, self.filter) and _holds(one, words)]

    def details(self, one: Lapse) -> list[tuple[str, str]]:
        """A row in full: label and value."""
        return [
            (_("Code"), one.producer),
            (_("Certificate"), _(NAMES[one.kind])),
            (_("Number"), one.number or "-"),
            (_("Last day"), short_date(one.last) if one.last else "-"),
        ]

    def goods_words(self, one: Lapse) -> str:
        """Which goods on the shelves it affects."""
        if not one.goods:
            return _("None of the producer's goods lies on the shelves.")
        named = ", ".join(one.goods[:NAMED])
        if len(one.goods) > NAMED:
            named = _("{goods} and {count} more").format(goods=named, count=len(one.goods) - NAMED)
        return _("On the shelves: {goods}.").format(goods=named)

    def advice(self, one: Lapse) -> str:
        """What to do about it; nothing is forbidden."""
        if one.state == "missing" and one.kind == "halal":
            return _(
                "Food and drink of micro and small businesses need a halal certificate since 17 October 2026. Talk with"
                " the producer; selling is not blocked."
            )
        if one.state == "missing":
            return _("Goods that keep for a week or longer need a P-IRT. Talk with the producer.")
        if one.state == "lapsed":
            return _("Ask the producer for the new certificate and record it.")
        return _("Ask the producer in good time for the new certificate.")

    def save_work(self, kind: Kind, folder: Path) -> Callable[[], Path]:
        """What a worker does to save what is listed now."""
        return partial(certificate_board.save, self.rows(), folder, self.today, kind)

    def failed(self, error: Exception) -> Message:
        """Why it could not be read."""
        return failure(error, str(self.counter.ledger.path))


def state_words(one: Lapse) -> str:
    """``kedaluwarsa``, ``28 hari lagi`` or ``belum ada``."""
    if one.state == "soon" and one.days is not None:
        return _("{days} days left").format(days=one.days) if one.days else _("last day today")
    return _(STATES[one.state])


def _passes(one: Lapse, which: str) -> bool:
    if which == ALL:
        return True
    if which in ("lapsed", "missing"):
        return one.state == which
    return one.state == "soon" and one.days is not None and one.days <= int(which)


def _holds(one: Lapse, words: list[str]) -> bool:
    text = f"{one.name} {one.producer} {one.number} {_(NAMES[one.kind])} {' '.join(one.goods)}".casefold()
    return all(word in text for word in words)
