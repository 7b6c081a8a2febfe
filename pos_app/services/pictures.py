"""Favourites among the quick tiles and pictures of goods: a manager chooses them, and it is logged.

A picture is kept small: at most 256 × 256 pixels and 24 KiB, made so by the window, which can read pictures.
"""

from typing import Final

from pos_app.domain.errors import Misuse, UnknownCode
from pos_app.i18n import _
from pos_app.ledger import queries, tiles
from pos_app.services import people
from pos_app.services.context import Counter

MOST_BYTES: Final = 24 * 1024
MOST_PIXELS: Final = 256
"""Width and height of a stored picture at most."""
MOST_FAVOURITES: Final = 60
_BEGINNINGS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def set_picture(counter: Counter, sku: str, image: bytes, approved_by: str | None = None) -> None:
    """Keeps a picture of goods. Raises ``ManagerNeeded``, ``UnknownCode``, and ``Misuse`` for none or a huge one."""
    counter.require_manager("picture", approved_by)
    if not image.startswith(_BEGINNINGS):
        raise Misuse(_("This is no picture. Choose a PNG, JPEG or WebP file."))
    if len(image) > MOST_BYTES:
        raise Misuse(_("This picture is too large to keep. Choose a simpler one."))
    _check(counter, sku)
    with counter.ledger.write() as tx:
        tiles.set_picture(tx.db, sku, image)
    people.log(counter, "picture_set", sku, user=approved_by)


def remove_picture(counter: Counter, sku: str, approved_by: str | None = None) -> None:
    """Takes the picture of goods away. Raises ``ManagerNeeded``."""
    counter.require_manager("picture", approved_by)
    with counter.ledger.write() as tx:
        tiles.remove_picture(tx.db, sku)
    people.log(counter, "picture_removed", sku, user=approved_by)


def pin(counter: Counter, sku: str, approved_by: str | None = None) -> None:
    """Puts goods among the favourites. Raises ``ManagerNeeded``, ``UnknownCode``, and ``Misuse`` for too many."""
    counter.require_manager("favourite", approved_by)
    _check(counter, sku)
    if len(tiles.favourites(counter.db)) >= MOST_FAVOURITES:
        raise Misuse(_("There are {count} favourites already. Take one out first.").format(count=MOST_FAVOURITES))
    with counter.ledger.write() as tx:
        tiles.add_favourite(tx.db, sku)
    people.log(counter, "favourite_added", sku, user=approved_by)


def unpin(counter: Counter, sku: str, approved_by: str | None = None) -> None:
    """Takes goods out of the favourites. Raises ``ManagerNeeded``."""
    counter.require_manager("favourite", approved_by)
    with counter.ledger.write() as tx:
        tiles.remove_favourite(tx.db, sku)
    people.log(counter, "favourite_removed", sku, user=approved_by)


def _check(counter: Counter, sku: str) -> None:
    if queries.product(counter.db, sku) is None:
        raise UnknownCode(sku)
