"""Persons behind producers: looked at with a purpose, corrected, erased; requests and breaches."""

from datetime import date

import msgspec
import pytest
import sqlalchemy as sa

from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.registry import certificates, consents, deciding, duties, merging, persons, producer_links
from tests.server.exchange.test_proposals import CODE, send
from tests.server.exchange.test_proposals import producer as proposed
from tests.server.registry_support import PERSON, audited, officer, producer, product, row_of
from tests.server.support import ON_SQLITE


@pytest.fixture
def by(centre) -> str:
    producer(centre, "P1", "Keripik Umi", PERSON, kelurahan="Metro", nib="1234567890123")
    return officer(centre)


def look(centre, by, purpose="to call about a certificate", code="P1"):
    with writing(centre.engine) as db:
        return persons.look(centre, db, code, purpose, by)


def erase(centre, by, code="P1", reason="asked in writing"):
    with writing(centre.engine) as db:
        return persons.erase(centre, db, code, reason, by)


def why(error) -> str:
    return error.value.code


def test_a_look_needs_a_purpose_and_is_kept(centre, by):
    with pytest.raises(CentreError) as error:
        look(centre, by, "  ")
    assert why(error) == "no_purpose"
    assert audited(centre) == []
    assert look(centre, by)["owner_name"] == "Umi Citrasastra"
    assert audited(centre) == [(by, "person_seen", "P1", "to call about a certificate")]


def test_a_correction_is_kept_by_the_names_of_its_fields_alone(centre, by):
    texts = {**PERSON, "phone": "081299998888", "address": "Jl. Yos Sudarso 1"}
    with writing(centre.engine) as db:
        assert persons.correct(centre, db, "P1", texts, by) == {}
    assert look(centre, by)["phone"] == "+6281299998888"
    assert audited(centre)[0] == (by, "person_corrected", "P1", "phone, address")


def test_a_wrong_number_is_named_and_changes_nothing(centre, by):
    with writing(centre.engine) as db:
        wrong = persons.correct(centre, db, "P1", {**PERSON, "nik": "12", "phone": "x"}, by)
    assert wrong == {"nik": "bad_identifier", "phone": "bad_identifier"}
    assert look(centre, by)["nik"] == PERSON["nik"]


def test_erasing_leaves_no_trace_of_the_person_under_any_code(centre, by):
    producer(centre, "P2", "Umi Keripik", PERSON | {"owner_name": "Umi C."})
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
        certificates.save(centre, db, "P1", "merek", "IDM000123456", "", ("application/pdf", b"%PDF-1.4 Umi %%EOF"), by)
        certificates.save(centre, db, "P1", "nib", "1234567890123", "", None, by)
        producer_links.make_link(centre, db, "P1", by)
        persons.look(centre, db, "P1", "Umi telephoned from +6281200000001", by)
        asked = duties.ask(centre, db, "P1", "access", "2026-10-01T07:00", by)
        duties.answer(centre, db, asked, "Handed to Umi", by)
        facts = msgspec.json.encode({"code": "P1", "business_name": "Keripik Umi", "nib": "1234567890123"}).decode()
        proposed = {"code": "P1", "kind": "producer", "device": "d", "facts": facts, "sealed": b"Umi, sealed"}
        db.execute(sa.insert(schema.proposals), proposed | {"received_at": centre.now(), "state": "confirmed"})
    assert erase(centre, by) == 2
    with reading(centre.engine) as db:
        tables = (table for name, table in schema.metadata.tables.items() if name != "entries")
        everything = repr([db.execute(sa.select(table)).all() for table in tables])
    for secret in ("Umi", PERSON["phone"], PERSON["nik"], "1234567890123", "IDM000123456"):
        assert secret not in everything
    row = row_of(centre, schema.producers, "P1")
    assert (row.business_name, row.kelurahan) == ("P1", "")
    with reading(centre.engine) as db:
        assert persons.known(db, "P1") == "erased"
        assert producer_links.link_of(db, "P1") is None


@ON_SQLITE
def test_what_was_erased_is_not_in_the_file_of_the_database_either(centre, by, tmp_path):
    erase(centre, by)
    centre.engine.dispose()  # what was written beside the file goes into it
    (file,) = [one.read_bytes() for one in tmp_path.glob("centre.db*")]
    for secret in ("Keripik Umi", *PERSON.values()):
        assert secret.encode() not in file


