"""Lists of the registry on both engines: what is found by words and filters, and what codes are called."""

import pytest
import sqlalchemy as sa

from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.registry import listing
from sync.server.registry.listing import Search
from tests.server.registry_support import producer, product


@pytest.fixture(autouse=True)
def registry(centre) -> None:
    producer(centre, "P1", "Dapur Siger", kelurahan="Metro", nib="1234567890123", halal_no="ID1")
    producer(centre, "P2", "batik 50% Sekar", kelurahan="Yosodadi")
    producer(centre, "P3", "Kopi Lumaksa", **{"class": "kecil"})
    producer(centre, "P4", "Siger Dapur", alias_of="P1")
    product(centre, "B1", "P1", "Keripik Pisang")
    product(centre, "B2", "P2", "Syal", "batik", barcode="4006381333931")
    product(centre, "B3", "P3", "Kopi Bubuk", "minuman")
    product(centre, "B4", "P3", "Kopi bubuk halus", "minuman", alias_of="B3")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(), ["P2", "P1", "P3"]),
        (Search(q="DAPUR siger"), ["P1"]),
        (Search(q="%"), ["P2"]),
        (Search(q="_"), []),
        (Search(q="345678"), ["P1"]),
        (Search(kelurahan="Yosodadi"), ["P2"]),
        (Search(kelas="kecil"), ["P3"]),
        (Search(tanpa="halal"), ["P2", "P3"]),
        (Search(jenis="batik"), ["P2"]),
        (Search(jenis=listing.PANGAN), ["P1", "P3"]),
    ],
)
def test_producers_that_stand_for_themselves_are_found_by_name(centre, search, found):
    with reading(centre.engine) as db:
        listed = listing.producers(centre, db, search)
        assert [row.code for row in listed.rows()] == found
        assert (listed.count, [row.code for row in listed.rows(1, 1)]) == (len(found), found[1:2])


def test_words_that_nothing_is_called_by_are_read_as_the_nearest_that_there_are(centre):
    with reading(centre.engine) as db:
        makers = listing.producers(centre, db, Search(q="dapor sigar"))
        goods = listing.goods(centre, db, "kopi bubok")
        nothing = listing.goods(centre, db, "xylophone")
        assert (makers.meant, [row.code for row in makers.rows()]) == ("dapur siger", ["P1"])
        assert (goods.meant, [row.sku for row in goods.rows()]) == ("kopi bubuk", ["B3"])
        assert (nothing.meant, list(nothing.rows())) == ("", [])


def test_goods_are_found_by_their_maker_too_and_counted_by_category(centre):
    with reading(centre.engine) as db:
        every = listing.goods(centre, db)
        drinks = listing.goods(centre, db, category="minuman")
        assert [(row.sku, row.maker) for row in listing.goods(centre, db, "lumaksa").rows()] == [("B3", "Kopi Lumaksa")]
        assert [row.sku for row in listing.goods(centre, db, "4006381333931").rows()] == ["B2"]
        assert [row.sku for row in listing.goods(centre, db, producer="P1").rows()] == ["B1"]
        assert every.categories == drinks.categories == {"makanan": 1, "batik": 1, "minuman": 1}
        assert (every.count, drinks.count, [row.sku for row in drinks.rows()]) == (3, 1, ["B3"])


def test_codes_are_called_and_stand_for_what_the_registry_says(centre):
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.producers).where(schema.producers.c.code == "P1").values(alias_of="P3"))
    with reading(centre.engine) as db:
        assert listing.names_by_code(db, "producer", ["P1", "P9"]) == {"P1": "Dapur Siger"}
        assert list(listing.rows_of(db, "product", ["B2", "B9"])) == ["B2"]
        assert listing.merged_into(db, "product", "B3") == {"B4": "Kopi bubuk halus"}
        assert listing.all_codes(db, "producer", "P3") == ["P1", "P3", "P4"]
        assert [listing.stands_for(db, "producer", code) for code in ("P4", "P9")] == ["P3", "P9"]
        assert [row.code for row in listing.last_merged(db, "producer", 1)] == ["P4"]
        assert (listing.goods_count(db, "P3"), [row.sku for row in listing.goods_of(db, "P3", 9)]) == (1, ["B3"])
        assert listing.kelurahan(db) == ["Metro", "Yosodadi"]
        assert listing.categories(db) == ["batik", "makanan", "minuman"]
