"""What was agreed with producers: when and how they are paid, who bears losses, when unsold goods are fetched.

One agreement a producer, the newest; the papers that both signed are the record of earlier ones. It names terms only,
no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection
    from sync.documents.base import Bearer

PaysBy = Literal["cash", "transfer"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Terms of one producer. ``payout_terms`` is one of the import's words; ``loss_bearer`` says who bears what is
    lost or damaged in the corner; ``collect_days`` after the call unsold goods are fetched, ``notice_days`` before it
    a price change is told."""

    producer: str
    agreed_on: date
    payout_terms: str
    pays_by: PaysBy
    loss_bearer: Bearer
    collect_days: int
    notice_days: int


def agreement(db: Connection, producer: str) -> Agreement | None:
    """The agreement of a producer; ``None`` where none was recorded."""
    row = db.execute(
        "SELECT producer, agreed_on, payout_terms, pays_by, loss_bearer, collect_days, notice_days"
        " FROM agreements WHERE producer = ?",
        (producer,),
    ).fetchone()
    return Agreement(row[0], date.fromisoformat(row[1]), *row[2:]) if row else None


def loss_bearer(db: Connection, producer: str) -> Bearer | None:
    """Who bears losses by the agreement; ``None`` without one: then the default of rule 10 holds.

    Goods that were bought outright are the corner's whatever was agreed.
    """
    row = db.execute("SELECT loss_bearer FROM agreements WHERE producer = ?", (producer,)).fetchone()
    return cast("Bearer", row[0]) if row else None


def keep(db: Connection, terms: Agreement) -> None:
    """Record an agreement in the place of the producer's earlier one."""
    db.execute(
        "INSERT INTO agreements VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (producer) DO UPDATE SET agreed_on = excluded.agreed_on, payout_terms = excluded.payout_terms,"
        " pays_by = excluded.pays_by, loss_bearer = excluded.loss_bearer, collect_days = excluded.collect_days,"
        " notice_days = excluded.notice_days",
        (
            terms.producer,
            terms.agreed_on.isoformat(),
            terms.payout_terms,
            terms.pays_by,
            terms.loss_bearer,
            terms.collect_days,
            terms.notice_days,
        ),
    )