def test_who_is_erased_agrees_no_longer_that_the_catalogue_names_a_telephone(centre, by):
    with writing(centre.engine) as db:
        consents.agree(centre, db, "P1", date(2026, 9, 1), by)
    erase(centre, by)
    with reading(centre.engine) as db:
        assert consents.consent_of(db, "P1") == ("2026-09-01", "2026-10-01", by)
    assert (by, "contact_withdrawn", "P1", "") in audited(centre)


def test_who_saw_an_older_state_of_a_person_corrects_nothing(centre, by):
    with writing(centre.engine) as db:
        seen = persons.mark(db, "P1")
        persons.correct(centre, db, "P1", {**PERSON, "phone": "081299998888"}, by, seen)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        persons.correct(centre, db, "P1", {**PERSON, "address": "Jl. Baru"}, by, seen)
    assert why(error) == "row_changed"
    assert look(centre, by)["phone"] == "+6281299998888"


def test_a_declined_proposal_is_erased_too_and_the_till_does_not_bring_it_back(centre, by, journal, caller):
    send(caller, journal, proposed(name="Batik Umi"))
    with writing(centre.engine) as db:
        deciding.decline(centre, db, CODE, "not from Metro", by)
    assert erase(centre, by, CODE) == 1
    send(caller, journal, proposed(name="Batik Umi Baru", mark="m2"))
    with reading(centre.engine) as db:
        assert "Umi" not in repr(db.execute(sa.select(schema.proposals)).all())


def test_a_declined_one_is_erased_once_no_money_is_open_and_the_corner_is_told(centre, by, journal, caller):
    send(caller, journal, proposed(name="Batik Umi"))
    balances = schema.balances
    with writing(centre.engine) as db:
        deciding.decline(centre, db, CODE, "not from Metro", by)
        db.execute(sa.insert(balances), {"device": journal.device, "account": f"payable:{CODE}", "amount": -500})
    with pytest.raises(CentreError) as error:
        erase(centre, by, CODE)
    assert why(error) == "person_owed"
    with writing(centre.engine) as db:
        db.execute(sa.update(balances).values(amount=0))
    assert erase(centre, by, CODE) == 1
    with reading(centre.engine) as db:
        told = db.execute(sa.select(schema.messages.c.corner, schema.messages.c.body)).all()
    assert [corner for corner, body in told if persons.TOLD.format(code=CODE) in body] == [journal.corner]


def test_corners_that_knew_the_producer_are_told_to_erase_it_too_without_a_word_about_the_person(centre, by, journal):
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.balances), {"device": journal.device, "account": "payable:P1", "amount": 0})
    erase(centre, by)
    with reading(centre.engine) as db:
        (told,) = db.execute(sa.select(schema.messages)).all()
    assert told.corner == journal.corner
    assert "P1" in told.body
    assert "Umi" not in told.body


def test_what_was_erased_is_not_filled_in_and_not_erased_twice(centre, by):
    erase(centre, by)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        persons.correct(centre, db, "P1", PERSON, by)
    assert why(error) == "person_erased"
    with pytest.raises(CentreError) as error:
        erase(centre, by)
    assert why(error) == "person_erased"


@pytest.mark.parametrize(
    "open_", [{"amount": -500}, {"amount": 500}, {"quantity": 1_000}], ids=["a till owes", "the producer owes", "goods"]
)
def test_nobody_is_erased_while_money_is_open_on_either_side_or_goods_lie_somewhere(centre, by, open_):
    product(centre, "B1", "P1")
    with writing(centre.engine) as db:
        if "quantity" in open_:
            db.execute(sa.insert(schema.stock), {"device": "d", "sku": "B1", **open_})
        else:
            db.execute(sa.insert(schema.balances), {"device": "d", "account": "payable:P1", **open_})
    with pytest.raises(CentreError) as error:
        erase(centre, by)
    assert why(error) == "person_owed"
    assert msgspec.json.decode(row_of(centre, schema.producer_contacts, "P1").personal) == PERSON
