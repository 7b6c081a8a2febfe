"""What the quick tiles show beyond the goods themselves: favourites that a manager chose, and pictures of goods."""

from collections.abc import Iterable

from pos_app.ledger.sqlite import Connection


def favourites(db: Connection) -> list[str]:
    """SKUs of the chosen favourites, in their order."""
    return [row[0] for row in db.execute("SELECT sku FROM favourites ORDER BY position, sku")]


def add_favourite(db: Connection, sku: str) -> None:
    """One more favourite, behind the others; nothing when it is one."""
    db.execute(
        "INSERT INTO favourites SELECT ?, coalesce(max(position), 0) + 1 FROM favourites WHERE true"
        " ON CONFLICT (sku) DO NOTHING",
        (sku,),
    )


def remove_favourite(db: Connection, sku: str) -> None:
    """No favourite any more."""
    db.execute("DELETE FROM favourites WHERE sku = ?", (sku,))


def picture(db: Connection, sku: str) -> bytes | None:
    """The picture of goods as it was stored (PNG, JPEG or WebP)."""
    row = db.execute("SELECT image FROM pictures WHERE sku = ?", (sku,)).fetchone()
    return bytes(row[0]) if row else None


def pictured(db: Connection, skus: Iterable[str]) -> frozenset[str]:
    """Which of these goods have a picture."""
    wanted = list(skus)
    marks = ", ".join("?" * len(wanted))
    return frozenset(row[0] for row in db.execute(f"SELECT sku FROM pictures WHERE sku IN ({marks})", wanted))


def set_picture(db: Connection, sku: str, image: bytes) -> None:
    """The picture of goods; the one before is replaced."""
    db.execute(
        "INSERT INTO pictures VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET image = excluded.image", (sku, image)
    )


def remove_picture(db: Connection, sku: str) -> None:
    """No picture any more."""
    db.execute("DELETE FROM pictures WHERE sku = ?", (sku,))
