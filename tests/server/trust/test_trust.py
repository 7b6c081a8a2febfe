"""What officers look at: entries set aside, histories that differ, and figures computed anew against those told."""

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.money import CashMove, Opening, Settlement
from sync.documents.reversal import Reversal, undoing
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.batch import Condition
from sync.protocol.entry import read_body
from sync.protocol.messages import RepairRequest, repair_path
from sync.protocol.wire import deflate
from sync.server.corners.standing import tills
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.reports.reporter import catch_up
from sync.server.trust import attention, closings, findings, recomputing
from sync.server.trust.journals import listed, stored, sums
from sync.server.trust.recomputing import recompute
from tests.server.support import AT, Journal

OFFICER = "Ibu Sari"


@pytest.fixture(autouse=True)
def officer(centre):
    with writing(centre.engine) as db:
        row = {"name": OFFICER, "role": "petugas", "password_hash": "", "made_at": ""}
        db.execute(sa.insert(schema.officers), row)


def aside(centre):
    with reading(centre.engine) as db:
        return attention.quarantined(db)


def remark(centre, journal, text, *, done, seq=2):
    with writing(centre.engine) as db:
        attention.remark(centre, db, journal.device, 1, seq, text, OFFICER, done=done)


def test_an_entry_set_aside_keeps_its_bytes_and_what_officers_said_of_it(centre, caller, journal):
    journal.add_moves(0).add_bytes(b'{"rusak": 1')
    caller.push(journal)
    (one,) = aside(centre)
    assert (one.corner, one.till, one.seq, one.reason, one.done) == ("MTR-001", "A", 2, "unreadable", False)
    assert (one.kind, one.number) == ("", "")
    with reading(centre.engine) as db:
        kept = stored(db, journal.device, 2)
        assert kept is not None
        assert (kept.text, kept.hash) == ('{"rusak": 1', journal.hashes[1].hex())
    remark(centre, journal, "Sudah ditelepon.", done=False)
    assert not aside(centre)[0].done
    remark(centre, journal, "Dicatat lagi oleh pojok.", done=True)
    (one,) = aside(centre)
    assert one.done
    assert [(said.officer, said.state, said.note) for said in one.remarks] == [
        (OFFICER, "open", "Sudah ditelepon."),
        (OFFICER, "done", "Dicatat lagi oleh pojok."),
    ]
    remark(centre, journal, "Ternyata belum.", done=False)
    assert not aside(centre)[0].done


def test_what_nobody_dealt_with_comes_first(centre, caller, journal):
    journal.add_moves(0).add_bytes(b"satu")
    journal.add_bytes(b"dua")
    caller.push(journal)
    remark(centre, journal, "Beres.", done=True, seq=3)
    assert [one.seq for one in aside(centre)] == [2, 3]


@pytest.mark.parametrize(("seq", "text", "code"), [(1, "Beres.", "no_quarantined"), (2, " ", "no_remark")])
def test_a_remark_needs_words_and_an_entry_that_is_set_aside(centre, caller, journal, seq, text, code):
    journal.add_moves(0).add_bytes(b"x")
    caller.push(journal)
    with pytest.raises(CentreError) as refused:
        remark(centre, journal, text, done=True, seq=seq)
    assert refused.value.code == code


def test_a_till_whose_documents_do_not_come_for_two_office_days_is_told(centre, caller, journal, clock):
    journal.add_moves(2)
    caller.push(journal, journal.batch(1, 2, condition=Condition(app="0.6.0", unsent=5, oldest_unsent_at=AT)))

    def late():
        with reading(centre.engine) as db:
            return [till.name for till in attention.late(centre, db, tills(centre, db))]

    assert late() == []
    clock.pass_(days=4, hours=1)
    assert late() == ["A"]


