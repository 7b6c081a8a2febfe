"""Whether a ledger's schema is the one this program makes: a rule, a view or a default that somebody changed.

SQLite follows what stands in the file. A trigger that is gone lets entries be deleted, another default counts wrong
from then on, and no row tells of it.
"""

from contextlib import closing
from functools import cache
from typing import Any, Final

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.schema import CONSIGNMENT, COUNTER, EXCHANGE, JOURNAL, PROJECTIONS, REGISTRY, statements
from pos_app.ledger.sqlite import Connection, connect_plainly

Shape = dict[tuple[Any, Any], tuple[Any, Any]]
"""By type and name: the table it belongs to, and its statement."""

_SEARCH: Final = "product_search_"
"""Tables that SQLite makes for the search, in its own words."""
_MIGRATIONS: Final = "_sqlite_migrations"
"""What the migrations remember for themselves, in the words of their library."""


def changed(db: Connection) -> DamagedLedger | None:
    """The first thing of the schema that is not as this program makes it. Works for its own schema version only."""
    found, expected = _shape(db), _expected()
    for (kind, name), content in expected.items():
        if (kind, name) not in found:
            return DamagedLedger(0, f"schema: {kind} {name} is missing")
        if found[kind, name] != content:
            return DamagedLedger(0, f"schema: {kind} {name} was changed")
    strange = next((one for one in found if one not in expected), None)
    return None if strange is None else DamagedLedger(0, f"schema: {strange[0]} {strange[1]} is unknown")


@cache
def _expected() -> Shape:
    with closing(connect_plainly(":memory:")) as db:
        for script in (JOURNAL, REGISTRY, PROJECTIONS, COUNTER, CONSIGNMENT, EXCHANGE):
            for statement in statements(script):
                db.execute(statement)
        return _shape(db)


def _shape(db: Connection) -> Shape:
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return {
        (kind, name): (table, None if kind == "table" and str(name).startswith(_SEARCH) else sql)
        for kind, name, table, sql in rows
        if not (table == _MIGRATIONS and kind in ("table", "index"))
        and not str(name).startswith(("sqlite_stat", "sqlite_sequence"))
    }
