"""The tables of the first release.

A centre that was made before the tables were migrated has most of them already; it gets what it lacks.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.database.columns import blob, text, whole

revision = "0001"
down_revision = None

PARTITIONS = 16
"""PostgreSQL spreads entries over them by device."""

_metadata = sa.MetaData()


def upgrade() -> None:
    """Make the tables."""
    _metadata.create_all(op.get_bind())
    if op.get_context().dialect.name == "postgresql":
        for part in range(PARTITIONS):
            values = f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part})"
            op.execute(f"CREATE TABLE entries_{part} PARTITION OF entries {values}")


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> None:
    sa.Table(name, _metadata, *parts, sqlite_strict=True, **options)


_table("meta", text("key", key=True), text("value"))
_table("centre_keys", text("key_id", key=True), blob("private"), text("made_at"))

_table(
    "codes",
    text("code_hash", key=True),
    text("corner"),
    text("till"),
    text("expires_at"),
    text("key_id", nullable=True),
)
_table(
    "devices",
    text("device", key=True),
    text("ledger_id"),
    text("corner"),
    text("till"),
    whole("epoch"),
    whole("head_seq", default=0),
    blob("head_hash"),
    whole("open_shift", default=0),
    whole("held", default=0),
    text("enrolled_at"),
    text("last_contact", nullable=True),
    text("forked_at", nullable=True),
    text("recorded_at", nullable=True),
    text("drifted_at", nullable=True),
    whole("drift", default=0),
    sa.UniqueConstraint("ledger_id"),
)
_table(
    "keys",
    text("key_id", key=True),
    text("device"),
    blob("public"),
    text("made_at"),
    text("revoked_at", nullable=True),
)

_table(
    "entries",
    text("device", key=True),
    whole("epoch", key=True),
    whole("seq", key=True),
    blob("body"),
    blob("prev"),
    blob("hash"),
    text("received_at"),
    postgresql_partition_by="HASH (device)",
)
_table("document_ids", text("document_id", key=True), text("device"), whole("epoch"), whole("seq"))
_table(
    "quarantine",
    text("device", key=True),
    whole("epoch", key=True),
    whole("seq", key=True),
    text("reason"),
    text("detail"),
)

_table("balances", text("device", key=True), text("account", key=True), whole("amount"))
_table("stock", text("device", key=True), text("sku", key=True), whole("quantity"))
_table("figures", text("device", key=True), whole("shift", key=True), text("name", key=True), whole("amount"))
_table("days", text("device", key=True), text("date", key=True), text("name", key=True), whole("amount"))
_table(
    "shifts",
    text("device", key=True),
    whole("seq", key=True),
    text("number"),
    text("opened_at"),
    whole("opening_float"),
    whole("expected", nullable=True),
    whole("counted", nullable=True),
    whole("difference", nullable=True),
)

_table(
    "slips",
    text("device", key=True),
    whole("epoch", key=True),
    whole("seq", key=True),
    text("number"),
    text("hash"),
    whole("amount"),
    text("date"),
    whole("taken_back", default=0),
    sa.Index("slips_by_number", "number"),
)

_table("positions", text("scope", key=True), whole("value", default=0))
_table(
    "corners",
    text("code", key=True),
    text("name"),
    text("kind", default=""),
    text("address", default=""),
    text("postcode", default=""),
    whole("staff_count", default=0),
    whole("position"),
)
_table(
    "producers",
    text("code", key=True),
    text("business_name"),
    text("kelurahan", default=""),
    text("class"),
    text("payout_terms"),
    text("nib", default=""),
    text("pirt", default=""),
    text("halal_no", default=""),
    text("halal_expires", nullable=True),
    text("joined_on", nullable=True),
    whole("position"),
    sa.Index("producers_by_position", "position"),
)
_table("producer_contacts", text("code", key=True), text("personal"))
_table(
    "products",
    text("sku", key=True),
    text("barcode", default=""),
    text("name"),
    text("category"),
    text("unit"),
    text("producer"),
    text("pricing"),
    whole("consign_price", nullable=True),
    whole("commission_bp", nullable=True),
    whole("sell_price"),
    whole("shelf_life_days", nullable=True),
    whole("min_stock", default=0),
    whole("needs_pirt", default=0),
    whole("needs_halal", default=0),
    whole("e_katalog", default=0),
    whole("tkdn_bp", nullable=True),
    whole("position"),
    sa.Index("products_by_position", "position"),
)
_table("messages", text("id", key=True), text("corner", default=""), text("body"), whole("position"))
_table("program", text("version", key=True), text("body"), whole("position"))

_table("officers", text("name", key=True), text("role"), text("password_hash"), text("made_at"))