def test_both_histories_of_a_repair_are_told_since_the_entry_they_share(centre, caller, journal):
    caller.push(journal.add_moves(3))
    own = Journal(
        ledger_id=journal.ledger_id, device=journal.device, key=journal.key, bodies=journal.bodies[:2],
        hashes=journal.hashes[:2], prefix="x",
    ).add_moves(4, 9_000)  # fmt: skip
    wanted = RepairRequest(
        base_seq=2, base_hash=journal.hashes[1], own_seq=6, own_hash=own.hashes[5],
        head_seq=4, head_hash=journal.hashes[3],
    )  # fmt: skip
    body = deflate(msgspec.msgpack.encode(wanted))
    assert caller.call(own, "POST", repair_path(own.device), body).status_code == 200
    with reading(centre.engine) as db:
        (both,) = attention.histories(db)
    assert (both.corner, both.till, both.state, both.changed) == ("MTR-001", "A", "waiting", False)
    assert (both.kept_count, both.own_count) == (2, 4)
    assert both.base is not None
    assert (both.base.seq, both.base.number) == (2, "KK-MTR001A-000001")
    assert [(one.seq, one.kind, one.amount) for one in both.kept] == [(3, "cash_move", 1_000), (4, "cash_move", 1_000)]
    caller.push(journal.add_moves(1), journal.batch(5))
    with reading(centre.engine) as db:
        assert attention.histories(db)[0].changed


def test_an_entry_whose_bytes_tell_nothing_is_listed_all_the_same(centre, caller, journal):
    journal.add_moves(0).add_bytes(b"\xff")
    caller.push(journal)
    with reading(centre.engine) as db:
        assert [(one.seq, one.kind, one.amount) for one in listed(db, journal.device, 0, 9)] == [
            (1, "shift_opened", 200_000),
            (2, "", None),
        ]


def checked(centre, journal):
    with reading(centre.engine) as db:
        device = db.execute(sa.select(schema.devices).where(schema.devices.c.device == journal.device)).one()
        return recompute(db, device)


def close(journal, moves, *, expected=None, first=1, number=1, **figures):
    expected = 200_000 + sum(figures.values()) if expected is None else expected
    journal.add(
        ShiftClosed(
            number=f"TK-MTR001A-{number:06}", shift="BK-MTR001A-000001", opened_at=AT, first_seq=first,
            head=journal.hash_at(len(journal.bodies)).hex(), float=200_000, figures=figures, expected=expected,
            counted=expected, difference=0,
        )
    )  # fmt: skip


def differences(found):
    return [(one.kind, one.what, one.told, one.found) for one in found.findings]


def test_a_closing_that_follows_from_the_entries_has_no_difference(centre, caller, journal):
    close(journal.add_moves(3), 3, cash_in=3_000)
    caller.push(journal)
    found = checked(centre, journal)
    assert (found.entries, found.closings, found.findings) == (5, 1, ())
    with reading(centre.engine) as db:
        (row,) = closings.closings(db, "2026-09-25")
        assert (row.told, row.found, row.counted) == (203_000, 203_000, 203_000)
        assert closings.closings(db, "2026-10-02") == []


def test_a_closing_that_tells_other_figures_than_its_entries_is_listed_by_figure(centre, caller, journal):
    close(journal.add_moves(3), 3, cash_in=2_000)
    caller.push(journal)
    found = checked(centre, journal)
    assert differences(found) == [
        ("shift_closed", "cash_in", 2_000, 3_000),
        ("shift_closed", "expected", 202_000, 203_000),
    ]
    assert (found.findings[0].number, found.findings[0].date) == ("TK-MTR001A-000001", "2026-10-01")
    with reading(centre.engine) as db:
        (row,) = closings.closings(db, "2026-09-25")
    assert (row.told, row.found) == (202_000, 203_000)


def pay(journal, through, *, start=0, carried=0, earned=0, other=0, amount, number=1):
    journal.add(
        Settlement(
            number=f"BP-MTR001A-{number:06}", producer="P001", producer_name="Dapur Bu Tini", tender="cash",
            from_seq=start, through_seq=through, through_date="2026-10-01", earned=earned, other=other,
            carried_over=carried, amount=amount, remaining=carried + earned + other - amount,
        )
    )  # fmt: skip


