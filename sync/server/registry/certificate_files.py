"""Documents of certificates: judged by what they are, not by their names.

A picture is drawn anew, which drops whatever else was in the file.
"""

import io
import secrets
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.wire import MIB
from sync.server.centre import Centre
from sync.server.database.tables_registry import certificate_documents
from sync.server.errors import CentreError

MOST_BYTES: Final = 5 * MIB
MOST_OF_PRODUCER: Final = 25 * MIB
MOST_OF_ALL: Final = 4096 * MIB
LONGEST_SIDE: Final = 3_000
"""Pixels: an A4 page at 250 dots an inch."""
Document = tuple[str, bytes]
"""What ``judged`` gives: its kind and its content as it is kept."""


def document(db: Connection, name: str) -> Any:
    """The document called ``name``. Raises ``CentreError``."""
    found = db.execute(sa.select(certificate_documents).where(certificate_documents.c.id == name)).one_or_none()
    if found is None:
        raise CentreError("no_document")
    return found


def keep(centre: Centre, db: Connection, producer: str, judged_one: Document) -> str:
    """Keep the document of a producer; its name. Raises ``CentreError``."""
    media, body = judged_one
    table = certificate_documents
    size = sa.func.coalesce(sa.func.sum(table.c.size), 0)
    if db.execute(sa.select(size).where(table.c.producer == producer)).scalar_one() + len(body) > MOST_OF_PRODUCER:
        raise CentreError("producer_full", mib=MOST_OF_PRODUCER // MIB)
    if db.execute(sa.select(size)).scalar_one() + len(body) > MOST_OF_ALL:
        raise CentreError("documents_full", mib=MOST_OF_ALL // MIB)
    name = secrets.token_hex(16)
    row = {"id": name, "producer": producer, "media": media, "size": len(body), "body": body, "made_at": centre.now()}
    db.execute(sa.insert(table), row)
    return name


def forget(db: Connection, name: str) -> None:
    """Nothing is left of the document called ``name``."""
    db.execute(sa.delete(certificate_documents).where(certificate_documents.c.id == name))


def judged(data: bytes) -> Document:
    """What a document is by its content, and how it is kept. It takes seconds: no transaction may wait for it. Raises
    ``CentreError`` for anything but a PDF, JPEG or PNG of the right size."""
    if len(data) > MOST_BYTES:
        raise CentreError("document_too_large", mib=MOST_BYTES // MIB)
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]:
        return "application/pdf", data
    for mark, kind, media in ((b"\xff\xd8\xff", "JPEG", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "PNG", "image/png")):
        if data.startswith(mark):
            return media, _drawn(data, kind)
    raise CentreError("document_unknown")


def _drawn(data: bytes, kind: str) -> bytes:
    """A picture drawn anew: no place where it was taken, nothing behind its end."""
    from sync.server.drawing import shrunk

    buffer = io.BytesIO()
    try:
        shrunk(data, [kind], LONGEST_SIDE).save(buffer, kind, quality=85, optimize=True)
    except CentreError as error:  # it begins as one
        raise CentreError("document_broken") if error.code == "no_picture" else error from None
    return buffer.getvalue()
