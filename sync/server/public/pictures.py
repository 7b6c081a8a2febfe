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


def digests_of(db: Connection, skus: list[str] | None = None) -> dict[str, str]:
    """The digests of those of ``skus``, or of all goods, that have a picture."""
    table = product_pictures
    query = sa.select(table.c.sku, table.c.digest)
    rows = db.execute(query if skus is None else query.where(table.c.sku.in_(skus)))
    return {row.sku: row.digest for row in rows}


class Large(NamedTuple):
    """The large picture of a product: which, and its size in pixels."""

    digest: str
    width: int
    height: int


def large_of(db: Connection, sku: str) -> Large | None:
    """The large picture of a product; None where it has none."""
    table = product_pictures
    row = db.execute(sa.select(table.c.digest, table.c.width, table.c.height).where(table.c.sku == sku)).one_or_none()
    return Large._make(row) if row else None


def jpeg_of(db: Connection, sku: str, digest: str, size: str) -> bytes | None:
    """The file of a picture, ``small`` or ``large``; None where the product has no picture of this digest."""
    table = product_pictures
    body = db.execute(sa.select(table.c[size]).where(table.c.sku == sku, table.c.digest == digest)).scalar()
    return None if body is None else bytes(body)


def state_of(db: Connection) -> tuple[int, str | None]:
    """What is another whenever a picture came or went: how many there are, and when the newest was made."""
    count, newest = db.execute(sa.select(sa.func.count(), sa.func.max(product_pictures.c.made_at))).one()
    return count, newest
