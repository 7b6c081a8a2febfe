"""What lapses, what is missing for goods on the shelves, and whom it affects."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pos_app.domain.certificates import Certificate
from pos_app.domain.errors import ManagerNeeded, Misuse
from pos_app.ledger import registry
from pos_app.services import certificate_board, people
from pos_app.services.certificate_board import Lapse, board, held_by, keep, remove, urgent
from tests.corner import MORNING, PRODUCTS, Corner, new_corner, register

OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 22)
PIRT = "2101872010001-"
HALAL = "ID12345678901234"


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    """P1 has papers that lapse; P2 has none; food of both lies on the shelf. P3 supplies nothing."""
    made = new_corner(tmp_path)
    producers = [
        {"producer_code": "P1", "business_name": "Dapur Satu", "pirt": f"{PIRT}26"}
        | {"halal_no": HALAL, "halal_expires": "2026-12-20"},
        {"producer_code": "P2", "business_name": "Dua"},
        {"producer_code": "P3", "business_name": "Jauh", "pirt": f"{PIRT}20"},
    ]
    products = [{**row, "needs_pirt": "yes" if row["sku"] == "T1" else "no"} for row in PRODUCTS]
    register(made, tmp_path, producers, products, [])
    made.counter.user = people.add_user(
        made.ledger, made.counter.vault, name="Ratna", pin="123456", role="pengelola", now=MORNING
    )
    for sku in ("T1", "K1"):
        made.receive(sku, "5")
    return made


def told(lapses: list[Lapse]) -> list[tuple[str, str, str, int | None]]:
    return [(one.producer, one.kind, one.state, one.days) for one in lapses]


def test_what_lapses_within_ninety_days_is_told_with_the_days_left(corner: Corner) -> None:
    assert told(board(corner.db, OCTOBER)) == [("P1", "halal", "soon", 80)]
    assert told(board(corner.db, OCTOBER, within=79)) == []


def test_food_on_the_shelf_without_halal_is_told_since_17_october_2026(corner: Corner) -> None:
    assert told(board(corner.db, date(2026, 10, 17))) == [
        ("P2", "halal", "missing", None),
        ("P1", "halal", "soon", 64),
        ("P1", "pirt", "soon", 75),
    ]
    corner.do("return_goods", producer="P2", lines=[{"sku": "K1", "quantity": "5", "reason": "unsold"}])
    assert ("P2", "halal", "missing", None) not in told(board(corner.db, NOVEMBER))


def test_what_has_lapsed_comes_first_and_names_the_goods_it_affects(corner: Corner) -> None:
    first = board(corner.db, date(2027, 1, 5))[0]
    assert (first.kind, first.state, first.days, first.goods) == ("halal", "lapsed", -16, ("Keripik Pisang 200 g",))
    second = board(corner.db, date(2027, 1, 5))[1]
    assert (second.kind, second.state, second.days, second.goods) == ("pirt", "lapsed", -5, ("Keripik Pisang 200 g",))


def test_producers_that_supply_nothing_here_are_not_on_the_board(corner: Corner) -> None:
    assert "P3" not in {one.producer for one in board(corner.db, NOVEMBER)}


def test_a_certificate_of_one_product_covers_that_product(corner: Corner) -> None:
    keep(corner.counter, "P2", Certificate("halal", HALAL, None, "K1"))
    assert told(board(corner.db, NOVEMBER)) == [("P1", "halal", "soon", 28), ("P1", "pirt", "soon", 39)]


def test_a_newer_certificate_takes_the_place_of_the_one_in_the_producers_data(corner: Corner) -> None:
    keep(corner.counter, "P1", Certificate("pirt", f"{PIRT}31"))
    keep(corner.counter, "P1", Certificate("halal", HALAL))
    assert told(board(corner.db, NOVEMBER)) == [("P2", "halal", "missing", None)]
    remove(corner.counter, "P1", "pirt", "")
    assert ("P1", "pirt", "soon", 39) in told(board(corner.db, NOVEMBER))


def test_a_tkdn_number_that_stands_with_the_goods_lapses_too(corner: Corner) -> None:
    corner.db.execute("INSERT INTO listings (sku, tkdn_number, tkdn_expires) VALUES ('K1', '1234', '2026-11-30')")
    assert ("P2", "tkdn", "soon", 8) in told(board(corner.db, NOVEMBER))
    with pytest.raises(Misuse):
        remove(corner.counter, "P2", "tkdn", "K1")
    keep(corner.counter, "P2", Certificate("tkdn", "5678", date(2030, 1, 1), "K1"))
    assert ("P2", "tkdn", "soon", 8) not in told(board(corner.db, NOVEMBER))


def test_the_day_to_which_a_pirt_holds_can_be_set(corner: Corner) -> None:
    registry.set_setting(corner.db, certificate_board.PIRT_SETTING, "06-30")
    assert ("P1", "pirt", "lapsed", -145) in told(board(corner.db, NOVEMBER))
    registry.set_setting(corner.db, certificate_board.PIRT_SETTING, "02-30")
    assert ("P1", "pirt", "soon", 39) in told(board(corner.db, NOVEMBER))


def test_the_day_board_counts_what_is_urgent(corner: Corner) -> None:
    assert urgent(corner.db, OCTOBER) == 0
    assert urgent(corner.db, NOVEMBER) == 2


def test_a_producer_shows_all_that_is_held(corner: Corner) -> None:
    keep(corner.counter, "P1", Certificate("merek", "IDM000123456", date(2030, 1, 1), "T1"))
    lines = held_by(corner.db, "P1", NOVEMBER)
    assert [(line.certificate.kind, line.goods, line.state, line.kept) for line in lines] == [
        ("pirt", "", "soon", False),
        ("halal", "", "soon", False),
        ("merek", "Keripik Pisang 200 g", "valid", True),
    ]


def test_certificates_are_for_managers_need_a_number_and_goods_of_the_producer(corner: Corner) -> None:
    with pytest.raises(Misuse):
        keep(corner.counter, "P1", Certificate("bpom", "  "))
    with pytest.raises(Misuse):
        keep(corner.counter, "P1", Certificate("bpom", "MD123456789012", None, "K1"))
    with pytest.raises(Misuse):
        remove(corner.counter, "P1", "halal", "")
    corner.counter.user = None
    with pytest.raises(ManagerNeeded):
        keep(corner.counter, "P1", Certificate("bpom", "MD123456789012"))


def test_an_unusual_number_is_told_and_kept(corner: Corner) -> None:
    assert certificate_board.remark("bpom", "MD 12")
    assert not certificate_board.remark("tkdn", "12/A")
    keep(corner.counter, "P1", Certificate("bpom", "MD 12"))
    assert "MD 12" in [line.certificate.number for line in held_by(corner.db, "P1", NOVEMBER)]


def test_the_board_is_saved_as_a_spreadsheet_and_as_text(corner: Corner, tmp_path: Path) -> None:
    lapses = board(corner.db, date(2027, 1, 5))
    sheet = load_workbook(certificate_board.save(lapses, tmp_path, NOVEMBER, "xlsx")).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:2] == ("P1", "Dapur Satu")
    text = certificate_board.save(lapses, tmp_path, NOVEMBER, "csv").read_text(encoding="utf-8-sig")
    assert "P1,Dapur Satu,Halal,ID12345678901234,2026-12-20,kedaluwarsa,-16,Keripik Pisang 200 g" in text
