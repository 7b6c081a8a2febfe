"""Bringing the centre's tables to what this program knows, step by step, on either engine.

Each step is a file in ``migrations``; all that are missing run in one transaction, so a failed one leaves nothing.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import schema
from sync.server.errors import CentreError

STEPS = Path(__file__).parent / "migrations"
MARKS = {"meta", "centre_keys", "devices", "entries"}
"""Tables that every centre has had since the first release."""
_VERSIONS = sa.table("alembic_version", sa.column("version_num", sa.Text))


def revision_of(db: Connection) -> str | None:
    """The last step that these tables took: empty for the first release, which counted none; None without tables.

    Raises ``CentreError`` for tables that are not a centre's.
    """
    names = set(sa.inspect(db).get_table_names())
    check_centre(names)
    if _VERSIONS.name in names:
        found: str = db.execute(sa.select(_VERSIONS.c.version_num)).scalar_one()
        return found
    return "" if names else None


def check_centre(names: set[str]) -> None:
    """Raise ``CentreError`` where there are tables, called ``names``, and they are something else's than a centre's."""
    if names and not names >= MARKS:
        raise CentreError("not_a_centre")


def check_revision(found: str, database: str) -> None:
    """Raise ``CentreError`` unless the tables are those of this program."""
    if found > schema.REVISION:
        raise CentreError("newer", version=found, known=schema.REVISION)
    if found < schema.REVISION:
        raise CentreError("older", version=found or "0001", known=schema.REVISION, database=database)


def migrate(db: Connection) -> None:
    """Take the steps that are missing. Raises ``CentreError`` for tables of a newer program."""
    from alembic import command
    from alembic.config import Config

    if (revision_of(db) or "") > schema.REVISION:
        check_revision(revision_of(db) or "", "")
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    config.attributes["connection"] = db
    command.upgrade(config, "head")
