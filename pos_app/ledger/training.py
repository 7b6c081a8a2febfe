"""What a training ledger takes from a real one: goods, prices and tiles; of people nothing but how many there are."""

from pos_app.ledger import search
from pos_app.ledger.sqlite import Connection

TABLES = ("products", "barcodes", "favourites", "pictures", "variants", "shelves")
"""Copied row by row; none of them tells of a person."""


def copy_goods(source: Connection, target: Connection, invented_name: str) -> None:
    """Goods with the prices that hold now; producers keep their codes under ``invented_name`` and a number.

    ``target`` is an empty ledger inside a transaction.
    """
    codes = [row[0] for row in source.execute("SELECT code FROM producers ORDER BY code")]
    target.executemany(
        "INSERT INTO producers (code, business_name, class, payout_terms) VALUES (?, ?, 'mikro', 'mingguan')",
        [(code, f"{invented_name} {number}") for number, code in enumerate(codes, 1)],
    )
    for table in TABLES:
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        if rows:
            places = ", ".join("?" * len(rows[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({places})", [tuple(row) for row in rows])
    prices = source.execute("SELECT sell_price, consign_price, commission_bp, sku FROM prices").fetchall()
    target.executemany(
        "UPDATE products SET sell_price = ?, consign_price = coalesce(?, consign_price),"
        " commission_bp = coalesce(?, commission_bp) WHERE sku = ?",
        [tuple(row) for row in prices],
    )
    search.fill(target)


def staff_count(source: Connection) -> int:
    """How many people may buy on the tab."""
    return int(source.execute("SELECT count(*) FROM staff").fetchone()[0])
