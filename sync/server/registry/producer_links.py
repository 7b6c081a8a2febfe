"""Private links of producers: whoever holds one sees what the corners sold, hold and owe of this producer.

The link is a random token of which the centre keeps the hash alone; it is shown once, when an officer makes it. A new
one takes the place of the old one under every code of a producer, and what was taken away opens nothing any more.
"""

import hashlib
import re
import secrets
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.database.tables_public import producer_links
from sync.server.errors import CentreError
from sync.server.registry.aliases import all_names, standing

TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class Link(NamedTuple):
    """That there is a link for a producer: since when, and who made it."""

    made_at: str
    made_by: str


def make_link(centre: Centre, db: Connection, producer: str, officer: str) -> str:
    """A new link's token, which takes the place of the one before. Raises ``CentreError`` for an unknown producer."""
    known = sa.select(schema.producers.c.code).where(schema.producers.c.code == producer)
    if db.execute(known).scalar() is None:
        raise CentreError("not_in_registry", proposal=producer)
    _forget(db, producer)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {"producer": producer, "token_hash": _hashed(token), "made_at": centre.now(), "made_by": officer}
    put(db, producer_links, [row])
    note(centre, db, officer, "producer_link", producer)
    return token


def revoke_link(centre: Centre, db: Connection, producer: str, officer: str) -> bool:
    """Take a producer's link away; whether there was one."""
    gone = _forget(db, producer)
    if gone:
        note(centre, db, officer, "producer_link_revoked", producer)
    return gone


def _forget(db: Connection, producer: str) -> bool:
    """No link of a producer, nor of what was merged into it, opens anything any more; whether one did."""
    names = list(all_names(db, schema.producers, [producer]))
    return db.execute(sa.delete(producer_links).where(producer_links.c.producer.in_(names))).rowcount > 0


def link_of(db: Connection, producer: str) -> Link | None:
    """Since when ``producer`` has a link under one of its codes, by the newest; None without one."""
    table, names = producer_links, list(all_names(db, schema.producers, [producer]))
    query = sa.select(table.c.made_at, table.c.made_by).where(table.c.producer.in_(names))
    row = db.execute(query.order_by(table.c.made_at.desc()).limit(1)).one_or_none()
    return Link(*row) if row else None


def producer_by(db: Connection, token: str) -> str | None:
    """The code of the producer whose link this is, as it stands in the registry now; None for no link."""
    if not _TOKEN.fullmatch(token):
        return None
    found = sa.select(producer_links.c.producer).where(producer_links.c.token_hash == _hashed(token))
    code = db.execute(found).scalar()
    return standing(db, schema.producers, code) if code else None


def _hashed(token: str) -> str:
    """A token is 192 random bits: nobody finds it by trying, so its hash needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).hexdigest()
