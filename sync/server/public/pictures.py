"""Pictures of goods for the catalogue: whatever an officer uploads is drawn anew in two sizes.

Nothing of the file itself is kept or given out, so neither place nor time of a telephone's camera nor anything hidden
in a file gets any further.
"""

import hashlib
import io
from typing import NamedTuple

import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Connection

from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.database.tables_public import product_pictures
from sync.server.drawing import shrunk
from sync.server.errors import CentreError

MOST_BYTES = 10 * 2**20
"""Of a file; a telephone's picture has two to six million."""
LEAST_SIDE = 200
FORMATS = ("JPEG", "PNG", "WEBP")
SMALL, LARGE = 360, 1_200
"""Longest side in pixels: on a card of the list, and on a page of its own or where it is shared."""
QUALITY = {SMALL: 78, LARGE: 84}


class Picture(NamedTuple):
    """A picture in both sizes as JPEG; width and height of the large one."""

    small: bytes
    large: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Names this picture: another one has another."""
        return hashlib.sha256(self.large).hexdigest()[:16]


def drawn(file: bytes) -> Picture:
    """The picture in ``file``, upright, on white, without anything that the file says beside it.

    Raises ``CentreError`` for what is no picture, is damaged, too small, or too large.
    """
    if len(file) > MOST_BYTES:
        raise CentreError("picture_too_large", most=f"{MOST_BYTES // 2**20} MB")
    large = shrunk(file, FORMATS, LARGE, LEAST_SIDE)
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Picture(_jpeg(small, SMALL), _jpeg(large, LARGE), *large.size)


def _jpeg(picture: Image.Image, side: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY[side], optimize=True, progressive=side == LARGE)
    return out.getvalue()


def keep_picture(centre: Centre, db: Connection, sku: str, picture: Picture, officer: str) -> None:
    """Show ``picture`` of a product from now on. Raises ``CentreError`` for an unknown one."""
    if db.execute(sa.select(schema.products.c.sku).where(schema.products.c.sku == sku)).scalar() is None:
        raise CentreError("not_in_registry", proposal=sku)
    row = {**picture._asdict(), "sku": sku, "digest": picture.digest, "made_at": centre.now(), "made_by": officer}
    put(db, product_pictures, [row])
    note(centre, db, officer, "product_picture", sku)


def drop_picture(centre: Centre, db: Connection, sku: str, officer: str) -> bool:
    """Show no picture of a product any more; whether there was one."""
    gone = db.execute(sa.delete(product_pictures).where(product_pictures.c.sku == sku)).rowcount
    if gone:
        note(centre, db, officer, "product_picture_removed", sku)
    return bool(gone)


def digests_of(db: Connection, skus: list[str]) -> dict[str, str]:
    """The digests of those of ``skus`` that have a picture."""
    table = product_pictures
    rows = db.execute(sa.select(table.c.sku, table.c.digest).where(table.c.sku.in_(skus)))
    return {row.sku: row.digest for row in rows}
