"""Products of the registry: three ways of supply, what may be corrected when, sizes, barcodes, history of prices."""

from dataclasses import replace
from datetime import date

import pytest

from pos_app.domain.errors import (
    ManagerNeeded,
    Misuse,
    RuleError,
    UnknownCode,
    UnknownProducer,
    WrongCheckDigit,
)
from pos_app.domain.sizes import in_order, split_size
from pos_app.ledger import goods, queries, registry
from pos_app.services import labels, prices, products
from pos_app.services.context import User
from pos_app.services.price_history import price_history
from pos_app.services.products import NewGoods
from tests.corner import Corner, dump

BREAD = NewGoods("8991234567891", "Roti Manis", "makanan", "P1", 4_000, 5_000)
FULL = NewGoods(
    "",
    "Keripik Pisang 100 g",
    "makanan",
    "P1",
    None,
    9_000,
    pricing="komisi",
    commission_bp=1_250,
    unit="paket",
    shelf_life_days=180,
    min_stock=4_000,
    needs_pirt=False,
    needs_halal=True,
    e_katalog=True,
    katalog_number="KAT-0007",
    tkdn_bp=8_750,
    tkdn_number="TK-1",
    tkdn_expires=date(2028, 2, 29),
    family="Keripik Pisang",
    size="100 g",
    shelf="Rak 2",
)


@pytest.fixture(autouse=True)
def acting(corner: Corner, manager: User) -> None:
    corner.counter.user = manager


def registered(corner: Corner, new: NewGoods = BREAD) -> str:
    return products.register_goods(corner.counter, new).sku


# Registering ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pricing", "consign", "commission"), [("titip", 4_000, None), ("komisi", None, 1_000), ("putus", 4_500, None)]
)
def test_each_way_of_supply_has_its_own_terms_and_is_sold_by_them(
    corner: Corner, pricing: str, consign: int | None, commission: int | None
) -> None:
    terms = replace(BREAD, pricing=pricing, consign_price=consign, commission_bp=commission)  # type: ignore[arg-type]
    sku = registered(corner, terms)
    corner.receive(sku, "2")
    corner.do("open_shift", float=0)
    assert corner.sell(sku)["total"] == 5_000
    share = {"titip": 4_000, "komisi": 4_500, "putus": 9_000}[pricing]
    assert corner.payable("P1") == share, "of goods bought outright the cost of both pieces is owed since receiving"


