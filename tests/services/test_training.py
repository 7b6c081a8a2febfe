"""A training: the corner's goods without its people, marked papers, and a real ledger that is only read."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.i18n import set_language
from pos_app.ledger import queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.printing import pdf
from pos_app.printing.layout import Paper, Text
from pos_app.services import deduction_papers, qris_slips, tab_statements, training
from pos_app.services.context import Counter
from pos_app.services.deductions import UnitList
from pos_app.services.ids import uuid7
from pos_app.services.papers import PAPERS, document_paper, letterhead
from pos_app.services.people import users
from pos_app.services.printing import printer_settings
from pos_app.services.setup import DEMO_QRIS
from tests.corner import MORNING, PRODUCERS, STAFF, Corner


def digest(folder: Path) -> dict[str, str]:
    """Of every file of a ledger."""
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.glob("till.db*"))}


@pytest.fixture
def learner(open_corner: Corner, tmp_path: Path) -> Iterator[Corner]:
    """A training of the open corner, played by its manager; the real till is closed."""
    set_language("id")
    open_corner.sell("T1")
    open_corner.ledger.close()
    real = open_corner.ledger.path
    before = digest(real.parent)
    folder = tmp_path / "training"
    path = training.make(real, folder, MORNING)
    ledger = Ledger.open(path)
    counter = Counter(ledger, training.vault_in(folder), lambda: MORNING, uuid7)
    counter.user = next(user for user in users(counter) if user.is_manager)
    corner = Corner(ledger, counter, open_corner.clock)
    yield corner
    ledger.close()
    training.remove(folder)
    assert not folder.exists()
    assert digest(real.parent) == before
    again = Ledger.open(real)
    assert verify(again).entries > 0
    again.close()


def play_a_day(corner: Corner) -> None:
    sku = queries.all_products(corner.db, 1)[0].sku
    corner.do("open_shift", float=100_000)
    sale = corner.sell(sku, "3")
    corner.do("refund", of=sale["number"], lines=[{"line": 0, "quantity": "1"}], tender="cash")
    corner.do("cash_move", direction="out", amount=5_000, reason="es")
    corner.do("close_shift", counted=corner.state["drawer"])


def test_the_goods_are_there_no_person_is_and_no_drawer_opens(learner: Corner, corner: Corner) -> None:
    names = {one.producer_name for one in queries.all_products(learner.db, 100)}
    assert names
    assert all(name.startswith("Produsen Latihan ") for name in names)
    raw = b"".join(one.read_bytes() for one in learner.ledger.path.parent.rglob("*") if one.is_file())
    real = [str(row[key]) for row in (*PRODUCERS, *STAFF) for key in ("business_name", "name") if key in row]
    assert real
    for name in real:
        assert name.encode() not in raw
    with learner.ledger.write() as tx:
        registry.set_setting(tx.db, "printer.drawer", "yes")
    assert not printer_settings(learner.db).drawer


def test_numbers_and_every_paper_say_that_it_is_a_training(learner: Corner) -> None:
    play_a_day(learner)
    kinds = set()
    for seq in range(1, learner.ledger.head().seq + 1):
        entry = queries.entry_by_seq(learner.db, seq)
        assert entry is not None
        assert entry.document.number[3:].startswith("LATIHANA-")
        if entry.document.KIND in PAPERS:
            kinds.add(entry.document.KIND)
            paper = document_paper(learner.ledger, learner.counter.vault, entry.id)
            marks = [one for one in paper.blocks if isinstance(one, Text) and one.text == "LATIHAN - BUKAN STRUK"]
            assert len(marks) == 2, entry.document.KIND
            assert paper.blocks[0] is marks[0] or paper.blocks[0] == marks[0]
            assert not paper.drawer
    assert {"sale", "refund", "cash_move", "shift_closed", "goods_received"} <= kinds
    assert letterhead(learner.ledger).training
    assert learner.verify() == learner.ledger.head().seq


def test_the_tasks_are_told_by_the_documents(learner: Corner) -> None:
    assert not any(training.progress(learner.db).values())
    play_a_day(learner)
    assert training.progress(learner.db) == dict.fromkeys(training.TASKS, True)


def test_a_real_till_marks_no_paper(open_corner: Corner) -> None:
    sale = open_corner.sell("T1")
    paper = document_paper(open_corner.ledger, open_corner.counter.vault, sale["id"])
    assert not [one for one in paper.blocks if isinstance(one, Text) and "LATIHAN" in one.text]
    assert paper.drawer


def test_statements_qr_slips_and_lists_are_marked_at_both_ends(
    learner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers: list[Paper] = []
    monkeypatch.setattr(qris_slips, "print_now", lambda _ledger, paper: bool(papers.append(paper)))
    monkeypatch.setattr(pdf, "to_pdf", lambda paper, _size: papers.append(paper) or b"")
    vault = learner.counter.vault
    code = registry.staff_members(learner.db, vault.unseal)[0].code
    papers.append(tab_statements.paper(learner.ledger, vault, code, MORNING.date(), MORNING))
    qris_slips.print_qr(learner.ledger, DEMO_QRIS, 5_000, MORNING)
    draft = UnitList("2026-11", "Unit Latihan", "draft", MORNING.date(), ())
    deduction_papers.write_pdfs(learner.ledger, vault, [draft], tmp_path, MORNING, "Ratna")
    assert len(papers) == 3
    for paper in papers:
        marks = [one for one in paper.blocks if isinstance(one, Text) and one.text == "LATIHAN - BUKAN STRUK"]
        assert len(marks) == 2
