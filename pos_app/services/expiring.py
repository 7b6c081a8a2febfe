"""What has expired on the shelf, expires today or soon: batch by batch, with its worth and what is to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

from pos_app.domain.errors import InvalidAmount
from pos_app.ledger import expiring, queries, registry, tasks
from pos_app.ledger.expiring import Batch
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter
from pos_app.services.price_downs import Marked
from pos_app.services.price_downs import marked as marked_down
from pos_app.services.tasks import end_tasks, raise_task
from sync.documents.arithmetic import share_of_loss

if TYPE_CHECKING:
    from pos_app.printing.layout import Paper

FRESH_DAYS: Final = "expiring.fresh_days"
DRY_DAYS: Final = "expiring.dry_days"
"""Settings: how many days before the last one goods are told, those that keep up to two weeks and all others."""
TOLD_ON: Final = "expiring.told_on"
"""Setting: the day on which the window told of it, so that it is told once a day."""
DEFAULT_FRESH: Final = 3
DEFAULT_DRY: Final = 30
MOST_DAYS: Final = 365
State = Literal["expired", "today", "soon"]


@dataclass(frozen=True, slots=True)
class Expiring:
    """A batch with its state. ``worth`` is the producers' share if it were sold, or its cost, in rupiah.

    ``days`` until its last day, below zero after it; ``price_down`` in force; ``to_return``: it is to go back.
    """

    batch: Batch
    state: State
    days: int
    worth: int
    price_down: Marked | None
    to_return: bool

    @property
    def has_task(self) -> bool:
        """Whether something was decided about it."""
        return self.to_return or self.price_down is not None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many batches have expired, expire today, expire soon."""

    expired: int
    today: int
    soon: int


def days_before(db: Connection) -> tuple[int, int]:
    """How many days ahead goods are told: fresh ones, all others."""
    fresh = queries.setting(db, FRESH_DAYS, "")
    dry = queries.setting(db, DRY_DAYS, "")
    return (
        int(fresh) if fresh.isdecimal() else DEFAULT_FRESH,
        int(dry) if dry.isdecimal() else DEFAULT_DRY,
    )


def set_days_before(counter: Counter, fresh: int, dry: int, *, approved_by: str | None = None) -> None:
    """Other days, a manager's act. Raises ``InvalidAmount`` outside 0 to 365."""
    counter.require_manager("settings", approved_by)
    for days in (fresh, dry):
        if not 0 <= days <= MOST_DAYS:
            raise InvalidAmount(str(days))
    with counter.ledger.write() as tx:
        registry.set_setting(tx.db, FRESH_DAYS, str(fresh))
        registry.set_setting(tx.db, DRY_DAYS, str(dry))


def counts(db: Connection, today: date) -> Counts:
    """How many batches of each state."""
    return Counts(*expiring.counts(db, today.isoformat(), *days_before(db)))


def listed(db: Connection, today: date) -> list[Expiring]:
    """The batches, the first to expire first."""
    down = marked_down(db, today)
    back = {(task.sku, task.batch) for task in tasks.open_tasks(db, "return")}
    return [
        Expiring(
            batch=one,
            state=_state(one.expires_on, today),
            days=(date.fromisoformat(one.expires_on) - today).days,
            worth=worth_of(one),
            price_down=down.get(one.sku, {}).get(one.batch),
            to_return=(one.sku, one.batch) in back,
        )
        for one in expiring.batches(db, today.isoformat(), *days_before(db))
    ]


def _state(expires_on: str, today: date) -> State:
    day = today.isoformat()
    if expires_on < day:
        return "expired"
    return "today" if expires_on == day else "soon"


def worth_of(batch: Batch) -> int:
    """What the producer would get for the pieces, or what bought ones cost, in rupiah."""
    if batch.pricing == "putus":
        return max(batch.cost, 0)
    return share_of_loss(
        pricing=batch.pricing,
        quantity=batch.quantity,
        sell_price=batch.sell_price,
        consign_price=batch.consign_price,
        commission_bp=batch.commission_bp,
    )


def ask_return(counter: Counter, sku: str, batch: str, expires_on: str) -> bool:
    """Note that a batch is to go back to its producer; Goods In tells it there. False when it is noted already."""
    with counter.ledger.write() as tx:
        return raise_task(tx.db, "return", sku, batch, expires_on, at=counter.clock(), by=counter.who())


def drop_return(counter: Counter, sku: str, batch: str) -> None:
    """A batch need not go back after all."""
    with counter.ledger.write() as tx:
        end_tasks(tx.db, "return", {sku: [batch]}, at=counter.clock(), outcome="withdrawn")


def tell_today(counter: Counter, today: date) -> Counts | None:
    """What the window tells on the first log-in of the day; ``None`` once it was told, or when there is nothing."""
    if queries.setting(counter.db, TOLD_ON, "") == today.isoformat():
        return None
    found = counts(counter.db, today)
    return found if found.expired or found.today or found.soon else None


def was_told(counter: Counter, today: date) -> None:
    """The window has told it; tasks of batches that are gone end for good."""
    with counter.ledger.write() as tx:
        registry.set_setting(tx.db, TOLD_ON, today.isoformat())
        tasks.end_gone(tx.db, counter.clock().isoformat(timespec="seconds"))


def paper(ledger: Ledger, rows: Sequence[Expiring], today: date, at: datetime, *, sheet: bool = False) -> "Paper":
    """The list to carry to the shelves; ``sheet`` is for A5."""
    from pos_app.printing.papers.expiring_list import ExpiringRow, expiring_list  # late: the print room
    from pos_app.services.papers import letterhead, marked

    told = [
        ExpiringRow(
            shelf=one.batch.shelf,
            name=one.batch.name,
            producer=one.batch.producer_name,
            quantity=one.batch.quantity,
            unit=one.batch.unit,
            expires_on=one.batch.expires_on,
            expired=one.state == "expired",
            price=one.price_down.price if one.price_down else None,
            to_return=one.to_return,
        )
        for one in rows
    ]
    head = letterhead(ledger)
    moment = at.isoformat(timespec="seconds")
    return marked(expiring_list(told, today, head, at=moment, sheet=sheet), head)
