"""The bank's statement: read as banks write it, proposed where one thing alone fits, never recorded by itself."""

from datetime import datetime
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.domain.errors import Misuse
from pos_app.services import bank_statement as bank
from pos_app.services.bank_statement import Columns, Credit, Statement, amount_of, credits_of, propose, read
from pos_app.services.matching import Unmatched

MUTASI = """Rekening;1234567890;POJOK UMKM
Periode;01/10/2026 - 03/10/2026;
Tanggal;Keterangan;Debet;Kredit;Saldo
01/10/2026 09.15;QRIS RRN 000012344817;;15.888,00;1.015.888,00
02/10/2026;QRIS MERCHANT;;29.790,00;1.045.678,00
02/10/2026;BIAYA ADM;5.000,00;;1.040.678,00
"""


def item(seq: int, amount: int, at: str, reference: str = "") -> Unmatched:
    moment = datetime.fromisoformat(at).replace(tzinfo=WIB)
    return Unmatched(seq, f"ST-MTR001A-{seq:06d}", "sale", moment, amount, reference, (seq,))


def saved(folder: Path, text: str) -> Statement:
    path = folder / "mutasi.csv"
    path.write_text(text, encoding="utf-8")
    return read(path)


def came(folder: Path) -> list[Credit]:
    """The money that came by the statement above."""
    statement = saved(folder, MUTASI)
    return credits_of(statement, statement.guess)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.500,00", 12_500),
        ("12,500.00", 12_500),
        ("12500", 12_500),
        ("Rp 1.250.000", 1_250_000),
        ("12.412,50 CR", 12_413),
        ("5.000,00 DB", -5_000),
        ("-5,000.00", -5_000),
        ("12500.5", 12_501),
        ("16.000,-", 16_000),
        ("16.000,-- CR", 16_000),
        ("+Rp 16.000", 16_000),
        ("(16.000)", -16_000),
        ("", None),
        ("Saldo", None),
    ],
)
def test_amounts_as_banks_write_them(text: str, amount: int | None) -> None:
    assert amount_of(text) == amount


def test_the_header_is_found_below_the_banks_own_lines_and_its_columns_are_guessed(tmp_path: Path) -> None:
    statement = saved(tmp_path, MUTASI)
    assert statement.header[:4] == ("Tanggal", "Keterangan", "Debet", "Kredit")
    assert statement.guess == Columns(0, 3, 1)
    found = credits_of(statement, statement.guess)
    assert [(one.amount, one.day.isoformat(), one.at is not None) for one in found] == [
        (15_888, "2026-10-01", True),
        (29_790, "2026-10-02", False),
    ]


def test_a_spreadsheet_is_read_like_a_csv(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Description", "Amount"])
    sheet.append([datetime(2026, 10, 1, 9, 15), "QRIS 4817", 15888])  # noqa: DTZ001
    book.save(tmp_path / "mutasi.xlsx")
    statement = read(tmp_path / "mutasi.xlsx")
    [credit] = credits_of(statement, statement.guess)
    assert (credit.amount, credit.text, str(credit.at)) == (15_888, "QRIS 4817", "09:15:00")


def test_what_is_no_spreadsheet_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        read(tmp_path / "no-such-file.csv")


def test_the_last_digits_of_the_reference_decide_between_equal_amounts(tmp_path: Path) -> None:
    rows = came(tmp_path)
    items = [item(5, 16_000, "2026-10-01T09:00", "4817"), item(6, 16_000, "2026-10-01T09:05", "1111")]
    assert [one.seqs for one in propose(items, rows)] == [(5,)]


def test_what_could_be_two_things_is_not_proposed(tmp_path: Path) -> None:
    rows = came(tmp_path)[1:]
    items = [item(5, 30_000, "2026-10-01T09:00"), item(6, 30_000, "2026-10-01T15:00")]
    assert propose(items, rows) == []


def test_the_time_decides_where_there_is_no_reference(tmp_path: Path) -> None:
    rows = came(tmp_path)[:1]
    items = [item(5, 16_000, "2026-10-01T09:10"), item(6, 16_000, "2026-10-01T15:00")]
    assert [one.seqs for one in propose(items, rows)] == [(5,)]


def test_one_row_for_a_whole_day_is_proposed_with_all_of_that_day(tmp_path: Path) -> None:
    rows = came(tmp_path)[1:]
    items = [
        item(5, 10_000, "2026-10-01T09:00"),
        item(6, 20_000, "2026-10-01T15:00"),
        item(7, 9_000, "2026-09-30T15:00"),
    ]
    assert [one.seqs for one in propose(items, rows)] == [(5, 6)]


def test_a_fee_above_one_percent_and_money_before_the_sale_fit_nothing(tmp_path: Path) -> None:
    rows = came(tmp_path)[:1]
    assert propose([item(5, 16_100, "2026-10-01T09:10", "4817")], rows) == []
    assert propose([item(5, 16_000, "2026-10-02T09:10", "4817")], rows) == []
    assert bank.MOST_FEE_BP == 100
