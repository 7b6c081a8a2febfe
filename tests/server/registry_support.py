"""A small registry for tests of what officers do with it."""

import msgspec
import sqlalchemy as sa

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.exchange.feeds import take_positions

PERSON = {"owner_name": "Umi Citrasastra", "phone": "+6281200000001", "nik": "1872016512800001"}


def officer(centre: Centre, name: str = "Rahma") -> str:
    with writing(centre.engine) as db:
        row = {"name": name, "role": "petugas", "password_hash": "", "made_at": centre.now()}
        db.execute(sa.insert(schema.officers), row)
    return name


def producer(centre: Centre, code: str, name: str, person: dict[str, str] | None = None, **facts) -> str:
    with writing(centre.engine) as db:
        row = {"code": code, "business_name": name, "class": "mikro", "payout_terms": "mingguan", **facts}
        db.execute(sa.insert(schema.producers), row | {"position": take_positions(db, "producers", 1)})
        if person is not None:
            personal = msgspec.json.encode(person).decode()
            db.execute(sa.insert(schema.producer_contacts), {"code": code, "personal": personal})
    return code


def product(centre: Centre, sku: str, maker: str, name: str = "Keripik", category: str = "makanan", **facts) -> str:
    with writing(centre.engine) as db:
        row = {"sku": sku, "name": name, "category": category, "unit": "pcs", "producer": maker, "pricing": "titip"}
        row |= {"consign_price": 8_000, "sell_price": 10_000, "position": take_positions(db, "catalogue", 1), **facts}
        db.execute(sa.insert(schema.products), row)
    return sku


def row_of(centre: Centre, table: sa.Table, key: str):
    with centre.engine.connect() as db:
        return db.execute(sa.select(table).where(next(iter(table.primary_key)) == key)).one()


def audited(centre: Centre) -> list[tuple[str, str, str, str]]:
    """Who did what to which code, and the detail, the oldest first."""
    table = schema.audit
    with centre.engine.connect() as db:
        rows = db.execute(sa.select(table.c.officer, table.c.what, table.c.of, table.c.detail).order_by(table.c.at))
        return [tuple(row) for row in rows if row.what != "officer_made"]
