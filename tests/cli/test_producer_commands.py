"""What producers are owed and asked for, from the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Pojok
from tests.corner import Corner


@pytest.fixture
def ledger(open_corner: Corner) -> Path:
    """Sixteen of twenty T1 sold on the first of October."""
    open_corner.sell("T1", "16")
    open_corner.do("close_shift", counted=0)
    path = open_corner.ledger.path
    open_corner.ledger.close()
    return path


def test_a_statement_is_written_as_page_and_picture(pojok: Pojok, ledger: Path, tmp_path: Path) -> None:
    ran = pojok("statement", "--ledger", ledger, "P1", "--out", tmp_path / "out", "--day", "2026-10-01", "--full")
    assert ran.status == 0
    assert ran.json["changes"] == {"sold": 230_400}
    assert (ran.json["opening"], ran.json["closing"], ran.json["faults"]) == (0, 230_400, [])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "rekap-dapur-satu-2026-10-01-lengkap.pdf",
        "rekap-dapur-satu-2026-10-01.pdf",
        "rekap-dapur-satu-2026-10-01.png",
    ]


def test_a_statement_of_past_days(pojok: Pojok, ledger: Path, tmp_path: Path) -> None:
    days = ("--from", "2026-09-01", "--to", "2026-09-30", "--day", "2026-10-01")
    ran = pojok("statement", "--ledger", ledger, "P1", "--out", tmp_path, *days)
    assert (ran.json["changes"], ran.json["closing"]) == ({}, 0)


def test_an_unknown_producer_is_a_sentence(pojok: Pojok, ledger: Path, tmp_path: Path) -> None:
    ran = pojok("statement", "--ledger", ledger, "P9", "--out", tmp_path / "out")
    assert ran.status == 1
    assert "P9" in ran.err
    assert not (tmp_path / "out").exists()


def test_what_is_owed_by_age(pojok: Pojok, ledger: Path) -> None:
    told = pojok("ageing", "--ledger", ledger, "--day", "2026-10-11").json
    assert told["spans"] == [0, 250_400, 0, 0]
    assert (told["amount"], told["overdue"], told["unexplained"]) == (250_400, 250_400, 0)
    assert [(row["producer"], row["days"]) for row in told["producers"]] == [("P1", 10), ("P2", 10)]


def test_what_to_deliver(pojok: Pojok, ledger: Path) -> None:
    rows = {row["sku"]: row for row in pojok("board", "--ledger", ledger, "--day", "2026-10-01").answers}
    assert (rows["T1"]["sold"], rows["T1"]["days"], rows["T1"]["left"]) == (16_000, 1, 4_000)
    assert (rows["T1"]["average_tenths"], rows["T1"]["lasts_tenths"], rows["T1"]["deliver"]) == (160, 2, 44_000)