def owing(journal, amount=50_000):
    journal.add(ShiftOpened(number="BK-MTR001A-000001", float=200_000))
    journal.add(Opening(number=f"SA-MTR001A-{len(journal.bodies):06}", payable={"P001": amount}))
    return journal


def test_settlements_that_follow_from_the_entries_have_no_difference_also_after_one_was_taken_back(
    centre, caller, journal
):
    owing(journal)
    pay(journal, 2, other=50_000, amount=30_000)
    journal.add(Opening(number="SA-MTR001A-000003", payable={"P001": 5_000}))
    pay(journal, 2, start=2, carried=20_000, amount=20_000, number=2)  # what came after the cut-off is not paid
    taken_back = Reversal(
        number="BT-MTR001A-000001", original_id="11-d5", original_number="BP-MTR001A-000002",
        original_kind="settlement", postings=(),
    )  # fmt: skip
    journal.add(undoing(taken_back, Settlement.effects(_last(journal))))
    pay(journal, 6, start=2, carried=20_000, other=5_000, amount=25_000, number=3)
    caller.push(journal)
    found = checked(centre, journal)
    assert (found.settlements, differences(found)) == (3, [])


def _last(journal):
    return read_body(journal.bodies[-1]).document()


def test_a_settlement_that_pays_what_was_paid_before_is_listed(centre, caller, journal):
    owing(journal)
    pay(journal, 2, other=50_000, amount=50_000)
    pay(journal, 3, start=0, other=50_000, amount=50_000, number=2)
    caller.push(journal)
    assert differences(checked(centre, journal)) == [
        ("settlement", "from_seq", 0, 2),
        ("settlement", "since", 50_000, 0),
    ]


def test_what_is_set_aside_counts_for_nothing(centre, caller, journal):
    journal.add_moves(1)
    journal.add(CashMove(number="KK-MTR001A-000009", direction="in", amount=7_000), document_id="11-d2")
    close(journal, 1, cash_in=1_000)
    caller.push(journal)
    assert aside(centre)[0].reason == "duplicate_document"
    assert checked(centre, journal).findings == ()


def test_the_last_check_of_a_till_is_kept(centre, caller, journal):
    close(journal.add_moves(3), 3, cash_in=2_000)
    caller.push(journal)
    for _ in range(2):
        with writing(centre.engine) as db:
            recomputing.keep(centre, db, journal.device, checked(centre, journal), OFFICER, 5)
    with reading(centre.engine) as db:
        last = recomputing.kept(db)[journal.device]
    assert (last.officer, last.checked_at) == (OFFICER, centre.now())
    assert len(last.checked.findings) == 2


def test_an_entry_set_aside_tells_the_number_of_its_paper(centre, caller, journal):
    journal.add_moves(1)
    journal.add_bytes(journal.bodies[1].replace(b'"seq":2', b'"seq":3').replace(b'"amount":1000', b'"amount":"x"'))
    caller.push(journal)
    (one,) = aside(centre)
    assert (one.reason, one.kind, one.number) == ("invalid_document", "cash_move", "KK-MTR001A-000001")


def test_quarantine_is_read_a_page_at_a_time_and_counted_whole(centre, caller, journal):
    journal.add_moves(0)
    for number in range(5):
        journal.add_bytes(b"x%d" % number)
    caller.push(journal)
    remark(centre, journal, "Beres.", done=True, seq=6)
    with reading(centre.engine) as db:
        assert [one.seq for one in attention.quarantined(db, first=2, most=2)] == [3, 2]
        assert [one.seq for one in attention.quarantined(db, first=4)] == [6]
        assert attention.counted(db) == attention.counted(db, journal.device) == (5, 4)
        assert attention.counted(db, "x") == (0, 0)


