"""Where goods stand. A cashier may say so as well as a manager: it moves neither goods nor money; it is logged."""

from typing import Final

from pos_app.domain.errors import Misuse
from pos_app.i18n import _
from pos_app.ledger import shelves
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter

LONGEST_SHELF: Final = 40
"""Letters of a shelf's name."""


def put_on_shelf(counter: Counter, sku: str, shelf: str) -> None:
    """Goods stand on this shelf from now on; an empty name takes them off. Raises ``Misuse`` for a long name."""
    with counter.ledger.write() as tx:
        place(counter, tx.db, sku, shelf)


def place(counter: Counter, db: Connection, sku: str, shelf: str, approved_by: str | None = None) -> None:
    """``put_on_shelf`` in the caller's transaction."""
    name = " ".join(shelf.split())
    if name == shelves.shelf_of(db, sku):
        return
    if len(name) > LONGEST_SHELF:
        raise Misuse(_("This is too long. Use at most {most} letters.").format(most=LONGEST_SHELF))
    shelves.put(db, sku, name)
    counter.log(db, "shelf_changed", sku, approved_by)
