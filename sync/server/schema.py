"""Tables of the centre. Entries are kept byte for byte; what is projected from them can be made again.

Types are those that SQLite's STRICT tables and PostgreSQL share: text, whole numbers, bytes. Times are ISO
texts with their offset, money is whole rupiah, quantities are thousandths.
"""

import sqlalchemy as sa

VERSION = "1"
"""Version of this schema, kept in ``meta``."""

metadata = sa.MetaData()
_Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, *, nullable: bool = False, default: str | None = None, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=nullable, server_default=default)


def _int(name: str, *, nullable: bool = False, default: int | None = None, key: bool = False) -> sa.Column[int]:
    return sa.Column(
        name,
        _Int,
        primary_key=key,
        nullable=nullable,
        autoincrement=False,
        server_default=None if default is None else str(default),
    )


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True)


meta = _table("meta", _text("key", key=True), _text("value"))
centre_keys = _table(
    "centre_keys",
    _text("key_id", key=True),
    _bytes("private"),
    _text("made_at"),
    _bytes("rollover", nullable=True),  # sealed by the key before; none for the first
)

codes = _table(
    "codes",
    _text("code_hash", key=True),
    _text("corner"),
    _text("till"),
    _text("expires_at"),
    _text("key_id", nullable=True),
)
devices = _table(
    "devices",
    _text("device", key=True),
    _text("ledger_id"),
    _text("corner"),
    _text("till"),
    _int("epoch"),
    _int("head_seq", default=0),
    _bytes("head_hash"),
    _int("open_shift", default=0),
    _int("held", default=0),
    _text("enrolled_at"),
    _text("last_contact", nullable=True),
    _text("forked_at", nullable=True),
    _text("recorded_at", nullable=True),
    _text("drifted_at", nullable=True),
    _int("drift", default=0),
    _text("condition", default=""),
    sa.UniqueConstraint("ledger_id"),
)
keys = _table(
    "keys",
    _text("key_id", key=True),
    _text("device"),
    _bytes("public"),
    _text("made_at"),
    _text("revoked_at", nullable=True),
)

entries = _table(
    "entries",
    _text("device", key=True),
    _int("epoch", key=True),
    _int("seq", key=True),
    _bytes("body"),
    _bytes("prev"),
    _bytes("hash"),
    _text("received_at"),
)
epochs = _table(
    "epochs",
    _text("device", key=True),
    _int("epoch", key=True),
    _int("first_seq"),
    _int("base_seq"),
    _bytes("base_hash"),
    _bytes("approval"),
    _text("began_at"),
)
repairs = _table(
    "repairs",
    _text("device", key=True),
    _int("base_seq"),
    _bytes("base_hash"),
    _int("own_seq"),
    _bytes("own_hash"),
    _int("head_seq"),
    _bytes("head_hash"),
    _text("asked_at"),
    _text("decided_at", nullable=True),
    _text("decided_by", nullable=True),
    _text("state", default="waiting"),  # waiting, approved, refused
    _bytes("approval", nullable=True),
)
document_ids = _table("document_ids", _text("document_id", key=True), _text("device"), _int("epoch"), _int("seq"))
quarantine = _table(
    "quarantine",
    _text("device", key=True),
    _int("epoch", key=True),
    _int("seq", key=True),
    _text("reason"),
    _text("detail"),
)

balances = _table("balances", _text("device", key=True), _text("account", key=True), _int("amount"))
stock = _table("stock", _text("device", key=True), _text("sku", key=True), _int("quantity"))
figures = _table("figures", _text("device", key=True), _int("shift", key=True), _text("name", key=True), _int("amount"))
days = _table("days", _text("device", key=True), _text("date", key=True), _text("name", key=True), _int("amount"))
shifts = _table(
    "shifts",
    _text("device", key=True),
    _int("seq", key=True),
    _text("number"),
    _text("opened_at"),
    _int("opening_float"),
    _int("expected", nullable=True),
    _int("counted", nullable=True),
    _int("difference", nullable=True),
)

slips = _table(
    "slips",
    _text("device", key=True),
    _int("epoch", key=True),
    _int("seq", key=True),
    _text("number"),
    _text("hash"),
    _int("amount"),
    _text("date"),
    _int("taken_back", default=0),
    sa.Index("slips_by_number", "number"),
)

positions = _table("positions", _text("scope", key=True), _int("value", default=0))
corners = _table(
    "corners",
    _text("code", key=True),
    _text("name"),
    _text("kind", default=""),
    _text("address", default=""),
    _text("postcode", default=""),
    _int("staff_count", default=0),
    _int("position"),
)
producers = _table(
    "producers",
    _text("code", key=True),
    _text("business_name"),
    _text("kelurahan", default=""),
    _text("class"),
    _text("payout_terms"),
    _text("nib", default=""),
    _text("pirt", default=""),
    _text("halal_no", default=""),
    _text("halal_expires", nullable=True),
    _text("joined_on", nullable=True),
    _text("alias_of", default=""),
    _int("position"),
    sa.Index("producers_by_position", "position"),
)
producer_contacts = _table("producer_contacts", _text("code", key=True), _text("personal"))
products = _table(
    "products",
    _text("sku", key=True),
    _text("barcode", default=""),
    _text("name"),
    _text("category"),
    _text("unit"),
    _text("producer"),
    _text("pricing"),
    _int("consign_price", nullable=True),
    _int("commission_bp", nullable=True),
    _int("sell_price"),
    _int("shelf_life_days", nullable=True),
    _int("min_stock", default=0),
    _int("needs_pirt", default=0),
    _int("needs_halal", default=0),
    _int("e_katalog", default=0),
    _int("tkdn_bp", nullable=True),
    _text("alias_of", default=""),
    _int("position"),
    sa.Index("products_by_position", "position"),
)
proposals = _table(
    "proposals",
    _text("code", key=True),
    _text("kind"),  # producer, product
    _text("device"),
    _text("facts"),
    _bytes("sealed"),
    _text("received_at"),
    _text("state", default="waiting"),  # waiting, confirmed, merged, refused
    _text("target", default=""),
    _text("decided_at", nullable=True),
    _text("decided_by", nullable=True),
)
messages = _table("messages", _text("id", key=True), _text("corner", default=""), _text("body"), _int("position"))
program = _table("program", _text("version", key=True), _text("body"), _int("position"))

officers = _table("officers", _text("name", key=True), _text("role"), _text("password_hash"), _text("made_at"))