def test_a_document_that_differs_counts_until_an_officer_dealt_with_it(centre, caller, journal):
    close(journal.add_moves(3), 3, cash_in=2_000)
    caller.push(journal)
    catch_up(centre)
    found = checked(centre, journal)

    def say(text, *, done, seq=5):
        with writing(centre.engine) as db:
            findings.remark(centre, db, journal.device, seq, text, OFFICER, done=done)

    def seen():
        with reading(centre.engine) as db:
            open_ = findings.to_look_at(journal.device, found, findings.dealt_with(db))
            (closing,) = closings.closings(db, "2026-09-25", differing=True)
            return list(open_), closing.seq, closing.done, closings.counted(db, "2026-09-25")

    assert seen() == ([5], 5, False, (1, 1, 1))
    say("Sudah ditelepon.", done=False)
    say("Kertasnya benar.", done=True)
    assert seen() == ([], 5, True, (1, 1, 0))
    say("Ternyata belum.", done=False)
    assert seen()[0] == [5]
    with reading(centre.engine) as db:
        told = findings.remarks_on(db, journal.device, 5)
        assert [one.note for one in told] == ["Sudah ditelepon.", "Kertasnya benar.", "Ternyata belum."]
        noted = db.execute(sa.select(schema.audit.c.of).where(schema.audit.c.what == "finding")).scalars().all()
    assert noted == ["MTR-001 A TK-MTR001A-000001"] * 3
    for seq, text, code in ((2, "Beres.", "no_finding"), (5, "", "no_remark"), (9, "Beres.", "no_finding")):
        with pytest.raises(CentreError) as refused:
            say(text, done=True, seq=seq)
        assert refused.value.code == code


def test_closings_are_read_a_page_at_a_time_and_those_that_differ_apart(centre, caller, journal):
    journal.add_moves(0)
    for number in range(1, 5):
        figures = {"cash_in": 9} if number == 3 else {}
        close(journal, 0, number=number, **figures)
        journal.add(ShiftOpened(number=f"BK-MTR001A-{number + 1:06}", float=200_000))
    caller.push(journal)
    with reading(centre.engine) as db:
        assert closings.counted(db, "2026-09-25") == (4, 1, 1)
        assert closings.counted(db, "2026-10-02") == (0, 0, 0)
        assert len(closings.closings(db, "2026-09-25", most=3)) == 3
        assert len(closings.closings(db, "2026-09-25", first=3)) == 1
        (one,) = closings.closings(db, "2026-09-25", differing=True)
    assert (one.number, one.told, one.found, one.seq) == ("BK-MTR001A-000003", 200_009, 200_000, None)


def test_what_a_closing_tells_of_impossible_figures_is_looked_for_all_the_same(centre, caller, journal):
    close(journal.add_moves(3), 3, cash_in=3_000)
    caller.push(journal)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.figures).where(schema.figures.c.name == "cash_in").values(amount=2**62))
        rest = ("cash_received", "tab_payments_cash")
        device = {"device": journal.device, "shift": 1, "amount": 2**62}
        db.execute(sa.insert(schema.figures), [{**device, "name": name} for name in rest])
    with reading(centre.engine) as db:
        assert closings.counted(db, "2026-09-25") == (1, 1, 1)
        assert closings.closings(db, "2026-09-25", differing=True)[0].found == 200_000 + 3 * 2**62


def test_a_check_of_a_broken_chain_tells_where_it_breaks(centre, caller, journal):
    caller.push(journal.add_moves(3))
    entries = schema.entries
    with writing(centre.engine) as db:
        db.execute(sa.update(entries).where(entries.c.seq == 3).values(body=b"{}"))
    found = checked(centre, journal)
    assert (found.fault, found.fault_data) == ("broken_chain", {"till": "MTR-001 A", "seq": 3})


def test_both_sides_of_a_repair_are_summed_up_by_kind(centre, caller, journal):
    caller.push(journal.add_moves(3))
    with reading(centre.engine) as db:
        assert sums(db, journal.device, 1, 4) == (AT, AT, {"cash_move": (3, 3_000)})
        assert sums(db, journal.device, 4, 4) == ("", "", {})
