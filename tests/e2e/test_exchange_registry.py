"""What the centre's registry says reaches the till; what is the corner's own stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from pos_app.ledger import feeds, goods, queries, registry
from pos_app.ledger.exchange import LedgerStore
from sync.protocol.messages import Page, Row, pack_rows
from sync.protocol.wire import Malformed
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.exchange.feeds import take_positions
from tests.e2e.support import CentreProcess, Till


@pytest.fixture
def till(tmp_path: Path, shared_centre: CentreProcess) -> Iterator[Till]:
    till = Till(tmp_path).enrol(shared_centre)
    till.sync()
    yield till
    till.ledger.close()


def change(centre: CentreProcess, table: sa.Table, scope: str, key: str, **values: Any) -> None:
    """An officer changes a row."""
    opened = open_centre(centre.database)
    with writing(opened.engine) as db:
        position = take_positions(db, scope, 1)
        column = next(iter(table.primary_key))
        db.execute(sa.update(table).where(column == key).values(**values, position=position))
    opened.close()


def found(till: Till, text: str) -> list[str]:
    return [product.sku for product in queries.search_products(till.ledger.db, text)]


def test_a_product_renamed_at_the_centre_is_found_by_its_new_name_only(shared_centre, till):
    change(shared_centre, schema.products, "catalogue", "MKN-001", name="Sale Pisang Istimewa", barcode="2009999000014")
    assert till.sync()["pulled"] == 1
    assert found(till, "Istimewa") == ["MKN-001"]
    assert "MKN-001" not in found(till, "Cokelat 200")
    assert [each.sku for each in queries.products_by_code(till.ledger.db, "2009999000014")] == ["MKN-001"]
    assert till.sync()["pulled"] == 0


def test_a_label_that_the_corner_printed_finds_its_goods_also_after_the_centre_gives_a_barcode(shared_centre, till):
    with till.ledger.write() as tx:
        registry.add_barcode(tx.db, "MKN-002", "2000011000011")
    change(shared_centre, schema.products, "catalogue", "MKN-002", barcode="8991234567890")
    assert till.sync()["pulled"] == 1
    for code in ("2000011000011", "8991234567890"):
        assert [each.sku for each in queries.products_by_code(till.ledger.db, code)] == ["MKN-002"]


def test_a_barcode_that_was_given_at_the_counter_stays_when_the_centre_changes_its_own(shared_centre, till):
    with till.ledger.write() as tx:
        goods.add_barcode(tx.db, "MKN-003", "8997777777771")
    for code in ("8991111111117", "8992222222224"):
        change(shared_centre, schema.products, "catalogue", "MKN-003", barcode=code)
        till.sync()
        assert code in registry.barcodes(till.ledger.db, "MKN-003")
    assert [each.sku for each in queries.products_by_code(till.ledger.db, "8997777777771")] == ["MKN-003"]
    assert queries.products_by_code(till.ledger.db, "8991111111117") == []


def test_the_corner_keeps_its_own_price_and_terms(shared_centre, till):
    with till.ledger.write() as tx:
        tx.db.execute("UPDATE products SET sell_price = 99000, consign_price = 90000 WHERE sku = 'MKN-002'")
    change(shared_centre, schema.products, "catalogue", "MKN-002", sell_price=1_000, consign_price=900, name="Baru")
    till.sync()
    product = queries.product(till.ledger.db, "MKN-002")
    assert product is not None
    assert (product.name, product.sell_price, product.consign_price) == ("Baru", 99_000, 90_000)


def test_a_producer_renamed_at_the_centre_renames_the_search_and_keeps_personal_data(shared_centre, till):
    with till.ledger.write() as tx:
        tx.db.execute("UPDATE producers SET personal = x'010203' WHERE code = 'P002'")
    change(shared_centre, schema.producers, "producers", "P002", business_name="Dapur Wangi")
    till.sync()
    assert found(till, "Dapur Wangi")
    row = till.ledger.db.execute("SELECT business_name, personal FROM producers WHERE code = 'P002'").fetchone()
    assert tuple(row) == ("Dapur Wangi", b"\x01\x02\x03")


def page(till: Till, scope: str, cursor: str, *rows: Row) -> Page:
    standing = LedgerStore(till.ledger).standing()
    link = standing.link
    assert link is not None
    block = pack_rows(rows)
    after = standing.cursors.get(scope, "")
    return Page(
        nonce="n", device=link.device, scope=scope, timeline=link.timeline, after=after, cursor=cursor, block=block
    )


def test_rows_and_cursor_are_applied_together_or_not_at_all(till):
    store = LedgerStore(till.ledger)
    before = store.standing().cursors
    with pytest.raises(Malformed):
        store.apply_page(msgspec.structs.replace(page(till, "producers", "t.99"), block=b"torn"))
    assert store.standing().cursors == before


def test_a_till_at_work_takes_a_large_page_in_short_transactions_and_a_broken_one_again(till, monkeypatch):
    store = LedgerStore(till.ledger)
    till.move_cash(1)
    rows = [
        Row(f"P{number}", msgspec.json.encode({"code": f"P{number}", "business_name": f"Usaha {number}"}))
        for number in range(1_000, 1_000 + 2 * feeds.SLICE + 1)
    ]
    applied: list[int] = []

    def apply(db, scope, part):
        applied.append(len(part))
        if len(applied) == 2:
            raise ZeroDivisionError
        genuine(db, scope, part)

    genuine = feeds.apply
    monkeypatch.setattr(feeds, "apply", apply)
    before = store.standing().cursors
    with pytest.raises(ZeroDivisionError):
        store.apply_page(page(till, "producers", "t.99", *rows))
    assert store.standing().cursors == before, "the cursor comes with the last row"
    assert store.apply_page(page(till, "producers", "t.99", *rows)) == len(rows)
    assert applied == [feeds.SLICE, feeds.SLICE, feeds.SLICE, feeds.SLICE, 1]
    count = "SELECT count(*) FROM producers WHERE code GLOB 'P[1-9]*' AND length(code) = 5"
    assert till.ledger.db.execute(count).fetchone()[0] == len(rows)
    assert store.standing().cursors["producers"] == "t.99"


def test_what_the_exchange_writes_leaves_the_ledger_syncing_every_commit(till):
    assert till.ledger.db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_product_may_arrive_before_its_producer(till):
    store = LedgerStore(till.ledger)
    facts = {"sku": "X-1", "name": "Baru", "category": "makanan", "unit": "pcs", "producer": "P900", "pricing": "titip"}
    body = msgspec.json.encode({**facts, "sell_price": 5, "a_later_field": 1})
    store.apply_page(page(till, "catalogue", "t.99", Row("X-1", body)))
    assert found(till, "X-1") == ["X-1"]
    store.apply_page(page(till, "producers", "t.99", Row("P900", b'{"code":"P900","business_name":"Sembilan"}')))
    assert found(till, "Sembilan") == ["X-1"]


def test_a_page_from_an_older_reply_does_not_bring_old_rows_back(till):
    store = LedgerStore(till.ledger)
    old = page(till, "producers", "t.98", Row("P001", b'{"code":"P001","business_name":"Dahulu"}'))
    assert (
        store.apply_page(page(till, "producers", "t.99", Row("P001", b'{"code":"P001","business_name":"Kini"}'))) == 1
    )
    assert store.apply_page(old) == 0
    assert store.standing().cursors["producers"] == "t.99"
    row = till.ledger.db.execute("SELECT business_name FROM producers WHERE code = 'P001'").fetchone()
    assert row[0] == "Kini"


def test_a_page_of_new_and_changed_products_finds_each_by_its_own_name(till):
    store = LedgerStore(till.ledger)

    def row(sku: str, name: str, barcode: str) -> Row:
        facts = {"sku": sku, "name": name, "category": "makanan", "unit": "pcs", "producer": "P001", "barcode": barcode}
        return Row(sku, msgspec.json.encode({**facts, "pricing": "titip", "sell_price": 5, "min_stock": 3}))

    rows = [row("N-1", "Satu Baru", "2001"), row("MKN-003", "Dua Lama", "2002"), row("N-2", "Tiga Baru", "")]
    assert store.apply_page(page(till, "catalogue", "t.99", *rows)) == 3
    assert [found(till, name) for name in ("Satu Baru", "Dua Lama", "Tiga Baru")] == [["N-1"], ["MKN-003"], ["N-2"]]
    assert [each.sku for each in queries.products_by_code(till.ledger.db, "2002")] == ["MKN-003"]
    stored = till.ledger.db.execute("SELECT min_stock, e_katalog, version FROM products WHERE sku = 'N-1'").fetchone()
    assert tuple(stored) == (3_000, 0, 1)


def test_notices_are_kept_until_the_centre_takes_them_back(till):
    store = LedgerStore(till.ledger)
    store.apply_page(page(till, "messages", "t.1", Row("m1", b'{"text":"halo"}')))
    kept = "SELECT value FROM exchange WHERE key = 'feed:messages:m1'"
    assert till.ledger.db.execute(kept).fetchone()[0] == '{"text":"halo"}'
    store.apply_page(page(till, "messages", "t.2", Row("m1", b"")))
    assert till.ledger.db.execute(kept).fetchone() is None
