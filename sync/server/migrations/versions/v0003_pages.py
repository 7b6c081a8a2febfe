"""What the pages of the centre need."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.columns import text, whole

revision = "0003"
down_revision = "0002"

_metadata = sa.MetaData()


def upgrade() -> None:
    """Add the tables and columns."""
    _metadata.create_all(op.get_bind())


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> None:
    sa.Table(name, _metadata, *parts, sqlite_strict=True, **options)


# Figures for the reports.
def _money() -> list[sa.Column[int]]:
    return [whole(name, default=0) for name in ("discount", "total", "share", "commission", "margin")]


_table(
    "reported",
    text("device", key=True),
    whole("seq", default=0),
    whole("aside", default=0),
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
    "totals",
    text("by", key=True),
    text("span", key=True),
    text("start", key=True),
    text("key", key=True),
    text("buyer", key=True),
    whole("sales", default=0),
    whole("refunds", default=0),
    whole("quantity", default=0),
    *_money(),
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
    whole("taken_back", default=0),
    sa.Index("paid_by_date", "date"),
    sa.Index("paid_by_producer", "producer", "date"),
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
