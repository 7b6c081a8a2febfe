"""The current figures of the till, in the form that the centre prints too."""

from typing import Any

from pos_app.ledger import queries
from pos_app.ledger.ledger import Ledger
from sync.documents.base import FIGURES
from sync.documents.state import OUTSIDE, JournalState, shift_state, state_of


def current_state(ledger: Ledger) -> dict[str, Any]:
    """The object that ``pojok state`` prints: rupiah, and quantities as decimal text."""
    db = ledger.db
    head = ledger.head()
    shifts = queries.shifts(db)
    return state_of(
        queries.balances(db),
        queries.stock_sums(db),
        [shift_state(shift, figures) for seq, (shift, figures) in shifts.items() if seq != OUTSIDE],
        {name: sum(figures[name] for _, figures in shifts.values()) for name in FIGURES},
        JournalState(head.seq, head.hash.hex() if head.seq else "", queries.acked_seq(db)),
    )
