"""The newest paper of a kind again: for the screens beside the counter."""

from collections.abc import Sequence

from pos_app.ledger import listing, queries
from pos_app.services import printing
from pos_app.services.context import Counter


def reprint_newest(counter: Counter, kinds: Sequence[str], party: str | None = None) -> str | None:
    """Ask for the paper of the newest document of these kinds again, of one producer where ``party`` is given.

    Returns its number; None where there is no such document.
    """
    seq = listing.newest(counter.db, kinds, party)
    entry = queries.entry_by_seq(counter.db, seq) if seq else None
    if entry is None:
        return None
    printing.reprint(counter.ledger, entry.id, counter.clock())
    return entry.document.number
