"""Rows that the centre's feeds bring: its registry wins, the corner's own price and terms stay.

A producer or product that a feed no longer lists is kept: documents name it. Goods that documents name keep their
producer and unit, whatever a feed says: what is on the shelf and owed is by those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from pos_app.ledger import aliases, digests, feed_rows, neighbour_feed, search
from pos_app.ledger.left_out import Left
from pos_app.ledger.sqlite import Connection
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.messages import Page, Row

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "producers": msgspec.json.Decoder(ProducerFacts),
    "catalogue": msgspec.json.Decoder(ProductFacts),
}
NOTICE = "feed:"
"""Rows of the other scopes are kept as they came, in ``exchange``, under this prefix, scope and key."""
KEPT = f"{NOTICE}kept:"
"""Goods whose producer or unit a feed would have changed stand under this prefix, with what it says of them."""
PRICED = f"{NOTICE}priced:"
"""Goods for which a feed last named other terms than it first did, with those terms."""
SLICE = 100
"""Rows that one transaction applies while the counter may be selling: less than a frame."""
GONE: Final = 0
"""The token of a row that the feed lists no more."""

Place = tuple[str, str]
"""Producer and unit of goods."""
Terms = tuple[int | None, int | None, int]
"""Consign price, commission and selling price."""
Brought = tuple[Any, int]
"""A row: its facts, or ``Left`` where they cannot be read, and its token; its key and ``GONE`` where the feed lists it
no more."""
_THESE = "(SELECT value FROM json_each(?))"


class _Told(msgspec.Struct, frozen=True):
    """Producer and unit of goods as a feed names them."""

    producer: str
    unit: str


_PLACE = msgspec.json.Decoder(_Told)


def read_rows(page: Page) -> list[Any]:
    """The rows of a page, as facts with their tokens (``Brought``) where there are any. Raises ``wire.Malformed`` or
    ``Oversize`` for a page that has none.
    """
    rows = page.rows()
    if page.scope == neighbour_feed.SCOPE:
        return neighbour_feed.read(rows)
    decoder = DECODERS.get(page.scope)
    if decoder is None:
        return rows
    try:
        # A centre of before sends no tokens.
        return [(decoder.decode(row.body), row.token or 1) if row.body else (row.key, GONE) for row in rows]
    except UNREADABLE:
        return [(readable(decoder, row), row.token or 1) if row.body else (row.key, GONE) for row in rows]


def readable(decoder: msgspec.json.Decoder[Any], row: Row) -> Any:
    """The facts of a row, or the row as one that is left out."""
    try:
        return decoder.decode(row.body)
    except UNREADABLE:
        return Left(row.key, "refused", row.body)


def apply(db: Connection, scope: str, rows: list[Any]) -> None:
    """Store what ``read_rows`` gave; inside the caller's transaction. Applying rows again changes nothing."""
    if scope not in DECODERS:
        _keep(db, scope, rows)
        return
    standing = digests.settle(db, scope, rows)
    if scope == "producers":
        _apply_producers(db, standing)
    else:
        _apply_products(db, standing)


def _apply_producers(db: Connection, rows: Sequence[Brought]) -> None:
    names, erased = _names(db, [row.code for row, _token in rows])
    if erased:  # who was anonymised stays so, whatever the centre still says
        db.executemany(
            "UPDATE producers SET version = ? WHERE code = ?",
            [(token, row.code) for row, token in rows if row.code in erased],
        )
        rows = [(row, token) for row, token in rows if row.code not in erased]
    feed_rows.put_producers(db, rows)
    renamed = [row.code for row, _token in rows if names.get(row.code, row.business_name) != row.business_name]
    if renamed:
        search.renew_of_producers(db, renamed)


def _apply_products(db: Connection, rows: Sequence[Brought]) -> None:
    producers = {row.producer for row, _token in rows}
    _stand_in(db, producers - _names(db, list(producers))[0].keys())
    found = db.execute(
        f"SELECT sku, producer, unit, consign_price, commission_bp, sell_price FROM products WHERE sku IN {_THESE}",
        (_json([row.sku for row, _token in rows]),),
    )
    known: dict[str, tuple[Place, Terms]] = {row[0]: ((row[1], row[2]), (row[3], row[4], row[5])) for row in found}
    if known:
        rows = _as_documents_say(db, rows, {sku: place for sku, (place, _terms) in known.items()})
        _note_terms(db, rows, {sku: terms for sku, (_place, terms) in known.items()})
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM products").fetchone()[0]
    feed_rows.put_products(db, rows)
    changed = [row for row, _token in rows if row.sku in known]
    if changed:
        with_barcode = _json([row.sku for row in changed if row.barcode])
        # A label that this corner printed stays on the goods, and so does a code that it gave them.
        db.execute(
            f"DELETE FROM barcodes WHERE barcode NOT GLOB '20*' AND sku IN {_THESE} AND NOT EXISTS"
            " (SELECT 1 FROM own_barcodes o WHERE o.sku = barcodes.sku AND o.barcode = barcodes.barcode)",
            (with_barcode,),
        )
    feed_rows.put_barcodes(db, [(row.barcode, row.sku) for row, _token in rows if row.barcode])
    if changed:
        search.renew(db, [row.sku for row in changed])
    search.add_from(db, first)


def _as_documents_say(db: Connection, rows: Sequence[Brought], known: dict[str, Place]) -> list[Brought]:
    """The rows with the producer and unit of goods that documents name; where they differ, a notice is kept."""
    told = {key.removeprefix(KEPT) for key, _value in _noticed(db, KEPT)}
    stay = list[Brought]()
    for row, token in rows:
        producer, unit = known.get(row.sku, (row.producer, row.unit))
        if (producer, unit) != (row.producer, row.unit) and _named(db, row.sku):
            _notice(db, KEPT + row.sku, msgspec.json.encode(_Told(row.producer, row.unit)))
            stay.append((msgspec.structs.replace(row, producer=producer, unit=unit), token))
            continue
        if row.sku in told:
            _notice(db, KEPT + row.sku, b"")
        stay.append((row, token))
    return stay


