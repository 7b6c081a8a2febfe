"""The registry: producers, products, staff, users. Data that may change or be erased; the journal knows codes only.

Personal data is one sealed blob a person (``vault``), never a column of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from pos_app.i18n import _
from pos_app.ledger import search
from pos_app.ledger.sqlite import Connection, Row
from pos_app.ledger.vault import about

if TYPE_CHECKING:
    from sync.protocol.registry_rows import Known, ProducerRow, ProductRow, StaffRow

Seal = Callable[[bytes, bytes], bytes]
"""``Vault.seal``: what is to be sealed, and what it is about."""
Unseal = Callable[[bytes, bytes], bytes | None]

SEALED: Final = "sealed:"
"""How a detail in ``activity`` begins that was typed by a person: it may name somebody, so it is kept sealed."""


def sealed_detail(detail: str) -> bytes:
    """The blob in such a detail; empty where it was damaged."""
    try:
        return bytes.fromhex(detail.removeprefix(SEALED))
    except ValueError:
        return b""


ERASED: Final = b""
"""The blob of a person who was anonymised; ``NULL`` means that nothing was ever known."""


def erased_name(code: str) -> str:
    """What stands where the name of an anonymised person stood."""
    return _("{code} (anonymised)").format(code=code)


class ProducerPersonal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the person behind a business."""

    owner_name: str = ""
    phone: str = ""
    nik: str = ""
    npwp: str = ""
    address: str = ""
    bank_name: str = ""
    bank_account: str = ""


