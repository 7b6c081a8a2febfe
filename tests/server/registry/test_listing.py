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
        (Search(q="50%"), ["P2"]),
        (Search(q="Siger & _"), ["P1"]),
        (Search(q="_ %"), []),
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


def test_what_is_typed_is_found_in_spite_of_accents_and_capitals_and_listed_by_plain_name(centre):
    producer(centre, "P5", "Élan CAFÉ ÇA", kelurahan="Yosodadi")
    producer(centre, "P6", "élan-cafe 9 B")
    product(centre, "C-1", "P5", "Éclair")
    product(centre, "C-12", "P5", "ÉCLAIR  mini")
    product(centre, "C-2", "P5", "Eclair 1")
    with reading(centre.engine) as db:
        for q in ("cafe", "CAFÉ", "élan", "ELAN", "elan-café"):
            assert [row.code for row in listing.producers(centre, db, Search(q=q)).rows()] == ["P6", "P5"], q
        for q in ("éclair", "ÉCLAIR", "eclair", "ca éclair"):
            assert [row.sku for row in listing.goods(centre, db, q).rows()] == ["C-1", "C-2", "C-12"], q
        assert [row.sku for row in listing.goods(centre, db, "c-1").rows()] == ["C-1", "C-12"], "a code is one word"


def test_names_that_resemble_are_cut_by_how_near_they_are(centre):
    for n in range(12):
        producer(centre, f"D{n:02}", f"Dapor Sigel {n:02}")
    producer(centre, "E1", "Dapuur Siger Jaya")
    producer(centre, "E2", "Zapur Dapur Sigar")
    with reading(centre.engine) as db:
        found = listing.producers(centre, db, Search(q="dapur siger"))
        assert [row.code for row in found.rows()] == ["P1"]
        assert [row.code for row in found.similar] == ["E1", "E2", *(f"D{n:02}" for n in range(8))]


def test_goods_that_resemble_are_those_of_the_category_and_counted_over_all(centre):
    product(centre, "K0", "P1", "Keripik")
    for n in range(1, 13):
        product(centre, f"K{n}", "P1", f"Keripik {n}", "kerajinan")
    product(centre, "K20", "P1", "Kripik pisang")
    with reading(centre.engine) as db:
        food = listing.goods(centre, db, "keripik", "makanan")
        assert [row.sku for row in food.rows()] == ["K0", "B1"]
        assert [row.sku for row in food.similar] == ["K20"]
        assert food.categories == {"makanan": 2, "kerajinan": 12}
        crafts = listing.goods(centre, db, "kripik", "kerajinan")
        assert (crafts.count, crafts.similar, crafts.categories) == (0, (), {"makanan": 1})
        few = listing.goods(centre, db, "kripik", "makanan")
        assert [row.sku for row in few.similar] == ["K0", "B1"], "twelve others of another category take no place"


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
