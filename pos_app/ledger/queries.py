"""Reads of the counter: one function, one question. Amounts in rupiah, quantities in thousandths."""

from dataclasses import dataclass

from pos_app.domain.finding import ranked
from pos_app.domain.product import Lot, Product
from pos_app.ledger import aliases
from pos_app.ledger.sqlite import Connection, Row
from sync.documents.base import FIGURES, Document
from sync.documents.shift import expected_cash
from sync.documents.state import Shift
from sync.protocol.entry import Envelope, read_body


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the journal, read back."""

    seq: int
    hash: bytes
    envelope: Envelope
    document: Document

    @property
    def id(self) -> str:
        """The document's id (UUIDv7)."""
        return self.envelope.id


@dataclass(frozen=True, slots=True)
class OpenShift:
    """The shift that is open now; ``figures`` by the names of ``FIGURES``."""

    seq: int
    number: str
    opened_at: str
    date: str
    float: int
    figures: dict[str, int]

    @property
    def expected(self) -> int:
        """Cash that should lie in the drawer."""
        return expected_cash(self.float, self.figures)


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list."""

    seq: int
    number: str
    kind: str
    date: str
    amount: int
    party: str


PRODUCT = """
SELECT p.sku, p.name, p.category, p.unit, p.producer, m.business_name AS producer_name, p.pricing,
       coalesce(c.consign_price, p.consign_price) AS consign_price,
       coalesce(c.commission_bp, p.commission_bp) AS commission_bp,
       coalesce(c.sell_price, p.sell_price) AS sell_price,
       p.shelf_life_days, coalesce(c.min_stock, p.min_stock) AS min_stock,
       (SELECT coalesce(sum(quantity), 0) FROM stock s WHERE s.sku = p.sku) AS on_hand,
       (SELECT min(expires_on) FROM stock s WHERE s.sku = p.sku AND s.quantity > 0) AS expires_on,
       (SELECT coalesce(sum(quantity), 0) FROM neighbour_stock n WHERE n.sku = p.sku) AS next_door
FROM products p JOIN producers m ON m.code = p.producer LEFT JOIN prices c ON c.sku = p.sku
"""
PRODUCTS_BY_CODE = (
    PRODUCT
    + """
WHERE p.sku IN (SELECT :code UNION ALL SELECT sku FROM barcodes WHERE barcode = :code) ORDER BY p.sku
"""
)
SHORT_WORD = """
(name LIKE :like ESCAPE '\\' OR sku LIKE :like ESCAPE '\\'
 OR producer IN (SELECT code FROM producers WHERE business_name LIKE :like ESCAPE '\\'))
