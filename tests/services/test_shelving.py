"""Where goods stand: said in one way, by whoever finds it out."""

from dataclasses import replace

import pytest

from pos_app.domain.errors import Misuse
from pos_app.ledger import shelves
from pos_app.services import products, shelving
from pos_app.services.context import User
from tests.corner import Corner


def changes(corner: Corner) -> list[tuple[str, str]]:
    rows = corner.db.execute("SELECT user, detail FROM activity WHERE action = 'shelf_changed' ORDER BY id")
    return [tuple(row) for row in rows]


def test_a_cashier_puts_goods_on_a_shelf_and_takes_them_off_and_each_change_is_logged_once(corner: Corner) -> None:
    corner.counter.user = User("0199", "kasir")
    for name in ("Rak  1 kiri ", "Rak 1 kiri", ""):
        shelving.put_on_shelf(corner.counter, "T1", name)
    assert shelves.shelf_of(corner.db, "T1") == ""
    assert changes(corner) == [("0199", "T1")] * 2


def test_a_name_longer_than_a_label_of_a_shelf_is_refused(corner: Corner) -> None:
    shelving.put_on_shelf(corner.counter, "T1", "x" * shelving.LONGEST_SHELF)
    with pytest.raises(Misuse):
        shelving.put_on_shelf(corner.counter, "T1", "x" * (shelving.LONGEST_SHELF + 1))
    assert shelves.shelf_of(corner.db, "T1") == "x" * shelving.LONGEST_SHELF


def test_the_form_about_goods_says_it_in_the_same_way(corner: Corner) -> None:
    known = products.known(corner.db, "T1")
    products.change_goods(corner.counter, "T1", replace(known, shelf="Etalase A"), "M")
    assert shelves.shelf_of(corner.db, "T1") == "Etalase A"
    assert changes(corner) == [("M", "T1")]
    with pytest.raises(Misuse):
        products.change_goods(corner.counter, "T1", replace(known, shelf="x" * (shelving.LONGEST_SHELF + 1)), "M")
