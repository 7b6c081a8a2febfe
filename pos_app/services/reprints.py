"""Papers asked for again: logged where one says SALINAN."""

from collections.abc import Sequence

from pos_app.ledger import listing, print_queue, queries
from pos_app.services import people, printing
from pos_app.services.context import Counter


def reprint(counter: Counter, document_id: str) -> int:
    """Ask for the paper of a document again; returns the job's id. Raises ``NoPaper``.

    That it came out before is logged with who asked; a paper that never came out is no copy.
    """
    number = printing.reprint(counter.ledger, document_id, counter.clock())
    job = print_queue.job(counter.db, number)
    entry = queries.entry_by_id(counter.db, document_id)
    if job is not None and job.copy_mark and entry is not None:
        people.log(counter, "reprinted", entry.document.number)
    return number


def reprint_newest(counter: Counter, kinds: Sequence[str], party: str | None = None) -> str | None:
    """Ask for the paper of the newest document of these kinds again, of one producer where ``party`` is given.

    Returns its number; None where there is no such document.
    """
    seq = listing.newest(counter.db, kinds, party)
    entry = queries.entry_by_seq(counter.db, seq) if seq else None
    if entry is None:
        return None
    reprint(counter, entry.id)
    return entry.document.number
