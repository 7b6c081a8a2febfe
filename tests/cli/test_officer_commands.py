"""What officers decide on the centre's pages, from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sync.documents.money import Opening
from sync.server.access import accounts
from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.loading import put
from sync.server.database.tables_corners import till_checks
from sync.server.exchange import announcing
from tests.cli.conftest import Pojok, Ran
from tests.server.support import Caller, Clock, Journal, new_centre

P001 = {"code": "P001", "business_name": "Dapur Bu Tini", "class": "mikro", "payout_terms": "harian", "position": 1}
P002 = P001 | {"code": "P002", "business_name": "Dapur Tini", "position": 2, "halal_no": "ID18110000123450721",
               "halal_expires": "2020-01-01"}  # fmt: skip
EMPTY = {"kelurahan": "", "nib": "", "pirt": "", "halal_no": "", "halal_expires": None, "alias_of": ""}


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    centre = new_centre(url, Clock())
    with writing(centre.engine) as db:
        accounts.put_officer(centre, db, "Rahma", Role.OFFICER, "empat kata yang panjang")
        accounts.put_officer(centre, db, "Adi", Role.ADMIN, "empat kata yang panjang")
        put(db, schema.producers, [EMPTY | P001, EMPTY | P002])
        db.execute(sa.update(schema.positions).where(schema.positions.c.scope == "producers").values(value=2))
    centre.close()
    return url


@pytest.fixture
def run(pojok: Pojok, database: str) -> Callable[..., Ran]:
    """``pojok centre …`` on that database."""

    def ran(command: str, *arguments: object) -> Ran:
        return pojok("centre", command, "--database", database, *arguments)

    return ran


def sells(database: str, **where: Any) -> Journal:
    """A till that owes 45.000 to P001."""
    clock = Clock()
    centre = open_centre(database, clock)
    journal = Journal(**where).enrol_at(centre)
    centre.close()
    journal.add(Opening(number="SA-MTR001A-000001", payable={"P001": 45_000}))
    with TestClient(create_app(database, clock=clock)) as client:
        assert Caller(client).push(journal).is_success
    return journal


def rows(database: str, query: sa.Select[Any]) -> list[Any]:
    centre = open_centre(database)
    with reading(centre.engine) as db:
        found = list(db.execute(query).all())
    centre.close()
    return found


def deeds(database: str) -> set[str]:
    """What the audit tells."""
    return {row.what for row in rows(database, sa.select(schema.audit.c.what))}


def test_a_till_moves_once_it_left_nothing_behind_or_where_that_is_said(run: Callable[..., Ran], database: str) -> None:
    sells(database)
    to = ("--corner", "MTR-001", "--till", "A", "--to-corner", "MTR-002", "--to-till", "A", "--officer", "Rahma")
    refused = run("move", *to)
    assert (refused.status, refused.out) == (1, "")
    assert "hak produsen" in refused.err
    moved = run("move", *to, "--anyway")
    assert moved.status == 0, moved.err
    assert len(moved.out.strip()) > 8
    assert run("move", *to).status == 1
    assert "move" in deeds(database)


def test_a_message_goes_to_one_corner_or_to_all(run: Callable[..., Ran], database: str) -> None:
    assert run("message", "--corner", "MTR-001", "--text", "Halo", "--officer", "Rahma").status == 0
    assert run("message", "--all", "--text", "Semua", "--officer", "Rahma").status == 0
    assert run("message", "--corner", "MTR-009", "--text", "Halo", "--officer", "Rahma").status == 1
    assert run("message", "--text", "Halo", "--officer", "Rahma").status == 2
    assert run("message", "--all", "--text", "Halo", "--officer", "Siapa").status == 1
    centre = open_centre(database)
    with reading(centre.engine) as db:
        assert [(one.corner, one.text) for one in announcing.sent(db)] == [("", "Semua"), ("MTR-001", "Halo")]
    centre.close()


def test_the_oldest_version_is_told_and_set_by_an_administrator(run: Callable[..., Ran]) -> None:
    assert run("version").out.strip() == "0"
    assert "--officer" in run("version", "--least", "0.6.0").err
    refused = run("version", "--least", "0.6.0", "--officer", "Rahma")
    assert (refused.status, "admin" in refused.err) == (1, True)
    assert run("version", "--least", "0.6.0", "--officer", "Adi").status == 0
    assert run("version").out.strip() == "0.6.0"


def test_what_tills_told_is_checked_now(run: Callable[..., Ran], database: str) -> None:
    sells(database)
    found = run("recheck")
    assert (found.status, found.json["tills"], found.json["entries"], found.json["differing"]) == (0, 1, 1, 0)
    assert run("recheck", "--corner", "MTR-001").json["tills"] == 1
    assert run("recheck", "--corner", "MTR-009").status == 1
    assert len(rows(database, sa.select(till_checks))) == 1


def test_a_check_that_finds_something_ends_with_one(run: Callable[..., Ran], database: str) -> None:
    sells(database)
    centre = open_centre(database)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.entries).values(body=b"{}"))
    centre.close()
    found = run("recheck")
    assert (found.status, found.json["broken"]) == (1, 1)


def test_what_a_lost_till_owed_is_taken_over_and_given_back(run: Callable[..., Ran], database: str) -> None:
    assert "dicabut" in run("revoked").err
    old = sells(database)
    till = ("--corner", "MTR-001", "--till", "A", "--officer", "Rahma")
    assert run("revoke", *till).status == 0
    sells(database, ledger_id="22" * 16)
    assert "45000" in run("revoked", "--corner", "MTR-001").out
    taken = run("take-over", *till, "--by", "A")
    assert taken.status == 0, taken.err
    (one,) = run("revoked", "--json").json
    assert (one["device"], one["owed"], one["by"], one["officer"]) == (old.device, 45_000, "A", "Rahma")
    assert "diambil alih" in run("revoked").out
    assert run("give-back", *till, "--device", old.device).status == 0
    assert run("give-back", *till).status == 1
    assert run("take-over", *till, "--by", "B").status == 1
    assert {"take_over", "give_back"} <= deeds(database)


def test_two_producers_are_merged_and_parted(run: Callable[..., Ran], database: str) -> None:
    merged = run("merge-producers", "P002", "--into", "P001", "--officer", "Rahma")
    assert merged.status == 0, merged.err
    alias = sa.select(schema.producers.c.alias_of).where(schema.producers.c.code == "P002")
    assert rows(database, alias) == [("P001",)]
    assert run("unmerge-producers", "P002", "--officer", "Rahma").status == 0
    assert rows(database, alias) == [("",)]
    assert run("merge-producers", "P009", "--into", "P001", "--officer", "Rahma").status == 1
    assert run("merge-producers", "P002", "--into", "P001", "--officer", "Siapa").status == 1


def test_certificates_that_lapsed_are_listed(run: Callable[..., Ran]) -> None:
    (line,) = run("certificates").out.splitlines()
    assert line.split() == ["2020-01-01", "P002", "halal", "ID18110000123450721", "Dapur", "Tini"]
    assert run("certificates", "--json").json[0]["producer"] == "P002"
    assert run("certificates", "--days", "-9000").out == ""


def test_a_person_is_exported_for_a_purpose_and_erased_by_an_administrator(
    run: Callable[..., Ran], database: str, tmp_path: Path
) -> None:
    centre = open_centre(database)
    with writing(centre.engine) as db:
        person = json.dumps({"owner_name": "Tini", "phone": "08123456789"})
        db.execute(sa.insert(schema.producer_contacts), {"code": "P001", "personal": person})
    centre.close()
    file = tmp_path / "tini.json"
    to = ("--to", file, "--officer", "Rahma")
    assert run("export-person", "P001", "--why", " ", *to).status == 1
    assert run("export-person", "P009", "--why", "permintaan", *to).status == 1
    assert not file.exists()
    assert run("export-person", "P001", "--why", "permintaan", *to).status == 0
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["codes"][0]["person"]["owner_name"] == "Tini"
    assert told["codes"][0]["looks"][0]["detail"] == "permintaan"
    assert file.stat().st_mode & 0o077 == 0
    assert run("export-person", "P001", "--why", "permintaan", *to).status == 1
    erase = ("erase-person", "P001", "--why", "permintaan")
    assert run(*erase, "--again", "P001", "--officer", "Rahma").status == 1
    assert run(*erase, "--again", "P002", "--officer", "Adi").status == 1
    assert run(*erase, "--again", "P001", "--officer", "Adi").status == 0
    assert "Tini" not in str(rows(database, sa.select(schema.producer_contacts)))
    assert {"person_seen", "person_erased"} <= deeds(database)


def test_a_private_page_is_made_and_taken_away(run: Callable[..., Ran]) -> None:
    made = run("link", "P001", "--officer", "Rahma")
    assert made.out.startswith("/p/")
    assert "hilang" in run("unlink", "P001", "--officer", "Rahma").out
    assert "Tidak ada" in run("unlink", "P001", "--officer", "Rahma").out
    assert run("link", "P009", "--officer", "Rahma").status == 1


def test_a_corner_is_removed_by_an_administrator_and_closed_and_opened_by_an_officer(run, database) -> None:
    assert run("remove-corner", "--corner", "MTR-002", "--officer", "Rahma").status == 1
    assert run("remove-corner", "--corner", "MTR-002", "--officer", "Adi").status == 0
    assert "belum pernah punya kasir" in run("close-corner", "--corner", "MTR-001", "--officer", "Rahma").err
    sells(database)
    refused = run("remove-corner", "--corner", "MTR-001", "--officer", "Adi")
    assert (refused.status, "Tutup saja" in refused.err) == (1, True)
    assert run("close-corner", "--corner", "MTR-001", "--officer", "Rahma").status == 0
    refused = run("code", "--corner", "MTR-001", "--till", "B")
    assert refused.status == 1
    assert "MTR-001 ditutup. Buka lagi dahulu, di halamannya. Di sini: pojok centre reopen-corner" in refused.err
    assert run("reopen-corner", "--corner", "MTR-001", "--officer", "Rahma").status == 0
    assert run("code", "--corner", "MTR-001", "--till", "B").status == 0


def test_holidays_are_kept_from_the_command_line(run, tmp_path: Path) -> None:
    assert (
        run("add-holiday", "--day", "2026-12-25", "--to", "2026-12-26", "--name", "Natal", "--officer", "Rahma").status
        == 0
    )
    assert run("remove-holiday", "--day", "2026-12-26", "--officer", "Rahma").status == 0
    assert run("remove-holiday", "--day", "2026-12-26", "--officer", "Rahma").status == 1
    file = tmp_path / "libur.csv"
    file.write_text("date,name\n2027-01-01,Tahun Baru\n")
    assert run("import", "holidays", file).status == 0
    assert run("holidays", "--year", "2027").out == "2027-01-01  Tahun Baru\n"
    assert json.loads(run("holidays", "--json").out)[0] == {"date": "2026-12-25", "name": "Natal"}
