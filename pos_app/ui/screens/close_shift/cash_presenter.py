"""Rules of cash that goes in or out of the drawer while the shift is open. No Qt. Money is rupiah."""

from __future__ import annotations

from typing import Final, Literal, cast

from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import N_, _
from pos_app.services import shifts
from pos_app.services.context import Counter
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded
from sync.documents.money import CashReason

Kind = Literal["out", "in", "drop"]
"""A drop only moves cash to the safe."""
KINDS: Final = {"out": N_("Out of the drawer"), "in": N_("Into the drawer"), "drop": N_("Drop to the safe")}
PURPOSES: Final[dict[str, dict[str, str]]] = {
    "out": {
        "other": N_("Something else"),
        "supplies": N_("Supplies and refreshments"),
        "transport": N_("Transport"),
        "wages": N_("Wages and services"),
    },
    "in": {"other": N_("Something else"), "safe": N_("From the safe")},
    "drop": {"safe": N_("To the safe")},
}


class CashPresenter:
    """One slip of cash in or out."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)

    def purposes(self, kind: str) -> list[tuple[str, str]]:
        """What cash of this kind may move for: codes with words, the usual one first."""
        return [(code, _(words)) for code, words in PURPOSES[kind].items()]

    def obstacle(self, purpose: str, amount: int | None, note: str) -> Message | None:
        """What is missing before cash may move; a code of its own needs no note."""
        if not amount:
            return Message("W", _("Enter the amount."))
        if purpose == "other" and not note.strip():
            return Message("W", _("Write what it is for."))
        return None

    def words(self, kind: str, purpose: str, note: str) -> tuple[str, ...]:
        """What the question tells before cash moves."""
        told = (_(KINDS[kind]), _(PURPOSES[kind][purpose]) if len(PURPOSES[kind]) > 1 else "", note.strip())
        return tuple(text for text in told if text)

    def record(self, kind: str, purpose: str, amount: int, note: str, approved_by: str | None) -> Message:
        """Puts cash into the drawer or takes it out; the slip goes into the print queue with it."""
        direction: Literal["in", "out"] = "in" if kind == "in" else "out"
        reason = note.strip()
        try:
            recorded = self.once.record(
                (kind, purpose, amount, reason),
                lambda: shifts.move_cash(
                    self.counter,
                    direction,
                    amount,
                    purpose=cast(CashReason, purpose),
                    reason=reason or None,
                    approved_by=approved_by,
                ),
            )
        except PosError as error:
            return Message("E", describe(error))
        text = _("{number}: {amount} recorded.").format(number=recorded.number, amount=rupiah(amount))
        return of_recorded(recorded, text)
