"""Columns of the types that SQLite's STRICT tables and PostgreSQL share: text, whole numbers, bytes."""

import sqlalchemy as sa

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, *, nullable: bool = False, default: str | None = None, key: bool = False) -> sa.Column[str]:
    """A column of text."""
    return sa.Column(name, sa.Text, primary_key=key, nullable=nullable, server_default=default)


def whole(name: str, *, nullable: bool = False, default: int | None = None, key: bool = False) -> sa.Column[int]:
    """A column of whole numbers of 64 bits."""
    return sa.Column(
        name,
        _INT,
        primary_key=key,
        nullable=nullable,
        autoincrement=False,
        server_default=None if default is None else str(default),
    )


def blob(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    """A column of bytes."""
    return sa.Column(name, sa.LargeBinary, nullable=nullable)
