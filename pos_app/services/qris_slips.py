"""A QR code to pay by, printed past the queue: it belongs to no document, and the buyer is waiting for it."""

from datetime import datetime

from pos_app.ledger.ledger import Ledger
from pos_app.printing.papers.qris_slip import qris_slip
from pos_app.services.papers import letterhead, marked
from pos_app.services.printing import print_now


def print_qr(ledger: Ledger, payload: str, amount: int, at: datetime) -> bool:
    """Print the code and the amount (rupiah); false where there is no printer. Raises ``PrinterFault``. On a worker."""
    moment = at.isoformat(timespec="seconds")
    head = letterhead(ledger)
    return print_now(ledger, marked(qris_slip(payload, amount, moment, head), head))
