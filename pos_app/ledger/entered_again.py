"""Judges the entries of a journal that has later epochs.

A later epoch goes on after the centre's history. First the shifts of both histories are put in order, then what
diverged is entered again. Such a document was right where it was recorded: the journal of then was verified before the
till joined (``services/rejoining``) and lies beside the ledger. Here other entries stand before it, some of which took
the same goods or paid the same money, and copies of a till may have joined in any order. So what it claims of earlier
entries is taken as it is; its own sums, its place and what follows from it are judged like any other's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.entry import BrokenEntry
from sync.protocol.epochs import beginning_at, epoch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pos_app.ledger.claims import Claims
    from sync.documents.base import Document, Effects
    from sync.protocol.entry import Envelope
    from sync.protocol.messages import EpochBegun


class EnteredAgain:
    """One replay over ``claims``, from entry 1 on."""

    def __init__(self, claims: Claims, begun: Sequence[EpochBegun]) -> None:
        self._claims = claims
        self._begun = begun
        self._entering = False
        """Whether an entry that was recorded before the epoch may stand here."""

    def check(self, seq: int, envelope: Envelope, document: Document, effects: Effects) -> None:
        """Take in entry ``seq``. Raises ``InvalidDocument`` or ``BrokenEntry``."""
        if envelope.epoch != epoch_of(self._begun, seq):
            raise BrokenEntry("is of another epoch")
        begun = beginning_at(self._begun, seq)
        if begun is not None:
            self._entering = True
        if envelope.was and not self._entering:
            raise BrokenEntry("is entered again out of its place")
        self._entering = self._entering and (bool(envelope.was) or isinstance(document, ShiftClosed | ShiftOpened))
        self._claims.earlier.taking_in = bool(envelope.was)
        self._claims.check(seq, envelope.id, document, effects)