"""
"""Words of one or two letters, which the trigram index does not find."""
INDEXED_FROM = 3
"""Letters of a word that the trigram index finds."""
INDEXED = "id IN (SELECT rowid FROM product_search WHERE product_search MATCH :match)"
WORD_STARTS = "(' ' || name LIKE :start ESCAPE '\\')"
CANDIDATES = 60
"""How many goods a search looks at closely, of those whose name has the words and of the others."""


def _product(row: Row) -> Product:
    return Product(*row)


def product(db: Connection, sku: str) -> Product | None:
    """The product with this SKU."""
    row = db.execute(PRODUCT + "WHERE p.sku = ?", (sku,)).fetchone()
    return _product(row) if row else None


def products_by_code(db: Connection, code: str) -> list[Product]:
    """The product with this SKU, else all that carry this barcode, else what the centre found the SKU to be."""
    found = [_product(row) for row in db.execute(PRODUCTS_BY_CODE, {"code": code})]
    if not found and (now := aliases.target(db, "product", code)) != code:
        return products_by_code(db, now)
    return [one for one in found if one.sku == code] or found


def search_products(db: Connection, text: str, limit: int = 30) -> list[Product]:
    """Products with every word of ``text`` in a word of its own of name, producer or SKU; likeliest first."""
    words = text.split()
    if not words:
        return []
    found = ranked(_named(db, words), text)
    if len(found) < limit:
        known = {product.sku for product in found}
        found += ranked([product for product in _mentioning(db, words) if product.sku not in known], text)
    return found[:limit]


def _named(db: Connection, words: list[str]) -> list[Product]:
    """Products whose name has words that start with these; first those whose name starts with all of them."""
    parameters = {f"start{n}": f"% {_literal(word)}%" for n, word in enumerate(words)}
    parameters |= {"text": _literal(" ".join(words)) + "%", "match": matching(words)}
    conditions = [WORD_STARTS.replace(":start", f":start{n}") for n in range(len(words))]
    if parameters["match"]:
        conditions.insert(0, INDEXED)
    return _candidates(
        db, f"{' AND '.join(conditions)} ORDER BY name LIKE :text ESCAPE '\\' DESC, name, sku", parameters
    )


def _mentioning(db: Connection, words: list[str]) -> list[Product]:
    """Products with these words anywhere in name, producer or SKU."""
    short = [word for word in words if len(word) < INDEXED_FROM]
    conditions = [SHORT_WORD.replace(":like", f":like{n}") for n in range(len(short))]
    parameters = {f"like{n}": f"%{_literal(word)}%" for n, word in enumerate(short)}
    parameters["match"] = matching(words)
    if parameters["match"]:
        conditions.append(INDEXED)
    # Walked in the order of the index by name, so that the list is cut without sorting all that was found.
    return _candidates(db, f"{' AND '.join(conditions)} ORDER BY name, sku", parameters)


def matching(words: list[str]) -> str:
    """What the trigram index is asked for: the words that it can find."""
    return " ".join('"' + word.replace('"', '""') + '"' for word in words if len(word) >= INDEXED_FROM)


def _candidates(db: Connection, conditions: str, parameters: dict[str, str]) -> list[Product]:
    """The first of the products, cut before stock and price are looked up."""
    found = f"SELECT id FROM products WHERE {conditions} LIMIT {CANDIDATES}"
    return [_product(row) for row in db.execute(PRODUCT + f"WHERE p.id IN ({found})", parameters)]


def _literal(word: str) -> str:
    """A word for LIKE that means itself."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def products_in_category(db: Connection, category: str, limit: int = 60) -> list[Product]:
    """Products of one category by name."""
    rows = db.execute(PRODUCT + "WHERE p.category = ? ORDER BY p.name LIMIT ?", (category, limit))
    return [_product(row) for row in rows]


def best_sellers(db: Connection, since_seq: int, limit: int = 15) -> list[str]:
    """SKUs of what sold most often since an entry, then of what is on hand, then of anything, by name."""
    found = db.execute(
        "SELECT p.sku FROM (SELECT sku, count(*) AS times FROM stock_movements WHERE seq > ? AND quantity < 0"
        " GROUP BY sku) t JOIN products p USING (sku) ORDER BY t.times DESC, p.name LIMIT ?",
        (since_seq, limit),
    ).fetchall()
    in_stock = "WHERE EXISTS (SELECT 1 FROM stock s WHERE s.sku = p.sku AND s.quantity > 0)"
    for which in (in_stock, ""):
        if len(found) < limit:  # twice as many: those that are found already are among them
            found += db.execute(f"SELECT sku FROM products p {which} ORDER BY name LIMIT ?", (limit * 2,))
    return list(dict.fromkeys(row[0] for row in found))[:limit]


def products_of(db: Connection, producer: str) -> list[Product]:
    """All goods of one producer by name."""
    return [_product(row) for row in db.execute(PRODUCT + "WHERE p.producer = ? ORDER BY p.name", (producer,))]


def all_products(db: Connection, limit: int, offset: int = 0) -> list[Product]:
    """A page of the catalogue by name."""
    return [_product(row) for row in db.execute(PRODUCT + "ORDER BY p.name LIMIT ? OFFSET ?", (limit, offset))]


def lots(db: Connection, sku: str) -> list[Lot]:
    """Batches of a product that are not at zero."""
    rows = db.execute(
        "SELECT batch, quantity, cost, expires_on, position FROM stock WHERE sku = ? AND quantity <> 0", (sku,)
    )
    return [Lot(*row) for row in rows]


def balance(db: Connection, account: str) -> int:
    """Balance of an account, debit positive."""
    row = db.execute("SELECT amount FROM balances WHERE account = ?", (account,)).fetchone()
    return row[0] if row else 0


def payable(db: Connection, producer: str) -> int:
    """What the corner owes this producer now; negative after a refund of paid goods."""
    return -balance(db, f"payable:{producer}")


def tab(db: Connection, staff: str) -> int:
    """What this staff member owes on the tab."""
    return balance(db, f"tab:{staff}")