class StaffPersonal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Name and employee number (NIP) of a staff member."""

    name: str = ""
    nip: str = ""


class UserPersonal(msgspec.Struct, frozen=True):
    """The name of a user of the till."""

    name: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A staff member with the tab: rupiah. ``next_door`` stands on it at the corner's other tills, as far as told."""

    code: str
    name: str
    nip: str
    unit: str
    tab_limit: int
    tab: int
    next_door: int = 0

    @property
    def owes(self) -> int:
        """What the limit counts: the tab at all tills of the corner."""
        return self.tab + self.next_door


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user of the till as stored; ``pin_hash`` is argon2."""

    id: str
    role: str
    pin_hash: str
    name: str
    failures: int
    locked_until: str | None


def known(db: Connection) -> Known:
    """Codes and barcodes that are taken."""
    from sync.protocol.registry_rows import Known  # late: selling needs nothing of spreadsheets

    def column(sql: str) -> frozenset[str]:
        return frozenset(row[0] for row in db.execute(sql))

    return Known(
        producer_codes=column("SELECT code FROM producers"),
        skus=column("SELECT sku FROM products"),
        barcodes=column("SELECT DISTINCT barcode FROM barcodes"),
        staff_codes=column("SELECT code FROM staff"),
    )


def add_producers(db: Connection, rows: Iterable[ProducerRow], seal: Seal) -> None:
    """Register producers."""
    db.executemany(
        "INSERT INTO producers (code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no,"
        " halal_expires, joined_on, personal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                row.producer_code,
                row.business_name,
                row.kelurahan,
                row.class_,
                row.payout_terms,
                row.nib,
                row.pirt,
                row.halal_no,
                row.halal_expires.isoformat() if row.halal_expires else None,
                row.joined_on.isoformat() if row.joined_on else None,
                seal(msgspec.json.encode(_personal(row)), about("producer", row.producer_code)),
            )
            for row in rows
        ),
    )


def _personal(row: ProducerRow) -> ProducerPersonal:
    return ProducerPersonal(
        owner_name=row.owner_name,
        phone=row.phone,
        npwp=row.npwp,
        bank_name=row.bank_name,
        bank_account=row.bank_account,
    )


_AT_ONCE = 50
"""Products a statement: SQLite makes ready for a statement once what it checks of every row."""
_ADD_PRODUCTS = (
    "INSERT INTO products (id, sku, name, category, unit, producer, pricing, consign_price, commission_bp,"
    " sell_price, shelf_life_days, min_stock, needs_pirt, needs_halal, e_katalog, tkdn_bp) VALUES"
)
_MAYBE = "nullif(?, '')"
"""For a number that may be missing: the binding looks a microsecond for an adapter of None, and of a bool."""
_PRODUCT_MARKS = f"(?, ?, ?, ?, ?, ?, ?, {_MAYBE}, {_MAYBE}, ?, {_MAYBE}, ?, ?, ?, ?, {_MAYBE})"


def _product_columns(row: ProductRow) -> tuple[str | int, ...]:
    return (
        row.sku,
        row.name,
        row.category,
        row.unit,
        row.producer_code,
        row.pricing,
        "" if row.consign_price is None else row.consign_price,
        "" if row.commission_bp is None else row.commission_bp,
        row.sell_price,
        "" if row.shelf_life_days is None else row.shelf_life_days,
        row.min_stock * 1000,
        int(row.needs_pirt),
        int(row.needs_halal),
        int(row.e_katalog),
        "" if row.tkdn_bp is None else row.tkdn_bp,
    )


def add_products(db: Connection, rows: list[ProductRow]) -> None:
    """Register products with their barcodes, and make them findable."""
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM products").fetchone()[0]
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        values = [value for at, row in enumerate(some, first + start) for value in (at, *_product_columns(row))]
        db.execute(f"{_ADD_PRODUCTS} {', '.join([_PRODUCT_MARKS] * len(some))}", values)
    db.executemany("INSERT INTO barcodes VALUES (?, ?)", ((row.barcode, row.sku) for row in rows if row.barcode))
    search.add_from(db, first)


def barcodes(db: Connection, sku: str) -> list[str]:
    """The barcodes of a product, in their order."""
    return [row[0] for row in db.execute("SELECT barcode FROM barcodes WHERE sku = ? ORDER BY barcode", (sku,))]


def add_barcode(db: Connection, sku: str, barcode: str) -> None:
    """One more code by which a scan finds the product."""
    db.execute("INSERT INTO barcodes VALUES (?, ?) ON CONFLICT DO NOTHING", (barcode, sku))


def carriers(db: Connection, barcode: str) -> int:
    """How many goods carry this code."""
    return int(db.execute("SELECT count(*) FROM barcodes WHERE barcode = ?", (barcode,)).fetchone()[0])


def add_staff(db: Connection, rows: Iterable[StaffRow], seal: Seal) -> None:
    """Register staff who may buy."""
    db.executemany(
        "INSERT INTO staff (code, unit, tab_limit, personal) VALUES (?, ?, ?, ?)",
        (
            (
                row.staff_code,
                row.unit,
                row.tab_limit,
                seal(msgspec.json.encode(StaffPersonal(name=row.name, nip=row.nip)), about("staff", row.staff_code)),
            )
            for row in rows
        ),
    )


def producer_name(db: Connection, code: str) -> str | None:
    """The business name of a producer."""
    row = db.execute("SELECT business_name FROM producers WHERE code = ?", (code,)).fetchone()
    return row[0] if row else None


def producers(db: Connection) -> list[tuple[str, str]]:
    """Code and business name of every producer, by name."""
    return [(row[0], row[1]) for row in db.execute("SELECT code, business_name FROM producers ORDER BY business_name")]


def tab_limit(db: Connection, staff: str) -> int | None:
    """The tab limit of a staff member in rupiah (0: no tab); ``None`` for an unknown code."""
    row = db.execute("SELECT tab_limit FROM staff WHERE code = ?", (staff,)).fetchone()
    return row[0] if row else None


def staff_members(db: Connection, unseal: Unseal) -> list[StaffMember]:
    """All staff with name and tab, by name. Staff are few: they are decrypted into memory to be searched."""
    rows = db.execute(
        "SELECT s.code, s.unit, s.tab_limit, s.personal, coalesce(b.amount, 0) AS tab,"
        " (SELECT coalesce(sum(amount), 0) FROM neighbour_tabs n WHERE n.staff = s.code) AS next_door"
        " FROM staff s LEFT JOIN balances b ON b.account = 'tab:' || s.code"
    )
    members = []
    for row in rows:
        plain = unseal(row["personal"], about("staff", row["code"])) if row["personal"] else None
        unnamed = erased_name(row["code"]) if row["personal"] == ERASED else row["code"]
        person = msgspec.json.decode(plain, type=StaffPersonal) if plain else StaffPersonal(name=unnamed)
        figures = row["unit"], row["tab_limit"], row["tab"], row["next_door"]
        members.append(StaffMember(row["code"], person.name, person.nip, *figures))
    return sorted(members, key=lambda member: member.name)


def users(db: Connection, unseal: Unseal) -> list[UserRow]:
    """The active users of this till, by name."""
    return _users(db.execute("SELECT * FROM users WHERE active = 1"), unseal)


def former_users(db: Connection, unseal: Unseal) -> list[UserRow]:
    """Who worked at this till once and is not anonymised, by name."""
    return _users(db.execute("SELECT * FROM users WHERE active = 0 AND personal IS NOT ?", (ERASED,)), unseal)


def _users(rows: Iterable[Row], unseal: Unseal) -> list[UserRow]:
    found = []
    for row in rows:
        plain = unseal(row["personal"], about("user", row["id"])) if row["personal"] else None
        name = msgspec.json.decode(plain, type=UserPersonal).name if plain else row["id"][:8]
        found.append(UserRow(row["id"], row["role"], row["pin_hash"], name, row["failures"], row["locked_until"]))
    return sorted(found, key=lambda user: user.name)


def add_user(db: Connection, user_id: str, role: str, pin_hash: str, name: str, seal: Seal) -> None:
    """Register a user."""
    sealed = seal(msgspec.json.encode(UserPersonal(name)), about("user", user_id))
    db.execute(
        "INSERT INTO users (id, role, pin_hash, personal) VALUES (?, ?, ?, ?)", (user_id, role, pin_hash, sealed)
    )


def set_pin(db: Connection, user_id: str, pin_hash: str) -> None:
    """Give a user another PIN; wrong ones before are forgiven."""
    db.execute("UPDATE users SET pin_hash = ?, failures = 0, locked_until = NULL WHERE id = ?", (pin_hash, user_id))


def deactivate_user(db: Connection, user_id: str) -> None:
    """The user may no longer log in or approve; what they did stays theirs."""
    db.execute("UPDATE users SET active = 0 WHERE id = ?", (user_id,))


def record_attempt(db: Connection, user_id: str, failures: int, locked_until: str | None) -> None:
    """Remember wrong PINs, so that a restart does not forgive them."""
    db.execute("UPDATE users SET failures = ?, locked_until = ? WHERE id = ?", (failures, locked_until, user_id))


def log_activity(db: Connection, at: str, user: str, action: str, detail: str) -> None:
    """Keep what is no document but must be traceable: a removed line, an exception, a drawer opened."""
    db.execute("INSERT INTO activity (at, user, action, detail) VALUES (?, ?, ?, ?)", (at, user, action, detail))


def set_setting(db: Connection, key: str, value: str) -> None:
    """Change a setting of this till."""
    db.execute(
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
    )


def keep_note(db: Connection, document_id: str, salt: bytes, sealed: bytes) -> None:
    """A free note beside the journal; it may be erased, the document holds its salted hash."""
    db.execute("INSERT INTO notes VALUES (?, ?, ?)", (document_id, salt, sealed))


def keep_signed_head(db: Connection, seq: int, signature: bytes, public_key: bytes) -> None:
    """The till's signature over the hash of a closing, or of what was entered again (Ed25519, raw bytes)."""
    db.execute("INSERT INTO signed_heads VALUES (?, ?, ?)", (seq, signature, public_key))