@pytest.mark.parametrize(
    "wrong",
    [
        {"commission_bp": 500},
        {"pricing": "komisi", "commission_bp": 500},
        {"pricing": "komisi", "consign_price": None},
        {"pricing": "komisi", "consign_price": None, "commission_bp": 10_001},
        {"pricing": "putus", "consign_price": 0},
        {"pricing": "putus", "consign_price": 5_001},
        {"consign_price": 5_001},
        {"consign_price": None},
        {"sell_price": 0},
    ],
)
def test_terms_of_another_way_or_that_lose_money_are_refused(corner: Corner, wrong: dict[str, object]) -> None:
    before = dump(corner.db)
    with pytest.raises(RuleError) as refused:
        registered(corner, replace(BREAD, **wrong))  # type: ignore[arg-type]
    assert refused.value.name == "invalid_amount"
    assert dump(corner.db) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"category": "mainan"},
        {"unit": "lusin"},
        {"shelf_life_days": 0},
        {"tkdn_bp": 10_001},
        {"family": "Roti"},
        {"size": "100 g"},
        {"shelf": "x" * 101},
        {"barcode": "a b"},
        {"barcode": "T1"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(corner: Corner, wrong: dict[str, object]) -> None:
    before = dump(corner.db)
    with pytest.raises(Misuse):
        registered(corner, replace(BREAD, **wrong))  # type: ignore[arg-type]
    assert dump(corner.db) == before


def test_a_misread_barcode_and_an_unknown_producer_are_refused(corner: Corner) -> None:
    with pytest.raises(WrongCheckDigit):
        registered(corner, replace(BREAD, barcode="8991234567890"))
    with pytest.raises(UnknownProducer):
        registered(corner, replace(BREAD, producer="P9"))


def test_all_that_is_registered_reads_back_as_it_was(corner: Corner) -> None:
    sku = registered(corner, FULL)
    assert products.known(corner.db, sku) == FULL
    assert goods.shelves(corner.db) == ["Rak 2"]


@pytest.mark.parametrize(
    ("category", "papers"),
    [("makanan", (True, True)), ("minuman", (True, True)), ("sembako", (False, True)), ("batik", (False, False))],
)
def test_food_and_drink_need_halal_unless_somebody_knows_better(
    corner: Corner, category: str, papers: tuple[bool, bool]
) -> None:
    card = goods.card(corner.db, registered(corner, replace(BREAD, category=category)))
    assert card is not None
    assert (card.needs_pirt, card.needs_halal) == papers


# Correcting ----------------------------------------------------------------------------------------------------------


def test_goods_that_nobody_delivered_yet_are_corrected_in_everything(corner: Corner) -> None:
    sku = registered(corner)
    other = replace(FULL, producer="P2")
    product = products.change_goods(corner.counter, sku, other)
    assert products.known(corner.db, sku) == other
    assert (product.producer, product.pricing, product.commission_bp) == ("P2", "komisi", 1_250)
    assert [one.sku for one in queries.search_products(corner.db, "keripik dua")] == [sku]
    assert queries.search_products(corner.db, "roti") == []


@pytest.mark.parametrize("used_by", ["delivery", "price"])
@pytest.mark.parametrize(
    "wanted",
    [
        {"producer": "P2"},
        {"unit": "kg"},
        {"pricing": "putus"},
        {"sell_price": 6_000},
        {"consign_price": 4_500},
        {"min_stock": 3_000},
    ],
)
def test_what_documents_rest_on_stays_once_there_are_some(
    corner: Corner, used_by: str, wanted: dict[str, object]
) -> None:
    sku = registered(corner)
    if used_by == "delivery":
        corner.receive(sku, "2")
    else:
        prices.set_price(corner.counter, sku, 5_000)
    known = products.known(corner.db, sku)
    before = dump(corner.db)
    with pytest.raises(Misuse):
        products.change_goods(corner.counter, sku, replace(known, **wanted))  # type: ignore[arg-type]
    assert dump(corner.db) == before
    changed = replace(known, name="Roti Manis Besar", shelf="Rak 1", needs_pirt=False)
    products.change_goods(corner.counter, sku, changed)
    assert products.known(corner.db, sku) == changed
    assert corner.verify() > 0


@pytest.mark.parametrize(
    "wanted",
    [{"name": "Roti"}, {"category": "minuman"}, {"shelf_life_days": 3}, {"needs_halal": True}, {"tkdn_bp": 100}],
)
def test_the_centre_keeps_the_names_and_papers_of_its_goods(corner: Corner, wanted: dict[str, object]) -> None:
    with corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET version = 2 WHERE sku = 'T1'")
    known = products.known(corner.db, "T1")
    with pytest.raises(Misuse):
        products.change_goods(corner.counter, "T1", replace(known, **wanted))  # type: ignore[arg-type]
    own = replace(known, shelf="Rak 1", family="Keripik", size="200 g", katalog_number="KAT-1", tkdn_number="TK-1")
    products.change_goods(corner.counter, "T1", own)
    assert products.known(corner.db, "T1") == own


def test_a_cashier_alone_corrects_nothing(corner: Corner) -> None:
    corner.counter.user = User("c1", "kasir")
    known = products.known(corner.db, "T1")
    for act in (
        lambda: products.change_goods(corner.counter, "T1", known),
        lambda: products.add_barcode(corner.counter, "T1", "8991234567891"),
        lambda: products.remove_barcode(corner.counter, "T1", "2000000000015"),
    ):
        with pytest.raises(ManagerNeeded):
            act()


# Sizes ---------------------------------------------------------------------------------------------------------------


def test_another_size_brings_the_first_into_the_family(corner: Corner) -> None:
    new = replace(products.known(corner.db, "T1"), name="Keripik Pisang 1 kg", family="Keripik Pisang", size="1 kg")
    sku = products.register_goods(corner.counter, new, beside="T1").sku
    small = registered(corner, replace(FULL, size="50 g", name="Keripik Pisang 50 g"))
    assert [(one.sku, one.size) for one in goods.sizes(corner.db, "T1")] == [
        (small, "50 g"),
        ("T1", "200 g"),
        (sku, "1 kg"),
    ]


def test_a_family_of_the_same_name_of_another_producer_is_another(corner: Corner) -> None:
    mine = registered(corner, FULL)
    theirs = registered(corner, replace(FULL, producer="P2"))
    assert [one.sku for one in goods.sizes(corner.db, mine)] == [mine]
    assert [one.sku for one in goods.sizes(corner.db, theirs)] == [theirs]


def test_sizes_are_in_the_order_of_people() -> None:
    wanted = ["50 g", "100 g", "1,5 ons", "200 gr", "0,5 kg", "1 kg", "isi 2", "isi 10"]
    mixed = wanted[4:] + wanted[:4]
    assert sorted(mixed, key=in_order) == wanted


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Keripik Pisang 200 g", ("Keripik Pisang", "200 g")),
        ("Sabun Cuci 1,5 L", ("Sabun Cuci", "1,5 L")),
        ("Kaos Siger XL", ("Kaos Siger", "XL")),
        ("Donat", ("Donat", "")),
        ("Arem-arem", ("Arem-arem", "")),
    ],
)
def test_a_name_tells_its_size(name: str, parts: tuple[str, str]) -> None:
    assert split_size(name) == parts


