"""What officers decide on the pages, as plain functions for the command line. All raise ``CentreError``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind
from sync.server.access.officers import ROLES, Role, role_of
from sync.server.centre import Centre, opened
from sync.server.corners import closing, holidays, moving, taking_over
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import announcing
from sync.server.registry import holding, merging, person_exports, persons, producer_links
from sync.server.trust import rechecking

PRODUCER: Kind = "producer"


@contextmanager
def _by(database: str, officer: str, least: Role = Role.OFFICER) -> Iterator[tuple[Centre, Connection]]:
    """One transaction of an officer who may do this. Raises ``CentreError`` ``unknown_officer`` for anybody else."""
    with opened(database) as centre, writing(centre.engine) as db:
        if ROLES.get(role_of(db, officer), 0) < least:
            roles = ", ".join(code for code, role in ROLES.items() if role >= least)
            raise CentreError("unknown_officer", name=officer, roles=roles)
        yield centre, db


def move(database: str, corner: str, till: str, to: tuple[str, str], officer: str, *, anyway: bool = False) -> str:
    """Revoke a till and give the code with which its computer joins ``to``, a corner and a letter."""
    with _by(database, officer) as (centre, db):
        return moving.move(centre, db, corner, till, *to, officer, anyway=anyway)


def message(database: str, corner: str, text: str, officer: str) -> None:
    """Send a message to a corner, or to all where it is empty."""
    with _by(database, officer) as (centre, db):
        announcing.send(centre, db, corner, text, officer)


def least_version(database: str) -> str:
    """The oldest program that may pull; ``0`` where every one may."""
    with opened(database) as centre, reading(centre.engine) as db:
        return announcing.required_version(db)


def require_version(database: str, version: str, officer: str) -> None:
    """Ask for a program of this version at least."""
    with _by(database, officer, Role.ADMIN) as (centre, db):
        announcing.require_version(centre, db, version, officer)


def recheck(database: str, corner: str | None = None) -> dict[str, Any]:
    """Check what tills told, now: of a corner or of all."""
    with opened(database) as centre:
        return rechecking.check_all(centre, corner)._asdict()


def revoked(database: str, corner: str | None = None) -> list[dict[str, Any]]:
    """Tills that were revoked, with what they owed and who took it over."""
    with opened(database) as centre, reading(centre.engine) as db:
        return [one._asdict() for one in taking_over.revoked(db, corner)]


def take_over(database: str, old: tuple[str, str], device: str, by: tuple[str, str], officer: str) -> None:
    """Say that the till ``by`` owes what the revoked till ``old`` owed; both are corner and letter."""
    with _by(database, officer) as (centre, db):
        gone = taking_over.till_named(db, *old, dead=True, device=device)
        taking_over.take_over(centre, db, gone, taking_over.till_named(db, *by, dead=False), officer)


def give_back(database: str, old: tuple[str, str], device: str, officer: str) -> None:
    """Take that back."""
    with _by(database, officer) as (centre, db):
        gone = taking_over.till_named(db, *old, dead=True, device=device)
        taking_over.give_back(centre, db, gone, officer)


def remove_corner(database: str, code: str, officer: str) -> None:
    """Forget a corner that never had a till."""
    with _by(database, officer, Role.ADMIN) as (centre, db):
        closing.remove(centre, db, code, officer)


def close_corner(database: str, code: str, officer: str) -> None:
    """Close a corner that had tills."""
    with _by(database, officer) as (centre, db):
        closing.close(centre, db, code, officer)


def reopen_corner(database: str, code: str, officer: str) -> None:
    """Open a closed corner again."""
    with _by(database, officer) as (centre, db):
        closing.reopen(centre, db, code, officer)


def holidays_of(database: str, year: int | None = None) -> list[dict[str, str]]:
    """Days on which offices are closed, of a year or all."""
    with opened(database) as centre, reading(centre.engine) as db:
        return [{"date": one.day.isoformat(), "name": one.name} for one in holidays.listed(db, year)]


def add_holiday(database: str, first: str, last: str, name: str, officer: str) -> int:
    """Keep the days from ``first`` to ``last``, or the first alone; how many."""
    with _by(database, officer) as (centre, db):
        return holidays.add(centre, db, first, last, name, officer)


def remove_holiday(database: str, first: str, last: str, officer: str) -> int:
    """Take them out again; how many there were."""
    with _by(database, officer) as (centre, db):
        return holidays.remove(centre, db, first, last, officer)


def merge_producers(database: str, code: str, into: str, officer: str) -> str:
    """Say that a producer of the registry is another one; the code that stands for both."""
    with _by(database, officer) as (centre, db):
        return merging.merge(centre, db, PRODUCER, code, into, officer)


def unmerge_producers(database: str, code: str, officer: str) -> None:
    """Part them again."""
    with _by(database, officer) as (centre, db):
        merging.unmerge(centre, db, PRODUCER, code, officer)


def lapsing(database: str, days: int) -> list[dict[str, Any]]:
    """Certificates that have lapsed or will within ``days``, the soonest first."""
    with opened(database) as centre, reading(centre.engine) as db:
        fields = ("producer", "name", "kind", "number", "expires")
        found = holding.lapsing(db, centre.today(), days)
        return [{name: getattr(one, name) for name in fields} for one in found]


def export_person(database: str, code: str, purpose: str, officer: str) -> dict[str, Any]:
    """All that is held about the person behind a producer; that ``officer`` asked, and what for, is kept."""
    with _by(database, officer) as (centre, db):
        return person_exports.export(centre, db, code, purpose, officer)


def erase_person(database: str, code: str, reason: str, officer: str) -> int:
    """Forget the person behind a producer for good; under how many codes."""
    with _by(database, officer, Role.ADMIN) as (centre, db):
        return persons.erase(centre, db, code, reason, officer)


def make_link(database: str, code: str, officer: str) -> str:
    """The path of a producer's new private page; the one before opens nothing any more."""
    with _by(database, officer) as (centre, db):
        return f"/p/{producer_links.make_link(centre, db, code, officer)}"


def revoke_link(database: str, code: str, officer: str) -> bool:
    """Take a producer's private page away; whether there was one."""
    with _by(database, officer) as (centre, db):
        return producer_links.revoke_link(centre, db, code, officer)
