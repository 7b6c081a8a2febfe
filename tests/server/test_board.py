"""The board of corners tells how each till is, as far as it told; silent corners come first."""

import re

import msgspec
import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sync.protocol.batch import Condition
from sync.server import enrolment, schema
from sync.server.app import create_app
from sync.server.dialect import reading, writing
from sync.server.limits import Rate
from tests.server.support import AT, Journal

WELL = Condition(
    app="0.6.0",
    unsent=4,
    oldest_unsent_at=AT,
    backup_at="2026-09-30T16:00:00+07:00",
    free_mib=120_000,
    shift_opened_at=AT,
)


def cells(page: str, corner: str) -> list[str]:
    """What stands in the row of a corner."""
    row = next(row for row in page.split("<tr>") if f"<td>{corner}</td>" in row)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]


def push(caller, journal: Journal, first: int = 1, last: int | None = None, **told: object):
    condition = msgspec.structs.replace(WELL, **told)
    assert caller.push(journal, journal.batch(first, last, condition=condition)).status_code == 200


def test_a_corner_shows_what_its_till_told(caller, journal):
    push(caller, journal.add_moves(3), last=2)
    row = cells(caller.client.get("/").text, "MTR-001")
    assert row[2:9] == [
        "Lancar",
        "1 Okt 2026, 08.00 WIB",
        "2",
        "1 Okt 2026, 08.00 WIB",
        "30 Sep 2026, 16.00 WIB",
        "1, sejak 1 Okt 2026, 08.00 WIB",
        "120.000 MiB",
    ]
    assert row[9] == "0.6.0"


def test_a_till_that_exchanges_often_and_brings_nothing_is_written_once_a_minute_unless_it_tells_of_more(
    caller, journal, clock, centre
):
    def kept() -> tuple[str, int]:
        with reading(centre.engine) as db:
            row = db.execute(sa.select(schema.devices)).one()
        return row.last_contact, msgspec.json.decode(row.condition, type=Condition).free_mib

    push(caller, journal.add_moves(1), unsent=0, oldest_unsent_at="")
    first = kept()
    for seconds in (20, 20):
        clock.pass_(seconds=seconds)
        push(caller, journal, first=3, unsent=0, oldest_unsent_at="", free_mib=119_000)
        assert kept() == first
    push(caller, journal, first=3, unsent=0, oldest_unsent_at="", free_mib=119_000, backup_at=AT)
    assert kept()[1] == 119_000
    clock.pass_(seconds=61)
    push(caller, journal, first=3, unsent=0, oldest_unsent_at="", free_mib=118_000, backup_at=AT)
    assert kept()[1] == 118_000


def test_what_is_here_is_not_told_as_unsent(caller, journal):
    push(caller, journal.add_moves(3))
    assert cells(caller.client.get("/").text, "MTR-001")[4:6] == ["0", "–"]


def test_two_tills_of_a_corner_are_told_as_one(centre, caller, journal):
    other = Journal(till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre).add_moves(1)
    push(caller, journal.add_moves(3), last=1)
    push(caller, other, last=1, app="0.5.0", backup_at="", free_mib=400, shift_opened_at="")
    row = cells(caller.client.get("/").text, "MTR-001")
    assert (row[4], row[6], row[7][:2], row[8], row[9]) == ("6", "belum ada", "1,", "400 MiB", "0.5.0, 0.6.0")
    assert row[2] == "Disk kasir hampir penuh"


def test_a_till_that_never_told_shows_dashes(caller, journal):
    caller.push(journal.add_moves(1))
    assert cells(caller.client.get("/").text, "MTR-001")[4:10] == ["–", "–", "–", "–", "–", "–"]


def test_silent_corners_come_first_also_before_those_with_an_alarm(centre, caller, journal, clock):
    caller.push(journal.add_moves(1))
    clock.pass_(days=3)
    alarmed = Journal(corner="MTR-002", ledger_id="22" * 16, prefix="b").enrol_at(centre)
    alarmed.add_bytes(b"unreadable")
    caller.push(alarmed)
    page = caller.client.get("/").text
    assert page.index("MTR-001") < page.index("MTR-002")
    assert cells(page, "MTR-001")[2] == "Belum ada kabar"
    assert cells(page, "MTR-002")[2].startswith("1 dokumen ditahan")