def _named(db: Connection, sku: str) -> bool:
    """Whether a document names the goods: they keep a row of stock from the first movement on."""
    query = "SELECT EXISTS (SELECT 1 FROM stock WHERE sku = :sku) OR EXISTS (SELECT 1 FROM prices WHERE sku = :sku)"
    return bool(db.execute(query, {"sku": sku}).fetchone()[0])


def kept(db: Connection) -> list[str]:
    """Goods that a feed names under another producer or unit than documents do, by SKU.

    A producer that was merged into the one whom the feed names is no other one.
    """
    noticed = {key.removeprefix(KEPT): _PLACE.decode(value) for key, value in _noticed(db, KEPT)}
    if not noticed:
        return []
    now = aliases.targets(db, "producer")
    rows = db.execute(f"SELECT sku, producer, unit FROM products WHERE sku IN {_THESE}", (_json(list(noticed)),))
    own = {sku: (now.get(producer, producer), unit) for sku, producer, unit in rows}
    return [sku for sku, told in noticed.items() if own.get(sku) != (now.get(told.producer, told.producer), told.unit)]


def _noticed(db: Connection, prefix: str) -> list[tuple[str, str]]:
    found = db.execute(
        "SELECT key, value FROM exchange WHERE key > ? AND key < ? ORDER BY key", (prefix, f"{prefix[:-1]};")
    )
    return [(key, value) for key, value in found]


def _note_terms(db: Connection, rows: Sequence[Brought], known: dict[str, Terms]) -> None:
    """Keep what the feed says of prices where it differs from the row of the goods, which stays as it first came."""
    told = {key.removeprefix(PRICED) for key, _value in _noticed(db, PRICED)}
    for row, _token in rows:
        terms = (row.consign_price, row.commission_bp, row.sell_price)
        if known.get(row.sku, terms) != terms:
            _notice(db, PRICED + row.sku, msgspec.json.encode(terms))
        elif row.sku in told:
            _notice(db, PRICED + row.sku, b"")


@dataclass(frozen=True, slots=True)
class Differing:
    """Goods for which the centre proposes other terms than the corner's own: rupiah and basis points."""

    sku: str
    name: str
    own: Terms
    proposed: Terms


_DIFFERING: Final = (
    " FROM (SELECT p.sku, p.name, coalesce(c.consign_price, p.consign_price) AS consign,"
    " coalesce(c.commission_bp, p.commission_bp) AS share, coalesce(c.sell_price, p.sell_price) AS sell,"
    " CASE WHEN e.key IS NULL THEN p.consign_price ELSE e.value ->> 0 END AS told_consign,"
    " CASE WHEN e.key IS NULL THEN p.commission_bp ELSE e.value ->> 1 END AS told_share,"
    " CASE WHEN e.key IS NULL THEN p.sell_price ELSE e.value ->> 2 END AS told_sell"
    " FROM products p LEFT JOIN prices c ON c.sku = p.sku"
    f" LEFT JOIN exchange e ON e.key = '{PRICED}' || p.sku"
    " WHERE p.version > 0 AND p.sku IN (SELECT sku FROM prices UNION ALL"
    f" SELECT substr(key, {len(PRICED) + 1}) FROM exchange WHERE key > '{PRICED}' AND key < '{PRICED[:-1]};'))"
    " WHERE consign IS NOT told_consign OR share IS NOT told_share OR sell IS NOT told_sell"
)


def differing(db: Connection, limit: int = -1) -> list[Differing]:
    """Goods of the catalogue whose terms at this corner are not those that the centre last proposed, by name; all of
    them without a ``limit``.
    """
    rows = db.execute(f"SELECT *{_DIFFERING} ORDER BY name, sku LIMIT ?", (limit,))
    return [Differing(row[0], row[1], tuple(row[2:5]), tuple(row[5:8])) for row in rows]


def count_differing(db: Connection) -> int:
    """How many goods these are."""
    return int(db.execute(f"SELECT count(*){_DIFFERING}").fetchone()[0])


def _names(db: Connection, codes: list[str]) -> tuple[dict[str, str], set[str]]:
    """Business names of those of ``codes`` that are known, and which of them were anonymised."""
    rows = db.execute(
        f"SELECT code, business_name, personal IS x'' FROM producers WHERE code IN {_THESE}", (_json(codes),)
    ).fetchall()
    return {row[0]: row[1] for row in rows}, {row[0] for row in rows if row[2]}


def _stand_in(db: Connection, codes: set[str]) -> None:
    """A product may arrive before its producer, who was registered between two pulls; the next pull fills it in."""
    db.executemany(
        "INSERT INTO producers (code, business_name, class, payout_terms) VALUES (?, ?, 'mikro', 'mingguan')",
        [(code, code) for code in sorted(codes)],
    )


def _json(values: list[str]) -> str:
    return msgspec.json.encode(values).decode()


def _keep(db: Connection, scope: str, rows: list[Row]) -> None:
    for row in rows:
        _notice(db, f"{NOTICE}{scope}:{row.key}", row.body)


def _notice(db: Connection, key: str, body: bytes) -> None:
    """Keep one row in ``exchange``; without a body it goes."""
    if body:
        db.execute(
            "INSERT INTO exchange VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, body.decode("utf-8", "replace")),
        )
    else:
        db.execute("DELETE FROM exchange WHERE key = ?", (key,))
