"""The row of a producer and the certificates of producers and goods, to be read, found, added and corrected.

What lies open is a ``Producer``; the person behind the business stays sealed (``registry.ProducerPersonal``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, cast

import msgspec

from pos_app.domain.certificates import Certificate, Kind, Need
from pos_app.ledger import aliases, search
from pos_app.ledger.registry import ERASED

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection, Row

_COLUMNS: Final = (
    "code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no, halal_expires, joined_on, personal,"
    " version"
)
_TEXT: Final = "(business_name || ' ' || code || ' ' || kelurahan || ' ' || nib || ' ' || pirt || ' ' || halal_no)"
_PROPOSED: Final = "-P"


@dataclass(frozen=True, slots=True)
class Producer:
    """A producer as the till knows it. ``sealed`` is the person behind it; ``version`` is that of ``digests``."""

    code: str
    business_name: str
    kelurahan: str
    class_: str
    payout_terms: str
    nib: str
    pirt: str
    halal_no: str
    halal_expires: date | None
    joined_on: date | None
    sealed: bytes | None
    version: int

    @property
    def erased(self) -> bool:
        return self.sealed == ERASED

    @property
    def is_own(self) -> bool:
        """Whether everything may be corrected here: no feed brought it, so none overwrites it."""
        return self.version == 0 and not self.erased


@dataclass(frozen=True, slots=True)
class Facts:
    """What lies open of a producer; texts are empty and the day ``None`` where nothing is known."""

    business_name: str
    kelurahan: str
    class_: str
    payout_terms: str
    nib: str
    pirt: str
    halal_no: str
    halal_expires: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A producer in a list; ``now`` is the code that the centre found it to be, empty for one that is itself."""

    code: str
    business_name: str
    kelurahan: str
    class_: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods of a producer and what decides about their certificates; ``on_hand`` in thousandths."""

    sku: str
    name: str
    producer: str
    need: Need
    on_hand: int


def producer(db: Connection, code: str) -> Producer | None:
    """The producer with this code."""
    row = db.execute(f"SELECT {_COLUMNS} FROM producers WHERE code = ?", (code,)).fetchone()
    return _producer(row) if row else None


def matching(db: Connection, words: Sequence[str], limit: int) -> list[Listed]:
    """Producers with every word somewhere in name, code, kelurahan, NIB, P-IRT or halal number, by name."""
    conditions = [f"{_TEXT} LIKE :like{place} ESCAPE '\\'" for place in range(len(words))]
    values: dict[str, str | int] = {f"like{place}": f"%{_literal(word)}%" for place, word in enumerate(words)}
    rows = db.execute(
        "SELECT code, business_name, kelurahan, class FROM producers"
        f" WHERE {' AND '.join(conditions) or '1'} ORDER BY business_name, code LIMIT :limit",
        values | {"limit": limit},
    )
    now = aliases.targets(db, "producer")
    return [Listed(row[0], row[1], row[2], row[3], now.get(row[0], "")) for row in rows]


def texts(db: Connection) -> list[tuple[Listed, str]]:
    """Every producer by name, with what it is found by: codes of before, too."""
    now = aliases.targets(db, "producer")
    before: dict[str, str] = {}
    for code, target in now.items():
        before[target] = f"{before.get(target, '')} {code}"
    rows = db.execute(
        f"SELECT code, business_name, kelurahan, class, {_TEXT} FROM producers ORDER BY business_name, code"
    )
    return [
        (Listed(row[0], row[1], row[2], row[3], now.get(row[0], "")), f"{row[4]}{before.get(row[0], '')}")
        for row in rows
    ]


def count(db: Connection) -> int:
    """How many producers are known."""
    return int(db.execute("SELECT count(*) FROM producers").fetchone()[0])


def names(db: Connection) -> list[tuple[str, str, str]]:
    """Code, business name and NIB of every producer who is not anonymised."""
    rows = db.execute("SELECT code, business_name, nib FROM producers WHERE personal IS NOT x''")
    return [(row[0], row[1], row[2]) for row in rows]


def sealed_persons(db: Connection) -> list[tuple[str, bytes]]:
    """Code and sealed person of every producer of whom one is known."""
    rows = db.execute("SELECT code, personal FROM producers WHERE personal IS NOT NULL AND personal IS NOT x''")
    return [(row[0], row[1]) for row in rows]


def next_code(db: Connection, series: str) -> str:
    """The next free code of a proposal of this till: ``MTR001A-P01``, ``-P02`` …"""
    prefix = f"{series}{_PROPOSED}"
    rows = db.execute("SELECT substr(code, ?) FROM producers WHERE code GLOB ?", (len(prefix) + 1, f"{prefix}[0-9]*"))
    taken = [int(row[0]) for row in rows if row[0].isascii() and row[0].isdecimal()]
    return f"{prefix}{max(taken, default=0) + 1:02d}"


def add(db: Connection, code: str, facts: Facts, joined_on: date, sealed: bytes) -> None:
    """A new producer of this till."""
    db.execute(
        f"INSERT INTO producers ({_COLUMNS}) VALUES (:code, :business_name, :kelurahan, :class_, :payout_terms, :nib,"
        " :pirt, :halal_no, :halal_expires, :joined_on, :personal, 0)",
        _values(facts) | {"code": code, "joined_on": joined_on.isoformat(), "personal": sealed},
    )


def change(db: Connection, code: str, facts: Facts) -> None:
    """Other open facts of a producer; goods are found under the new name at once."""
    db.execute(
        "UPDATE producers SET business_name = :business_name, kelurahan = :kelurahan, class = :class_,"
        " payout_terms = :payout_terms, nib = :nib, pirt = :pirt, halal_no = :halal_no,"
        " halal_expires = :halal_expires WHERE code = :code",
        _values(facts) | {"code": code},
    )
    search.renew_of_producers(db, [code])


# Certificates --------------------------------------------------------------------------------------------------------


def certificates(db: Connection, codes: Sequence[str]) -> dict[str, list[Certificate]]:
    """Every certificate of these producers, by code: those in their own rows, those kept one by one, and TKDN
    numbers that stand with their goods.

    One that was kept takes the place of the producer's own of the same kind.
    """
    these = msgspec.json.encode(list(codes)).decode()
    found: dict[str, dict[tuple[Kind, str], Certificate]] = {code: {} for code in codes}
    rows = db.execute(
        "SELECT code, nib, pirt, halal_no, halal_expires FROM producers WHERE code IN (SELECT value FROM json_each(?))",
        (these,),
    )
    for code, nib, pirt, halal_no, halal_expires in rows:
        own = (("nib", nib, None), ("pirt", pirt, None), ("halal", halal_no, _day(halal_expires)))
        for kind, number, day in cast("tuple[tuple[Kind, str, date | None], ...]", own):
            if number:
                found[code][kind, ""] = Certificate(kind, number, day)
    rows = db.execute(
        "SELECT producer, kind, number, expires_on, sku FROM certificates"
        " WHERE number <> '' AND producer IN (SELECT value FROM json_each(?)) ORDER BY kind, sku",
        (these,),
    )
    for code, kind, number, day, sku in rows:
        found[code][kind, sku] = Certificate(kind, number, _day(day), sku)
    rows = db.execute(
        "SELECT p.producer, l.tkdn_number, l.tkdn_expires, l.sku FROM listings l JOIN products p ON p.sku = l.sku"
        " WHERE l.tkdn_number <> '' AND p.producer IN (SELECT value FROM json_each(?)) ORDER BY l.sku",
        (these,),
    )
    for code, number, day, sku in rows:
        found[code].setdefault(("tkdn", sku), Certificate("tkdn", number, _day(day), sku))
    return {code: list(held.values()) for code, held in found.items()}


def keep_certificate(db: Connection, code: str, held: Certificate) -> None:
    """Keep a certificate; the producer's earlier one of the same kind, for the same product, is replaced."""
    db.execute(
        "INSERT INTO certificates (producer, kind, sku, number, expires_on) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (producer, kind, sku) DO UPDATE SET number = excluded.number, expires_on = excluded.expires_on",
        (code, held.kind, held.sku, held.number, held.expires_on.isoformat() if held.expires_on else None),
    )


