"""Two tills of one corner, and what the centre tells one of the other: pages made of real journals."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from pos_app.ledger import neighbours
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.exchange_facts import put_facts
from pos_app.ledger.sqlite import Connection
from sync.protocol.messages import OtherTill, Page, Row, pack_rows
from tests.corner import IDENTITY, PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register

DEVICE = {"A": "a" * 32, "B": "b" * 32, "C": "c" * 32}
TABLES = ("neighbours", "neighbour_stock", "neighbour_tabs", "neighbour_entries")


def till_of(folder: Path, till: str, *, opened: bool = True) -> Corner:
    """A till of MTR-001 with the goods and staff of the tests."""
    folder = folder / till
    folder.mkdir()
    found = new_corner(folder, replace(IDENTITY, ledger_id=DEVICE[till], till=till))
    register(found, folder, PRODUCERS, PRODUCTS, STAFF)
    if opened:
        found.do("open_shift", float=1_000_000)
    return found


def rows_of(teller: Corner, after: int = 0) -> list[Row]:
    """Its entries after one, as the centre's feed has them."""
    till = teller.ledger.identity.till
    found = teller.db.execute("SELECT seq, body FROM journal WHERE seq > ? ORDER BY seq", (after,))
    return [Row(f"{DEVICE[till]}/{till}/{seq}", bytes(body)) for seq, body in found]


def page_of(rows: Sequence[Row], after: str, cursor: str, *, restart: bool = False) -> Page:
    """A page of the scope with these rows."""
    return Page(
        nonce="n",
        device="d",
        scope="neighbours",
        timeline="t",
        after=after,
        cursor=cursor,
        block=pack_rows(rows),
        restart=restart,
    )


def cursor(listener: Corner) -> str:
    """Where the scope stands at a till."""
    return LedgerStore(listener.ledger).standing().cursors.get("neighbours", "")


def apply(listener: Corner, rows: Sequence[Row], name: str, *, restart: bool = False) -> int:
    """Let a till take rows as the next page, whose cursor is ``name``."""
    return LedgerStore(listener.ledger).apply_page(page_of(rows, cursor(listener), name, restart=restart))


def tell(listener: Corner, *tellers: Corner) -> None:
    """Let a till hear all that is new at others, as after an exchange of each with nothing unsent."""
    known = dict(listener.db.execute("SELECT till, seq FROM neighbours").fetchall())
    rows = [row for one in tellers for row in rows_of(one, known.get(one.ledger.identity.till, 0))]
    apply(listener, rows, f"{cursor(listener)}+{len(rows)}" if rows else cursor(listener) or "start")
    ack(listener, *(other(one) for one in tellers))


def other(teller: Corner, state: Literal["", "gone", "left_out"] = "", heard: int | None = None) -> OtherTill:
    """What an ack says of a till that exchanged just now."""
    till = teller.ledger.identity.till
    return OtherTill(DEVICE[till], till, int(teller.clock.now.timestamp()) if heard is None else heard, state)


def ack(listener: Corner, *others: OtherTill, end: str | None = None) -> None:
    """Let a till keep what an ack says of others: those named, beside those that it knew."""
    known = {one.device: one for one in neighbours.others(listener.db)} | {one.device: one for one in others}
    tills = msgspec.json.encode(list(known.values())).decode()
    with listener.ledger.write() as tx:
        end = cursor(listener) if end is None else end
        put_facts(tx.db, {neighbours.TILLS: tills, neighbours.END: end})


def told(db: Connection) -> list[tuple[object, ...]]:
    """All that a till knows of its neighbours, without what it is only a note of."""
    return [(table, *row) for table in TABLES for row in db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]
