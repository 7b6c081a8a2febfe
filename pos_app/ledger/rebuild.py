"""Fill every projection anew from the journal: for an upgrade, and when only projections are damaged."""

from typing import TYPE_CHECKING

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.projections import Projection
from pos_app.ledger.schema import FORMER_TABLES, PROJECTION_TABLES, PROJECTIONS, statements
from pos_app.ledger.sqlite import Connection, Error, is_of_the_disk
from pos_app.ledger.verify import BATCH, Progress, beginning, entries
from sync.documents.base import InvalidDocument

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger


def rebuild(ledger: "Ledger", progress: Progress | None = None) -> int:
    """Drop and refill every projection, in one transaction; how many entries there are.

    Raises ``DamagedLedger`` with the first entry that is itself broken; nothing is changed then.
    ``progress`` hears of entries done and entries in all.
    """
    with ledger.write() as tx:
        return refill(tx.db, progress)


def refill(db: Connection, progress: Progress | None = None) -> int:
    """The same inside the caller's transaction; tables of an older schema are dropped as well."""
    try:
        return _refill(db, BATCH, progress)
    except (Error, OverflowError) as error:
        if is_of_the_disk(error):
            raise
    return _refill(db, 1, progress)  # Only one by one shows which entry it is.


def _refill(db: Connection, batch: int, progress: Progress | None) -> int:
    known = dict(db.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall())
    for name in (*FORMER_TABLES, *PROJECTION_TABLES):
        if name in known:
            db.execute(f"DROP {known[name]} {name}")
    for statement in statements(PROJECTIONS):
        db.execute(statement)
    total = db.execute("SELECT count(*) FROM journal").fetchone()[0]
    if not total:
        return 0  # A new file does not say yet whose ledger it is.
    projection = Projection(db)
    done = 0
    for done, _digest, envelope, document, effects in entries(db, beginning(db)):
        try:
            projection.add(done, document, effects, at=envelope.at, date=envelope.date)
            if done % batch == 0 or done == total:
                projection.flush()
        except (InvalidDocument, Error, OverflowError) as error:
            if is_of_the_disk(error) or (batch > 1 and not isinstance(error, InvalidDocument)):
                raise
            raise DamagedLedger(done, str(error)) from error
        if progress and (done % BATCH == 0 or done == total):
            progress(done, total)
    return done
