"""What the corner's other tills recorded, as far as the centre told: their stock, their tabs, and their sales.

Kept beside the journal, never part of it: stock and tabs are the sums of the documents' own effects, and sales, refunds
and reversals are kept whole, for what may still be refunded. All of it can be fetched anew from the centre at any time.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from pos_app.ledger.exchange_facts import put_facts, read_fact, read_facts
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from pos_app.version import VERSION
from sync.protocol.entry import read_body
from sync.protocol.messages import Ack, OtherTill

UNREAD = "feed:unread_neighbours"
"""The version of the program that could not read an entry of a neighbour: a later one fetches all of them anew."""
TWICE = "feed:given_back_twice:"
"""Sales of which the tills together gave back more than was sold stand under this prefix, by number."""
TILLS, END = "neighbours_tills", "neighbours_end"
"""Facts: who the other tills are (JSON), and where their feed ends, as the last ack told."""
SETTLED = "neighbours_settled"
"""The fact that names (JSON) the tills without a valid key whose last figures a manager took as they are."""
LATE = 30
"""Seconds by which the centre's clock, as an ack tells it, may be behind when the ack is read."""
TABLES = ("neighbours", "neighbour_stock", "neighbour_tabs", "neighbour_entries")


class Neighbour(NamedTuple):
    """Another till: how many of its entries are known, and when the newest of them was recorded (ISO, by its clock)."""

    device: str
    till: str
    seq: int
    told_at: str


class Share(NamedTuple):
    """What one other till has: thousandths of goods, or rupiah of a tab."""

    till: str
    amount: int


def facts_of(ack: Ack) -> dict[str, str]:
    """What an ack says of the other tills, to be kept."""
    tills = () if ack.neighbours is msgspec.UNSET else ack.neighbours
    return {TILLS: msgspec.json.encode(tills).decode(), END: ack.cursors.get("neighbours", "")}


def others(db: Connection) -> list[OtherTill]:
    """The other tills of the corner, as the last ack told; those that it did not name were never heard of."""
    told = msgspec.json.decode(read_fact(db, TILLS, "[]"), type=list[OtherTill])
    named = {one.device for one in told}
    return told + [OtherTill(one.device, one.till) for one in neighbours(db) if one.device not in named]


def by_centre(db: Connection, moment: datetime) -> int:
    """A moment of this till's clock by the centre's, as far as the last ack told: seconds since 1970."""
    return int(moment.timestamp()) + int(read_fact(db, "clock_offset", "0"))


def unheard(db: Connection, since: float) -> list[OtherTill]:
    """Tills that may have recorded something by ``since`` (as ``by_centre`` tells it) that is not here.

    All of them while their feed is not here to its end; else who has not told the centre since then that nothing is
    unsent, who has no valid key (until a manager takes the last figures as they are), and whom the feed leaves out.
    """
    facts = read_facts(db)
    settled = msgspec.json.decode(facts.get(SETTLED, "[]"), type=list[str])
    whole = facts.get("cursor:neighbours", "") == facts.get(END, "") and not _is_left_unread(db)

    def known(one: OtherTill) -> bool:
        return one.device in settled if one.state == "gone" else not one.state and one.heard >= since + LATE

    return [one for one in others(db) if not (whole and known(one))]


def settle(db: Connection, tills: Iterable[OtherTill]) -> None:
    """The last figures of those without a valid key are taken as they are, in the caller's transaction."""
    settled = set(msgspec.json.decode(read_fact(db, SETTLED, "[]"), type=list[str]))
    settled |= {one.device for one in tills if one.state == "gone"}
    put_facts(db, {SETTLED: msgspec.json.encode(sorted(settled)).decode()})


def doubt(db: Connection, skus: Iterable[str]) -> None:
    """Goods that another till moved, before they were counted here or after, must be counted again."""
    db.executemany("UPDATE counting SET moved = 1 WHERE sku = ? AND state = 'counted'", [(sku,) for sku in skus])