def open_shift(db: Connection) -> OpenShift | None:
    """The shift that is open now."""
    row = db.execute("SELECT * FROM shifts WHERE closed_seq IS NULL AND seq > 0").fetchone()
    if row is None:
        return None
    figures = {name: row[name] for name in FIGURES if row[name]}
    return OpenShift(row["seq"], row["number"], row["opened_at"], row["date"], row["opening_float"], figures)


def entry_by_seq(db: Connection, seq: int) -> Entry | None:
    """The entry with this sequence number."""
    return _entry(db.execute("SELECT seq, hash, body FROM journal WHERE seq = ?", (seq,)).fetchone())


def entry_by_id(db: Connection, document_id: str) -> Entry | None:
    """The entry of this document."""
    return _entry(db.execute("SELECT seq, hash, body FROM journal WHERE document_id = ?", (document_id,)).fetchone())


def entry_by_number(db: Connection, number: str) -> Entry | None:
    """The entry with this document number."""
    row = db.execute(
        "SELECT j.seq, j.hash, j.body FROM documents d JOIN journal j ON j.seq = d.seq WHERE d.number = ?", (number,)
    ).fetchone()
    return _entry(row)


def _entry(row: Row | None) -> Entry | None:
    if row is None:
        return None
    envelope = read_body(row["body"])
    return Entry(row["seq"], row["hash"], envelope, envelope.document())


def document_id(db: Connection, seq: int) -> str:
    """The id of the document in entry ``seq``, which exists."""
    return str(db.execute("SELECT document_id FROM journal WHERE seq = ?", (seq,)).fetchone()[0])


def of_kind(kind: str, column: str = "kind") -> str:
    """The condition for documents of a kind, whose name is its one parameter.

    Sales are found by walking the journal: an index that leaves them out costs a sale nothing.
    """
    return f"{column} = ?" if kind == "sale" else f"{column} = ? AND {column} <> 'sale'"


def recent(db: Connection, kind: str, limit: int = 50) -> list[Listed]:
    """The newest documents of a kind, newest first."""
    rows = db.execute(
        f"SELECT seq, number, kind, date, amount, party FROM documents WHERE {of_kind(kind)} ORDER BY seq DESC LIMIT ?",
        (kind, limit),
    )
    return [Listed(*row) for row in rows]


def refunded(db: Connection, sale_seq: int) -> dict[int, tuple[int, int, int, int]]:
    """What came back of each line of a sale: quantity, total, share, cost."""
    rows = db.execute(
        "SELECT line, sum(quantity), sum(total), sum(share), sum(cost) FROM refunded WHERE sale_seq = ? GROUP BY line",
        (sale_seq,),
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def is_reversed(db: Connection, document_id: str) -> bool:
    """Whether a reversal of this document exists."""
    return db.execute("SELECT 1 FROM reversed WHERE original_id = ?", (document_id,)).fetchone() is not None


def last_recorded_at(db: Connection) -> str | None:
    """Time of the last entry."""
    row = db.execute("SELECT recorded_at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return row[0] if row else None


def setting(db: Connection, key: str, default: str) -> str:
    """A setting of this till."""
    row = db.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return row[0] if row else default


def shifts(db: Connection) -> dict[int, tuple[Shift, dict[str, int]]]:
    """Every shift with its running totals, by the entry that opened it; ``OUTSIDE`` for what no shift held."""
    return {
        row["seq"]: (
            Shift(
                row["number"],
                row["opened_at"],
                row["opening_float"],
                row["expected"],
                row["counted"],
                row["difference"],
            ),
            {name: row[name] for name in FIGURES},
        )
        for row in db.execute("SELECT * FROM shifts ORDER BY seq")
    }


def balances(db: Connection) -> dict[str, int]:
    """Every account that was ever touched, debit positive."""
    return dict(db.execute("SELECT account, amount FROM balances").fetchall())


def stock_sums(db: Connection) -> dict[str, int]:
    """On hand of every product that ever moved, in thousandths."""
    return dict(db.execute("SELECT sku, sum(quantity) FROM stock GROUP BY sku").fetchall())


def acked_seq(db: Connection) -> int:
    """How many entries the centre has confirmed."""
    row = db.execute("SELECT value FROM exchange WHERE key = 'acked_seq'").fetchone()
    return int(row[0]) if row else 0