def test_a_repair_that_waits_for_an_officer_is_told(centre, caller, journal):
    caller.push(journal.add_moves(3))
    values = {"device": journal.device, "asked_at": AT, "state": "waiting"}
    values |= dict.fromkeys(("base_seq", "own_seq", "head_seq"), 1) | dict.fromkeys(
        ("base_hash", "own_hash", "head_hash"), bytes(32)
    )
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.repairs), [values])
        db.execute(sa.update(schema.devices).values(forked_at=AT))
    told = cells(caller.client.get("/").text, "MTR-001")[2]
    assert told == "Jurnal bercabang · perbaikan menunggu persetujuan"


def test_a_time_that_is_none_is_shown_as_it_came(caller, journal):
    push(caller, journal.add_moves(1), backup_at="kemarin")
    assert cells(caller.client.get("/").text, "MTR-001")[6] == "kemarin"


def test_a_till_that_tells_nothing_new_within_a_minute_writes_nothing(centre, caller, journal):
    push(caller, journal.add_moves(1))
    before = told(centre)
    assert caller.push(journal, journal.batch(first=3)).status_code == 200
    assert told(centre) == before


def told(centre) -> list[tuple[object, ...]]:
    with writing(centre.engine) as db:
        return [tuple(row) for row in db.execute(sa.select(schema.devices))]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_here_is_shown_as_it_came(caller, journal, at):
    push(caller, journal.add_moves(1), backup_at=at, shift_opened_at=at)
    page = caller.client.get("/")
    assert page.status_code == 200
    assert cells(page.text, "MTR-001")[6:8] == [at, f"1, sejak {at}"]


def test_a_till_that_was_revoked_is_no_alarm_on_the_board_nor_in_the_metrics_and_sold_what_it_sold(
    centre, caller, journal, clock
):
    journal.add_moves(1).add_bytes(b"unreadable")
    caller.push(journal)
    caller.push(Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x").add_moves(3))
    with writing(centre.engine) as db:
        days = [{"device": journal.device, "date": "2026-10-01", "name": "gross", "amount": 12_500}]
        db.execute(sa.insert(schema.days), days)
        enrolment.revoke(centre, db, "MTR-001", "A")
    other = Journal(till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre).add_moves(1)
    caller.push(other)
    page = caller.client.get("/").text
    row = cells(page, "MTR-001")
    assert (row[2], row[10], row[13]) == ("Lancar", "1", "Rp 0")
    assert "Rp 12.500" in page
    told = caller.client.get("/metrics").text
    names = ("tills", "quarantined_entries", "forked_tills", "silent_tills", "waiting_repairs")
    assert [float(re.search(rf"^pojok_{name} (.*)$", told, re.MULTILINE)[1]) for name in names] == [1, 0, 0, 0, 0]


def test_a_till_that_is_silent_is_told_to_be_so_beside_what_else_is_wrong(caller, journal, clock):
    journal.add_moves(1).add_bytes(b"unreadable")
    caller.push(journal)
    clock.pass_(days=3)
    assert cells(caller.client.get("/").text, "MTR-001")[2] == "1 dokumen ditahan Belum ada kabar"


def test_the_board_is_limited_by_address(database, clock):
    with TestClient(create_app(database, clock=clock, per_checker=Rate(2, 0.01))) as client:
        assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]


def test_sums_of_two_tills_that_no_engine_can_hold_are_told(centre, caller, journal):
    other = Journal(till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre)
    with writing(centre.engine) as db:
        rows = [
            {"device": one.device, "date": "2026-10-01", "name": "gross", "amount": 2**63 - 1}
            for one in (journal, other)
        ]
        db.execute(sa.insert(schema.days), rows)
    assert cells(caller.client.get("/").text, "MTR-001")[13] == "Rp 18.446.744.073.709.551.614"
