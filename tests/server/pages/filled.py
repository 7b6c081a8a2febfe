"""A centre of which every page has something to show."""

import sqlalchemy as sa

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.registry.producer_links import make_link
from tests.server.figures import fill
from tests.server.pages.support import Page
from tests.server.pages.test_corner_pages import journal_at, push
from tests.server.pages.test_trust_pages import ask, checked, close, forked

Samples = dict[str, dict[str, str]]
"""What stands for the parts of a path, by how the path begins (empty: any)."""


def filled(centre: Centre, page: Page) -> Samples:
    """Goods, sales, payments and troubles, and what of them stands for the parts of a path."""
    fill(centre, corners=2, days=12)
    return _samples(centre) | _troubles(centre, page)


def address_of(path: str, samples: Samples) -> str:
    """The path with a sample in each of its parts."""
    first = path.split("/")[1]
    for name, value in samples[""].items():
        path = path.replace(f"{{{name}}}", samples.get(first, {}).get(name, value))
    return path


def _samples(centre: Centre) -> Samples:
    """Of what the centre really holds."""
    with reading(centre.engine) as db:
        receipt = db.execute(sa.text("SELECT device, seq FROM papers ORDER BY number LIMIT 1")).one()
        goods = schema.products.c
        rows = db.execute(sa.select(goods.sku, goods.producer).order_by(goods.sku)).all()
    producers = list(dict.fromkeys(row.producer for row in rows))
    with writing(centre.engine) as db:
        token = make_link(centre, db, producers[0], "Adi")
    every = {"device": receipt.device, "seq": str(receipt.seq), "sku": rows[0].sku, "code": producers[0]}
    every |= {"other": producers[1], "corner": "MTR-001", "till": "A", "language": "id", "token": token}
    every |= {"number": "ST-MTR001A-000001", "amount": "1000", "epoch": "1"}
    return {"": every, "pojok": {"code": "MTR-001"}, "C": {"code": "0123-4567-89ab"}}


def _troubles(centre: Centre, page: Page) -> dict[str, dict[str, str]]:
    """A till with two histories, one whose shift does not add up, and one with a document that nobody can read."""
    journal, own = forked(centre, page, corner="MTR-003", ledger_id="3" * 32)
    assert ask(page, journal, own).status_code == 200
    wrong = journal_at(centre, corner="MTR-004", ledger_id="4" * 32).add_moves(3)
    close(wrong, 2_000)
    unread = journal_at(centre, corner="MTR-005", ledger_id="5" * 32).add_moves(0)
    unread.add_bytes(b'{"number": 1')
    for one in (wrong, unread):
        push(page, one)
    checked(centre)
    return {
        "perbaikan": {"corner": "MTR-003"},
        "hitung-ulang": {"device": wrong.device, "seq": str(len(wrong.bodies))},
        "karantina": {"device": unread.device, "seq": str(len(unread.bodies))},
    }
