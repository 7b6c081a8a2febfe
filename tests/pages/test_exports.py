"""Tables as files: what stands in them is what stood on the page, and no cell runs."""

import csv
import io
from datetime import date, datetime

import pytest
from litestar.testing import RequestFactory
from openpyxl import load_workbook

from sync.server.centre import WIB
from sync.server.pages.exports import exported

HEADINGS = ("Produsen", "Terjual", "Sejak", "Jam")
ROWS = [
    ('=HYPERLINK("http://x")', 1_250_000, date(2026, 10, 1), datetime(2026, 10, 1, 8, 0, tzinfo=WIB)),
    ('Sambal "Bu Ani", Metro\x01', -5_000, None, None),
    ("@SUM(A1)", 0, date(2026, 2, 28), None),
]  # fmt: skip


def asked(kind: str):
    return exported(
        RequestFactory().get("/x", query_params={"format": kind} if kind else {}), "penjualan 10", HEADINGS, ROWS
    )


def test_without_a_format_there_is_no_file_and_the_rows_are_not_read():
    request = RequestFactory().get("/x", query_params={"format": "exe"})
    assert exported(request, "x", HEADINGS, (1 / 0 for _ in range(1))) is None


def test_csv_holds_whole_numbers_and_dates_and_no_formula():
    response = asked("csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="penjualan-10.csv"'
    found = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert found[0] == list(HEADINGS)
    assert found[1] == ['\'=HYPERLINK("http://x")', "1250000", "2026-10-01", "2026-10-01T08:00:00+07:00"]
    assert found[2] == ['Sambal "Bu Ani", Metro', "-5000", "", ""]
    assert found[3][0] == "'@SUM(A1)"


def test_a_spreadsheet_holds_numbers_as_numbers_and_dates_as_dates():
    sheet = load_workbook(io.BytesIO(asked("xlsx").content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][1] == 1_250_000
    assert [cell.isoformat() for cell in rows[1][2:]] == ["2026-10-01T00:00:00", "2026-10-01T08:00:00"]
    assert rows[1][0].startswith("'=")
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"


def test_paper_holds_every_row_on_as_many_pages_as_it_needs():
    request = RequestFactory().get("/x", query_params={"format": "pdf"})
    response = exported(request, "penjualan", HEADINGS, ROWS * 60)
    assert response.content.startswith(b"%PDF")
    assert response.content.count(b"/Type /Page\n") > 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_table_without_rows_is_a_file_too(kind):
    request = RequestFactory().get("/x", query_params={"format": kind})
    assert exported(request, "x", HEADINGS, []).content