def kept_certificates(db: Connection, code: str) -> set[tuple[str, str]]:
    """Kind and goods of the certificates that were kept one by one for a producer."""
    rows = db.execute("SELECT kind, sku FROM certificates WHERE producer = ? AND number <> ''", (code,))
    return {(row[0], row[1]) for row in rows}


def drop_certificate(db: Connection, code: str, kind: Kind, sku: str) -> bool:
    """Remove a certificate that was kept; false where there is none, as for one in the producer's own row."""
    gone = db.execute("DELETE FROM certificates WHERE producer = ? AND kind = ? AND sku = ?", (code, kind, sku))
    return bool(gone.rowcount)


def suppliers(db: Connection) -> list[tuple[str, str]]:
    """Code and name of the producers that this corner deals with: goods of theirs came or lie here, or it proposed
    them or recorded an agreement."""
    rows = db.execute(
        "SELECT code, business_name FROM producers WHERE personal IS NOT x'' AND (code IN"
        " (SELECT p.producer FROM stock s JOIN products p ON p.sku = s.sku UNION"
        "  SELECT party FROM documents WHERE kind = 'goods_received' UNION SELECT producer FROM agreements UNION"
        "  SELECT producer FROM certificates)"
        " OR code GLOB '*-P[0-9]*' AND version = 0) ORDER BY business_name, code"
    )
    return [(row[0], row[1]) for row in rows]


def goods(db: Connection, codes: Sequence[str]) -> list[Goods]:
    """The goods of these producers, by name."""
    rows = db.execute(
        "SELECT p.sku, p.name, p.producer, p.category, p.needs_pirt, p.needs_halal, p.shelf_life_days,"
        " (SELECT coalesce(sum(quantity), 0) FROM stock s WHERE s.sku = p.sku) AS on_hand"
        " FROM products p WHERE p.producer IN (SELECT value FROM json_each(?)) ORDER BY p.name, p.sku",
        (msgspec.json.encode(list(codes)).decode(),),
    )
    return [
        Goods(row[0], row[1], row[2], Need(row[3], bool(row[4]), bool(row[5]), row[6]), int(row[7])) for row in rows
    ]


def supplies(db: Connection, code: str) -> list[tuple[str, str, int | None, int | None, int]]:
    """Goods of a producer by name: way of supply, consign price, commission (basis points), selling price."""
    rows = db.execute(
        "SELECT name, pricing, consign_price, commission_bp, sell_price FROM products WHERE producer = ?"
        " ORDER BY name, sku",
        (code,),
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _producer(row: Row) -> Producer:
    texts = [str(value) for value in tuple(row)[:8]]
    return Producer(
        texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7],
        _day(row[8]), _day(row[9]), row[10], row[11],
    )  # fmt: skip


def _values(facts: Facts) -> dict[str, str | bytes | None]:
    return {
        "business_name": facts.business_name,
        "kelurahan": facts.kelurahan,
        "class_": facts.class_,
        "payout_terms": facts.payout_terms,
        "nib": facts.nib,
        "pirt": facts.pirt,
        "halal_no": facts.halal_no,
        "halal_expires": facts.halal_expires.isoformat() if facts.halal_expires else None,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _literal(word: str) -> str:
    """A word for LIKE that means itself."""
    return "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in word)