# Barcodes ------------------------------------------------------------------------------------------------------------


def test_goods_are_found_by_each_of_their_barcodes_and_a_label_stays_good(corner: Corner) -> None:
    with corner.ledger.write() as tx:
        tx.db.execute("DELETE FROM barcodes WHERE sku = 'K1'")
    printed = labels.ensure_barcode(corner.ledger, "K1")
    assert products.add_barcode(corner.counter, "K1", "8991234567891") == []
    for code in (printed, "8991234567891"):
        assert [one.sku for one in queries.products_by_code(corner.db, code)] == ["K1"]
    products.remove_barcode(corner.counter, "K1", "8991234567891")
    assert registry.barcodes(corner.db, "K1") == [printed]
    with pytest.raises(UnknownCode):
        products.remove_barcode(corner.counter, "K1", "8991234567891")


def test_row_4_goods_of_two_producers_may_share_a_barcode(corner: Corner) -> None:
    others = products.add_barcode(corner.counter, "K1", "2000000000015")
    assert [one.sku for one in others] == ["T1"]
    assert corner.refused("sale", lines=[{"code": "2000000000015", "quantity": "1"}], tenders=[]) != ""


# Prices --------------------------------------------------------------------------------------------------------------


def test_the_history_of_a_price_tells_what_held_from_when_and_who_set_it(corner: Corner) -> None:
    prices.set_price(corner.counter, "T1", 17_000, consign_price=15_000)
    corner.clock.pass_by(days=1)
    prices.set_price(corner.counter, "K1", 8_000, commission_bp=2_000)
    prices.set_price(corner.counter, "T1", 18_000, min_stock=3_000)
    steps = price_history(corner.counter, "T1")
    told = [(step.sell_price, step.consign_price, step.min_stock, step.by) for step in steps]
    assert told == [(18_000, 15_000, 3_000, "Bu Rina"), (17_000, 15_000, 0, "Bu Rina"), (16_000, 14_400, 0, "")]
    assert [step.at[:10] for step in steps] == ["2026-10-02", "2026-10-01", ""]
    assert [step.commission_bp for step in price_history(corner.counter, "K1")] == [2_000, 1_250]
    with pytest.raises(UnknownCode):
        price_history(corner.counter, "X")


# Labels --------------------------------------------------------------------------------------------------------------


def test_goods_that_came_in_get_a_label_for_each_piece_and_one_where_they_are_weighed(corner: Corner) -> None:
    wanted = labels.of_goods(corner.db, [("T1", 12_000), ("W1", 2_500), ("T1", 3_000)])
    assert {line.sku: line.count for line in wanted} == {"T1": 15, "W1": 1}
