"""Producers at the counter: registered offline, found by any part, corrected, and never the same one twice unasked."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pos_app.domain.certificates import Certificate
from pos_app.domain.errors import ManagerNeeded, Misuse, UnknownProducer
from pos_app.ledger import drafts, feeds, persons, queries
from pos_app.ledger import producers as rows
from pos_app.ledger.vault import Vault
from pos_app.services import people, privacy, producers
from pos_app.services.producer_remarks import remarks
from pos_app.services.producers import Entry, Likeness
from sync.protocol.facts import ProducerFacts
from tests.corner import MORNING, PRODUCERS, PRODUCTS, Corner, new_corner, register

ENTRY = Entry(
    business_name="Kripik Ranusari",
    kelurahan="Yosodadi",
    nib="9901234567890",
    pirt="2101872010001-30",
    halal_no="ID12345678901234",
    halal_expires=date(2028, 1, 31),
    owner_name="Siti Aminah",
    phone="0841 2345 678".replace(" ", ""),
    nik="1872025708909002",
    npwp="01.312.166.0-091.000",
    address="Jl. Kenanga 5",
    bank_name="BSI",
    bank_account="0001234567",
)


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    """A corner with two producers and a manager at work."""
    made = new_corner(tmp_path)
    register(made, tmp_path, PRODUCERS, PRODUCTS, [])
    made.counter.user = people.add_user(
        made.ledger, made.counter.vault, name="Ratna", pin="123456", role="pengelola", now=MORNING
    )
    return made


def the_centre_brings(corner: Corner, code: str, name: str) -> None:
    facts = ProducerFacts(code=code, business_name=name, kelurahan="Metro")
    with corner.ledger.write() as tx:
        feeds.apply(tx.db, "producers", [(facts, 7)])


def actions(corner: Corner) -> list[tuple[str, str]]:
    return [tuple(row) for row in corner.db.execute("SELECT action, detail FROM activity ORDER BY id")]


def test_producers_are_registered_under_codes_of_this_till_one_after_another(corner: Corner) -> None:
    assert producers.register(corner.counter, ENTRY) == "MTR001A-P01"
    assert producers.register(corner.counter, Entry(business_name="Batik Siger")) == "MTR001A-P02"
    assert actions(corner) == [
        ("producer_registered", "producer:MTR001A-P01"),
        ("producer_registered", "producer:MTR001A-P02"),
    ]


def test_what_lies_open_is_in_the_row_and_the_person_is_sealed(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)
    row = producers.known(corner.db, code)
    assert (row.business_name, row.class_, row.payout_terms) == ("Kripik Ranusari", "mikro", "mingguan")
    assert (row.nib, row.pirt, row.halal_expires) == ("9901234567890", "2101872010001-30", date(2028, 1, 31))
    assert row.joined_on == MORNING.date()
    assert row.sealed is not None
    assert b"Siti" not in row.sealed
    person = privacy.look(corner.counter, "producer", code, "check").personal
    assert person["phone"] == "+628412345678"
    assert (person["nik"], person["address"]) == ("1872025708909002", "Jl. Kenanga 5")
    assert person["npwp"] == "013121660091000"


def test_goods_are_taken_in_from_a_new_producer_at_once(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)
    corner.db.execute("UPDATE products SET producer = ? WHERE sku = 'T1'", (code,))
    corner.receive("T1", "5")
    assert corner.state["stock"] == {"T1": "5"}


def test_registering_needs_a_manager_and_a_name(corner: Corner) -> None:
    with pytest.raises(Misuse):
        producers.register(corner.counter, Entry(business_name="  "))
    corner.counter.user = None
    with pytest.raises(ManagerNeeded):
        producers.register(corner.counter, ENTRY)
    assert producers.register(corner.counter, ENTRY, approved_by="somebody") == "MTR001A-P01"


def test_doubtful_numbers_are_told_one_sentence_a_field_and_never_keep_anybody_out(corner: Corner) -> None:
    entry = Entry(
        business_name="X",
        nib="123",
        pirt="12-3",
        halal_no="KH1",
        phone="12",
        nik="187201",
        npwp="1",
        kelurahan="Bandung",
    )
    found = remarks(entry, MORNING.date())
    assert set(found) == {"nib", "pirt", "halal_no", "phone", "nik", "npwp", "kelurahan"}
    assert all(sentence.endswith(".") for sentence in found.values())
    assert producers.known(corner.db, producers.register(corner.counter, entry)).nib == "123"


def test_a_certificate_that_has_lapsed_is_told_while_it_is_typed() -> None:
    today = date(2026, 11, 22)
    entry = Entry(business_name="X", pirt="2101872010001-25", halal_no="ID12345678901234")
    assert "31/12/2025" in remarks(entry, today)["pirt"]
    soon = Entry(business_name="X", halal_no="ID12345678901234", halal_expires=today + timedelta(days=9))
    assert "01/12/2026" in remarks(soon, today)["halal_expires"]
    assert remarks(ENTRY, today) == {}


@pytest.mark.parametrize(
    "text",
    [
        "ranusari",
        "KRIPIK ranu",
        "p01",
        "yosodadi",
        "99012345",
        "2101872",
        "id1234567",
        "siti",
        "08412345",
        "+62841",
        "siti yoso",
    ],
)
def test_a_producer_is_found_by_any_part(corner: Corner, text: str) -> None:
    code = producers.register(corner.counter, ENTRY)
    index = producers.read_index(corner.ledger, corner.counter.vault)
    assert [one.code for one in index.find(text)] == [code]


def test_persons_are_not_found_where_the_key_is_another_one(corner: Corner, tmp_path: Path) -> None:
    producers.register(corner.counter, ENTRY)
    index = producers.read_index(corner.ledger, Vault(tmp_path / "other"))
    assert index.find("siti") == []
    assert [one.business_name for one in index.find("ranusari")] == ["Kripik Ranusari"]


def test_what_lies_open_is_found_before_anybody_is_unsealed(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)
    for text in ("RANU kripik", "p01", "yosodadi", "99012345", "2101872", "id1234567"):
        assert [one.code for one in producers.find(corner.db, text)] == [code]
    assert producers.find(corner.db, "siti") == []


def test_signs_of_a_search_mean_themselves(corner: Corner) -> None:
    assert producers.find(corner.db, "%") == producers.find(corner.db, "_") == []


def test_the_same_phone_nib_or_nearly_the_same_name_is_told(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)

    def alike(entry: Entry) -> list[Likeness]:
        return producers.likenesses(corner.ledger, corner.counter.vault, entry)

    assert alike(Entry(business_name="Q", phone="+628412345678")) == [Likeness(code, "Kripik Ranusari", "phone")]
    assert alike(Entry(business_name="Q", nib="9901234567890")) == [Likeness(code, "Kripik Ranusari", "nib")]
    assert alike(Entry(business_name="UD. Keripik Ranu Sari")) == [Likeness(code, "Kripik Ranusari", "name")]
    assert alike(Entry(business_name="Dapur Tiga Saudara")) == []
    assert producers.likenesses(corner.ledger, corner.counter.vault, ENTRY, but=code) == []


def test_an_own_producer_is_corrected_in_everything_and_personal_changes_are_logged(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)
    entry = producers.opened(corner.counter, code)
    assert entry == producers.tidied(ENTRY)
    assert [look.purpose for look in privacy.looks(corner.counter)] == ["correction"]
    changed = Entry(business_name="Keripik Ranusari Jaya", phone="0841999888", class_="kecil")
    assert producers.correct(corner.counter, code, changed)
    assert producers.opened(corner.counter, code) == producers.tidied(changed)
    assert [action for action, _detail in actions(corner)][-3:] == ["producer_changed", "corrected", "look:correction"]
    assert not producers.correct(corner.counter, code, changed)


def test_goods_are_found_under_the_corrected_name(corner: Corner) -> None:
    producers.correct(corner.counter, "P1", Entry(business_name="Warung Melati"))
    assert [one.sku for one in queries.search_products(corner.db, "melati keripik")] == ["T1"]


def test_of_a_producer_of_the_centre_only_the_person_is_corrected(corner: Corner) -> None:
    the_centre_brings(corner, "P9", "Dari Pusat")
    assert producers.correct(corner.counter, "P9", Entry(business_name="Lain", bank_name="BRI", bank_account="0007"))
    assert producers.known(corner.db, "P9").business_name == "Dari Pusat"
    assert producers.opened(corner.counter, "P9").bank_account == "0007"
    assert not producers.correct(
        corner.counter, "P9", Entry(business_name="Lain", bank_name="BRI", bank_account="0007")
    )


def test_an_anonymised_producer_is_never_filled_again(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)
    privacy.anonymise(corner.counter, "producer", code)
    with pytest.raises(Misuse):
        producers.correct(corner.counter, code, ENTRY)
    with pytest.raises(Misuse):
        producers.opened(corner.counter, code)
    with pytest.raises(UnknownProducer):
        producers.opened(corner.counter, "P404")
    assert producers.find(corner.db, "ranusari") == []


def test_what_is_typed_survives_sealed_and_ends_with_the_saving(corner: Corner) -> None:
    slot = producers.slot(corner.counter)
    producers.keep_draft(corner.counter, slot, ENTRY)
    kept = drafts.load(corner.db, slot)
    assert kept is not None
    assert "Siti" not in kept.body
    assert producers.draft(corner.counter, slot) == ENTRY
    producers.register(corner.counter, ENTRY)
    assert producers.draft(corner.counter, slot) is None


def test_anonymising_takes_the_draft_and_the_numbers_of_certificates_along(corner: Corner) -> None:
    code = producers.register(corner.counter, ENTRY)
    producers.keep_draft(corner.counter, producers.slot(corner.counter, code), ENTRY)
    with corner.ledger.write() as tx:
        rows.keep_certificate(tx.db, code, Certificate("merek", "IDM000123456"))
    privacy.anonymise(corner.counter, "producer", code)
    assert drafts.drafts(corner.db, persons.DRAFT_OF_PRODUCER) == []
    assert rows.certificates(corner.db, [code]) == {code: []}
    assert corner.db.execute("SELECT kind, number FROM certificates").fetchall()[0]["number"] == ""
