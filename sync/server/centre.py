"""The centre itself: its database, its signing key and its clock, handed to everything that needs them."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Connection, Engine, Row

from sync.protocol.messages import SCOPES
from sync.protocol.request import Credentials
from sync.server.database import schema
from sync.server.database.dialect import connect, only_one, reading, shown, writing
from sync.server.database.migrating import check_revision, migrate, revision_of
from sync.server.errors import CentreError
from sync.server.faults import database_error
from sync.server.keys import CentreKey, KeyRing, new_key, read_keys
from sync.server.memory import Memory
from sync.server.projecting.checking import fill

Device = Row[Any]
"""A row of ``devices``."""
Clock = Callable[[], datetime]
WIB = timezone(timedelta(hours=7), "WIB")
FORMS = "form_secret"
"""What every worker signs the tokens of forms with (CSRF)."""
MOST_STRETCHES = 64
MOST_PUBLICS = 50_000


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Centre:
    """What belongs to one database; another process may begin a new timeline or key at any time."""

    engine: Engine
    history: "History"
    ring: KeyRing
    clock: Clock = system_clock
    stretches: Memory[Any] = field(default_factory=lambda: Memory(MOST_STRETCHES))
    """Packed stretches of feeds, see ``feeds``, and what was made of the registry."""
    publics: Memory[bytes] = field(default_factory=lambda: Memory(MOST_PUBLICS))
    """Public keys by their id, which follows from the key: whether a key was revoked is not told by this."""

    @property
    def timeline(self) -> str:
        """Which history of the centre this is: it changes when the centre came back from a copy, so that tills
        notice."""
        return self.history.timeline

    def notice(self, timeline: str) -> None:
        """Go on with the timeline that was read in the database just now."""
        if self.history.notice(timeline):
            self.stretches.forget()

    def now(self) -> str:
        """The time as it is stored and sent."""
        return stamp(self.clock())

    @property
    def key(self) -> Ed25519PrivateKey:
        """What signs for whoever trusts the newest key."""
        return self.ring.newest.private

    def signer(self, device: Device, claim: Credentials) -> CentreKey:
        """The key that the till ``device``, a row that ``ingest.device_of`` gave, trusts as ``claim`` tells."""
        if device.centre_keys != len(self.ring):
            with reading(self.engine) as db:
                self.ring.refresh(db)
        return self.ring.trusted(claim.centre_key, device.centre_key)

    def today(self) -> str:
        """Today's date at the corners (WIB)."""
        return self.clock().astimezone(WIB).date().isoformat()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


class History:
    """The timeline that a process works with, and those that were before it."""

    def __init__(self, timeline: str) -> None:
        self.timeline = timeline
        self._past = set[str]()

    def notice(self, timeline: str) -> bool:
        """Whether ``timeline`` is a new one: who began to read before it changed does not bring the old one back."""
        if timeline == self.timeline or timeline in self._past:
            return False
        self._past.add(self.timeline)
        self.timeline = timeline
        return True


def stamp(moment: datetime) -> str:
    """A moment as text of one width, so that texts compare like times."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def init_centre(database: str, clock: Clock = system_clock) -> None:
    """Make or migrate the tables, and make the timeline and the signing key; what is there already stays as it is.

    Raises ``CentreError``.
    """
    engine = connect(database, create=True)
    try:
        with failing(), writing(engine) as db:
            only_one(db, "init")
            slips_kept = sa.inspect(db).has_table(schema.slips.name)
            migrate(db)
            if "timeline" not in _meta(db):
                db.execute(sa.insert(schema.meta), _birth(clock))
                db.execute(sa.insert(schema.positions), [{"scope": scope, "value": 0} for scope in SCOPES])
                db.execute(sa.insert(schema.centre_keys), new_key(stamp(clock())))
            elif not slips_kept:
                fill(db)
            if FORMS not in _meta(db):
                db.execute(sa.insert(schema.meta), {"key": FORMS, "value": secrets.token_hex(32)})
    finally:
        engine.dispose()


@contextmanager
def failing() -> Iterator[None]:
    """Errors of the database as ``CentreError``."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise database_error(error) from error


def _birth(clock: Clock) -> list[dict[str, str]]:
    facts = {"version": "2", "timeline": secrets.token_hex(8), "made_at": stamp(clock())}
    return [{"key": key, "value": value} for key, value in facts.items()]


def open_centre(database: str, clock: Clock = system_clock) -> Centre:
    """The centre in ``database``. Raises ``CentreError`` when there is none, or one of another program's version."""
    engine = connect(database)
    try:
        with failing(), reading(engine) as db:
            revision = revision_of(db)
            if revision is None:
                raise CentreError("no_centre", path=shown(database), database=shown(database))
            check_revision(revision, shown(database))
            timeline, keys = _meta(db).get("timeline"), read_keys(db)
            if timeline is None or not keys:
                raise CentreError("unfinished")
    except CentreError:
        engine.dispose()
        raise
    return Centre(engine, History(timeline), KeyRing(keys), clock)


@contextmanager
def opened(database: str, clock: Clock = system_clock) -> Iterator[Centre]:
    """The centre in ``database`` for one command. Raises ``CentreError``, also for errors of the database."""
    centre = open_centre(database, clock)
    try:
        with failing():
            yield centre
    finally:
        centre.close()


def form_secret(centre: Centre) -> str:
    """What the tokens of forms are signed with."""
    with reading(centre.engine) as db:
        return _meta(db)[FORMS]


def renew_timeline(centre: Centre) -> str:
    """Begin a new timeline, for a centre that came back from a copy: what tills have pulled since is theirs alone, so
    each pulls everything anew and compares."""
    fresh = secrets.token_hex(8)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.meta).where(schema.meta.c.key == "timeline").values(value=fresh))
    return fresh


def _meta(db: Connection) -> dict[str, str]:
    return {row.key: row.value for row in db.execute(sa.select(schema.meta))}
