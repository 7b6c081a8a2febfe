"""Tables of the centre. Entries are kept byte for byte; what is projected from them can be made again.

Times are ISO texts with their offset, money is whole rupiah, quantities are thousandths.
"""

from typing import Any

import sqlalchemy as sa

from sync.server.database.columns import blob, text, whole

REVISION = "0003"
"""The newest of ``migrations``; a column added here is added there too."""

metadata = sa.MetaData()


def table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:
    """A table of the centre; one that a page or a report keeps stands in a module of its own."""
    return sa.Table(name, metadata, *parts, sqlite_strict=True, **options)


meta = table("meta", text("key", key=True), text("value"))
centre_keys = table(
    "centre_keys",
    text("key_id", key=True),
    blob("private"),
    text("made_at"),
    blob("rollover", nullable=True),  # sealed by the key before; none for the first
)

codes = table(
    "codes",
    text("code_hash", key=True),
    text("corner"),
    text("till"),
    text("expires_at"),
    text("key_id", nullable=True),
)
devices = table(
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
    text("condition", default=""),
    sa.UniqueConstraint("ledger_id"),
    sa.Index("devices_by_corner", "corner"),
)
keys = table(
    "keys",
    text("key_id", key=True),
    text("device"),
    blob("public"),
    text("made_at"),
    text("revoked_at", nullable=True),
    text("centre_key", default=""),  # of the centre, told when this key enrolled; empty: the first
    sa.Index("keys_by_device", "device"),
)

entries = table(
    "entries",
    text("device", key=True),
    whole("seq", key=True),
    whole("epoch"),
    blob("body"),
    blob("prev"),
    blob("hash"),
    text("received_at"),
    postgresql_partition_by="HASH (device)",
)
epochs = table(
    "epochs",
    text("device", key=True),
    whole("epoch", key=True),
    whole("first_seq"),
    whole("base_seq"),
    blob("base_hash"),
    blob("approval"),
    text("began_at"),
)
repairs = table(
    "repairs",
    text("device", key=True),
    whole("base_seq"),
    blob("base_hash"),
    whole("own_seq"),
    blob("own_hash"),
    whole("head_seq"),
    blob("head_hash"),
    text("asked_at"),
    text("decided_at", nullable=True),
    text("decided_by", nullable=True),
    text("state", default="waiting"),  # waiting, approved, refused
    blob("approval", nullable=True),
    text("approved_at", default=""),  # going on after this head, also of another copy of the till
)
document_ids = table("document_ids", text("document_id", key=True), text("device"), whole("epoch"), whole("seq"))
quarantine = table(
    "quarantine",
    text("device", key=True),
    whole("epoch", key=True),
    whole("seq", key=True),
    text("reason"),
    text("detail"),
)

balances = table("balances", text("device", key=True), text("account", key=True), whole("amount"))
stock = table("stock", text("device", key=True), text("sku", key=True), whole("quantity"))
figures = table("figures", text("device", key=True), whole("shift", key=True), text("name", key=True), whole("amount"))
days = table("days", text("device", key=True), text("date", key=True), text("name", key=True), whole("amount"))
shifts = table(
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

slips = table(
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

positions = table("positions", text("scope", key=True), whole("value", default=0))
corners = table(
    "corners",
    text("code", key=True),
    text("name"),
    text("kind", default=""),
    text("address", default=""),
    text("postcode", default=""),
    whole("staff_count", default=0),
    whole("position"),
)
producers = table(
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
    text("alias_of", default=""),
    whole("position"),
    sa.Index("producers_by_position", "position"),
    sa.Index("producers_by_alias", "alias_of"),
)
producer_contacts = table("producer_contacts", text("code", key=True), text("personal"))
products = table(
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
    text("alias_of", default=""),
    whole("position"),
    sa.Index("products_by_position", "position"),
    sa.Index("products_by_alias", "alias_of"),
)
proposals = table(
    "proposals",
    text("code", key=True),
    text("kind"),  # producer, product
    text("device"),
    text("facts"),
    blob("sealed"),
    text("received_at"),
    text("state", default="waiting"),  # waiting, confirmed, merged, refused
    text("target", default=""),
    text("decided_at", nullable=True),
    text("decided_by", nullable=True),
)
audit = table(
    "audit",  # what officers did, and whose personal data they looked at; nothing is changed or deleted
    text("id", key=True),
    text("at"),
    text("officer"),
    text("what"),  # confirm, merge, unmerge, decline, approve, refuse, revoke, key, sign_in, look ...
    text("of"),  # a code, a till, a key or an account
    text("detail", default=""),
    text("address", default=""),  # from where; empty at the command line
    sa.Index("audit_by_time", "at"),
    sa.Index("audit_by_officer", "officer", "what", "address"),
    sa.Index("audit_by_subject", "of", "at"),
)
messages = table("messages", text("id", key=True), text("corner", default=""), text("body"), whole("position"))
program = table("program", text("version", key=True), text("body"), whole("position"))

officers = table(
    "officers",
    text("name", key=True),
    text("role"),
    text("password_hash"),
    text("made_at"),
    whole("must_change", default=0),  # the password was given by somebody else
    text("disabled_at", nullable=True),
)
sessions = table(
    "sessions",  # of officers who signed in
    text("token_hash", key=True),
    text("officer"),
    text("began_at"),
    text("seen_at"),
    text("address"),
    sa.Index("sessions_by_officer", "officer"),
)
attempts = table(
    "attempts",  # to sign in that failed, by a hash of account and address
    text("key", key=True),
    whole("failures"),
    text("last_at"),
    text("wait_until"),
)
