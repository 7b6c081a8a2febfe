"""The registry as its spreadsheets have it: all producers, products and staff, by code. Personal data stays sealed."""

from collections.abc import Iterator

from pos_app.ledger.sqlite import Connection, Row


def producers(db: Connection) -> Iterator[Row]:
    """Columns of ``producers``."""
    return iter(db.execute("SELECT * FROM producers ORDER BY code"))


def staff(db: Connection) -> Iterator[Row]:
    """Columns of ``staff``."""
    return iter(db.execute("SELECT * FROM staff ORDER BY code"))


def products(db: Connection) -> Iterator[Row]:
    """Columns of ``products``, with the prices, terms and minimum stock that hold at the corner now."""
    return iter(
        db.execute(
            "SELECT p.sku, p.name, p.category, p.unit, p.producer, p.pricing,"
            " coalesce(c.consign_price, p.consign_price) AS consign_price,"
            " coalesce(c.commission_bp, p.commission_bp) AS commission_bp,"
            " coalesce(c.sell_price, p.sell_price) AS sell_price, p.shelf_life_days,"
            " coalesce(c.min_stock, p.min_stock) AS min_stock, p.needs_pirt, p.needs_halal, p.e_katalog, p.tkdn_bp"
            " FROM products p LEFT JOIN prices c USING (sku) ORDER BY p.sku"
        )
    )


def barcodes(db: Connection) -> dict[str, list[str]]:
    """The barcodes of every product that has one, in their order."""
    found: dict[str, list[str]] = {}
    for sku, barcode in db.execute("SELECT sku, barcode FROM barcodes ORDER BY sku, barcode"):
        found.setdefault(sku, []).append(barcode)
    return found
