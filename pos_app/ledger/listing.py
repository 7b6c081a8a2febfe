"""Reads for lists of the window. Amounts in rupiah, quantities in thousandths, dates and times as ISO texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pos_app.domain.product import Product
from pos_app.ledger.queries import INDEXED, PRODUCT, matching, of_kind
from pos_app.ledger.sqlite import Connection

StockFilter = Literal["all", "low", "out", "expiring"]

_FILTERS: Final = {
    "all": "1",
    "low": "on_hand + next_door > 0 AND on_hand + next_door <= min_stock",
    "out": "on_hand + next_door <= 0",
    "expiring": "on_hand > 0 AND expires_on <= :soon",
}
_AMONG: Final = {
    "low": "p.sku IN (SELECT sku FROM stock WHERE quantity > 0 UNION ALL"
    " SELECT sku FROM neighbour_stock WHERE quantity > 0)",
    "expiring": "p.sku IN (SELECT sku FROM stock WHERE quantity > 0 AND expires_on <= :soon)",
}
"""Which goods can be what a filter wants at all: most of a catalogue is not on the shelf."""
_COUNTED: Final = """
WITH own AS (
    SELECT sku, sum(quantity) AS on_hand, min(expires_on) FILTER (WHERE quantity > 0) AS expires_on
    FROM stock GROUP BY sku
), there AS (
    SELECT sku, sum(on_hand) AS in_corner, sum(on_hand) FILTER (WHERE here) AS on_hand, min(expires_on) AS expires_on
    FROM (SELECT sku, on_hand, expires_on, 1 AS here FROM own
          UNION ALL SELECT sku, quantity, NULL, 0 FROM neighbour_stock) GROUP BY sku
)
SELECT (SELECT count(*) FROM products),
       coalesce(sum(t.in_corner > 0 AND t.in_corner <= coalesce(c.min_stock, p.min_stock)), 0),
       coalesce(sum(t.in_corner > 0), 0), coalesce(sum(t.on_hand > 0 AND t.expires_on <= :soon), 0)
FROM there t JOIN products p ON p.sku = t.sku LEFT JOIN prices c ON c.sku = p.sku
"""
"""All goods, those that run low at the corner's tills together, those on hand there, and those here that expire."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An entry in the list of what was or will be sent; ``producer`` is a name where the document has one."""

    seq: int
    number: str
    kind: str
    at: str
    amount: int
    party: str
    producer: str


def producers_matching(db: Connection, text: str, limit: int = 30) -> list[tuple[str, str, str]]:
    """Code, business name and kelurahan of producers with every word of ``text`` in name or code, by name; also of the
    one that a code of before is now."""
    words = text.split()
    conditions = [f"(business_name || ' ' || code) LIKE :like{n}" for n in range(len(words))] or ["1"]
    parameters: dict[str, str | int] = {f"like{n}": f"%{word}%" for n, word in enumerate(words)}
    parameters |= {"limit": limit, "was": f"%{text.strip() or '-'}%"}
    rows = db.execute(
        "SELECT code, business_name, kelurahan FROM producers WHERE "
        + " AND ".join(conditions)
        + " OR code IN (SELECT target FROM aliases WHERE kind = 'producer' AND code LIKE :was)"
        + " ORDER BY business_name LIMIT :limit",
        parameters,
    )
    return [tuple(row) for row in rows]


def needed_papers(db: Connection, sku: str) -> tuple[bool, bool]:
    """Whether the producer of this product must hold a P-IRT, and a halal certificate."""
    row = db.execute("SELECT needs_pirt, needs_halal FROM products WHERE sku = ?", (sku,)).fetchone()
    return (bool(row[0]), bool(row[1])) if row else (False, False)


def newest(db: Connection, kinds: Sequence[str], party: str | None = None) -> int | None:
    """The entry of the newest document of these kinds, of one party where it is given."""
    found = (
        db.execute(
            f"SELECT seq FROM documents WHERE {of_kind(kind)} AND (? IS NULL OR party = ?) ORDER BY seq DESC LIMIT 1",
            (kind, party, party),
        ).fetchone()
        for kind in kinds
    )
    return max((row[0] for row in found if row), default=None)


def first_delivery_dates(db: Connection) -> dict[str, str]:
    """The date of the first delivery of every producer who ever delivered."""
    # The kind stands in the text, as in the condition of the index ``deliveries``.
    rows = db.execute("SELECT party, min(date) FROM documents WHERE kind = 'goods_received' GROUP BY party")
    return dict(rows.fetchall())


def stock_list(db: Connection, which: StockFilter, text: str, soon: str, limit: int = 500) -> list[Product]:
    """Goods by name; ``soon`` is the last date that counts as expiring. Words of ``text`` may stand in any order."""
    words = text.split()
    conditions = [_FILTERS[which]]
    conditions += [f"(name || ' ' || producer_name || ' ' || sku) LIKE :like{n}" for n in range(len(words))]
    parameters: dict[str, str | int] = {f"like{n}": f"%{word}%" for n, word in enumerate(words)}
    parameters |= {"soon": soon, "limit": limit}
    parameters["match"] = matching(words)
    among = [_AMONG[which]] if which in _AMONG else []
    among += [f"+p.{INDEXED}"] if parameters["match"] else []  # the plus: walked by name, so that the list is cut early
    goods = f"{PRODUCT} WHERE {' AND '.join(among)}" if among else PRODUCT
    sql = f"SELECT * FROM ({goods}) WHERE " + " AND ".join(conditions) + " ORDER BY name LIMIT :limit"
    return [Product(*row) for row in db.execute(sql, parameters)]


def stock_counts(db: Connection, soon: str) -> dict[str, int]:
    """How many goods each filter of ``stock_list`` finds."""
    goods, low, there, expiring = db.execute(_COUNTED, {"soon": soon}).fetchone()
    return {"all": goods, "low": low, "out": goods - there, "expiring": expiring}


def batches(db: Connection, sku: str) -> list[tuple[str, int, str | None]]:
    """Batch, quantity and last day of sale of what is on hand, the first to expire first."""
    rows = db.execute(
        "SELECT batch, quantity, expires_on FROM stock WHERE sku = ? AND quantity <> 0"
        " ORDER BY expires_on IS NULL, expires_on, position",
        (sku,),
    )
    return [tuple(row) for row in rows]


def journal_lines(db: Connection, after: int, through: int, limit: int = 200) -> list[JournalLine]:
    """Entries ``after`` < seq <= ``through``, newest first."""
    rows = db.execute(
        "SELECT j.seq, d.number, j.kind, j.recorded_at, d.amount, d.party, coalesce(m.business_name, '')"
        " FROM journal j JOIN documents d ON d.seq = j.seq LEFT JOIN producers m ON m.code = d.party"
        " WHERE j.seq > ? AND j.seq <= ? ORDER BY j.seq DESC LIMIT ?",
        (after, through, limit),
    )
    return [JournalLine(*row) for row in rows]


def journal_bytes(db: Connection, after: int) -> int:
    """Size of the bodies of the entries after one; of many, what the newest thousand make likely."""
    size, counted, newest = db.execute(
        "SELECT coalesce(sum(length(body)), 0), count(*), max(seq) FROM"
        " (SELECT seq, body FROM journal WHERE seq > ? ORDER BY seq DESC LIMIT 1000)",
        (after,),
    ).fetchone()
    return int(size * (newest - after) // counted) if counted else 0