def forget(db: Connection) -> None:
    """Everything that was told; in the caller's transaction."""
    doubt(db, [row[0] for row in db.execute("SELECT DISTINCT sku FROM neighbour_stock")])
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM exchange WHERE key = ? OR key GLOB ?", (UNREAD, f"{TWICE}*"))


def is_unread(db: Connection) -> bool:
    """Whether an older program left out entries that this one may be able to read."""
    return read_fact(db, UNREAD, VERSION) != VERSION


def _is_left_unread(db: Connection) -> bool:
    return bool(read_fact(db, UNREAD))


def neighbours(db: Connection) -> list[Neighbour]:
    """The other tills that are known, by their letter."""
    return [Neighbour(*row) for row in db.execute("SELECT device, till, seq, told_at FROM neighbours ORDER BY till")]


def stock(db: Connection, sku: str) -> list[Share]:
    """What each other till has of a product, as far as it ever had any."""
    rows = db.execute(
        "SELECT n.till, s.quantity FROM neighbour_stock s JOIN neighbours n USING (device) WHERE s.sku = ?"
        " ORDER BY n.till",
        (sku,),
    )
    return [Share(*row) for row in rows]


def on_hand(db: Connection, sku: str) -> int:
    """What all other tills together have of a product, in thousandths."""
    row = db.execute("SELECT coalesce(sum(quantity), 0) FROM neighbour_stock WHERE sku = ?", (sku,)).fetchone()
    return int(row[0])


def below_zero(db: Connection) -> dict[str, int]:
    """Goods of which the tills together sold more than came in, and that another till moved; in thousandths."""
    rows = db.execute(
        "SELECT sku, (SELECT sum(quantity) FROM neighbour_stock n WHERE n.sku = w.sku)"
        " + (SELECT coalesce(sum(quantity), 0) FROM stock s WHERE s.sku = w.sku) AS together"
        " FROM (SELECT sku FROM stock WHERE quantity < 0 UNION SELECT sku FROM neighbour_stock WHERE quantity < 0) w"
        " WHERE together < 0 ORDER BY sku"
    )
    return dict(rows.fetchall())


def tab(db: Connection, staff: str) -> int:
    """What a staff member owes on the tab at all other tills, in rupiah."""
    row = db.execute("SELECT coalesce(sum(amount), 0) FROM neighbour_tabs WHERE staff = ?", (staff,)).fetchone()
    return int(row[0])


def tabs(db: Connection, staff: str) -> list[Share]:
    """What a staff member owes at each other till."""
    rows = db.execute(
        "SELECT n.till, t.amount FROM neighbour_tabs t JOIN neighbours n USING (device)"
        " WHERE t.staff = ? AND t.amount <> 0 ORDER BY n.till",
        (staff,),
    )
    return [Share(*row) for row in rows]


def entries_about(db: Connection, sale_number: str) -> list[Entry]:
    """The sale of this number that another till recorded, and what other tills recorded about it, by till and entry."""
    rows = db.execute(
        "SELECT seq, body FROM neighbour_entries WHERE number = ? ORDER BY device, seq", (sale_number,)
    ).fetchall()
    envelopes = [(row["seq"], read_body(row["body"])) for row in rows]
    return [Entry(seq, b"", envelope, envelope.document()) for seq, envelope in envelopes]


def given_back_twice(db: Connection) -> dict[str, int]:
    """Sales of which the tills together gave back more than was sold, and by how many rupiah."""
    rows = db.execute("SELECT substr(key, ?), value FROM exchange WHERE key GLOB ?", (len(TWICE) + 1, f"{TWICE}*"))
    return {number: int(value) for number, value in rows}


def keep_given_back_twice(db: Connection, number: str, excess: int) -> None:
    """Remember that sale ``number`` was given back ``excess`` rupiah too often; 0: it was not."""
    if excess > 0:
        db.execute("INSERT OR REPLACE INTO exchange VALUES (?, ?)", (f"{TWICE}{number}", str(excess)))
    else:
        db.execute("DELETE FROM exchange WHERE key = ?", (f"{TWICE}{number}",))
