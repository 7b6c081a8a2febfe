"""Tables as files: what stands in them is what stood on the page, and no cell runs."""

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from litestar.testing import RequestFactory
from openpyxl import load_workbook

from sync.server.centre import WIB
from sync.server.officers import Role
from sync.server.pages import exports
from sync.server.pages.exports import csv_text, exported, harmless

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
    found = list(csv.reader(io.StringIO(response.made().decode("utf-8-sig"))))
    assert found[0] == list(HEADINGS)
    assert found[1] == ['\'=HYPERLINK("http://x")', "1250000", "2026-10-01", "2026-10-01T08:00:00+07:00"]
    assert found[2] == ['Sambal "Bu Ani", Metro', "-5000", "", ""]
    assert found[3][0] == "'@SUM(A1)"


def test_a_spreadsheet_holds_numbers_as_numbers_and_dates_as_dates():
    sheet = load_workbook(io.BytesIO(asked("xlsx").made())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][1] == 1_250_000
    assert [cell.isoformat() for cell in rows[1][2:]] == ["2026-10-01T00:00:00", "2026-10-01T08:00:00"]
    assert rows[1][0].startswith("'=")
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"


def test_paper_holds_every_row_on_as_many_pages_as_it_needs():
    request = RequestFactory().get("/x", query_params={"format": "pdf"})
    paper = exported(request, "penjualan", HEADINGS, ROWS * 60).made()
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") > 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_table_without_rows_is_a_file_too(kind):
    request = RequestFactory().get("/x", query_params={"format": kind})
    assert exported(request, "x", HEADINGS, []).made()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Keripik;=1+1;", "Keripik;'=1+1;"),
        ("Keripik; @SUM(A1)", "Keripik; '@SUM(A1)"),
        (" =1+1", " '=1+1"),
        ("a\n-1\r\n+2", "a\n'-1\r\n'+2"),
        ("Kopi, -20 ml", "Kopi, -20 ml"),
        ("\t=1", "\t'=1"),
        ("\tabc", "'\tabc"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("Sale Pisang - 250 g; a=b, 1+1", "Sale Pisang - 250 g; a=b, 1+1"),
    ],
)
def test_no_formula_hides_behind_a_sign_at_which_a_spreadsheet_takes_lines_apart(text, cell):
    assert harmless(text) == cell


def test_a_line_that_is_taken_apart_at_semicolons_holds_no_formula():
    text = csv_text(["a", "b"], [["x", "Keripik;=1+1;"], ["x", 'Keripik";=1+1;']])
    for line in text.splitlines():
        assert not [part for part in line.split(";") if part.lstrip('" ').startswith("=")]
    assert [row[1] for row in csv.reader(io.StringIO(text))][1:] == ["Keripik;'=1+1;", "Keripik\";'=1+1;"]
    assert text.splitlines()[0] == '"a","b"'


def test_files_are_made_one_at_a_time_and_who_cannot_wait_is_told_so(client, monkeypatch):
    inside, most, go_on = [], [], threading.Event()

    def slow(*_told):
        inside.append(1)
        most.append(len(inside))
        go_on.wait(10)
        inside.pop()
        return b"made"

    monkeypatch.setitem(exports.MADE, "csv", (slow, "text/csv"))
    browsers = [client(Role.ADMIN) for _ in range(9)]
    with ThreadPoolExecutor(9) as crowd:
        asked = [crowd.submit(one.get, "/jejak?format=csv") for one in browsers]
        while sum(one.done() for one in asked) < 5:
            go_on.wait(0.01)
        go_on.set()
        answers = [one.result() for one in asked]
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 5
    assert max(most) == 1
    (refused, *_) = [answer for answer in answers if answer.status_code == 429]
    assert refused.headers["retry-after"] == "20"
    assert "coba lagi" in refused.text
    assert {answer.text for answer in answers if answer.status_code == 200} == {"made"}


def test_a_file_is_made_when_its_rows_are_read_and_the_transaction_is_over(client, monkeypatch):
    browser, held = client(Role.ADMIN), []
    pool = browser.client.app.state.centre.engine.pool
    monkeypatch.setitem(exports.MADE, "csv", (lambda *_told: held.append(pool.checkedout()) or b"made", "text/csv"))
    for path in ("/jejak", "/produsen", "/produk", "/sertifikat", "/program/hak"):
        assert browser.get(f"{path}?format=csv").text == "made", path
    assert held == [0] * 5
    with browser.client.app.state.centre.engine.connect():
        assert pool.checkedout() == 1
