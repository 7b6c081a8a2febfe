"""A till that goes to another corner.

A journal is bound to its corner and till: the genesis of its first entry says so, and so does every number on paper. So
a till never changes its corner: the computer begins a new ledger there, as a new till with a code of its own, and the
old till is revoked. Its journal stays at the centre, with what was sold, paid and owed by it.
"""

from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import PAYABLE, TAB
from sync.protocol.batch import Condition
from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.corners.standing import living
from sync.server.database import schema
from sync.server.errors import CentreError
from sync.server.exchange.enrolment import new_code, revoke


class Leaves(NamedTuple):
    """What a till would leave behind: documents that it told as unsent, whether its shift is open, what it owes to
    producers and what staff owe (rupiah), and goods on hand (kinds of them)."""

    unsent: int
    shift_open: bool
    owed: int
    tabs: int
    goods: int

    @property
    def why(self) -> tuple[str, ...]:
        """Stable names of what keeps it from going."""
        held = {
            "unsent": self.unsent > 0,
            "shift_open": self.shift_open,
            "owed": self.owed > 0,
            "tabs": self.tabs > 0,
            "goods": self.goods > 0,
        }
        return tuple(name for name, holds in held.items() if holds)


def leaves(db: Connection, corner: str, till: str) -> Leaves:
    """What the living till ``till`` of ``corner`` would leave behind. Raises ``CentreError`` ``no_till``."""
    devices = schema.devices
    mine = (devices.c.corner == corner, devices.c.till == till, living())
    row = db.execute(sa.select(devices).where(*mine)).first()
    if row is None:
        raise CentreError("no_till", till=f"{corner} {till}")
    told = msgspec.json.decode(row.condition, type=Condition).unsent if row.condition else 0
    balances, stock = schema.balances, schema.stock
    mine_of = sa.select(balances.c.account, balances.c.amount).where(balances.c.device == row.device)
    sums = [(account, amount) for account, amount in db.execute(mine_of)]
    on_hand = sa.select(sa.func.count()).where(stock.c.device == row.device, stock.c.quantity > 0)
    return Leaves(
        unsent=told,
        shift_open=bool(row.open_shift),
        owed=sum(max(-amount, 0) for account, amount in sums if account.startswith(PAYABLE)),
        tabs=sum(max(amount, 0) for account, amount in sums if account.startswith(TAB)),
        goods=db.execute(on_hand).scalar_one(),
    )


def move(
    centre: Centre,
    db: Connection,
    corner: str,
    till: str,
    to_corner: str,
    to_till: str,
    officer: str,
    *,
    anyway: bool = False,
) -> str:
    """Revoke ``till`` of ``corner`` and give a code for ``to_till`` of ``to_corner``.

    Raises ``CentreError``: ``till_not_done`` where it would leave something behind, unless ``anyway``; ``till_there``,
    ``no_till``, ``unknown_corner``, ``bad_till``, ``unknown_officer``.
    """
    devices, name = schema.devices, f"{to_corner} {to_till}"
    note_decision(centre, db, officer, "move", f"{corner} {till} > {name}")
    behind = leaves(db, corner, till)
    there = (devices.c.corner == to_corner, devices.c.till == to_till, living())
    if db.execute(sa.select(devices.c.device).where(*there)).first():
        raise CentreError("till_there", till=name)
    if behind.why and not anyway:
        raise CentreError("till_not_done", till=f"{corner} {till}", why=", ".join(behind.why))
    code = new_code(centre, db, to_corner, to_till)
    revoke(centre, db, corner, till)
    return code
