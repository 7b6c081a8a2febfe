"""The centre itself: its database, its signing key and its clock, handed to everything that needs them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Connection, Engine, Row

from sync.protocol.messages import SCOPES
from sync.protocol.wire import key_id, public_bytes
from sync.server import schema
from sync.server.checking import fill
from sync.server.dialect import connect, reading, writing
from sync.server.errors import CentreError
from sync.server.memory import Memory

Device = Row[Any]
"""A row of ``devices``."""
Clock = Callable[[], datetime]
WIB = timezone(timedelta(hours=7), "WIB")
MOST_STRETCHES = 64
MOST_PUBLICS = 50_000


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Centre:
    """``timeline`` changes when the centre is made anew, so that tills notice."""

    engine: Engine
    timeline: str
    key: Ed25519PrivateKey
    clock: Clock = system_clock
    stretches: Memory[Any] = field(default_factory=lambda: Memory(MOST_STRETCHES))
    """Packed stretches of feeds, see ``feeds``."""
    publics: Memory[bytes] = field(default_factory=lambda: Memory(MOST_PUBLICS))
    """Public keys by their id, which follows from the key: whether a key was revoked is not told by this."""

    def now(self) -> str:
        """The time as it is stored and sent."""
        return stamp(self.clock())

    def today(self) -> str:
        """Today's date at the corners (WIB)."""
        return self.clock().astimezone(WIB).date().isoformat()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def stamp(moment: datetime) -> str:
    """A moment as text of one width, so that texts compare like times."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def init_centre(database: str, clock: Clock = system_clock) -> None:
    """Make the tables, the timeline and the signing key; what is there already stays as it is.

    Raises ``CentreError``.
    """
    engine = connect(database, create=True)
    try:
        with writing(engine) as db:
            _add_slips(db)
            schema.metadata.create_all(db)
            found = _meta(db)
            _check_version(found)
            if "timeline" not in found:
                db.execute(sa.insert(schema.meta), _birth(clock))
                db.execute(sa.insert(schema.positions), [{"scope": scope, "value": 0} for scope in SCOPES])
                db.execute(sa.insert(schema.centre_keys), _new_key(clock))
    except sa.exc.SQLAlchemyError as error:
        raise CentreError("database_failed", reason=error.__cause__ or error) from error
    finally:
        engine.dispose()


def _add_slips(db: Connection) -> None:
    """A centre from before slips were kept finds them in its entries."""
    known = sa.inspect(db)
    if known.has_table(schema.entries.name) and not known.has_table(schema.slips.name):
        schema.slips.create(db)
        fill(db)


def _birth(clock: Clock) -> list[dict[str, str]]:
    facts = {"version": schema.VERSION, "timeline": secrets.token_hex(8), "made_at": stamp(clock())}
    return [{"key": key, "value": value} for key, value in facts.items()]


def _new_key(clock: Clock) -> dict[str, str | bytes]:
    key = Ed25519PrivateKey.generate()
    return {"key_id": key_id(public_bytes(key)), "private": key.private_bytes_raw(), "made_at": stamp(clock())}


def open_centre(database: str, clock: Clock = system_clock) -> Centre:
    """The centre in ``database``. Raises ``CentreError`` when there is none, or one of a newer program."""
    engine = connect(database)
    try:
        with reading(engine) as db:
            if not sa.inspect(db).has_table("meta"):
                raise CentreError("no_centre", path=database, database=database)
            found = _meta(db)
            _check_version(found)
            older = not sa.inspect(db).has_table(schema.slips.name)
            private = db.execute(
                sa.select(schema.centre_keys.c.private).order_by(schema.centre_keys.c.made_at.desc()).limit(1)
            ).scalar_one()
        if older:
            with writing(engine) as db:
                _add_slips(db)
    except sa.exc.SQLAlchemyError as error:
        engine.dispose()
        raise CentreError("database_failed", reason=error.__cause__ or error) from error
    except CentreError:
        engine.dispose()
        raise
    return Centre(engine, found["timeline"], Ed25519PrivateKey.from_private_bytes(private), clock)


def _meta(db: Connection) -> dict[str, str]:
    return {row.key: row.value for row in db.execute(sa.select(schema.meta))}


def _check_version(found: dict[str, str]) -> None:
    version = found.get("version", schema.VERSION)
    if version != schema.VERSION:
        raise CentreError("newer", version=version, known=schema.VERSION)
