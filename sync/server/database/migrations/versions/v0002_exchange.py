"""What the exchange needs for epochs and repairs, keys that roll over, proposals and aliases.

Sequence numbers go on over epochs, so an entry is found by device and sequence number alone.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.database.columns import blob, text, whole

revision = "0002"
down_revision = "0001"

_metadata = sa.MetaData()


def upgrade() -> None:
    """Add the tables and columns, and tell programs of the first release that the centre is newer than they are."""
    _metadata.create_all(op.get_bind(), tables=[table for name, table in _metadata.tables.items() if name != "entries"])
    op.add_column("centre_keys", blob("rollover", nullable=True))
    op.add_column("keys", text("centre_key", default=""))
    op.add_column("devices", text("condition", default=""))
    op.add_column("producers", text("alias_of", default=""))
    op.add_column("products", text("alias_of", default=""))
    op.create_index("devices_by_corner", "devices", ["corner"])
    op.create_index("keys_by_device", "keys", ["device"])
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE entries DROP CONSTRAINT entries_pkey, ADD PRIMARY KEY (device, seq)")
    else:
        _copy_entries()
    op.execute("UPDATE meta SET value = '2' WHERE key = 'version'")


def _copy_entries() -> None:
    """SQLite cannot change a primary key."""
    kept, before = _metadata.tables["entries"], sa.table("entries_before")
    names = [column.name for column in kept.columns]
    op.rename_table("entries", before.name)
    kept.create(op.get_bind())
    op.execute(kept.insert().from_select(names, sa.select(*map(sa.column, names)).select_from(before)))
    op.drop_table(before.name)


def _table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> None:
    sa.Table(name, _metadata, *parts, sqlite_strict=True, **options)


_table(
    "entries",
    text("device", key=True),
    whole("seq", key=True),
    whole("epoch"),
    blob("body"),
    blob("prev"),
    blob("hash"),
    text("received_at"),
)
_table(
    "epochs",
    text("device", key=True),
    whole("epoch", key=True),
    whole("first_seq"),
    whole("base_seq"),
    blob("base_hash"),
    blob("approval"),
    text("began_at"),
)
_table(
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
    text("state", default="waiting"),
    blob("approval", nullable=True),
)
_table(
    "proposals",
    text("code", key=True),
    text("kind"),
    text("device"),
    text("facts"),
    blob("sealed"),
    text("received_at"),
    text("state", default="waiting"),
    text("target", default=""),
    text("decided_at", nullable=True),
    text("decided_by", nullable=True),
)
_table("decisions", text("id", key=True), text("at"), text("officer"), text("what"), text("of"))
