"""Open and close the shift, and move cash in and out of the drawer."""

from collections.abc import Mapping
from typing import Literal

from pos_app.domain.errors import (
    DifferenceNeedsNote,
    InsufficientCash,
    InvalidAmount,
    NoOpenShift,
    ShiftAlreadyOpen,
)
from pos_app.ledger import queries, registry
from pos_app.services.context import Counter, Recorded, done
from sync.documents.money import CashMove, CashReason
from sync.documents.shift import ShiftClosed, ShiftOpened

LARGE_DIFFERENCE = 50_000
"""Above this difference (rupiah) a manager must approve the closing."""


def open_shift(counter: Counter, opening_float: int, *, note: str | None = None) -> Recorded:
    """Put the float (rupiah) into the drawer. Raises ``ShiftAlreadyOpen`` or ``InvalidAmount``."""
    if opening_float < 0:
        raise InvalidAmount(str(opening_float))
    with counter.record() as now:
        shift = queries.open_shift(now.db)
        if shift is not None:
            raise ShiftAlreadyOpen(shift.opened_at)
        now.append(
            ShiftOpened(number=now.number(ShiftOpened.PREFIX), note=now.note(note), float=opening_float),
            paper=None,
        )
    return done(now)


def close_shift(
    counter: Counter,
    counted: int,
    *,
    pieces: Mapping[int, int] | None = None,
    deposit: int = 0,
    note: str | None = None,
    note_required: bool = True,
    approved_by: str | None = None,
    draft: str | None = None,
) -> Recorded:
    """Close the shift with the cash counted (rupiah): the Z, signed.

    ``pieces`` counts notes and coins by value; ``draft`` is the slot of the count, emptied with it. A difference
    needs a note, a large one a manager; closing only counts, it never forces the system's figure. Raises
    ``NoOpenShift``, ``DifferenceNeedsNote``, ``ManagerNeeded``.
    """
    if counted < 0 or not 0 <= deposit <= counted:
        raise InvalidAmount(str(deposit if counted >= 0 else counted))
    with counter.record(draft) as now:
        shift = queries.open_shift(now.db)
        if shift is None:
            raise NoOpenShift
        difference = counted - shift.expected
        if difference and note_required and not note:
            raise DifferenceNeedsNote(difference)
        if abs(difference) > LARGE_DIFFERENCE:
            counter.require_manager("large_difference", approved_by)
        entry = now.append(
            ShiftClosed(
                number=now.number(ShiftClosed.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                shift=shift.number,
                opened_at=shift.opened_at,
                first_seq=shift.seq,
                head=counter.ledger.head().hash.hex(),
                float=shift.float,
                figures=shift.figures,
                expected=shift.expected,
                counted=counted,
                difference=difference,
                deposit=deposit,
                pieces={str(value): number for value, number in (pieces or {}).items() if number},
            ),
            paper="z_report",
        )
        key = counter.vault.signing_key()
        registry.keep_signed_head(now.db, entry.seq, key.sign(entry.hash), key.public_key().public_bytes_raw())
    return done(now)


def move_cash(
    counter: Counter,
    direction: Literal["in", "out"],
    amount: int,
    *,
    purpose: CashReason = "other",
    reason: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """Put cash into the drawer or take it out. ``purpose`` is a code (``safe`` only moves it), ``reason`` a free note.

    Raises ``InsufficientCash`` when the drawer does not hold it.
    """
    counter.require_manager("cash_move", approved_by)
    if amount < 1:
        raise InvalidAmount(str(amount))
    with counter.record() as now:
        now.require_shift()
        drawer = queries.balance(now.db, "cash")
        if direction == "out" and amount > drawer:
            raise InsufficientCash(drawer, amount)
        now.append(
            CashMove(
                number=now.number(CashMove.PREFIX),
                note=now.note(reason),
                approved_by=approved_by,
                direction=direction,
                amount=amount,
                reason=purpose,
            ),
            paper="cash_move",
        )
    return done(now)
