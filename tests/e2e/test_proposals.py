"""What a till registers offline reaches the centre, an officer decides, and every till hears of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pos_app.ledger import aliases, goods, proposed, queries
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import exchange, producers, products
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from pos_app.services.producers import Entry
from pos_app.services.products import NewGoods
from sync.server import commands
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading
from tests.e2e.support import CentreProcess, Till

MANAGER = User("boss", "pengelola")
ENTRY = Entry(business_name="Dapur Siger", owner_name="Umi Citrasastra", phone="081200000001", nik="1872016512800001")


@pytest.fixture
def centre(centre: CentreProcess) -> CentreProcess:
    """With an officer."""
    commands.officer(centre.database, "Rahma", "petugas")
    return centre


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    with_centre = Till(tmp_path / "first").enrol(centre)
    with_centre.sync()
    yield with_centre
    with_centre.ledger.close()


@pytest.fixture
def other(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    """A till of another corner."""
    made = Till(tmp_path / "second", corner="MTR-002").enrol(centre)
    made.sync()
    yield made
    made.ledger.close()


def counter(till: Till) -> Counter:
    return Counter(till.ledger, till.vault, lambda: till.moment, uuid7, MANAGER, prints=False)


def new_goods(till: Till, producer: str, name: str = "Keripik Talas") -> str:
    goods = NewGoods("", name, "makanan", producer, 9_000, 10_000)
    return products.register_goods(counter(till), goods).sku


def kept_at(centre: CentreProcess, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    opened = open_centre(centre.database)
    with reading(opened.engine) as db:
        rows = list(db.execute(sa.select(table)))
    opened.close()
    return rows


def version(till: Till, code: str) -> int:
    row = till.ledger.db.execute("SELECT version FROM producers WHERE code = ?", (code,)).fetchone()
    return 0 if row is None else int(row[0])


def test_a_producer_registered_offline_is_confirmed_and_reaches_every_till(centre, till, other):
    centre.stop()
    code = producers.register(counter(till), ENTRY)
    with pytest.raises(exchange.ExchangeFailed):
        till.sync()
    centre.start()
    till.sync()
    (waits,) = commands.proposals(centre.database)
    assert (waits["code"], waits["name"], waits["corner"], waits["person"]) == (code, "Dapur Siger", "MTR-001", True)
    assert proposed.states(till.ledger.db) == {code: "sent"}
    commands.confirm(centre.database, code, {"business_name": "Dapur Siger Metro"}, "Rahma")
    till.sync()
    other.sync()
    for one in (till, other):
        row = one.ledger.db.execute("SELECT business_name FROM producers WHERE code = ?", (code,)).fetchone()
        assert row[0] == "Dapur Siger Metro"
        assert version(one, code) > 0
    assert proposed.states(till.ledger.db) == {}
    assert not producers.known(till.ledger.db, code).is_own, "from now on it is the centre's"


def test_what_identifies_a_person_is_sealed_until_the_officer_confirms(centre, till):
    code = producers.register(counter(till), ENTRY)
    till.sync()
    (row,) = kept_at(centre, schema.proposals)
    for secret in (b"Umi", b"81200000001", b"1872016512800001"):
        assert secret not in bytes(row.sealed)
        assert secret.decode() not in row.facts
    before = len(kept_at(centre, schema.producer_contacts))
    commands.confirm(centre.database, code, {}, "Rahma")
    contacts = {one.code: one.personal for one in kept_at(centre, schema.producer_contacts)}
    assert len(contacts) == before + 1
    assert "Umi Citrasastra" in contacts[code]
    assert "1872016512800001" in contacts[code]
    assert kept_at(centre, schema.proposals)[0].sealed == b""


def test_a_merged_producer_is_an_alias_at_the_till_that_proposed_it_and_at_others(centre, till, other):
    code = producers.register(counter(till), ENTRY)
    sku = new_goods(till, code)
    till.sync()
    commands.merge(centre.database, code, "P001", "Rahma")
    commands.confirm(centre.database, sku, {}, "Rahma")
    for one in (till, other):
        one.sync()
        assert aliases.target(one.ledger.db, "producer", code) == "P001"
        card = goods.card(one.ledger.db, sku)
        assert card is not None
        assert card.producer == "P001", "no document names them yet"
    assert producers.known(till.ledger.db, code).business_name == "Dapur Siger", "documents name it"
    assert version(till, code) < 0


def test_a_merging_that_was_taken_back_leaves_the_producer_with_its_goods(centre, till, other):
    code = producers.register(counter(till), ENTRY)
    sku = new_goods(till, code)
    till.sync()
    commands.merge(centre.database, code, "P001", "Rahma")
    commands.confirm(centre.database, sku, {}, "Rahma")
    till.sync()
    commands.unmerge(centre.database, code, "Rahma")
    for one in (till, other):
        one.sync()
        assert aliases.target(one.ledger.db, "producer", code) == code
        assert version(one, code) > 0
        card = goods.card(one.ledger.db, sku)
        assert card is not None
        assert card.producer == code
    kept = {row.code for row in kept_at(centre, schema.producer_contacts)}
    assert code not in kept, "of a merged one nothing is kept"
    till.sync()
    assert "Umi" in {row.code: row.personal for row in kept_at(centre, schema.producer_contacts)}[code]


def test_a_label_of_merged_goods_still_finds_them_where_they_lie(centre, till):
    sku = new_goods(till, "P001")
    products.add_barcode(counter(till), sku, "2000001000014")
    till.sync()
    commands.merge(centre.database, sku, "MKN-001", "Rahma")
    till.sync()
    assert aliases.target(till.ledger.db, "product", sku) == "MKN-001"
    assert [one.sku for one in queries.products_by_code(till.ledger.db, "2000001000014")] == [sku]


def test_a_declined_proposal_is_told_to_its_corner_and_goes_on_being_used(centre, till, other):
    code = producers.register(counter(till), ENTRY)
    till.sync()
    commands.decline(centre.database, code, "NIB tidak ada", "Rahma")
    told = "SELECT value FROM exchange WHERE key = ?"
    for one, hears in ((till, True), (other, False)):
        one.sync()
        found = one.ledger.db.execute(told, (f"feed:messages:proposal:{code}",)).fetchone()
        assert (found is not None and "NIB tidak ada" in found[0]) is hears
    assert producers.known(till.ledger.db, code).is_own
    assert kept_at(centre, schema.proposals)[0].sealed == b"", "nothing of the person is kept"


def test_a_centre_that_is_killed_between_the_steps_loses_and_doubles_nothing(centre, till, other):
    code = producers.register(counter(till), ENTRY)
    till.sync()
    centre.kill()
    centre.start()
    assert [one["code"] for one in commands.proposals(centre.database)] == [code]
    till.sync()
    commands.merge(centre.database, code, "P001", "Rahma")
    centre.kill()
    centre.start()
    for one in (till, other):
        one.sync()
        assert aliases.target(one.ledger.db, "producer", code) == "P001"
        assert LedgerStore(one.ledger).state().problem == ""
    assert [row.state for row in kept_at(centre, schema.proposals)] == ["merged"]


def test_proposals_and_what_became_of_them_travel_by_stick(centre, till, tmp_path):
    def trip(number: int) -> None:
        out, back = tmp_path / f"{number}.pojok", tmp_path / f"{number}.reply"
        exchange.export_bundle(till.ledger, till.vault, till.client, out)
        assert b"Umi" not in out.read_bytes()
        commands.bundle(out, centre.database, back)
        exchange.import_reply(till.ledger, till.client, back)

    code = producers.register(counter(till), ENTRY)
    sku = new_goods(till, "P001")
    trip(1)
    assert [one["code"] for one in commands.proposals(centre.database)] == [sku], "the first brings the key for persons"
    trip(2)
    assert {one["code"]: one["person"] for one in commands.proposals(centre.database)} == {sku: False, code: True}
    assert proposed.states(till.ledger.db) == {sku: "sent", code: "sent"}
    commands.merge(centre.database, code, "P001", "Rahma")
    trip(3)
    assert aliases.target(till.ledger.db, "producer", code) == "P001"
    assert proposed.states(till.ledger.db) == {sku: "sent"}


def test_what_changed_while_it_was_sent_is_sent_again(centre, till):
    code = producers.register(counter(till), ENTRY)
    till.sync()
    till.moment = till.moment.replace(hour=2)
    producers.correct(counter(till), code, Entry(business_name="Dapur Siger Baru", phone="081200000001"))
    assert proposed.states(till.ledger.db) == {code: "waiting"}
    till.sync()
    assert [one["name"] for one in commands.proposals(centre.database)] == ["Dapur Siger Baru"]
    assert proposed.states(till.ledger.db) == {code: "sent"}


def test_a_new_ledger_of_the_till_gives_no_code_again(tmp_path, centre, till):
    code = producers.register(counter(till), ENTRY)
    till.move_cash(1)
    till.sync()
    fresh = Till(tmp_path / "fresh").enrol(centre)
    assert (code, producers.register(counter(fresh), ENTRY)) == ("MTR001A-P01", "MTR001A2-P01")
    fresh.sync()
    assert {row.code for row in kept_at(centre, schema.proposals)} == {"MTR001A-P01", "MTR001A2-P01"}
    fresh.ledger.close()
