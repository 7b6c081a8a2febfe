"""What the pages of the centre need: accounts that can be closed, sessions, and one table of what officers did."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.database.columns import blob, text, whole

revision = "0003"
down_revision = "0002"

_metadata = sa.MetaData()


def upgrade() -> None:
    """Add the tables and columns; decisions become the audit, and the role of who only looks gets its name."""
    _metadata.create_all(op.get_bind())
    op.rename_table("decisions", "audit")
    op.add_column("audit", text("detail", default=""))
    op.add_column("audit", text("address", default=""))
    op.create_index("audit_by_time", "audit", ["at"])
    op.create_index("audit_by_officer", "audit", ["officer", "what", "address"])
    op.create_index("audit_by_subject", "audit", ["of", "at"])
    op.add_column("repairs", text("approved_at", default=""))
    op.execute("UPDATE repairs SET approved_at = coalesce(decided_at, '') WHERE state = 'approved'")
    op.add_column("officers", whole("must_change", default=0))
    op.add_column("officers", text("disabled_at", nullable=True))
    op.execute("UPDATE officers SET role = 'pemantau' WHERE role = 'pembaca'")
    for name, kind, key, scope in (
        ("producers", "producer", "code", "producers"),
        ("products", "product", "sku", "catalogue"),
    ):
        op.create_index(f"{name}_by_alias", name, ["alias_of"])
        _lead_to_the_end(name, kind, key, scope)


def _lead_to_the_end(name: str, kind: str, key: str, scope: str) -> None:
    """What was merged names what stands for it now, at the end of its feed; what it was merged into is remembered."""
    db, merges = op.get_bind(), _metadata.tables["merges"]
    rows = sa.table(name, sa.column(key), sa.column("alias_of"), sa.column("position"))
    merged = sa.select(rows.c[key], rows.c.alias_of).where(rows.c.alias_of != "")
    after = {row[0]: row[1] for row in db.execute(merged)}
    for code, target in sorted(after.items()):
        made = {"kind": kind, "code": code, "target": target, "goods": "", "at": "", "by": ""}
        db.execute(sa.insert(merges), made)
        end = target
        for _step in after:
            end = after.get(end, end)
        if end != target:
            counter = sa.table("positions", sa.column("scope"), sa.column("value"))
            moved = sa.update(counter).where(counter.c.scope == scope).values(value=counter.c.value + 1)
            place = db.execute(moved.returning(counter.c.value)).scalar_one()
            db.execute(sa.update(rows).where(rows.c[key] == code).values(alias_of=end, position=place))


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> None:
    sa.Table(name, _metadata, *parts, sqlite_strict=True, **options)


_table(
    "sessions",
    text("token_hash", key=True),
    text("officer"),
    text("began_at"),
    text("seen_at"),
    text("address"),
    sa.Index("sessions_by_officer", "officer"),
)
_table("attempts", text("key", key=True), whole("failures"), text("last_at"), text("wait_until"))


# Figures for the reports.
def _money() -> list[sa.Column[int]]:
    return [whole(name, default=0) for name in ("discount", "total", "share", "commission", "margin")]


_table(
    "reported",
    text("device", key=True),
    whole("seq", default=0),
    whole("aside", default=0),
    whole("made", default=0),
)
_table(
    "touched",
    text("device", key=True),
    text("date", key=True),
    whole("seq"),
    sa.Index("touched_by_seq", "device", "seq"),
)
_table(
    "sold",
    text("device", key=True),
    text("date", key=True),
    text("sku", key=True),
    text("producer", key=True),
    text("buyer", key=True),
    text("unit", key=True),
    whole("lines", default=0),
    whole("quantity", default=0),
    *_money(),
    sa.Index("sold_by_producer", "producer", "date"),
    sa.Index("sold_by_sku", "sku", "date"),
)
_table(
    "times",
    text("device", key=True),
    text("date", key=True),
    text("buyer", key=True),
    whole("sales", default=0),
    whole("refunds", default=0),
)
_table(
    "goods",
    text("device", key=True),
    text("date", key=True),
    text("sku", key=True),
    text("producer", key=True),
    text("what", key=True),
    text("reason", key=True),
    whole("quantity", default=0),
    sa.Index("goods_by_date", "date"),
    sa.Index("goods_by_producer", "producer", "date"),
)
_table(
    "paid",
    text("device", key=True),
    whole("seq", key=True),
    text("number"),
    text("producer"),
    text("date"),
    text("from_date", nullable=True),
    text("through_date"),
    text("tender"),
    whole("amount"),
    whole("deducted"),
    whole("gross"),
    whole("commission"),
    whole("earned"),
    whole("remaining"),
    text("since", nullable=True),
    whole("opened", nullable=True),
    whole("waited", nullable=True),
    whole("taken_back", default=0),
    sa.Index("paid_by_date", "date"),
    sa.Index("paid_by_producer", "producer", "date"),
)
_table(
    "owed_since",
    text("device", key=True),
    text("producer", key=True),
    whole("seq", key=True),
    text("date"),
    whole("amount"),
    whole("opening"),
)
_table(
    "owed_otherwise",
    text("device", key=True),
    text("date", key=True),
    text("producer", key=True),
    text("what", key=True),
    whole("amount", default=0),
    sa.Index("owed_otherwise_by_date", "date"),
)
_table(
    "cleared",
    text("device", key=True),
    text("producer", key=True),
    whole("seq", key=True),
    blob("what"),
)
_table(
    "papers",
    text("device", key=True),
    whole("seq", key=True),
    whole("epoch"),
    text("kind"),
    text("number"),
    text("at"),
    text("date"),
    whole("amount"),
    text("document_id"),
    text("of", default=""),
    whole("counted", default=1),
    sa.Index("papers_by_number", "number"),
    sa.Index("papers_by_date", "device", "date", "seq"),
    sa.Index("papers_by_original", "of"),
)
_table(
    "certificates",
    text("id", key=True),
    text("producer"),
    text("kind"),
    text("number"),
    text("expires", nullable=True),
    text("document", default=""),
    text("changed_at"),
    text("changed_by"),
    text("removed_at", nullable=True),
    sa.Index("certificates_by_producer", "producer"),
    sa.Index("certificates_by_kind", "kind", "producer"),
)
_table(
    "certificate_documents",
    text("id", key=True),
    text("producer"),
    text("media"),
    whole("size"),
    blob("body"),
    text("made_at"),
    sa.Index("certificate_documents_by_producer", "producer"),
)
_table(
    "merges",
    text("kind", key=True),
    text("code", key=True),
    text("target"),
    text("goods"),
    text("at"),
    text("by"),
)
_table(
    "not_same",
    text("first", key=True),
    text("second", key=True),
    text("at"),
    text("by"),
)
_table(
    "person_requests",
    text("id", key=True),
    text("producer"),
    text("what"),
    text("asked_at"),
    text("due_at"),
    text("answered_at", nullable=True),
    text("answer", default=""),
    text("by"),
)
_table(
    "breaches",
    text("id", key=True),
    text("noticed_at"),
    text("due_at"),
    text("what"),
    text("whose"),
    text("measures", default=""),
    text("persons_told_at", nullable=True),
    text("authority_told_at", nullable=True),
    text("changed_at"),
    text("by"),
)

# What officers do about corners and tills.
_table("closed_corners", text("code", key=True), text("since"), text("officer"))
_table("holidays", text("date", key=True), text("name"))
_table(
    "remarks",
    text("device", key=True),
    whole("epoch", key=True),
    whole("seq", key=True),
    whole("place", key=True),
    text("at"),
    text("officer"),
    text("state"),
    text("note"),
)
_table(
    "finding_remarks",
    text("device", key=True),
    whole("seq", key=True),
    whole("place", key=True),
    text("at"),
    text("officer"),
    text("state"),
    text("note"),
)
_table(
    "till_checks",
    text("device", key=True),
    text("checked_at"),
    text("officer"),
    text("found"),
    whole("through", default=0),
)
_table(
    "checks_asked",
    text("device", key=True),
    text("asked_at"),
    text("officer"),
    text("began_at", nullable=True),
)
_table("taken_over", text("device", key=True), text("by_device"), text("at"), text("officer"))
_table(
    "contacts",
    text("device", key=True),
    text("date", key=True),
    text("first_at"),
    text("last_at", nullable=True),
)
_table(
    "stick_files",
    text("id", key=True),
    text("at"),
    text("officer"),
    text("name"),
    text("said"),
    blob("reply", nullable=True),
)

# What is open to everybody.
_table("shelf_prices", text("device", key=True), text("sku", key=True), whole("sell_price"), text("at", default=""))
_table(
    "producer_links",
    text("producer", key=True),
    text("token_hash"),
    text("made_at"),
    text("made_by"),
    sa.UniqueConstraint("token_hash"),
)
_table(
    "contact_consents",
    text("producer", key=True),
    text("agreed_on"),
    text("recorded_at"),
    text("recorded_by"),
    text("withdrawn_on", nullable=True),
)
_table(
    "product_pictures",
    text("sku", key=True),
    text("digest"),
    blob("small"),
    blob("large"),
    whole("width"),
    whole("height"),
    text("made_at"),
    text("made_by"),
)
