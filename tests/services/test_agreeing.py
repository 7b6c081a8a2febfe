"""The agreement with a producer: its terms, and the paper that carries who the owner is."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pos_app.domain.errors import ManagerNeeded, Misuse
from pos_app.i18n import set_language
from pos_app.ledger import agreements
from pos_app.services import agreeing, people, privacy, producers
from pos_app.services.agreeing import AgreementIssuer
from tests.corner import MORNING, PRODUCERS, PRODUCTS, Corner, dump, new_corner, register
from tests.services.test_producers import ENTRY


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    made = new_corner(tmp_path)
    register(made, tmp_path, PRODUCERS, PRODUCTS, [])
    made.counter.user = people.add_user(
        made.ledger, made.counter.vault, name="Ratna", pin="123456", role="pengelola", now=MORNING
    )
    return made


def text_of(corner: Corner, code: str) -> str:
    paper = AgreementIssuer(corner.counter, code)._paper(corner.ledger)
    return "\n".join(str(block) for block in paper.blocks)


def test_terms_begin_with_what_is_known_of_the_producer(corner: Corner) -> None:
    terms = agreeing.proposal(corner.counter, "P1")
    assert (terms.payout_terms, terms.pays_by, terms.loss_bearer) == ("mingguan", "cash", "producer")
    assert (terms.agreed_on, terms.collect_days, terms.notice_days) == (date(2026, 10, 1), 7, 30)
    assert agreements.agreement(corner.db, "P1") is None
    assert agreements.loss_bearer(corner.db, "P1") is None


def test_the_newest_agreement_counts_and_is_logged(corner: Corner) -> None:
    terms = agreeing.proposal(corner.counter, "P1")
    agreeing.agree(corner.counter, terms)
    agreeing.agree(corner.counter, replace(terms, loss_bearer="corner", payout_terms="bulanan"))
    assert agreements.agreement(corner.db, "P1") == replace(terms, loss_bearer="corner", payout_terms="bulanan")
    assert agreements.loss_bearer(corner.db, "P1") == "corner"
    logged = corner.db.execute("SELECT count(*) FROM activity WHERE action = 'agreement_recorded'").fetchone()[0]
    assert logged == 2


def test_impossible_terms_are_refused(corner: Corner) -> None:
    terms = agreeing.proposal(corner.counter, "P1")
    for wrong in (
        replace(terms, collect_days=-1),
        replace(terms, notice_days=366),
        replace(terms, payout_terms="tahunan"),
        replace(terms, agreed_on=date(2026, 10, 2)),
    ):
        with pytest.raises(Misuse):
            agreeing.agree(corner.counter, wrong)
    corner.counter.user = None
    with pytest.raises(ManagerNeeded):
        agreeing.agree(corner.counter, terms)


def test_the_paper_names_the_owner_and_the_look_is_kept(corner: Corner, tmp_path: Path) -> None:
    code = producers.register(corner.counter, ENTRY)
    agreeing.agree(corner.counter, replace(agreeing.proposal(corner.counter, code), pays_by="transfer"))
    text = text_of(corner, code)
    for words in ("Siti Aminah", "1872025708909002", "Jl. Kenanga 5", "BSI ****4567", "Kripik Ranusari", "Ratna"):
        assert words in text
    assert "0001234567" not in text, "the account stays covered"
    assert [look.purpose for look in privacy.looks(corner.counter)] == ["agreement"]
    path = AgreementIssuer(corner.counter, code).save(tmp_path)
    assert path.read_bytes().startswith(b"%PDF")
    assert "Siti" not in str([row for row in dump(corner.db) if row[0] in ("print_jobs", "agreements", "documents")])


def test_the_paper_says_what_was_agreed_in_both_languages(corner: Corner) -> None:
    terms = agreeing.proposal(corner.counter, "P1")
    agreeing.agree(corner.counter, replace(terms, loss_bearer="corner", collect_days=5, notice_days=14))
    text = text_of(corner, "P1")
    for words in ("PERJANJIAN TITIP JUAL", "Kamis, 1 Oktober 2026", "seminggu sekali", "5 hari", "14 hari", "14.400"):
        assert words in text
    assert "ditanggung pojok" in text
    set_language("en")
    try:
        text = text_of(corner, "P1")
    finally:
        set_language("id")
    for words in (
        "CONSIGNMENT AGREEMENT",
        "Thursday, 1 October 2026",
        "once a week",
        "within 5 days",
        "14 days before",
    ):
        assert words in text


def test_the_manager_who_approved_signs_for_the_corner(corner: Corner) -> None:
    manager = corner.counter.user
    assert manager is not None
    agreeing.agree(corner.counter, agreeing.proposal(corner.counter, "P1"))
    corner.counter.user = people.add_user(
        corner.ledger, corner.counter.vault, name="Sari", pin="111111", role="kasir", now=MORNING
    )
    paper = AgreementIssuer(corner.counter, "P1", manager.id)._paper(corner.ledger)
    assert "left_name='Ratna'" in str(paper.blocks)
    with pytest.raises(ManagerNeeded):
        AgreementIssuer(corner.counter, "P1")._paper(corner.ledger)


def test_there_is_no_paper_without_an_agreement_and_none_of_an_anonymised_producer(
    corner: Corner, tmp_path: Path
) -> None:
    with pytest.raises(Misuse):
        AgreementIssuer(corner.counter, "P1").save(tmp_path)
    agreeing.agree(corner.counter, agreeing.proposal(corner.counter, "P1"))
    privacy.anonymise(corner.counter, "producer", "P1")
    with pytest.raises(Misuse):
        AgreementIssuer(corner.counter, "P1").save(tmp_path)
    with pytest.raises(Misuse):
        agreeing.agree(corner.counter, agreeing.proposal(corner.counter, "P1"))


def test_many_goods_still_make_two_pages(corner: Corner, tmp_path: Path) -> None:
    code = producers.register(corner.counter, ENTRY)
    corner.db.execute("UPDATE products SET producer = ?", (code,))
    agreeing.agree(corner.counter, agreeing.proposal(corner.counter, code))
    pages = AgreementIssuer(corner.counter, code).save(tmp_path).read_bytes().count(b"/Type /Page\n")
    assert 1 <= pages <= 2


def test_what_is_held_is_handed_out_with_agreement_and_certificates(corner: Corner, tmp_path: Path) -> None:
    code = producers.register(corner.counter, ENTRY)
    agreeing.agree(corner.counter, agreeing.proposal(corner.counter, code))
    sheet = privacy.export_person(corner.counter, "producer", code, tmp_path / "out")
    held = json.loads(sheet.with_suffix(".json").read_text(encoding="utf-8"))["person"]
    assert (held["nik"], held["address"]) == ("1872025708909002", "Jl. Kenanga 5")
    assert (held["agreement_loss_bearer"], held["agreement_notice_days"]) == ("producer", "30")
    assert held["certificate_pirt"] == "2101872010001-30"
