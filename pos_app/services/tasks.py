"""Tasks about batches: raised by people and by documents, ended by what was done. See ``ledger.tasks``."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pos_app.ledger import tasks
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.tasks import Kind, Task
from sync.documents.base import Bearer


def raise_task(
    db: Connection,
    kind: Kind,
    sku: str,
    batch: str,
    due_on: str,
    *,
    at: datetime,
    by: str,
    price: int | None = None,
    borne_by: Bearer | Literal[""] = "",
) -> bool:
    """A task for a batch, in the caller's transaction; ``by`` is a user's id.

    False when one of its kind is open for this batch.
    """
    moment = at.isoformat(timespec="seconds")
    return tasks.add(db, kind, sku, batch, due_on, at=moment, by=by, price=price, borne_by=borne_by)


def end_tasks(db: Connection, kind: Kind, batches: Mapping[str, Iterable[str]], *, at: datetime, outcome: str) -> int:
    """Ends the open tasks of a kind for batches by SKU; how many. ``outcome`` names the document or what was done."""
    ids = tasks.unended(db, kind, batches)
    tasks.end(db, ids, at=at.isoformat(timespec="seconds"), outcome=outcome)
    return len(ids)


def open_tasks(db: Connection, kind: Kind | None = None) -> list[Task]:
    """Open tasks of batches that are on hand, the first due first."""
    return tasks.open_tasks(db, kind)
