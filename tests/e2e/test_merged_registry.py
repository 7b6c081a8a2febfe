"""Codes of the registry that officers merge and part, at tills that pull and have traded under them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.ledger import aliases, goods
from sync.protocol.facts import Kind
from sync.server import commands
from sync.server.centre import Centre, open_centre
from sync.server.database.dialect import writing
from sync.server.registry import merging, persons
from tests.e2e.support import CentreProcess, Till


@pytest.fixture
def kept(centre: CentreProcess) -> Iterator[Centre]:
    """The running centre's own database, with an officer."""
    commands.officer(centre.database, "Rahma", "petugas")
    opened = open_centre(centre.database)
    yield opened
    opened.close()


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    made = Till(tmp_path / "first").enrol(centre)
    made.sync()
    yield made
    made.ledger.close()


def merge(kept: Centre, kind: Kind, code: str, into: str) -> None:
    with writing(kept.engine) as db:
        merging.merge(kept, db, kind, code, into, "Rahma")


def unmerge(kept: Centre, kind: Kind, code: str) -> None:
    with writing(kept.engine) as db:
        merging.unmerge(kept, db, kind, code, "Rahma")


def maker(till: Till, sku: str) -> str:
    card = goods.card(till.ledger.db, sku)
    assert card is not None
    return card.producer


def a_sku_of(till: Till, producer: str) -> str:
    row = till.ledger.db.execute("SELECT sku FROM products WHERE producer = ? ORDER BY sku", (producer,)).fetchone()
    return str(row[0])


def test_a_merged_producer_and_its_goods_go_over_at_a_till_and_come_back(kept: Centre, till: Till) -> None:
    first, second = a_sku_of(till, "P001"), a_sku_of(till, "P002")
    merge(kept, "producer", "P002", "P001")
    till.sync()
    assert aliases.target(till.ledger.db, "producer", "P002") == "P001"
    assert (maker(till, first), maker(till, second)) == ("P001", "P001")
    unmerge(kept, "producer", "P002")
    till.sync()
    assert aliases.target(till.ledger.db, "producer", "P002") == "P002"
    assert (maker(till, first), maker(till, second)) == ("P001", "P002")


def test_merged_goods_are_led_to_the_others_and_stand_for_themselves_again(kept: Centre, till: Till) -> None:
    first, second = a_sku_of(till, "P001"), a_sku_of(till, "P002")
    merge(kept, "product", second, first)
    till.sync()
    assert aliases.target(till.ledger.db, "product", second) == first
    unmerge(kept, "product", second)
    till.sync()
    assert aliases.target(till.ledger.db, "product", second) == second
    assert maker(till, second) == "P002"


def test_an_erased_producer_is_a_code_at_every_till(kept: Centre, till: Till) -> None:
    with writing(kept.engine) as db:
        persons.erase(kept, db, "P002", "asked in writing", "Rahma")
    till.sync()
    row = till.ledger.db.execute("SELECT business_name, kelurahan, nib FROM producers WHERE code = 'P002'").fetchone()
    assert tuple(row) == ("P002", "", "")
