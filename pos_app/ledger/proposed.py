"""What was registered here and is proposed to the centre: producers and goods under codes of this till's own.

A proposal is a row that waits until the centre has it, and is gone when the feed brings its code: confirmed, or as an
alias of another. One that was declined stays: the code is used here all the same.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

import msgspec

from pos_app.ledger import aliases
from pos_app.ledger.registry import ERASED
from pos_app.ledger.sqlite import Connection
from sync.documents.identifiers import is_ean13
from sync.protocol.facts import FACTS, LETTERS, Kind, ProducerFacts, ProductFacts, is_own_code
from sync.protocol.local import Proposed
from sync.protocol.soundness import unsound

Person = Callable[[str, bytes], bytes]
"""Code and sealed blob of a producer to the JSON in it; empty where it cannot be read."""
UNIT: Final = 1_000
_CODES: Final[dict[Kind, str]] = {
    "producer": "SELECT code FROM producers WHERE code GLOB ? AND personal IS NOT x''",
    "product": "SELECT sku FROM products WHERE sku GLOB ?",
}


def note(db: Connection, kind: Kind, code: str, corner: str, till: str, at: str) -> None:
    """Propose a row, or what it is now; inside the transaction that changes it. Goods that came with another code than
    this till's own are left alone. ``at`` tells this state from a later one."""
    if is_own_code(corner, till, kind, code):
        _wait(db, kind, [code], at)


def propose_again(db: Connection, kind: Kind, corner: str, till: str) -> None:
    """Let everything wait that this till ever registered: the centre may have lost it. What it has comes back with the
    feed, or is taken again and changes nothing."""
    pattern = f"{corner.replace('-', '')}{till}*-{LETTERS[kind]}[0-9]*"
    codes = [code for (code,) in db.execute(_CODES[kind], (pattern,)) if is_own_code(corner, till, kind, code)]
    _wait(db, kind, codes, "")


def _wait(db: Connection, kind: Kind, codes: Iterable[str], at: str) -> None:
    db.executemany(
        "INSERT INTO proposed VALUES (?, ?, 'waiting', ?) ON CONFLICT (code) DO UPDATE SET state = 'waiting',"
        " changed_at = CASE excluded.changed_at WHEN '' THEN changed_at ELSE excluded.changed_at END",
        [(code, kind, at) for code in codes],
    )


def forget(db: Connection, code: str) -> None:
    """Propose it no more: who is behind it was anonymised."""
    db.execute("DELETE FROM proposed WHERE code = ?", (code,))


def waiting(db: Connection, limit: int, person: Person, after: str = "") -> list[Proposed]:
    """What the centre does not have yet, producers first: goods name them. At most ``limit`` that follow the code
    ``after``; what the centre could not take in keeps no other back."""
    rows = db.execute(
        "SELECT code, kind, changed_at FROM proposed WHERE state = 'waiting' AND (kind, code) >"
        " (coalesce((SELECT kind FROM proposed WHERE code = :after), ''), :after) ORDER BY kind, code",
        {"after": after},
    ).fetchall()
    makers = {"producer": _producer, "product": _product}
    made = (makers[row["kind"]](db, row["code"], row["changed_at"], person) for row in rows)
    return list(islice((one for one in made if one is not None and _readable(one)), limit))


def _readable(one: Proposed) -> bool:
    """Whether the centre takes in these facts."""
    try:
        return not unsound(msgspec.json.decode(one.facts, type=FACTS[one.kind]))
    except msgspec.ValidationError:
        return False


def sent(db: Connection, taken: Iterable[tuple[str, str]]) -> None:
    """The centre has these codes in the state of these marks; what changed since waits on."""
    db.executemany("UPDATE proposed SET state = 'sent' WHERE code = ? AND changed_at = ?", taken)


def states(db: Connection) -> dict[str, str]:
    """``waiting`` or ``sent`` of every proposal that is not decided, by code."""
    return {row[0]: row[1] for row in db.execute("SELECT code, state FROM proposed")}


def _producer(db: Connection, code: str, mark: str, person: Person) -> Proposed | None:
    row = db.execute(
        "SELECT code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no, halal_expires, joined_on,"
        " personal FROM producers WHERE code = ?",
        (code,),
    ).fetchone()
    if row is None or row["personal"] == ERASED:
        return None
    facts = ProducerFacts(
        code=code,
        business_name=row["business_name"],
        kelurahan=row["kelurahan"],
        class_=row["class"],
        payout_terms=row["payout_terms"],
        nib=row["nib"],
        pirt=row["pirt"],
        halal_no=row["halal_no"],
        halal_expires=row["halal_expires"],
        joined_on=row["joined_on"],
    )
    personal = person(code, row["personal"]) if row["personal"] else b""
    return Proposed(code, "producer", msgspec.json.encode(facts), personal, mark)


def _product(db: Connection, code: str, mark: str, _person: Person) -> Proposed | None:
    row = db.execute(
        "SELECT p.*, coalesce(c.sell_price, p.sell_price) AS sells,"
        " coalesce(c.consign_price, p.consign_price) AS costs,"
        " coalesce(c.commission_bp, p.commission_bp) AS commission,"
        " coalesce((SELECT barcode FROM barcodes b WHERE b.sku = p.sku"
        " ORDER BY length(barcode) <> 13, barcode GLOB '20*', barcode LIMIT 1),"
        " '') AS barcode FROM products p LEFT JOIN prices c ON c.sku = p.sku WHERE p.sku = ?",
        (code,),
    ).fetchone()
    if row is None:
        return None
    facts = ProductFacts(
        sku=code,
        barcode=row["barcode"] if is_ean13(row["barcode"]) else "",
        name=row["name"],
        category=row["category"],
        unit=row["unit"],
        producer=aliases.target(db, "producer", row["producer"]),
        pricing=row["pricing"],
        consign_price=row["costs"],
        commission_bp=row["commission"],
        sell_price=row["sells"],
        shelf_life_days=row["shelf_life_days"],
        min_stock=row["min_stock"] // UNIT,
        needs_pirt=bool(row["needs_pirt"]),
        needs_halal=bool(row["needs_halal"]),
        e_katalog=bool(row["e_katalog"]),
        tkdn_bp=row["tkdn_bp"],
    )
    return Proposed(code, "product", msgspec.json.encode(facts), b"", mark)
